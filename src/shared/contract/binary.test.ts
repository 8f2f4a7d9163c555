import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBinary, encodeBinary } from './binary.ts'

const whole = [fc.int8Array(), fc.int16Array(), fc.int32Array(), fc.uint8Array(), fc.uint16Array(), fc.uint32Array(), fc.bigInt64Array()]
const array = fc.oneof(...whole, fc.float32Array(), fc.float64Array())
/** MessagePack writes whole numbers as integers, which have no negative zero. */
const double = fc.double().map((value) => (value === 0 ? 0 : value))
const plain = fc.anything({ key: fc.string().filter((key) => key !== '__proto__'), values: [fc.string(), double, fc.boolean(), fc.constant(null), array] })

describe('the binary form of messages', () => {
  it('gives back what went in, typed arrays as typed arrays', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(decodeBinary(encodeBinary(value))).toEqual(value)
      })
    )
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

  it('refuses a message that nests a million deep', () => {
    expect(() => decodeBinary(new Uint8Array(1 << 20).fill(0x91))).toThrow('too deep')
  })
})
