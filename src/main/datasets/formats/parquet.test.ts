import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer'
import type { SchemaElement } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { fuzz, memoryFile, readWhole, type WholeSource } from './fuzzing.ts'
import { PageBudget } from './parquet-pages.ts'
import { parquetChunks, type ParquetWriteOptions } from './parquet-writer.ts'
import { parquetSource, type ParquetOptions } from './parquet.ts'
import type { ColumnValues, SourceColumn, SourceFile } from './source-file.ts'

const compressors = {
  GZIP: (input: Uint8Array) => new Uint8Array(gzipSync(input)),
  BROTLI: (input: Uint8Array) => new Uint8Array(brotliCompressSync(input)),
  ZSTD: (input: Uint8Array) => new Uint8Array(zstdCompressSync(input)),
  LZ4_RAW: lz4Literals,
  LZ4: (input: Uint8Array) => {
    const block = lz4Literals(input)
    const sizes = Buffer.alloc(8)
    sizes.writeUInt32BE(input.length, 0)
    sizes.writeUInt32BE(block.length, 4)
    return new Uint8Array(Buffer.concat([sizes, block]))
  }
}

/** The simplest LZ4 block: nothing but literals. */
function lz4Literals(input: Uint8Array): Uint8Array {
  if (input.length < 15) return Uint8Array.of(input.length << 4, ...input)
  const more = input.length - 15
  return new Uint8Array(Buffer.concat([Uint8Array.of(0xf0), Buffer.alloc(Math.floor(more / 255), 255), Uint8Array.of(more % 255), input]))
}

type BufferOptions = Omit<Parameters<typeof parquetWriteBuffer>[0], 'columnData'>
const parquet = (columnData: ColumnSource[], options: BufferOptions = {}): Uint8Array => new Uint8Array(parquetWriteBuffer({ columnData, compressors, ...options }))
const open = (bytes: Uint8Array, options: ParquetOptions = {}): Promise<SourceFile> => parquetSource(memoryFile('a.parquet', bytes), options)
const read = async (bytes: Uint8Array, options: ParquetOptions = {}): Promise<WholeSource> => readWhole(await open(bytes, options))

