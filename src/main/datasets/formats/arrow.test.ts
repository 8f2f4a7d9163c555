import { zstdCompressSync } from 'node:zlib'
import * as arrow from '@uwdata/flechette'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { registerArrowCodecs } from './arrow-buffers.ts'
import { arrowSource, type ArrowOptions } from './arrow.ts'
import { fuzz, memoryFile, readWhole, type WholeSource } from './fuzzing.ts'

type Values = Record<string, readonly [arrow.DataType, readonly unknown[]]>
type Options = NonNullable<Parameters<typeof arrow.tableToIPC>[1]>

/** An Arrow file or stream by the library's writer, in record batches of at most `rows` rows. */
function ipc(values: Values, options: Options = { format: 'file' }, rows = Infinity): Uint8Array {
  const columns = Object.fromEntries(Object.entries(values).map(([name, [type, data]]) => [name, arrow.columnFromArray([...data], type, { maxBatchRows: rows })]))
  return arrow.tableToIPC(arrow.tableFromColumns(columns), options) ?? new Uint8Array(0)
}

const open = (bytes: Uint8Array, options: ArrowOptions = {}): ReturnType<typeof arrowSource> => arrowSource(memoryFile('a.arrow', bytes), options)
const read = async (bytes: Uint8Array, options: ArrowOptions = {}): Promise<WholeSource> => readWhole(await open(bytes, options))

/** A frame of one stored block, the simplest that LZ4 allows. */
function storedFrame(bytes: Uint8Array): Uint8Array {
  const size = Buffer.alloc(4)
  size.writeUInt32LE((bytes.length | 0x80000000) >>> 0)
  return Buffer.concat([Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0), size, bytes, Buffer.alloc(4)])
}

const unused = (): never => {
  throw new Error('Only for writing.')
}

describe('types', () => {
  test('numbers, with what is missing', async () => {
    const whole = await read(ipc({
      i8: [arrow.int8(), [1, null, -3]],
      u32: [arrow.uint32(), [1, null, 4294967295]],
      i64: [arrow.int64(), [1n, null, 2n ** 53n - 1n]],
      f16: [arrow.float16(), [1.5, null, -2]],
      f32: [arrow.float32(), [0.5, null, 3]],
      f64: [arrow.float64(), [0.1, null, Infinity]],
      money: [arrow.decimal(10, 2, 128), [1.25, null, -3]]
    }))
    expect(whole.values).toEqual({ i8: [1, NaN, -3], u32: [1, NaN, 4294967295], i64: [1, NaN, 2 ** 53 - 1], f16: [1.5, NaN, -2], f32: [0.5, NaN, 3], f64: [0.1, NaN, Infinity], money: [1.25, NaN, -3] })
  })

  test('text, booleans, categories, dates and moments', async () => {
    const moment = Date.UTC(2024, 1, 29, 12, 34, 56, 789)
    const whole = await read(ipc({
      t: [arrow.utf8(), ['a', null, 'größe']],
      large: [arrow.largeUtf8(), ['x', '', null]],
      view: [arrow.utf8(), ['a text longer than twelve bytes', 'short', null]],
      b: [arrow.bool(), [true, null, false]],
      c: [arrow.dictionary(arrow.utf8()), ['cat', null, 'dog']],
      day: [arrow.dateDay(), [new Date('2024-02-29'), null, new Date('1969-12-31')]],
      ms: [arrow.timestamp(1, 'UTC'), [moment, null, -1]],
      local: [arrow.timestamp(2), [moment, null, 0]]
    }))
    expect(whole.values).toEqual({
      t: ['a', null, 'größe'],
      large: ['x', '', null],
      view: ['a text longer than twelve bytes', 'short', null],
      b: ['true', null, 'false'],
      c: ['cat', null, 'dog'],
      day: ['2024-02-29', null, '1969-12-31'],
      ms: ['2024-02-29T12:34:56.789Z', null, '1969-12-31T23:59:59.999Z'],
      local: ['2024-02-29T12:34:56.789', null, '1970-01-01T00:00:00.000']
    })
  })

  test('lists of one length are arrays, others and structures are JSON', async () => {
    const source = await open(ipc({
      fixed: [arrow.fixedSizeList(arrow.uint8(), 3), [[1, 2, 3], [4, 5, 6]]],
      same: [arrow.list(arrow.float32()), [[1, 2], [3, 4.5]]],
      ragged: [arrow.list(arrow.int32()), [[1], [2, 3]]],
      point: [arrow.struct([arrow.field('x', arrow.int32()), arrow.field('y', arrow.utf8())]), [{ x: 1, y: 'a' }, null]]
    }))
    expect(source.columns).toEqual([
      { name: 'fixed', type: 'array', shape: [3], dtype: 'uint8' },
      { name: 'same', type: 'array', shape: [2], dtype: 'float32' },
      { name: 'ragged', type: 'text' },
      { name: 'point', type: 'text' }
    ])
    expect((await readWhole(source)).values).toEqual({ fixed: [1, 2, 3, 4, 5, 6], same: [1, 2, 3, 4.5], ragged: ['[1]', '[2,3]'], point: ['{"x":1,"y":"a"}', null] })
  })

  test('integers beyond 2^53 reject their row, or are text', async () => {
    const bytes = ipc({ n: [arrow.int64(), [1n, 2n ** 60n + 1n]] })
    const whole = await read(bytes, { types: { n: 'number' } })
    expect(whole.values['n']).toEqual([1])
    expect(whole.rejected.map((each) => [each.row, each.column, each.excerpt])).toEqual([[2, 'n', '1152921504606846977']])
    expect((await read(bytes)).values['n']).toEqual(['1', '1152921504606846977'])
  })

  test('wrong UTF-8 rejects its row', async () => {
    const bytes = Buffer.from(ipc({ t: [arrow.utf8(), ['good', 'evil']] }))
    bytes[bytes.indexOf('evil')] = 0xff
    const whole = await read(bytes)
    expect(whole.values['t']).toEqual(['good'])
    expect(whole.rejected[0]).toMatchObject({ row: 2, column: 't', reason: 'The bytes are no text.' })
  })
})

