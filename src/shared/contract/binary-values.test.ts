import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBinary, encodeBinary } from './binary.ts'

const kinds = [Int8Array, Int16Array, Int32Array, Uint8Array, Uint16Array, Uint32Array, Float32Array, Float64Array, BigInt64Array] as const
const special = [0, -0, 1, Number.NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE]

const roundTrip = (value: unknown): unknown => decodeBinary(encodeBinary(value))
const bytesOf = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

/** Any bits at all as an array of this kind, NaN payloads included. */
const bits = (Kind: (typeof kinds)[number]): fc.Arbitrary<ArrayBufferView> =>
  fc.nat(20).chain((count) => fc.uint8Array({ minLength: count * Kind.BYTES_PER_ELEMENT, maxLength: count * Kind.BYTES_PER_ELEMENT }).map((bytes) => new Kind(bytes.slice().buffer)))

/** Everything the bench sends: messages of records, lists and arrays, some fields absent. */
const message = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
    fc.double({ noDefaultInfinity: false }).map((value) => (value === 0 ? 0 : value)),
    ...kinds.map(bits),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'), tie('value'), { maxKeys: 5, noNullPrototype: true })
  )
})).value

describe('values through the binary form', () => {
  it('come back the same, nested as deep as messages go', () => {
    fc.assert(
      fc.property(message, (value) => {
        expect(roundTrip(value)).toStrictEqual(value)
      }),
      { numRuns: 500 }
    )
  })

  it.each(kinds.map((Kind) => [Kind.name, Kind] as const))('keep %s: its kind, every bit, empty and not', (_name, Kind) => {
    expect(roundTrip(new Kind(0))).toStrictEqual(new Kind(0))
    fc.assert(
      fc.property(bits(Kind), (array) => {
        const back = roundTrip({ a: 1, array }) as { readonly array: ArrayBufferView }
        expect(back.array.constructor).toBe(Kind)
        expect(Buffer.compare(bytesOf(back.array), bytesOf(array))).toBe(0)
      }),
      { numRuns: 50 }
    )
  })

  it('keep a part of a larger array without the rest, and a copy of it', () => {
    for (const Kind of kinds) {
      const whole = new Kind(16)
      const bytes = bytesOf(whole)
      bytes.forEach((_, index) => (bytes[index] = index))
      const encoded = encodeBinary([1, whole.subarray(5, 8)])
      const [, part] = decodeBinary(encoded) as [number, ArrayBufferView]
      expect(part.byteLength).toBe(3 * Kind.BYTES_PER_ELEMENT)
      encoded.fill(0)
      expect(bytesOf(part)[0]).toBe(Kind === Uint8Array ? 0 : 5 * Kind.BYTES_PER_ELEMENT)
    }
  })

  it('are read wherever the message begins in its buffer', () => {
    for (let shift = 0; shift < 9; shift++) {
      const encoded = encodeBinary({ metrics: Float64Array.of(1.5, -2.5), rows: Int32Array.of(7) })
      const buffer = new Uint8Array(encoded.length + shift)
      buffer.set(encoded, shift)
      expect(decodeBinary(buffer.subarray(shift))).toStrictEqual({ metrics: Float64Array.of(1.5, -2.5), rows: Int32Array.of(7) })
    }
  })

  it('keep NaN, infinities and negative zeros in arrays; a single -0 becomes 0', () => {
    expect(roundTrip(Float64Array.from(special))).toStrictEqual(Float64Array.from(special))
    expect(roundTrip(Float32Array.from(special))).toStrictEqual(Float32Array.from(special))
    expect(roundTrip(special)).toStrictEqual(special.map((value) => (value === 0 ? 0 : value)))
  })

  it('lose undefined fields, and turn undefined elements to null', () => {
    expect(roundTrip({ a: undefined, b: 1, c: { d: undefined } })).toStrictEqual({ b: 1, c: {} })
    expect(roundTrip([undefined, 1])).toStrictEqual([null, 1])
  })

  it('are refused when the message ends early, wherever that is', () => {
    const encoded = encodeBinary({ id: 7, name: 'loss', values: Float64Array.of(1, 2), nested: [{ rows: Int32Array.of(1) }, 'x'.repeat(300)] })
    for (let length = 0; length < encoded.length; length++) expect(() => decodeBinary(encoded.subarray(0, length))).toThrow()
  })

  it('never hang or crash the reader when bytes are changed', () => {
    fc.assert(
      fc.property(message, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), (value, changes) => {
        const encoded = encodeBinary(value).slice()
        for (const [at, byte] of changes) encoded[at % encoded.length] = byte
        try {
          decodeBinary(encoded)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
      { numRuns: 2000, interruptAfterTimeLimit: 10_000, markInterruptAsFailure: true }
    )
  })
})