async function written(columns: readonly SourceColumn[], batches: readonly (readonly ColumnValues[])[], options: ParquetWriteOptions = {}): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of parquetChunks(columns, batches, options)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const list = (name: string, element: SchemaElement): SchemaElement[] => [
  { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  element
]
const floatElement: SchemaElement = { name: 'element', type: 'FLOAT', repetition_type: 'OPTIONAL' }

describe('types', () => {
  test('numbers, text and booleans, with what is missing', async () => {
    const whole = await read(parquet([
      { name: 'i', data: [1, null, -3], type: 'INT32' },
      { name: 'l', data: [1n, null, 2n ** 53n - 1n], type: 'INT64' },
      { name: 'd', data: [0.5, null, -Infinity], type: 'DOUBLE' },
      { name: 't', data: ['a', null, 'größe'], type: 'STRING' },
      { name: 'b', data: [true, null, false], type: 'BOOLEAN' }
    ]))
    expect(whole.values).toEqual({ i: [1, NaN, -3], l: [1, NaN, 2 ** 53 - 1], d: [0.5, NaN, -Infinity], t: ['a', null, 'größe'], b: ['true', null, 'false'] })
  })

  test('integers beyond 2^53 become text where statistics show them, else reject their row', async () => {
    const data = [1n, 2n ** 60n + 1n, 3n]
    expect((await read(parquet([{ name: 'l', data, type: 'INT64' }]))).values['l']).toEqual(['1', '1152921504606846977', '3'])
    const blind = parquet([{ name: 'l', data, type: 'INT64' }], { statistics: false })
    const whole = await read(blind)
    expect(whole.values['l']).toEqual([1, 3])
    expect(whole.rejected.map((each) => [each.row, each.column, each.excerpt])).toEqual([[2, 'l', '1152921504606846977']])
    expect((await read(blind, { types: { l: 'text' } })).values['l']).toEqual(['1', '1152921504606846977', '3'])
  })

  test('dates and moments are ISO text', async () => {
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 3 },
      { name: 'day', type: 'INT32', converted_type: 'DATE' },
      { name: 'ms', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
      { name: 'us', type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } }
    ]
    const moment = new Date('2024-02-29T12:34:56.789Z')
    const whole = await read(parquet([{ name: 'day', data: [new Date('2024-02-29')] }, { name: 'ms', data: [moment] }, { name: 'us', data: [BigInt(moment.getTime()) * 1000n + 5n] }], { schema }))
    expect(whole.values).toEqual({ day: ['2024-02-29'], ms: ['2024-02-29T12:34:56.789Z'], us: ['2024-02-29T12:34:56.789005'] })
  })

  test('lists of numbers of one length are arrays; others, maps and structures are JSON', async () => {
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 3 },
      ...list('vector', floatElement),
      ...list('ragged', floatElement),
      { name: 'point', repetition_type: 'REQUIRED', num_children: 2 },
      { name: 'x', type: 'INT32', repetition_type: 'REQUIRED' },
      { name: 'y', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }
    ]
    const source = await open(parquet([
      { name: 'vector', data: [[1, 2], [3, 4.5]] },
      { name: 'ragged', data: [[1], [2, 3]] },
      { name: 'point', data: [{ x: 1, y: 'a' }, { x: 2, y: null }] }
    ], { schema }))
    expect(source.columns).toEqual([{ name: 'vector', type: 'array', shape: [2], dtype: 'float32' }, { name: 'ragged', type: 'text' }, { name: 'point', type: 'text' }])
    expect((await readWhole(source)).values).toEqual({ vector: [1, 2, 3, 4.5], ragged: ['[1]', '[2,3]'], point: ['{"x":1,"y":"a"}', '{"x":2,"y":null}'] })
  })

  test('a list that differs after all rejects its row', async () => {
    const schema: SchemaElement[] = [{ name: 'root', num_children: 1 }, ...list('v', floatElement)]
    const whole = await read(parquet([{ name: 'v', data: [[1, 2], [3], [4, 5, 6], [7, 8]] }], { schema }))
    expect(whole.rowNumbers).toEqual([1, 4])
    expect(whole.rejected.map((each) => [each.row, each.reason, each.excerpt])).toEqual([[2, 'The list has 1 numbers, not 2.', '[3]'], [3, 'The list has 3 numbers, not 2.', '[4,5,6]']])
  })

  test('bytes that are no text reject their row', async () => {
    const schema: SchemaElement[] = [{ name: 'root', num_children: 1 }, { name: 't', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED' }]
    const whole = await read(parquet([{ name: 't', data: [Uint8Array.of(0xff, 0xfe), new TextEncoder().encode('fine')] }], { schema }))
    expect(whole.values['t']).toEqual(['fine'])
    expect(whole.rejected[0]).toMatchObject({ row: 1, reason: 'The bytes are no text.', excerpt: 'fffe' })
  })
})

