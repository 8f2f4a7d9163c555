import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BenchError } from '../../shared/contract/errors.ts'
import { type IdxArray, readIdx } from './idx.ts'

/** An IDX file of unsigned bytes, as the format's description has it. */
function writeIdx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const file = new Uint8Array(4 + 4 * shape.length + data.length)
  file.set([0, 0, 0x08, shape.length])
  shape.forEach((size, index) => new DataView(file.buffer).setUint32(4 + 4 * index, size))
  file.set(data, 4 + 4 * shape.length)
  return file
}

/** Reads a file that may be anything: a result that is true to the bytes, or the error that says what is wrong. */
function readOrRefuse(bytes: Uint8Array): IdxArray | BenchError {
  try {
    const read = readIdx(bytes, 'file')
    const start = 4 + 4 * read.shape.length
    const header = new DataView(bytes.buffer, bytes.byteOffset)
    expect(Array.from(bytes.subarray(0, 4))).toEqual([0, 0, 0x08, read.shape.length])
    expect(read.shape).toEqual(read.shape.map((_, index) => header.getUint32(4 + 4 * index)))
    expect(read.data.length).toBe(read.shape.includes(0) ? 0 : read.shape.reduce((product, size) => product * size, 1))
    expect(Buffer.compare(read.data, bytes.subarray(start))).toBe(0)
    return read
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    expect(error.code).toBe('bad-data')
    expect(error.payload.field).toMatch(/^byte [0-4]$/)
    expect(error.payload.hint).toBeTruthy()
    return error
  }
}

const file = fc
  .array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 })
  .chain((shape) => {
    const size = shape.reduce((product, side) => product * side, 1)
    return fc.uint8Array({ minLength: size, maxLength: size }).map((data) => ({ shape, data }))
  })

const size = fc.oneof(fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff), fc.nat())
const mutation = fc.oneof(
  fc.record({ cut: fc.nat(200) }),
  fc.record({ append: fc.uint8Array({ minLength: 1, maxLength: 8 }) }),
  fc.record({ byte: fc.nat(30), value: fc.nat(255) }),
  fc.record({ dimension: fc.nat(3), size })
)

function mutate(bytes: Uint8Array, changes: readonly (typeof mutation extends fc.Arbitrary<infer M> ? M : never)[]): Uint8Array {
  return changes.reduce((current, change) => {
    if ('cut' in change) return current.slice(0, change.cut)
    if ('append' in change) return Uint8Array.from([...current, ...change.append])
    const copy = current.slice()
    if ('byte' in change) copy[change.byte % Math.max(1, copy.length)] = change.value
    else if (copy.length >= 8 + 4 * change.dimension) new DataView(copy.buffer).setUint32(4 + 4 * change.dimension, change.size)
    return copy
  }, bytes)
}

describe('IDX files', () => {
  it('give back what was written', () => {
    fc.assert(
      fc.property(file, ({ shape, data }) => {
        expect(readIdx(writeIdx(shape, data), 'file')).toEqual({ shape, data })
      }),
      { numRuns: 300 }
    )
  })

  it('are read from within a larger buffer, as a copy', () => {
    const inner = writeIdx([2, 2], Uint8Array.of(1, 2, 3, 4))
    const outer = new Uint8Array(inner.length + 7)
    outer.set(inner, 3)
    const { data } = readIdx(outer.subarray(3, 3 + inner.length), 'file')
    outer.fill(9)
    expect(Array.from(data)).toEqual([1, 2, 3, 4])
  })

  it('are refused or read rightly whatever happened to them', () => {
    fc.assert(
      fc.property(file, fc.array(mutation, { minLength: 1, maxLength: 3 }), ({ shape, data }, changes) => {
        readOrRefuse(mutate(writeIdx(shape, data), changes))
      }),
      { numRuns: 6000 }
    )
  })

  it('are refused when any byte is missing', () => {
    const whole = writeIdx([2, 3], Uint8Array.of(1, 2, 3, 4, 5, 6))
    for (let length = 0; length < whole.length; length++) expect(readOrRefuse(whole.subarray(0, length))).toBeInstanceOf(BenchError)
  })

  it('never allocate on the word of a header', () => {
    const before = process.memoryUsage().arrayBuffers
    for (const shape of [[0x7fffffff], [0xffffffff, 0xffffffff, 0xffffffff], [65536, 65536], new Array<number>(255).fill(0xffffffff)]) {
      expect(readOrRefuse(writeIdx(shape, new Uint8Array(3)))).toBeInstanceOf(BenchError)
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20)
  })

  it('hold no elements when a size is zero, however large the others', () => {
    const shape = [...new Array<number>(254).fill(0xffffffff), 0]
    expect(readIdx(writeIdx(shape, new Uint8Array()), 'file')).toEqual({ shape, data: new Uint8Array() })
  })

  it.each([
    ['does not begin with two zero bytes', [1, 0, 8, 1, 0, 0, 0, 0], 'byte 0', 'not IDX'],
    ['is compressed still', [0x1f, 0x8b, 8, 0, 0, 0, 0, 0], 'byte 0', 'not IDX'],
    ['holds other numbers than bytes', [0, 0, 0x0d, 1, 0, 0, 0, 0], 'byte 2', '0xd'],
    ['has no dimension', [0, 0, 8, 0, 5], 'byte 3', 'no dimension'],
    ['ends inside its header', [0, 0, 8, 2, 0, 0, 0, 1], 'byte 4', 'inside its header'],
    ['holds too little', [0, 0, 8, 1, 0, 0, 0, 2, 7], 'byte 4', 'claims 2 elements (2), the file holds 1'],
    ['holds too much', [0, 0, 8, 1, 0, 0, 0, 1, 7, 7], 'byte 4', 'the file holds 2']
  ])('say what is wrong with a file that %s', (_what, bytes, field, message) => {
    const refused = readOrRefuse(Uint8Array.from(bytes)) as BenchError
    expect(refused.payload.field).toBe(field)
    expect(refused.message).toContain(message)
    expect(refused.message).toContain('file: ')
  })
})
