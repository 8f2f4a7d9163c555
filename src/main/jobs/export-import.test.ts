import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { everything } from '../../shared/domain/filter.ts'
import type { ExportContent, ExportFormat } from '../../shared/domain/export.ts'
import type { ImportReport, ImportRequest } from '../../shared/domain/import.ts'
import { runHere } from '../hosts/testing/job-here.ts'
import type { Bench } from '../store/bench.ts'
import { addDataset, temporaryBench } from '../store/fixtures/sample-bench.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

const endings: Readonly<Record<ExportFormat, string>> = { csv: 'csv', 'json-lines': 'jsonl', parquet: 'parquet', npy: 'npy', npz: 'npz', 'label-studio': 'json', doccano: 'jsonl' }
const all: readonly ExportContent[] = ['examples', 'labels', 'splits', 'soft-labels', 'edits']

/** Texts and numbers that some format, spreadsheet or detection could change. */
const texts = ['=cmd()', '', null, 'NA', 'null', '1', ' lead', 'trail ', 'a,b;c\td|e', '"q"', "'apos", 'line\r\nbreak', 'cr\ronly', '\ufeffbom', 'é😀', '-5', '+3', '@x', '\ttab', '\v', '\u2028', 'tru"e', '0012', '{"a":1}', '[1,2]', '\u0001', 'sep=;']
const numbers = [0, -0, 1.5, null, Infinity, -Infinity, 5e-324, 1.7976931348623157e308, 0.1, 1e21, -1e-7, 123456789012345680000, 2 ** 53]
const classNames = ['spam', '=1+1', '10', '9', 'a,b', '"q"', "'x", 'é', 'NA', 'null', '-1', '0012']
/** Names of columns: formulas, numbers, spaces, those of labels and splits, and what an object or an archive takes for something else. */
const columnNames = ['7', '=sum', ' spaced ', 'label', 'split', 'label:me', '__proto__', '../up', 'X', '1', 'history']

const quoted = (text: string | null): string => (text === null ? '' : `"${text.replaceAll('"', '""')}"`)

async function importText(bench: Bench, name: string, content: string, request: Partial<ImportRequest>) {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, content)
  await runHere(bench, 'import-file', { path, name: 'First', ...request })
  return bench.datasets.list().at(-1)?.id ?? ''
}

/** A data set of everything that is hard to keep, with labels of every kind, soft labels, splits and edits. */
async function hardDataset(bench: Bench): Promise<string> {
  const rows = texts.map((text, row) => [numbers[row] ?? row, quoted(`a long text, number ${row}: ${text ?? ''}`), quoted(text), quoted(classNames[row % 12] ?? ''), row < 4 ? 'test' : row === 9 ? 'student' : '', ...columnNames.map((_, index) => (index === 1 ? quoted(text) : row + index))].join(','))
  const classes = classNames.toReversed().map((value, index) => ({ value, name: value, color: `#0000${(16 + index).toString(16)}`, key: 'abcdefghijklmnop'[index] ?? '' }))
  // CSV takes the spaces at the ends of names; other formats do not.
  const header = ['x', 'body', 'note', 'given', 'part', ...columnNames.map((name) => (name === ' spaced ' ? 'spaced' : quoted(name)))].join(',')
  const columns = [{ name: 'x', role: 'feature' as const, type: 'number' as const }, { name: 'given', role: 'label' as const, type: 'text' as const }, { name: 'part', role: 'split' as const }, { name: 'note', role: 'meta' as const, type: 'text' as const }, ...columnNames.map((name) => ({ name: name.trim(), role: 'meta' as const }))]
  const id = await importText(bench, 'hard.csv', `${header}\n${rows.join('\n')}\n`, { columns, classes, options: { header: true }, badShare: 0 })
  bench.connection.run("UPDATE dataset_column SET name = ' spaced ' WHERE dataset_id = ? AND name = 'spaced'", id)
  const { labels } = bench
  const count = texts.length
  const source = (kind: 'annotator' | 'truth' | 'model' | 'aggregate' | 'labeling-function', name: string) => labels.ensureSource(id, kind, name).id
  labels.append(source('annotator', 'me'), [3, 4], [1, 0], 1_700_000_000_000)
  labels.append(source('annotator', 'me'), [3, 5], [null, 2], 1_700_000_000_001)
  labels.append(source('annotator', 'Zoë, "x" '), [5], [2], 1_700_000_000_002)
  labels.append(source('truth', 'Truth'), [1, 2, 3], [1, 2, 3], 1_600_000_000_000)
  labels.appendBatch(source('model', 'net'), 0, Int32Array.from({ length: count }, (_, row) => row % 3), null, 1_700_000_000_000)
  labels.appendBatch(source('labeling-function', 'rule'), Int32Array.of(2, 7), Int32Array.of(0, 11), null, 1_700_000_000_003)
  labels.setSoft(source('aggregate', 'votes'), 0, 12, Float32Array.from({ length: count * 12 }, (_, index) => (index % 7 === 0 ? Number.NaN : index / 1000)))
  return id
}

