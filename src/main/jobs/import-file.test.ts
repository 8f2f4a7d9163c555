import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { splits } from '../../shared/domain/dataset.ts'
import { everything } from '../../shared/domain/filter.ts'
import type { ImportRequest } from '../../shared/domain/import.ts'
import { BenchViewData } from '../datasets/view/bench-view-data.ts'
import { View } from '../datasets/view/view-page.ts'
import { openTestQueue, type TestQueue } from '../hosts/testing/test-queue.ts'

const folder = mkdtempSync(join(tmpdir(), 'import-file-'))

async function importText(queue: TestQueue, text: string, request: Partial<ImportRequest> = {}) {
  const path = join(folder, `${Math.trunc(performance.now() * 1000)}.csv`)
  writeFileSync(path, text)
  return queue.run('import-file', { path, name: 'Test', ...request })
}

const header = 'id,price,weight,body,label,split\n'

test('a CSV file becomes a data set with columns, labels, classes and pinned splits; bad rows are listed', async () => {
  const queue = openTestQueue()
  const rows = Array.from({ length: 30 }, (_, row) => `r${row},${row / 4},${row % 3 === 0 ? '' : row},"a longer text, number ${row}, with a comma",${row % 2 === 0 ? 'spam' : 'ham'},${row < 5 ? 'test' : ''}`)
  rows[7] = 'r7,cheap,1,some text that is long enough,ham,'
  rows[9] = 'r8,1,1,a repeated id that stands twice here,ham,'
  rows[11] = 'r11,1,1,text,ham,nowhere'
  const end = await importText(queue, header + rows.join('\n'), { badShare: 0.5, columns: [{ name: 'price', role: 'feature', type: 'number' }] })
  expect(end).toMatchObject({ status: 'done', result: { rows: 27, rejected: 3 } })
  const { bench } = queue
  const [dataset] = bench.datasets.list()
  expect(dataset).toMatchObject({ name: 'Test', kind: 'table', count: 27, shape: [2], dtype: 'float32' })
  expect(dataset?.classes.map(({ position, name, key }) => [position, name, key])).toEqual([[0, 'ham', '1'], [1, 'spam', '2']])
  const id = dataset?.id ?? ''
  expect(bench.columns.list(id).map(({ name, type, role }) => [name, type, role])).toEqual([['id', 'text', 'id'], ['price', 'number', 'feature'], ['weight', 'number', 'feature'], ['body', 'text', 'text']])
  expect(bench.importReports.page(id, 0, 10).map(({ row, column, reason }) => [row, column, reason])).toEqual([
    [8, 'price', '"cheap" is no number.'],
    [10, 'id', '"r8" is also the id of row 9.'],
    [12, 'split', expect.stringContaining('"nowhere" is no split')]
  ])
  const given = bench.labels.sources(id).find(({ kind }) => kind === 'given')
  expect(Array.from(bench.labels.current(given?.id ?? '', 4))).toEqual([1, 0, 1, 0])
  expect(bench.splits.of(id, [0, 4, 5])).toEqual(['test', 'test', null])
  // A missing weight is NaN in its column and the mean of the first rows in the training array.
  const weights = bench.columns.numbers(id, 2, 27)
  expect(weights[0]).toBeNaN()
  const known = weights.filter((weight) => !Number.isNaN(weight))
  const features = dataset === undefined ? new Float32Array(0) : bench.datasets.features(dataset, [0, 1])
  expect(features[1]).toBeCloseTo(known.reduce((sum, weight) => sum + weight, 0) / known.length, 4)
  expect(Array.from(features.slice(2))).toEqual([0.25, 1])
  await queue.idle()
  // Prepared in the background: sorted columns and the search index.
  const view = new View(everything, { by: 'column', column: 'price', descending: true }, new BenchViewData(bench, dataset ?? never(), given?.id ?? null))
  expect(Array.from(view.rowsAt(0, 3))).toEqual([26, 25, 24])
  expect(Array.from(bench.search.rows(id, 'number 12'))).toHaveLength(1)
})

test('the same rows have the same content hash, whatever stands around them', async () => {
  const queue = openTestQueue()
  const rows = Array.from({ length: 9000 }, (_, row) => `${row},${row * 0.1},text of row ${row} which is long,${row % 3}`)
  await importText(queue, `id,x,body,label\n${rows.join('\n')}\n`)
  await importText(queue, `id;x;body;label\r\n${rows.map((row) => row.replaceAll(',', ';')).join('\r\n')}`)
  await importText(queue, `id,x,body,label\n${rows.toSpliced(40, 0, 'bad,bad').join('\n')}\n`)
  await importText(queue, `id,x,body,label\n${rows.with(70, '70,7.1,text of row 70 which is long,1').join('\n')}\n`)
  const hashes = queue.bench.connection.all<{ feature_hash: string }>('SELECT feature_hash FROM dataset ORDER BY created_at, rowid').map((row) => row.feature_hash)
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
  expect(hashes.slice(1, 3)).toEqual([hashes[0], hashes[0]])
  expect(hashes[3]).not.toBe(hashes[0])
})

