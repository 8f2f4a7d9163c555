import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BenchError } from '../../shared/contract/errors.ts'
import { everything } from '../../shared/domain/filter.ts'
import { importFormats, type ImportFormat, type ImportRequest } from '../../shared/domain/import.ts'
import { npyChunks } from '../datasets/formats/npy-writer.ts'
import { npzChunks } from '../datasets/formats/npz-writer.ts'
import { openSource } from '../datasets/formats/open-source.ts'
import { parquetChunks } from '../datasets/formats/parquet-writer.ts'
import { withinBlocks } from '../datasets/importing/block-limits.ts'
import { runHere } from '../hosts/testing/job-here.ts'
import type { Bench } from '../store/bench.ts'
import { addDataset, temporaryBench } from '../store/fixtures/sample-bench.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

/** Rows of a file that is read in more than one batch. */
const many = 9000

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

const lines = (row: (index: number) => string): string => Array.from({ length: many }, (_, index) => `${row(index)}\n`).join('')

/** A one-pixel PNG. */
const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64')

function idx(values: number): Buffer {
  const header = Buffer.alloc(12)
  header.set([0, 0, 8, 2])
  header.writeUInt32BE(values, 4)
  header.writeUInt32BE(4, 8)
  return Buffer.concat([header, Buffer.alloc(4 * values, 7)])
}

/** A file of each kind with many rows. */
const files: Readonly<Record<Exclude<ImportFormat, 'arrow' | 'cifar-10' | 'image-folder'>, () => Promise<readonly [string, string | Buffer]>>> = {
  delimited: () => Promise.resolve(['a.csv', `id,x,body,label\n${lines((row) => `${row},${row / 8},"a text, number ${row}",${row % 3}`)}`]),
  'json-lines': () => Promise.resolve(['a.jsonl', lines((row) => JSON.stringify({ id: row, body: `a text that is long enough ${row}` }))]),
  text: () => Promise.resolve(['a.txt', lines((row) => `Nothing but prose in line ${row}.`)]),
  parquet: async () => ['a.parquet', await bytesOf(parquetChunks([{ name: 'x', type: 'number' }], Array.from({ length: 3 }, () => [{ type: 'number' as const, values: Float64Array.from({ length: many / 3 }, Math.sqrt) }])))],
  npy: async () => ['a.npy', await bytesOf(npyChunks('float32', [many, 3], [new Float32Array(3 * many).fill(0.5)]))],
  npz: async () => ['a.npz', await bytesOf(npzChunks([{ name: 'x', type: 'float64', shape: [many], parts: () => [new Float64Array(many).fill(2)] }], { deflate: true }))],
  idx: () => Promise.resolve(['a-images-idx3-ubyte', idx(many)]),
  'label-studio': () => Promise.resolve(['ls.json', JSON.stringify(Array.from({ length: many }, (_, id) => ({ id, data: { text: `a text that is long enough ${id}` }, annotations: [{ completed_by: 1, result: [{ type: 'choices', value: { choices: ['a'] } }] }] })))]),
  doccano: () => Promise.resolve(['dc.jsonl', lines((id) => JSON.stringify({ id, text: `a text that is long enough ${id}`, label: ['b'] }))])
}
const kinds = Object.keys(files) as (keyof typeof files)[]

async function written(kind: keyof typeof files): Promise<string> {
  const [name, content] = await files[kind]()
  const path = join(temporaryFolder(), name)
  writeFileSync(path, content)
  return path
}

function importText(bench: Bench, content: string | Buffer, request: Partial<ImportRequest> = {}, name = 'a.csv') {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, content)
  return runHere(bench, 'import-file', { path, name: 'Bad', ...request })
}

function expectNothing(bench: Bench): void {
  for (const table of ['dataset', 'dataset_class', 'dataset_column', 'column_chunk', 'feature_chunk', 'label_source', 'label_batch', 'split_pin', 'quarantine', 'dataset_report', 'soft_label']) {
    const found = bench.connection.get<{ n: number }>('SELECT count(*) AS n FROM sqlite_master WHERE name = ?', table)?.n === 1 ? bench.connection.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n : 0
    expect(found, table).toBe(0)
  }
}