function describeDataset(bench: Bench, id: string, { history = true } = {}) {
  const dataset = bench.datasets.require(id)
  const rows = Array.from({ length: dataset.count }, (_, row) => row)
  const sources = bench.labels.sources(id).toSorted((a, b) => (a.kind + a.name < b.kind + b.name ? -1 : 1))
  return {
    kind: [dataset.kind, dataset.dtype, dataset.shape],
    classes: dataset.classes,
    columns: bench.columns.list(id).map((column) => ({ ...column, values: bench.columns.slice(id, column, rows).values })),
    features: bench.datasets.features(dataset, rows),
    pinned: bench.splits.pinned(id, dataset.count),
    labels: sources.map((source) => [source.kind, source.name, bench.labels.inForce(source.id)]),
    soft: sources.map((source) => bench.labels.soft(source.id)),
    history: history ? rows.map((row) => bench.labels.history(id, row).map(({ sourceName, label, at }) => [sourceName, label, at])) : []
  }
}

const hashOf = (bench: Bench, id: string): string | undefined => bench.connection.get<{ hash: string }>('SELECT feature_hash AS hash FROM dataset WHERE id = ?', id)?.hash

async function exported(bench: Bench, datasetId: string, format: ExportFormat, contents = all): Promise<string> {
  const path = join(temporaryFolder(), `out.${endings[format]}`)
  await runHere(bench, 'export-file', { datasetId, sourceId: null, filter: everything, path, format, contents, sourceIds: [] })
  return path
}

async function importedAgain(bench: Bench, path: string): Promise<{ id: string; report: ImportReport }> {
  const report = (await runHere(bench, 'import-file', { path, name: 'Again', badShare: 0 })) as ImportReport
  return { id: bench.datasets.list().at(-1)?.id ?? '', report }
}

describe('what is exported comes back', () => {
  it.each(['csv', 'json-lines', 'parquet'] as const)('as %s: values, names, classes, labels of every source, soft labels, splits and edits', async (format) => {
    const bench = temporaryBench()
    const first = await hardDataset(bench)
    const once = await importedAgain(bench, await exported(bench, first, format))
    expect(once.report).toMatchObject({ rows: texts.length, rejected: 0 })
    expect(describeDataset(bench, once.id)).toEqual(describeDataset(bench, first))
    const twice = await importedAgain(bench, await exported(bench, once.id, format))
    expect(hashOf(bench, twice.id)).toBe(hashOf(bench, once.id))
    // Without labels of others: the hash is that of the data, whatever goes out beside it.
    const bare = await importedAgain(bench, await exported(bench, once.id, format, ['examples', 'labels', 'splits']))
    expect(hashOf(bench, bare.id)).toBe(hashOf(bench, once.id))
  })

  it.each(['csv', 'json-lines', 'parquet', 'npz'] as const)('as %s: images and vectors, with shape and dtype', async (format) => {
    const bench = temporaryBench()
    for (const changes of [{}, { shape: [2, 3, 3] }, { dtype: 'float32', shape: [4], kind: 'table' }, { dtype: 'float32', shape: [2, 2] }] as const) {
      const first = addDataset(bench, changes)
      bench.labels.append(bench.labels.ensureSource(first.id, 'given', 'given').id, [0, 1, 2], [0, 1, 1])
      const once = await importedAgain(bench, await exported(bench, first.id, format, ['examples', 'labels']))
      const [back, wanted] = [describeDataset(bench, once.id, { history: false }), describeDataset(bench, first.id, { history: false })]
      expect(back).toEqual({ ...wanted, kind: [changes.shape?.length === 1 ? 'table' : 'image', wanted.kind[1], wanted.kind[2]] })
      const twice = await importedAgain(bench, await exported(bench, once.id, format, ['examples', 'labels']))
      expect(hashOf(bench, twice.id)).toBe(hashOf(bench, once.id))
    }
  })

  it.each(['label-studio', 'doccano'] as const)('as %s: texts, classes, splits and who gave which label', async (format) => {
    const bench = temporaryBench()
    const rows = Array.from({ length: 12 }, (_, row) => `n${row},"a text that is long enough, number ${row}",${row % 5 === 0 ? '' : row % 2 === 0 ? 'ham' : 'spam'},${row < 3 ? 'test' : ''},${row / 4}`)
    const first = await importText(bench, 'mail.csv', `id,label,kind,split,annotator\n${rows.join('\n')}\n`, {
      columns: [{ name: 'label', role: 'text' }, { name: 'kind', role: 'label' }, { name: 'annotator', role: 'meta' }],
      classes: [{ value: 'spam', name: 'spam', color: '#123456', key: 's' }, { value: 'ham', name: 'ham', color: '#654321', key: 'h' }]
    })
    const { labels } = bench
    labels.append(labels.ensureSource(first, 'annotator', '17').id, [0, 1], [0, 1])
    labels.append(labels.ensureSource(first, 'annotator', 'ann@example.org').id, [5], [1])
    labels.append(labels.ensureSource(first, 'truth', 'truth').id, [1, 10], [1, 0])
    if (format === 'label-studio') labels.append(labels.ensureSource(first, 'model', 'net').id, [1, 2], [1, 0])
    const { id, report } = await importedAgain(bench, await exported(bench, first, format, ['examples', 'labels', 'splits']))
    expect(report).toMatchObject({ rows: 12, rejected: 0 })
    expect(describeDataset(bench, id, { history: false })).toEqual(describeDataset(bench, first, { history: false }))
    expect(hashOf(bench, id)).toBe(hashOf(bench, first))
  })
})