test('too many bad rows, an empty file and a cancelled import leave nothing behind', async () => {
  const queue = openTestQueue()
  const spoilt = Array.from({ length: 400 }, (_, row) => (row % 4 === 0 && row > 150 ? 'x,y' : `${row},text that is long enough ${row},1`))
  expect(await importText(queue, `a,body,label\n${spoilt.join('\n')}`)).toMatchObject({ status: 'failed', error: { code: 'bad-data', message: expect.stringMatching(/of the first 400 rows do not fit/) as string, field: 'badShare' } })
  expect(await importText(queue, 'a,b\n')).toMatchObject({ status: 'failed', error: { code: 'bad-data' } })
  expect(queue.bench.datasets.list()).toEqual([])
  for (const table of ['dataset', 'column_chunk', 'label_source', 'quarantine', 'dataset_report']) {
    expect(queue.bench.connection.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n, table).toBe(0)
  }
  expect(splits).toContain('none')
})

function never(): never {
  throw new Error('The data set is missing.')
}

test('what is exported comes back with the same content hash, classes, colours, keys, labels and splits', { timeout: 60_000 }, async () => {
  const queue = openTestQueue()
  const rows = Array.from({ length: 400 }, (_, row) => `r${row},${row % 9 === 0 ? '' : row * 0.1},"=formula, ""quoted"" and a
second line ${row}",${['spam', 'ham', ''][row % 3]},${row < 40 ? 'test' : ''}`)
  await importText(queue, `id,x,body,label,split\n${rows.join('\n')}`, { classes: [{ value: 'spam', name: 'spam', color: '#aa0000', key: 's' }, { value: 'ham', name: 'ham', color: '#00aa00', key: 'h' }] })
  const { bench } = queue
  const first = bench.datasets.list()[0] ?? never()
  const me = bench.labels.ensureSource(first.id, 'annotator', 'me')
  bench.labels.append(me.id, [3, 4], [1, 0])
  const describe = (id: string) => {
    const dataset = bench.datasets.get(id) ?? never()
    const sources = bench.labels.sources(id).filter(({ kind }) => kind === 'given' || kind === 'annotator')
    return {
      hash: bench.connection.get<{ feature_hash: string }>('SELECT feature_hash FROM dataset WHERE id = ?', id)?.feature_hash,
      classes: dataset.classes,
      labels: sources.map(({ kind, name, id: source }) => [kind, name, Array.from(bench.labels.current(source, dataset.count))]),
      pinned: Array.from(bench.splits.pinned(id, dataset.count)),
      columns: bench.columns.list(id)
    }
  }
  for (const [format, ending] of [['csv', 'csv'], ['json-lines', 'jsonl'], ['parquet', 'parquet']] as const) {
    const path = join(folder, `out.${ending}`)
    const input = { datasetId: first.id, sourceId: null, filter: everything, path, format, contents: ['examples', 'labels', 'splits'], sourceIds: [] }
    expect(await queue.run('export-file', input)).toMatchObject({ status: 'done', result: { rows: 400 } })
    expect(await queue.run('import-file', { path, name: `Back from ${format}` })).toMatchObject({ status: 'done', result: { rows: 400, rejected: 0 } })
    const back = bench.datasets.list().at(-1) ?? never()
    expect(describe(back.id), format).toEqual(describe(first.id))
  }
})

test('features and labels go out as NPZ and come back', { timeout: 60_000 }, async () => {
  const queue = openTestQueue()
  const rows = Array.from({ length: 50 }, (_, row) => `${row / 8},${row},${row % 2 === 0 ? 'cat' : 'dog'},${row < 9 ? 'test' : ''}`)
  await importText(queue, `x,z,label,split\n${rows.join('\n')}`)
  const first = queue.bench.datasets.list()[0] ?? never()
  const path = join(folder, 'out.npz')
  const input = { datasetId: first.id, sourceId: null, filter: everything, path, format: 'npz', contents: ['examples', 'labels', 'splits'], sourceIds: [] }
  expect(await queue.run('export-file', input)).toMatchObject({ status: 'done' })
  expect(await queue.run('import-file', { path, name: 'Back' })).toMatchObject({ status: 'done', result: { rows: 50, rejected: 0 } })
  const back = queue.bench.datasets.list().at(-1) ?? never()
  expect(back).toMatchObject({ kind: 'table', shape: [2], count: 50 })
  expect(back.classes).toEqual(first.classes)
  const every = Array.from({ length: 50 }, (_, row) => row)
  expect(queue.bench.datasets.features(back, every)).toEqual(queue.bench.datasets.features(first, every))
  const [given] = queue.bench.labels.sources(back.id)
  expect(Array.from(queue.bench.labels.current(given?.id ?? '', 4))).toEqual([0, 1, 0, 1])
  expect(queue.bench.splits.of(back.id, [8, 9])).toEqual(['test', null])
})
