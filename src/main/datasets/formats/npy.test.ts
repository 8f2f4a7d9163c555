import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fuzz, inFolder, memoryFile, readWhole, type WholeSource } from './fuzzing.ts'
import { halfToNumber } from './npy-elements.ts'
import { fortranPlaces } from './npy-rows.ts'
import { npyChunks, npyHeaderBytes, textWidth, type NpyPart, type NpyWriteType } from './npy-writer.ts'
import { npySource, openNpy, type NpyOptions } from './npy.ts'

/** An NPY file made by hand, byte by byte as the format's page describes it. */
function npy(descr: string, shape: string, data: Uint8Array, order = 'False'): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`
  return Buffer.concat([Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]), Buffer.from(text), data])
}

async function chunksOf(type: NpyWriteType, shape: readonly number[], parts: Iterable<NpyPart>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of npyChunks(type, shape, parts)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function read(bytes: Uint8Array, options: NpyOptions = {}): Promise<WholeSource> {
  return npySource(memoryFile('a.npy', bytes), options).then(readWhole)
}

const bytesOf = (values: ArrayBufferView): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
const big = (size: number, values: readonly number[], put: (view: DataView, at: number, value: number) => void): Uint8Array => {
  const view = new DataView(new ArrayBuffer(size * values.length))
  values.forEach((value, index) => put(view, index * size, value))
  return bytesOf(view)
}

describe('numbers', () => {
  const cases: readonly (readonly [string, Uint8Array, readonly number[]])[] = [
    ['|u1', Uint8Array.of(1, 200), [1, 200]],
    ['|i1', Uint8Array.of(1, 200), [1, -56]],
    ['<u2', bytesOf(Uint16Array.of(1, 65535)), [1, 65535]],
    ['>u2', Uint8Array.of(1, 0, 0, 5), [256, 5]],
    ['<i4', bytesOf(Int32Array.of(-7, 7)), [-7, 7]],
    ['>i4', big(4, [-7, 70000], (view, at, value) => view.setInt32(at, value)), [-7, 70000]],
    ['<i8', bytesOf(BigInt64Array.of(-3n, 2n ** 40n)), [-3, 2 ** 40]],
    ['>u8', Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 2), [258]],
    ['<f2', bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00)), [1, -2, 2 ** -24, Infinity]],
    ['<f4', bytesOf(Float32Array.of(1.5, NaN)), [1.5, NaN]],
    ['>f4', big(4, [1.5, -2.25], (view, at, value) => view.setFloat32(at, value)), [1.5, -2.25]],
    ['>f8', big(8, [0.1], (view, at, value) => view.setFloat64(at, value)), [0.1]],
    ['=f8', bytesOf(Float64Array.of(0.1)), [0.1]]
  ]
  test.each(cases)('%s', async (descr, data, expected) => {
    const whole = await read(npy(descr, `(${expected.length},)`, data))
    expect(whole.values['a']).toEqual(expected)
    expect(whole.rowNumbers).toEqual(expected.map((_, index) => index + 1))
  })

  test('halves agree with their definition at every bit pattern of one sign', () => {
    for (let bits = 0; bits < 0x7c00; bits++) {
      const exponent = bits >> 10
      const exact = exponent === 0 ? (bits & 1023) * 2 ** -24 : 2 ** (exponent - 25) * (1024 + (bits & 1023))
      if (halfToNumber(bits) !== exact) expect(halfToNumber(bits), String(bits)).toBe(exact)
    }
    expect(halfToNumber(0x7e00)).toBeNaN()
  })

  test('integers beyond 2^53 do not fit as numbers and keep every digit as text', async () => {
    const bytes = npy('<i8', '(3,)', bytesOf(BigInt64Array.of(1n, 2n ** 53n + 1n, 3n)))
    const whole = await read(bytes, { types: { a: 'number' } })
    expect(whole.rowNumbers).toEqual([1, 3])
    expect(whole.values['a']).toEqual([1, 3])
    expect(whole.rejected).toEqual([{ row: 2, line: null, column: 'a', reason: '9007199254740993 is beyond 2^53 and would lose digits as a number; read the column as text.', excerpt: '9007199254740993' }])
    expect((await read(bytes)).values['a']).toEqual(['1', '9007199254740993', '3'])
  })
})

describe('text and booleans', () => {
  test('booleans are true and false', async () => {
    expect((await read(npy('|b1', '(3,)', Uint8Array.of(1, 0, 1)))).values['a']).toEqual(['true', 'false', 'true'])
  })

  test('fixed-width bytes and both orders of UTF-32', async () => {
    expect((await read(npy('|S4', '(2,)', Buffer.from('ab\0\0ä12')))).values['a']).toEqual(['ab', 'ä12'])
    expect((await read(npy('<U2', '(2,)', bytesOf(Uint32Array.of(0x1f600, 0, 97, 98))))).values['a']).toEqual(['😀', 'ab'])
    expect((await read(npy('>U1', '(1,)', Uint8Array.of(0, 0, 0, 0x41)))).values['a']).toEqual(['A'])
  })

  test('what is no text is rejected by row', async () => {
    const whole = await read(npy('<U1', '(2,)', bytesOf(Uint32Array.of(0x110000, 97))))
    expect(whole.rowNumbers).toEqual([2])
    expect(whole.rejected.map((each) => [each.row, each.column, each.reason])).toEqual([[1, 'a', 'The bytes are no text.']])
  })
})

describe('arrays', () => {
  test('Fortran order gives the same rows as C order', async () => {
    // Element (n, i, j) is 100 n + 10 i + j; in Fortran order n is the fastest.
    const [rows, height, width] = [3, 2, 4]
    const c = new Int32Array(rows * height * width)
    const f = new Int32Array(c.length)
    for (let n = 0; n < rows; n++) for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) {
      c[(n * height + i) * width + j] = 100 * n + 10 * i + j
      f[n + rows * (i + height * j)] = 100 * n + 10 * i + j
    }
    const inC = await read(npy('<i4', '(3, 2, 4)', bytesOf(c)))
    expect(inC.values['a']).toEqual(Array.from(c))
    expect(await read(npy('<i4', '(3, 2, 4)', bytesOf(f), 'True'))).toEqual(inC)
    expect(Array.from(fortranPlaces([3, 2, 4]))).toEqual([0, 2, 4, 6, 1, 3, 5, 7])
  })

  test('shapes and types of columns', async () => {
    const columnOf = (descr: string, shape: string, data: Uint8Array): Promise<unknown> => npySource(memoryFile('x.npy', npy(descr, shape, data)), { columnName: 'image' })
      .then((source) => [source.columns[0], source.rows, source.warnings.length])
    expect(await columnOf('|u1', '(2, 2, 3, 1)', new Uint8Array(12))).toEqual([{ name: 'image', type: 'array', shape: [2, 3], dtype: 'uint8' }, 2, 0])
    expect(await columnOf('|u1', '(1, 2, 2, 3)', new Uint8Array(12))).toEqual([{ name: 'image', type: 'array', shape: [2, 2, 3], dtype: 'uint8' }, 1, 0])
    expect(await columnOf('<f8', '(2, 1)', new Uint8Array(16))).toEqual([{ name: 'image', type: 'array', shape: [1], dtype: 'float32' }, 2, 1])
    expect(await columnOf('<f4', '(0, 5)', new Uint8Array(0))).toEqual([{ name: 'image', type: 'array', shape: [5], dtype: 'float32' }, 0, 0])
  })

  test('many rows come in batches', async () => {
    const values = Float32Array.from({ length: 20000 }, (_, index) => index)
    expect((await read(npy('<f4', '(20000,)', bytesOf(values)))).values['a']).toEqual(Array.from(values))
  })
})

describe('refusals', () => {
  const four = new Uint8Array(4)
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['objects', npy('|O', '(1,)', four), 'Python objects'],
    ['complex', npy('<c8', '(1,)', four), 'complex'],
    ['dates', npy('<M8[ns]', '(1,)', four), 'datetime64'],
    ['records', npy("x', [('a", '(1,)', four), 'the header is not the dictionary'],
    ['a single value', npy('<f4', '()', four), 'a single value'],
    ['too many rows claimed', npy('<f4', '(1000000,)', four), 'claims 1000000 elements of 4 bytes (4000000 bytes), the file holds 4'],
    ['fewer rows claimed', npy('<f4', '(0,)', four), 'the file holds 4'],
    ['sizes beyond any file', npy('<f4', '(4294967296, 4294967296)', four), 'more than any file can hold'],
    ['text of two axes', npy('<U1', '(1, 1)', four), 'one axis only'],
    ['five axes', npy('|u1', '(1, 1, 1, 2, 2)', four), 'axes'],
    ['a key twice', npy("<f4', 'descr': '<f4", '(1,)', four), 'dictionary'],
    ['no NPY', Buffer.from('hello world, not an array'), 'no NPY file'],
    ['a header beyond the file', npyHeaderBytes('float32', [1]).slice(0, 40), 'the file ends after']
  ]
  test.each(cases)('%s', async (_, bytes, sentence) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining(sentence) as string })
  })

  test('a file that is not there, and a cancelled read', async () => {
    await expect(openNpy('/nowhere/x.npy')).rejects.toMatchObject({ code: 'not-found' })
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'a.npy'), npy('<f4', '(1,)', four))
      const source = await openNpy(join(folder, 'a.npy'))
      const batches = source.batches(AbortSignal.abort())[Symbol.asyncIterator]()
      await expect(batches.next()).rejects.toMatchObject({ code: 'cancelled' })
      await source.close()
    })
  })
})

describe('writer', () => {
  test('the header is the one numpy.save writes', () => {
    const header = npyHeaderBytes('float32', [3, 4])
    expect(header.length).toBe(128)
    expect(Buffer.from(header).toString('latin1')).toBe(`\x93NUMPY\x01\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.padEnd(127) + '\n')
  })

  test('numbers and texts come back', async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 40 }),
      fc.array(fc.string({ unit: 'binary', maxLength: 6 }).map((text) => text.replace(/\0+$/, '')), { minLength: 1, maxLength: 10 }),
      async (numbers, texts) => {
        const values = Float32Array.from(numbers)
        expect((await read(await chunksOf('float32', [values.length, 1], [values.subarray(0, 1), values.subarray(1)]))).values['a']).toEqual(Array.from(values))
        expect((await read(await chunksOf('float64', [numbers.length], [Float64Array.from(numbers)]))).values['a']).toEqual(numbers)
        expect((await read(await chunksOf({ text: textWidth(texts) }, [texts.length], [texts]))).values['a']).toEqual(texts)
      }
    ), { numRuns: 40, seed: 1 })
  })

  test('refuses what it cannot keep', async () => {
    await expect(chunksOf({ text: 1 }, [1], [['ab']])).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(chunksOf({ text: 2 }, [1], [['a\0']])).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(chunksOf('int32', [2], [Int32Array.of(1)])).rejects.toMatchObject({ code: 'internal' })
  })
})

test('damaged files give rows or bad-data, never anything else', async () => {
  const numbers = await fuzz(npy('<i8', '(30, 2)', bytesOf(BigInt64Array.from({ length: 60 }, (_, index) => BigInt(index))), 'True'), 'a.npy', npySource, 1500)
  const texts = await fuzz(npy('<U3', '(20,)', bytesOf(Uint32Array.from({ length: 60 }, (_, index) => 97 + (index % 26)))), 'a.npy', npySource, 1500)
  expect(numbers.refused).toBeGreaterThan(200)
  expect(numbers.read).toBeGreaterThan(50)
  expect(texts.read).toBeGreaterThan(50)
})
