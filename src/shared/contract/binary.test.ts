import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBinary, encodeBinary } from './binary.ts'

const array = fc.oneof(fc.int8Array(), fc.int16Array(), fc.int32Array(), fc.uint8Array(), fc.uint16Array(), fc.uint32Array(), fc.float32Array(), fc.float64Array(), fc.bigInt64Array())
const plain = fc.anything({ key: fc.string().filter((key) => key !== '__proto__'), values: [fc.string(), fc.double(), fc.boolean(), fc.constant(null), array] })

describe('the binary form of messages', () => {
  it('gives back what went in, typed arrays as typed arrays', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(decodeBinary(encodeBinary(value))).toEqual(value)
      })
    )
  })

  it('reads a Buffer that shares its memory with others', () => {
    const message = encodeBinary({ rows: Int32Array.of(1, 2), pixels: Uint8Array.of(3) })
    const shared = Buffer.concat([Buffer.alloc(3), message, Buffer.alloc(5)]).subarray(3, 3 + message.length)
    expect(decodeBinary(shared)).toEqual({ rows: Int32Array.of(1, 2), pixels: Uint8Array.of(3) })
  })

  it('answers any bytes with a value or an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          decodeBinary(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
      { numRuns: 2000 }
    )
  })

  it.each([
    ['an array of 4 billion values in five bytes', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['a map of 4 billion fields', [0xdf, 0xff, 0xff, 0xff, 0xff]],
    ['a text longer than the message', [0xdb, 0x7f, 0xff, 0xff, 0xff]],
    ['an extension longer than the message', [0xc9, 0x7f, 0xff, 0xff, 0xff, 1]],
    ['the unused byte', [0xc1]],
    ['nothing', []],
    ['two values', [0x01, 0x02]],
    ['a typed array with half an element', [0xc7, 3, 6, 0, 0, 0]],
    ['a field named __proto__', [0x81, 0xa9, ...new TextEncoder().encode('__proto__'), 0x80]]
  ])('refuses %s', (_what, bytes) => {
    expect(() => decodeBinary(Uint8Array.from(bytes))).toThrow()
  })

  it('refuses nested arrays that each claim as much as the message holds, without allocating it', () => {
    const head = [0xdd, 0x00, 0x10, 0x00, 0x00]
    const bomb = Uint8Array.from({ length: 1 << 20 }, (_, index) => head[index % head.length] ?? 0)
    const before = process.memoryUsage().heapUsed
    expect(() => decodeBinary(bomb)).toThrow()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 << 20)
  })

  it('refuses a message that nests a million deep', () => {
    expect(() => decodeBinary(new Uint8Array(1 << 20).fill(0x91))).toThrow('too deep')
  })
})