const failure = (attempt: Promise<unknown>): Promise<unknown> => attempt.then(() => 'it was imported', (error: unknown) => error)

describe('rows that do not fit', () => {
  it('are listed with row, line, column and reason, the rest is imported', async () => {
    const bench = temporaryBench()
    const content = Buffer.concat([
      Buffer.from('\ufeffid;x;body;label\r\n'),
      Buffer.from('1;1,5;the first, fine in every way;a\r\n2;2,5;the second, in no way framed;a\r\n'),
      Buffer.from('3;3,5;a row that is too short\r\n4;4,5;a row;that;is too long\r\n5;five;a word where a number is due;b\r\n'),
      Buffer.from('6;6,5;a zero \0 byte within;b\r\n7;7,5;not \xff UTF-8 but Latin;b\r\n', 'latin1'),
      Buffer.from(`8;8,5;"open quote;b\r\n9;9,5;${'too long '.repeat(200_000)};b\r\n1;1,5;the id of another row;a\r\n11;0,5;"framed; with ""quotes"" and\r\na second line";b\r\n12;1e3;the last, without a line end;a`)
    ])
    await importText(bench, content, { badShare: 1, options: { delimiter: ';', encoding: 'utf-8' }, columns: [{ name: 'x', role: 'feature', type: 'number' }] })
    const id = bench.datasets.list()[0]?.id ?? ''
    const bad = bench.importReports.page(id, 0, 20).map(({ row, line, column, reason }) => [row, line, column, reason])
    expect(bad.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual([
      [3, 4, null, 'The row has 3 cells where 4 are expected.'],
      [4, 5, null, 'The row has 5 cells where 4 are expected.'],
      [5, 6, 'x', '"five" is no number.'],
      [6, 7, 'body', 'The cell holds a NUL byte.'],
      [7, 8, 'body', expect.stringContaining('Byte 0xFF at position') as string],
      [8, 9, null, expect.stringMatching(/quote/) as string],
      [9, 10, 'body', expect.stringContaining('bytes long, more than') as string],
      [10, null, 'id', '"1" is also the id of row 1.']
    ])
    const texts = bench.columns.slice(id, bench.columns.list(id).find(({ name }) => name === 'body') ?? never(), [0, 1, 2, 3]).values
    expect(texts).toEqual(['the first, fine in every way', 'the second, in no way framed', 'framed; with "quotes" and\r\na second line', 'the last, without a line end'])
  })

  it('stop an import that has none else, naming the first of them', async () => {
    const bench = temporaryBench()
    for (const badShare of [0.05, 1]) {
      const cell = 'x'.repeat(1_100_000)
      expect(await failure(importText(bench, `id,body\n1,${cell}\n2,${cell}\n`, { badShare }))).toMatchObject({ code: 'bad-data', message: 'None of the 2 rows fits. The first is row 1 (line 2), column "body": The cell is 1100000 bytes long, more than 1048576.' })
      expect(await failure(importText(bench, `id,body\n1,"${'y'.repeat(3_000_000)}`, { badShare }))).toMatchObject({ code: 'bad-data', message: expect.stringMatching(/^None of the 1 rows fits\. The first is row 1 \(line 2\): A quote is opened/) as string })
    }
    const ragged = Array.from({ length: 400 }, (_, row) => (row % 9 === 0 && row > 20 ? 'x' : `${row},a text that is long enough`))
    expect(await failure(importText(bench, `id,body\n${ragged.join('\n')}\n`))).toMatchObject({ message: expect.stringMatching(/rows do not fit .* The first is row 28 \(line 29\): The row has 1 cell where 2 are expected\.$/) as string, payload: { field: 'badShare' } })
    expectNothing(bench)
  })

  it('may come before the first that fits', async () => {
    const bench = temporaryBench()
    const path = join(temporaryFolder(), 'a.jsonl')
    writeFileSync(path, `${'{"id":\n'.repeat(8192)}${lines((row) => JSON.stringify({ id: row, body: `a text that is long enough ${row}` }))}`)
    expect(await runHere(bench, 'import-file', { path, name: 'Late', badShare: 1, format: 'json-lines' })).toMatchObject({ rows: many, rejected: 8192 })
    expect(bench.importReports.page(bench.datasets.list()[0]?.id ?? '', 8191, 5)).toMatchObject([{ row: 8192, line: 8192 }])
  })

  it('are too many classes, or of columns that stand for nothing', async () => {
    const bench = temporaryBench()
    const labels = Array.from({ length: 10_002 }, (_, row) => `a text that is long enough,class ${row}`)
    expect(await failure(importText(bench, `body,label\n${labels.join('\n')}\n`))).toMatchObject({ code: 'bad-data', message: expect.stringContaining('more than 10,000 distinct values') as string })
    const annotators = Array.from({ length: 1001 }, (_, id) => JSON.stringify({ id, text: 'a text', label: ['b'], annotations: [{ annotator: `person ${id}`, class: 'b', at: null }] }))
    expect(await failure(importText(bench, annotators.join('\n'), {}, 'a.jsonl'))).toMatchObject({ code: 'bad-data', message: expect.stringContaining('more than 1,000 annotators') as string, payload: { field: 'line 1001' } })
    expectNothing(bench)
  })
})

describe('sizes are bounded', () => {
  it('of an example', async () => {
    const path = join(temporaryFolder(), 'large.npy')
    const shape = [20, 1024, 1024, 3]
    const header = await bytesOf(npyChunks('uint8', [0, ...shape.slice(1)], []))
    const text = header.toString('latin1').replace('(0, 1024', '(20, 1024').replace(' \n', '\n')
    const file = openSync(path, 'w')
    writeSync(file, text, 0, 'latin1')
    ftruncateSync(file, text.length + 20 * 1024 * 1024 * 3)
    closeSync(file)
    const bench = temporaryBench()
    expect(await failure(runHere(bench, 'import-file', { path, name: 'Large' }))).toMatchObject({ code: 'bad-data', message: expect.stringContaining('An example has 1024 x 1024 x 3 numbers') as string })
    expectNothing(bench)
  })

  it('of the texts of a block, whatever a file makes of a few bytes', async () => {
    const file = await openSource(await written('delimited'), { format: undefined, options: {}, columns: null })
    const whole = { rows: 0, texts: [] as (string | null)[] }
    const rejected = []
    for await (const { rowNumbers, columns, rejected: bad } of withinBlocks(file.batches(), file.columns, 100_000)) {
      whole.rows += rowNumbers.length
      rejected.push(...bad)
      const body = columns[2]
      if (body?.type === 'text') whole.texts.push(...body.values)
    }
    // Some 20 characters a row: 100,000 are used up before the first block is full.
    expect(whole.rows + rejected.length).toBe(many)
    expect(whole.rows).toBeGreaterThan(4000)
    expect(whole.texts.join('').length).toBeLessThanOrEqual(100_000)
    expect(whole.texts[whole.rows - 1]).toBe(`a text, number ${whole.rows - 1}`)
    expect(rejected[0]).toMatchObject({ row: whole.rows + 1, column: 'body', reason: expect.stringContaining('take more than 100,000 bytes together') as string })
  })
})

describe('an import that does not finish leaves nothing behind', () => {
  it.each(kinds)('cancelled, of %s', async (kind) => {
    const bench = temporaryBench()
    const path = await written(kind)
    const abort = new AbortController()
    const error = await failure(runHere(bench, 'import-file', { path, name: 'Cancelled', format: kind }, { signal: abort.signal, onMessage: ({ type }) => type === 'dataset-block' || type === 'dataset-begin' ? abort.abort() : undefined }))
    expect(error).toMatchObject({ code: 'cancelled' })
    expectNothing(bench)
  })

  it.each(kinds)('of %s that is cut, or gone, while it is read', async (kind) => {
    const path = await written(kind)
    const size = readFileSync(path).length
    for (const change of [() => truncateSync(path, Math.floor(size / 2)), () => writeFileSync(path, ''), () => rmSync(path)]) {
      const file = await openSource(path, { format: kind, options: {}, columns: null })
      change()
      const outcome = await failure(readAll(file.batches()))
      await file.close()
      // What was opened may still be read; else it is said what is wrong, and never as a mistake of the bench.
      if (outcome !== 'it was imported') expect(outcome).toMatchObject({ code: expect.stringMatching(/^(bad-data|not-found)$/) as string })
      writeFileSync(path, (await files[kind]())[1])
    }
  })

  it('on a disk that is full', async () => {
    const bench = temporaryBench()
    const path = await written('delimited')
    const pages = bench.connection.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0
    bench.connection.get(`PRAGMA max_page_count = ${pages + 30}`)
    expect(await failure(runHere(bench, 'import-file', { path, name: 'Full' }))).toBeInstanceOf(Error)
    bench.connection.get('PRAGMA max_page_count = 1000000')
    expectNothing(bench)
    expect(await runHere(bench, 'import-file', { path, name: 'Again' })).toMatchObject({ rows: many })
  })

  it('of images that vanish, are links out of the folder, or folders', async () => {
    const folder = temporaryFolder()
    const secret = join(temporaryFolder(), 'secret.png')
    writeFileSync(secret, pixel)
    mkdirSync(join(folder, 'a'))
    for (const name of ['a/1.png', 'a/2.png', 'a/3.png']) writeFileSync(join(folder, name), pixel)
    symlinkSync(secret, join(folder, 'a', '4.png'))
    symlinkSync('../a/1.png', join(folder, 'a', '5.png'))
    mkdirSync(join(folder, 'a', '6.png'))
    symlinkSync(temporaryFolder(), join(folder, 'b'))
    const file = await openSource(folder, { format: 'image-folder', options: {}, columns: null })
    rmSync(join(folder, 'a', '2.png'))
    renameSync(secret, `${secret}.moved`)
    const rejected = []
    for await (const batch of file.batches()) rejected.push(...batch.rejected)
    expect(rejected.map(({ row, excerpt, reason }) => [row, excerpt, reason])).toEqual([[2, 'a/2.png', 'The file cannot be read (ENOENT).'], [4, 'a/4.png', 'The link leads out of the folder.']])
    expect(file.warnings.join()).toContain('links cannot be read or are not followed')
  })
})

it('an export that does not finish leaves what was there before', async () => {
  const bench = temporaryBench()
  const { id } = addDataset(bench, { count: 9000 })
  const path = join(temporaryFolder(), 'out.csv')
  const input = { datasetId: id, sourceId: null, filter: everything, path, format: 'csv', contents: ['examples'], sourceIds: [] }
  await runHere(bench, 'export-file', input)
  const before = [readFileSync(path, 'utf8'), readFileSync(`${path}.weakbench.json`, 'utf8')]
  const abort = new AbortController()
  expect(await failure(runHere(bench, 'export-file', { ...input, format: 'json-lines' }, { signal: abort.signal, onMessage: () => abort.abort() }))).toBeInstanceOf(BenchError)
  expect([readFileSync(path, 'utf8'), readFileSync(`${path}.weakbench.json`, 'utf8')]).toEqual(before)
  expect([existsSync(`${path}.partial`), existsSync(`${path}.partial.weakbench.json`)]).toEqual([false, false])
})

it('every format that can be imported is among those that are cut, cancelled or known to have a test of their own', () => {
  expect(importFormats.filter((format) => !(kinds as readonly string[]).includes(format))).toEqual(['arrow', 'cifar-10', 'image-folder'])
})

async function readAll(batches: AsyncIterable<unknown>): Promise<void> {
  for await (const batch of batches) void batch
}

function never(): never {
  throw new Error('It is missing.')
}