describe('pages', () => {
  const numbers = Array.from({ length: 3000 }, (_, index) => (index % 7 === 0 ? null : (index * 37) % 1000))
  const texts = Array.from({ length: 3000 }, (_, index) => (index % 11 === 0 ? null : `label ${index % 20}`))
  const lists = Array.from({ length: 3000 }, (_, index) => [index, index + 1, index + 2])

  test.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD', 'LZ4', 'LZ4_RAW'] as const)('%s, many pages and row groups', async (codec) => {
    const schema: SchemaElement[] = [{ name: 'root', num_children: 3 }, { name: 'n', type: 'INT32', repetition_type: 'OPTIONAL' }, { name: 't', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }, ...list('v', floatElement)]
    const bytes = parquet([{ name: 'n', data: numbers }, { name: 't', data: texts }, { name: 'v', data: lists }], { schema, codec, pageSize: 500, rowGroupSize: 1300 })
    const whole = await read(bytes)
    expect(whole.values['n']).toEqual(numbers.map((value) => value ?? NaN))
    expect(whole.values['t']).toEqual(texts)
    expect(whole.values['v']).toEqual(lists.flat())
  })

  test.each(['PLAIN', 'DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'] as const)('integers in %s', async (encoding) => {
    const data = Array.from({ length: 1000 }, (_, index) => (index * 7919) % 10007 - 5000)
    expect((await read(parquet([{ name: 'n', data, type: 'INT32', encoding }, { name: 'l', data: data.map(BigInt), type: 'INT64', encoding }]))).values).toEqual({ n: data, l: data })
  })

  test.each(['DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY', 'PLAIN'] as const)('texts in %s', async (encoding) => {
    const data = Array.from({ length: 1000 }, (_, index) => `prefix ${Math.floor(index / 10)} ${index}`)
    expect((await read(parquet([{ name: 't', data, type: 'STRING', encoding }]))).values['t']).toEqual(data)
  })
})

describe('refusals', () => {
  const good = parquet([{ name: 'n', data: [1, 2, 3], type: 'INT32' }])
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['cut short', good.slice(0, good.length - 10), 'does not end with PAR1'],
    ['too short', Buffer.from('PAR1PAR1'), 'too few'],
    ['encrypted', Buffer.concat([good.slice(0, -4), Buffer.from('PARE')]), 'encrypted'],
    ['a huge footer', Buffer.concat([good.slice(0, -8), Uint8Array.of(255, 255, 255, 255), Buffer.from('PAR1')]), 'claims 4294967295 bytes'],
    ['a damaged footer', Buffer.concat([good.slice(0, -8), Uint8Array.of(40, 0, 0, 0), Buffer.from('PAR1')]), 'footer']
  ]
  test.each(cases)('%s', async (_, bytes, sentence) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining(sentence) as string })
  })

  test('a run of two thousand million values in five bytes', async () => {
    const data = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? index : null))
    const bytes = Buffer.from(parquet([{ name: 'n', data, type: 'INT32' }], { codec: 'UNCOMPRESSED', statistics: false }))
    // The definition levels are one bit-packed run of five groups; in its place comes a run of 2^31 - 1 times level 1.
    const levels = bytes.indexOf(Uint8Array.of(0x0b, 0x55, 0x55, 0x55, 0x55, 0x55))
    expect(levels).toBeGreaterThan(0)
    bytes.set([0xfe, 0xff, 0xff, 0xff, 0x0f, 1], levels)
    await expect(read(bytes)).rejects.toMatchObject({ code: 'bad-data', message: expect.stringMatching(/column "n" cannot be read on near row 1/) as string })
  })
})

test('pages of a batch have a budget, which the next batch has anew', () => {
  const budget = new PageBudget(10)
  budget.spend(6)
  budget.reset()
  budget.spend(10)
  expect(() => budget.spend(1)).toThrow('a few rows take more than 10 bytes')
})

test('batches have fewer rows where rows are long', async () => {
  const data = Array.from({ length: 40 }, (_, row) => `${row} ${'long '.repeat(400_000)}`)
  const source = await parquetSource(memoryFile('a.parquet', parquet([{ name: 't', data, type: 'STRING' }], { statistics: false })))
  const sizes: number[] = []
  for await (const batch of source.batches()) sizes.push(batch.rowNumbers.length)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(34)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(40)
})