describe('layout', () => {
  const values: Values = {
    n: [arrow.int32(), Array.from({ length: 1000 }, (_, index) => (index % 9 === 0 ? null : index))],
    c: [arrow.dictionary(arrow.utf8()), Array.from({ length: 1000 }, (_, index) => `class ${index % 4}`)]
  }
  const expected = { n: values['n']?.[1].map((value) => value ?? NaN), c: values['c']?.[1] }

  afterEach(registerArrowCodecs)

  test.each(['file', 'stream'] as const)('%s in record batches', async (format) => {
    const source = await open(ipc(values, { format }, 300))
    expect(source.rows).toBe(1000)
    expect((await readWhole(source)).values).toEqual(expected)
  })

  test.each([
    ['Zstandard', arrow.CompressionType.ZSTD, (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes))],
    ['LZ4', arrow.CompressionType.LZ4_FRAME, storedFrame]
  ] as const)('%s', async (_, codec, encode) => {
    arrow.setCompressionCodec(codec, { encode, decode: unused })
    const bytes = ipc(values, { format: 'file', codec }, 300)
    registerArrowCodecs()
    expect((await read(bytes)).values).toEqual(expected)
  })

  test('what was written comes back', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ t: fc.option(fc.string({ unit: 'grapheme' })), n: fc.double({ noNaN: true }) }), { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 10 }), async (rows, batch) => {
      const bytes = ipc({ t: [arrow.utf8(), rows.map((row) => row.t)], n: [arrow.float64(), rows.map((row) => row.n)] }, { format: 'stream' }, batch)
      expect((await read(bytes)).values).toEqual({ t: rows.map((row) => row.t), n: rows.map((row) => row.n) })
    }), { numRuns: 50, seed: 4 })
  })
})

describe('refusals', () => {
  const good = ipc({ n: [arrow.int32(), [1, 2, 3]] })
  test.each([
    ['Feather version 1', Buffer.concat([Buffer.from('FEA1'), good]), 'Feather version 1'],
    ['a file cut short', good.slice(0, good.length - 3), 'does not end with ARROW1'],
    ['a stream cut short', ipc({ n: [arrow.int32(), [1, 2, 3]] }, { format: 'stream' }).slice(0, -30), 'claims'],
    ['a huge footer', Buffer.concat([good.slice(0, -10), Uint8Array.of(255, 255, 255, 127), Buffer.from('ARROW1')]), 'the footer claims'],
    ['no Arrow', Buffer.from('this is no Arrow file at all, is it'), 'claims'],
    ['nothing', new Uint8Array(0), 'does not begin with the one schema']
  ])('%s', async (_, bytes, sentence) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining(sentence) as string })
  })

  test('columns that cannot be read are left out', async () => {
    const source = await open(ipc({ n: [arrow.int32(), [1]], span: [arrow.interval(0), [3]] }))
    expect(source.columns.map((column) => column.name)).toEqual(['n'])
    expect(source.warnings).toEqual(['The column "span" holds spans of time, which cannot be read, and is left out.'])
  })
})

test('damaged files give rows or bad-data, never anything else', async () => {
  const values: Values = {
    n: [arrow.int32(), Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? null : index))],
    t: [arrow.utf8(), Array.from({ length: 30 }, (_, index) => `text ${index}`)],
    c: [arrow.dictionary(arrow.utf8()), Array.from({ length: 30 }, (_, index) => `class ${index % 4}`)],
    v: [arrow.list(arrow.float32()), Array.from({ length: 30 }, (_, index) => [index, -index])],
    money: [arrow.decimal(10, 2, 128), Array.from({ length: 30 }, (_, index) => index / 4)]
  }
  arrow.setCompressionCodec(arrow.CompressionType.ZSTD, { encode: (bytes) => new Uint8Array(zstdCompressSync(bytes)), decode: unused })
  const compressed = ipc(values, { format: 'file', codec: arrow.CompressionType.ZSTD }, 10)
  registerArrowCodecs()
  for (const bytes of [ipc(values, { format: 'file' }, 10), ipc(values, { format: 'stream' }), compressed]) {
    const { read: whole, refused } = await fuzz(bytes, 'a.arrow', arrowSource, 900)
    expect(whole).toBeGreaterThan(30)
    expect(refused).toBeGreaterThan(100)
  }
})
