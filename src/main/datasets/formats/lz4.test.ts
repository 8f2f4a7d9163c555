import { describe, expect, test } from 'vitest'
import { lz4Block, lz4Frame, lz4Hadoop } from './lz4.ts'

/** Literals "abc", then a match of 9 at distance 3, then literals "xy". */
const block = Uint8Array.of(0x35, 0x61, 0x62, 0x63, 3, 0, 0x20, 0x78, 0x79)
const text = 'abcabcabcabcxy'
const decode = (input: Uint8Array, length: number): string => {
  const output = new Uint8Array(length)
  return Buffer.from(output.subarray(0, lz4Block(input, output))).toString()
}

describe('blocks', () => {
  test('literals, overlapping matches and long lengths', () => {
    expect(decode(block, 14)).toBe(text)
    // 15 + 255 + 30 literals, as 0xf0 0xff 0x1e.
    expect(decode(Buffer.concat([Uint8Array.of(0xf0, 255, 30), Buffer.alloc(300, 0x7a)]), 300)).toBe('z'.repeat(300))
    // A match of 15 + 4 + 5 at distance 1 repeats one byte.
    expect(decode(Uint8Array.of(0x1f, 0x71, 1, 0, 5, 0x10, 0x72), 26)).toBe(`${'q'.repeat(25)}r`)
  })

  test.each([
    ['literals beyond the input', Uint8Array.of(0x50, 1)],
    ['output too small', Uint8Array.of(0xf0, 255, 30)],
    ['a match before the start', Uint8Array.of(0x10, 0x61, 2, 0, 0x10, 0x62)],
    ['a distance of zero', Uint8Array.of(0x10, 0x61, 0, 0, 0x10, 0x62)],
    ['an endless length', Buffer.alloc(50, 0xff)],
    ['nothing', new Uint8Array(0)]
  ])('%s is refused', (_, input) => {
    expect(() => decode(input, 20)).toThrow(RangeError)
  })
})

test('frames: compressed and stored blocks, with and without sizes', () => {
  const frame = (flags: number, extra: readonly number[], blocks: readonly number[]): Uint8Array => Uint8Array.of(0x04, 0x22, 0x4d, 0x18, flags, 0x40, ...extra, 0, ...blocks, 0, 0, 0, 0)
  const both = [block.length, 0, 0, 0, ...block, 2, 0, 0, 0x80, 0x21, 0x3f]
  expect(Buffer.from(lz4Frame(frame(0x60, [], both), 16)).toString()).toBe(`${text}!?`)
  expect(Buffer.from(lz4Frame(frame(0x68, [16, 0, 0, 0, 0, 0, 0, 0], both), 16)).toString()).toBe(`${text}!?`)
  expect(() => lz4Frame(frame(0x60, [], both), 17)).toThrow(RangeError)
  expect(() => lz4Frame(frame(0x60, [], both), 15)).toThrow(RangeError)
  expect(() => lz4Frame(frame(0x61, [], both), 16)).toThrow('dictionary')
  expect(() => lz4Frame(block, 16)).toThrow(RangeError)
})

test('Hadoop framing, and null of what is none', () => {
  const framed = Uint8Array.of(0, 0, 0, 14, 0, 0, 0, block.length, ...block)
  expect(Buffer.from(lz4Hadoop(Buffer.concat([framed, framed]), 28) ?? []).toString()).toBe(text + text)
  expect(lz4Hadoop(block, 14)).toBeNull()
  expect(lz4Hadoop(framed, 15)).toBeNull()
})