describe('an exported file that a person has changed', () => {
  it('is imported with the columns that are left and those that are new', async () => {
    const bench = temporaryBench()
    const first = await importText(bench, 'a.csv', 'id,body,note,label\n1,a text that is long enough,x,b\n2,another one that is long enough,y,a\n', {})
    const path = await exported(bench, first, 'csv')
    const table = readFileSync(path, 'utf8').split('\n').slice(0, 3)
    // As a spreadsheet of a country with decimal commas saves it: a column taken away, one added, a label changed.
    writeFileSync(path, table.map((line, row) => [line.split(',')[0], line.split(',')[1], row === 2 ? 'b' : line.split(',')[3], ['price', '1,5', '2,5'][row]].join(';')).join('\r\n'))
    const { id, report } = await importedAgain(bench, path)
    expect(report).toMatchObject({ rows: 2, rejected: 0 })
    expect(bench.columns.list(id).map(({ name, role }) => [name, role])).toEqual([['id', 'id'], ['body', 'text'], ['price', 'feature']])
    const given = bench.labels.sources(id).find(({ kind }) => kind === 'given')
    expect(Array.from(bench.labels.inForce(given?.id ?? ''))).toEqual([1, 1])
  })

  it('says more than its history where labels were changed by hand', async () => {
    const bench = temporaryBench()
    const first = await importText(bench, 'a.csv', 'body,label\na text that is long enough,b\nanother one that is long enough,a\n', {})
    const path = await exported(bench, first, 'json-lines')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"label":"b"', '"label":"a"'))
    const { id } = await importedAgain(bench, path)
    const given = bench.labels.sources(id).find(({ kind }) => kind === 'given')
    expect(Array.from(bench.labels.inForce(given?.id ?? ''))).toEqual([0, 0])
    expect(bench.labels.history(id, 0).map(({ label }) => label)).toEqual([0, 1])
    expect(bench.labels.history(id, 1).map(({ label }) => label)).toEqual([0])
  })

  it('is imported as any other where its sidecar cannot be read or was taken away by a later export', async () => {
    const bench = temporaryBench()
    const first = await importText(bench, 'a.csv', 'body,label\na text that is long enough,b\nanother one that is long enough,a\n', {})
    const path = await exported(bench, first, 'csv')
    for (const sidecar of ['', '{', '[]', '{"weakbench":1}', JSON.stringify({ weakbench: 1, name: 'x', columns: [{ name: 'body', role: 'king' }], classes: [], neutralised: true })]) {
      writeFileSync(`${path}.weakbench.json`, sidecar)
      expect((await importedAgain(bench, path)).report).toMatchObject({ rows: 2, rejected: 0 })
    }
    // An export of one array says nothing, and takes away what an earlier one of that name said.
    const image = addDataset(bench)
    await runHere(bench, 'export-file', { datasetId: image.id, sourceId: null, filter: everything, path, format: 'npy', contents: [], sourceIds: [] })
    expect((await importedAgain(bench, path)).report).toMatchObject({ rows: 10 })
  })
})