describe('writer', () => {
  const columns: readonly SourceColumn[] = [
    { name: 'image', type: 'array', shape: [2, 2], dtype: 'uint8' },
    { name: 'vector', type: 'array', shape: [3], dtype: 'float32' },
    { name: 'label', type: 'text' },
    { name: 'score', type: 'number' }
  ]

  test('what was written comes back, columns and values', async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(fc.record({
        image: fc.uint8Array({ minLength: 4, maxLength: 4 }),
        vector: fc.float32Array({ minLength: 3, maxLength: 3, noNaN: true }),
        label: fc.option(fc.string({ unit: 'grapheme', maxLength: 8 })),
        score: fc.oneof(fc.double(), fc.constant(NaN))
      }), { minLength: 1, maxLength: 20 }),
      fc.constantFrom('snappy', 'zstd', 'none'),
      async (rows, compression) => {
        const batch: readonly ColumnValues[] = [
          { type: 'array', values: Uint8Array.from(rows.flatMap((row) => [...row.image])) },
          { type: 'array', values: Float32Array.from(rows.flatMap((row) => [...row.vector])) },
          { type: 'text', values: rows.map((row) => row.label) },
          { type: 'number', values: Float64Array.from(rows, (row) => row.score) }
        ]
        const bytes = await written(columns, [batch], { compression })
        expect(Buffer.compare(bytes, await written(columns, [batch], { compression }))).toBe(0)
        const source = await open(bytes)
        expect(source.columns).toEqual(columns)
        const whole = await readWhole(source)
        batch.forEach((values, index) => expect(whole.values[columns[index]?.name ?? '']).toEqual(Array.from<number | string | null>(values.values)))
      }
    ), { numRuns: 40, seed: 3 })
  })

  test('many batches fill row groups; none at all is a file without rows', async () => {
    const column: SourceColumn = { name: 'n', type: 'number' }
    const batches = Array.from({ length: 20 }, (_, batch): readonly ColumnValues[] => [{ type: 'number', values: Float64Array.from({ length: 8192 }, (_each, index) => batch * 8192 + index) }])
    const source = await open(await written([column], batches))
    expect(source.rows).toBe(163_840)
    let sum = 0
    for await (const batch of source.batches()) for (const value of batch.columns[0]?.values ?? []) sum += Number(value)
    expect(sum).toBe((163_840 * 163_839) / 2)
    const empty = await open(await written(columns, []))
    expect(empty.rows).toBe(0)
    expect((await readWhole(empty)).rowNumbers).toEqual([])
  })
})

test('damaged files give rows or bad-data, never anything else', async () => {
  const schema: SchemaElement[] = [{ name: 'root', num_children: 4 }, { name: 'n', type: 'INT32', repetition_type: 'OPTIONAL' }, { name: 'l', type: 'INT64', repetition_type: 'REQUIRED' }, { name: 't', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }, ...list('v', floatElement)]
  const data = (encoding: 'PLAIN' | 'DELTA_BYTE_ARRAY'): ColumnSource[] => [
    { name: 'n', data: Array.from({ length: 40 }, (_, index) => (index % 3 === 0 ? null : index)) },
    { name: 'l', data: Array.from({ length: 40 }, (_, index) => BigInt(index * index)), encoding: encoding === 'PLAIN' ? encoding : 'DELTA_BINARY_PACKED' },
    { name: 't', data: Array.from({ length: 40 }, (_, index) => `text ${index % 5}`), ...(encoding === 'PLAIN' ? {} : { encoding }) },
    { name: 'v', data: Array.from({ length: 40 }, (_, index) => [index, -index]) }
  ]
  const files = [
    parquet(data('PLAIN'), { schema, codec: 'UNCOMPRESSED' }),
    parquet(data('DELTA_BYTE_ARRAY'), { schema, codec: 'UNCOMPRESSED', statistics: false }),
    parquet(data('PLAIN'), { schema, codec: 'SNAPPY', pageSize: 60 }),
    parquet(data('PLAIN'), { schema, codec: 'LZ4_RAW' })
  ]
  for (const bytes of files) {
    const { read: whole, refused } = await fuzz(bytes, 'a.parquet', parquetSource, 800)
    expect(whole).toBeGreaterThan(30)
    expect(refused).toBeGreaterThan(100)
  }
})
