import { BenchError, type OutputOf, type ParsedInputOf, type ProcedureName, type Procedures } from '../../shared/contract/index.ts'
import type { ColumnSlice, DatasetColumn } from '../../shared/domain/column.ts'
import { type Dataset, type LabelSource, splits } from '../../shared/domain/dataset.ts'
import { type Filter, isGroup, type SavedFilter } from '../../shared/domain/filter.ts'
import type { ImportPreview, QuarantinedRow } from '../../shared/domain/import.ts'
import type { Job } from '../../shared/domain/job.ts'
import type { JournalState } from '../../shared/domain/journal.ts'
import { makePictures, truthOf } from './synthetic.ts'

type DataProcedure = Extract<ProcedureName, `filters.${string}` | `imports.${string}` | `exports.${string}`> |
  'datasets.columns' | 'datasets.view' | 'datasets.position' | 'datasets.count' | 'datasets.balance' | 'datasets.label-matching' | 'datasets.split-matching' | 'datasets.make-splits' |
  'datasets.set-classes' | 'datasets.quarantine' | 'datasets.report' | 'datasets.find-duplicates' | 'datasets.create-version' | 'datasets.version-difference' | 'datasets.get'
type DataHandlers = { readonly [P in DataProcedure]: (input: ParsedInputOf<Procedures[P]>) => OutputOf<Procedures[P]> }

/** What the fake data procedures read and change. */
export interface FakeData {
  datasets: Dataset[]
  labels: Map<number, number | null>
  splits: Map<number, number>
  jobs: Job[]
  filters: SavedFilter[]
}

/** A table of three columns whose values follow from the row. */
export const mail: Dataset = {
  id: 'mail', name: 'Mail', kind: 'text', shape: [1], dtype: 'float32', count: 1_000_000,
  classes: [{ position: 0, name: 'ham', color: '#0072B2', key: 'h' }, { position: 1, name: 'spam', color: '#D55E00', key: 's' }],
  source: 'Synthetic, for tests of the window only', license: 'none', createdAt: Date.UTC(2026, 10, 21)
}
export const mailColumns: readonly DatasetColumn[] = [
  {
    position: 0, name: 'subject', type: 'text', role: 'text',
    statistics: { type: 'text', count: 1_000_000, missing: 0, distinct: 3, frequent: [{ value: 'free money', count: 400_000 }, { value: 'minutes', count: 350_000 }, { value: 'hello', count: 250_000 }], length: { min: 5, mean: 7.7, max: 10 } }
  },
  { position: 1, name: 'words', type: 'number', role: 'feature', statistics: { type: 'number', count: 990_000, missing: 10_000, min: 0, max: 99, mean: 49.5, deviation: 28.9, histogram: [5, 9, 14, 22, 30, 22, 14, 9, 5, 3] } }
]
const subjects = ['free money', 'minutes', 'hello'] as const
const cellOf = (column: number, row: number): string | number => (column === 0 ? (subjects[row % 3] ?? '') : row % 100)

const preview: ImportPreview = {
  path: '/home/ada/mail.csv', name: 'mail', format: 'delimited', options: { delimiter: ',', quote: '"', header: true, encoding: 'utf-8', decimal: '.' }, bytes: 48_200, rows: null,
  columns: [
    { name: 'id', type: 'number', shape: null, role: 'id', distinct: 50, missing: 0 },
    { name: 'subject', type: 'text', shape: null, role: 'text', distinct: 48, missing: 1 },
    { name: 'label', type: 'text', shape: null, role: 'label', distinct: 2, missing: 0 }
  ],
  sample: [['1', 'free money', 'spam'], ['2', 'minutes', 'ham'], ['3', null, 'ham']],
  classes: [{ value: 'ham', name: 'ham', color: '#0072B2', key: '1' }, { value: 'spam', name: 'spam', color: '#D55E00', key: '2' }],
  rejected: [{ row: 17, line: 18, column: null, reason: 'The row has 2 cells instead of 3.', excerpt: '17,"broken' }], warnings: ['The file begins with a byte order mark.']
}
const quarantine: readonly QuarantinedRow[] = Array.from({ length: 250 }, (_, index) => ({ row: index * 3, line: index * 3 + 1, column: index % 2 === 0 ? 'words' : null, reason: 'This is no number.', excerpt: `x${index}` }))

/** Handlers of the data procedures over synthetic rows; filters know labels, rows, numbers and groups. */
export function fakeData(state: FakeData, sourcesOf: (datasetId: string) => readonly LabelSource[], change: (title: string, again: () => void, back: () => void) => JournalState, startJob: (kind: string, name: string) => string): DataHandlers {
  const datasetOf = (id: string): Dataset => {
    const found = state.datasets.find((one) => one.id === id)
    if (found === undefined) throw new BenchError('not-found', `There is no data set ${id}.`)
    return found
  }
  const labelOf = (datasetId: string, sourceId: string | null, row: number): number =>
    sourceId === 'me' ? (state.labels.get(row) ?? -1) : sourceId === 'teacher' && row >= 2000 ? -1 : sourceId === null ? -1 : datasetId === 'mail' ? row % 2 : truthOf(row)
  const matches = (filter: Filter, datasetId: string, shown: string | null, row: number): boolean => {
    if (filter.off === true) return true
    const counted = isGroup(filter) ? filter.parts.filter((part) => part.off !== true) : []
    const found = isGroup(filter)
      ? counted.length === 0 || (filter.kind === 'and' ? counted.every((part) => matches(part, datasetId, shown, row)) : counted.some((part) => matches(part, datasetId, shown, row)))
      : meets(filter, datasetId, shown, row)
    return found !== (filter.negated === true)
  }
  const meets = (condition: Exclude<Filter, { kind: 'and' | 'or' }>, datasetId: string, shown: string | null, row: number): boolean => {
    if (condition.kind === 'rows') return row >= condition.from && row <= condition.to
    if (condition.kind === 'number') return condition.comparison === '<' ? Number(cellOf(1, row)) < condition.value : Number(cellOf(1, row)) >= condition.value
    if (condition.kind === 'split') return (splits[state.splits.get(row) ?? -1] ?? 'unpinned') === condition.split
    if (condition.kind === 'search') return String(cellOf(0, row)).includes(condition.query)
    if (condition.kind !== 'label') return true
    const label = labelOf(datasetId, condition.source === null ? shown : sourcesOf(datasetId).find((one) => condition.source?.endsWith(one.name))?.id ?? null, row)
    return condition.is === 'none' ? label < 0 : condition.is === 'any' ? label >= 0 : condition.is.includes(label)
  }
  const rowsOf = (datasetId: string, shown: string | null, filter: Filter, descending = false): Int32Array => {
    const { count } = datasetOf(datasetId)
    const all = Int32Array.from({ length: count }, (_, row) => row)
    const found = isGroup(filter) && filter.parts.length === 0 ? all : all.filter((row) => matches(filter, datasetId, shown, row))
    return descending ? found.reverse() : found
  }
  const sliceOf = (position: number, rows: Int32Array): ColumnSlice =>
    mailColumns[position]?.type === 'number' ? { type: 'number', values: Float64Array.from(rows, (row) => Number(cellOf(position, row))) } : { type: 'text', values: Array.from(rows, (row) => String(cellOf(position, row))) }
  const label = (rows: readonly number[], value: number | null): JournalState => {
    const before = new Map(state.labels)
    return change(`Label ${rows.length} examples`, () => rows.forEach((row) => state.labels.set(row, value)), () => void (state.labels = before))
  }
  const pin = (rows: readonly number[], split: number): JournalState => {
    const before = new Map(state.splits)
    return change(`Pin ${rows.length} examples`, () => rows.forEach((row) => state.splits.set(row, split)), () => void (state.splits = before))
  }

  return {
    'datasets.get': ({ datasetId }) => datasetOf(datasetId),
    'datasets.columns': ({ datasetId }) => (datasetId === 'mail' ? mailColumns : []),
    'datasets.view': ({ datasetId, sourceId, filter, sort, offset, limit, sourceIds, columns, features }) => {
      const all = rowsOf(datasetId, sourceId, filter, sort?.descending)
      const rows = all.slice(offset, offset + limit)
      return {
        rows, total: all.length, labels: sourceIds.map((id) => rows.map((row) => labelOf(datasetId, id, row))), splits: Int8Array.from(rows, (row) => state.splits.get(row) ?? -1),
        columns: columns.map((position) => sliceOf(position, rows)), features: features && datasetId !== 'mail' ? makePictures([...rows]) : null
      }
    },
    'datasets.position': ({ datasetId, sourceId, filter, row }) => {
      const at = rowsOf(datasetId, sourceId, filter).indexOf(row)
      return at < 0 ? null : at
    },
    'datasets.count': ({ datasetId, sourceId, filter }) => rowsOf(datasetId, sourceId, filter).length,
    'datasets.balance': ({ datasetId, sourceId, filter }) => {
      const { classes } = datasetOf(datasetId)
      const rows = [...rowsOf(datasetId, sourceId, filter)]
      const bySplit = classes.map(({ position }) => {
        const own = rows.filter((row) => labelOf(datasetId, sourceId, row) === position)
        return [...splits.map((_, split) => own.filter((row) => state.splits.get(row) === split).length), own.filter((row) => !state.splits.has(row)).length]
      })
      const counts = bySplit.map((one) => one.reduce((sum, count) => sum + count, 0))
      return { total: rows.length, classes: counts, unlabelled: rows.length - counts.reduce((sum, count) => sum + count, 0), bySplit }
    },
    'datasets.label-matching': ({ datasetId, sourceId, filter, sort, range, label: value }) => label([...rowsOf(datasetId, sourceId, filter, sort?.descending).slice(range?.offset ?? 0, range === null ? undefined : range.offset + range.count)], value),
    'datasets.split-matching': ({ datasetId, sourceId, filter, split }) => pin([...rowsOf(datasetId, sourceId, filter)], split === null ? -1 : splits.indexOf(split)),
    'datasets.make-splits': ({ datasetId, shares }) => pin([...rowsOf(datasetId, null, { kind: 'and', parts: [] })].slice(0, 1000 * shares.test), splits.indexOf('test')),
    'datasets.set-classes': ({ datasetId, classes }) => {
      const before = state.datasets
      return change('Change classes', () => void (state.datasets = state.datasets.map((one) => (one.id === datasetId ? { ...one, classes } : one))), () => void (state.datasets = before))
    },
    'datasets.quarantine': ({ offset, limit }) => ({ rows: quarantine.slice(offset, offset + limit), total: quarantine.length }),
    'datasets.report': ({ kind }) =>
      kind === 'import'
        ? { rows: 1_000_000, rejected: 250, seconds: 4.2, warnings: ['12 values were missing.'] }
        : [{ at: Date.now(), kind: 'exact', groups: [{ rows: [3, 17], similarity: 1 }, { rows: [4, 40, 400], similarity: 1 }], extra: 3, total: 2, complete: true }],
    'datasets.find-duplicates': () => ({ jobId: startJob('find-duplicates', 'Duplicates') }),
    'datasets.create-version': ({ datasetId, name, sourceId }) => ({ id: 'version-2', datasetId, hash: '51aa0be1f7c2', labelSourceId: sourceId, name, counts: { none: 0, pretrain: 0, teacher: 0, student: 10_000, test: 0 }, createdAt: Date.now() }),
    'datasets.version-difference': () => ({
      added: { count: 0, rows: [] }, removed: { count: 0, rows: [] }, relabelled: { count: 3, rows: [3, 7, 8] }, moved: { count: 1, rows: [5] },
      byClass: [{ from: 1, to: 7, count: 2, rows: [3, 7] }, { from: 3, to: -1, count: 1, rows: [8] }]
    }),
    'filters.list': ({ datasetId }) => state.filters.filter((one) => one.datasetId === datasetId),
    'filters.save': ({ datasetId, filterId, name, filter, sort }) => {
      const saved: SavedFilter = { id: filterId ?? `filter-${state.filters.length}`, datasetId, name, filter, sort, createdAt: Date.now() }
      const before = state.filters
      change(`Save filter "${name}"`, () => void (state.filters = [...before.filter((one) => one.id !== saved.id), saved]), () => void (state.filters = before))
      return saved
    },
    'filters.delete': ({ filterId }) => {
      const before = state.filters
      return change('Delete filter', () => void (state.filters = before.filter((one) => one.id !== filterId)), () => void (state.filters = before))
    },
    'imports.choose': () => null,
    'imports.inspect': ({ path, options }) => {
      if (!path.startsWith('/')) throw new BenchError('invalid-input', `There is no file ${path}.`, { field: 'path', hint: 'Give the full path.' })
      return { ...preview, path, options: { ...preview.options, ...options } }
    },
    'imports.start': ({ name }) => ({ jobId: startJob('import-file', `Import ${name}`) }),
    'imports.votes': ({ path }) => {
      if (!path.startsWith('/')) throw new BenchError('invalid-input', `There is no file ${path}.`, { field: 'path', hint: 'Give the full path.' })
      return { jobId: startJob('import-votes', `Import votes of ${path}`) }
    },
    'exports.votes': ({ path }) => ({ jobId: startJob('export-votes', `Export votes to ${path}`) }),
    'exports.start': ({ path }) => ({ jobId: startJob('export-file', `Export to ${path}`) })
  }
}
