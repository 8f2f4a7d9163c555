import type { DatasetColumn } from '../../../shared/domain/column.ts'
import type { LabelSource } from '../../../shared/domain/dataset.ts'
import type { Sort, SortKey } from '../../../shared/domain/filter.ts'
import { sourceReference } from '../../../shared/query/vocabulary.ts'
import { strings } from '../../strings.ts'

/** One column of the table. `key` is what its width is remembered by. */
export interface TableColumn {
  readonly key: string
  readonly kind: 'row' | 'source' | 'split' | 'data'
  readonly title: string
  readonly width: number
  readonly numeric: boolean
  /** What a click on its header sorts by. */
  readonly sort: SortKey | null
  readonly source: LabelSource | null
  readonly column: DatasetColumn | null
}

/** Columns that are read and drawn at a time; the contract answers 100. */
export const mostColumns = 100
/** Columns that are shown where nobody has chosen. */
const firstColumns = 24

export const narrowest = 40
export const widest = 900

/** The data columns shown: those chosen, in the order of the data set, or the first ones. */
export function shownColumns(columns: readonly DatasetColumn[], chosen: readonly string[] | null): readonly DatasetColumn[] {
  if (chosen === null) return columns.slice(0, firstColumns)
  const wanted = new Set(chosen)
  return columns.filter((column) => wanted.has(column.name)).slice(0, mostColumns)
}

/** Width that fits what the statistics say about the values, in pixels. */
function widthOf({ name, type, role, statistics }: DatasetColumn): number {
  const title = name.length * 7 + 40
  if (statistics.type === 'number') return Math.min(160, Math.max(76, title))
  const body = role === 'text' ? Math.min(420, statistics.length.mean * 7 + 24) : Math.min(240, statistics.length.mean * 7.5 + 24)
  return Math.round(Math.max(type === 'text' ? 90 : 76, Math.min(200, title), body))
}

/** The columns of the table: row, label of the source shown, other sources, split, data. */
export function tableColumns(
  shown: { readonly source: LabelSource | null; readonly others: readonly LabelSource[]; readonly columns: readonly DatasetColumn[]; readonly splits: boolean; readonly count: number },
  widths: Readonly<Record<string, number>>
): readonly TableColumn[] {
  const plain = { source: null, column: null, numeric: false }
  const all: TableColumn[] = [{ ...plain, key: 'row', kind: 'row', title: strings.data.table.row, numeric: true, sort: { by: 'row' }, width: Math.max(52, String(shown.count).length * 9 + 24) }]
  for (const source of shown.source === null ? [] : [shown.source, ...shown.others]) {
    const title = source === shown.source ? source.name : sourceReference(source)
    all.push({ ...plain, key: `source:${sourceReference(source)}`, kind: 'source', title, source, sort: { by: 'label', source: sourceReference(source) }, width: Math.min(180, Math.max(96, title.length * 7 + 36)) })
  }
  if (shown.splits) all.push({ ...plain, key: 'split', kind: 'split', title: strings.data.table.split, sort: null, width: 90 })
  for (const column of shown.columns)
    all.push({ ...plain, key: `column:${column.name}`, kind: 'data', title: column.name, column, numeric: column.type === 'number', sort: { by: 'column', column: column.name }, width: widthOf(column) })
  return all.map((one) => ({ ...one, width: Math.min(widest, Math.max(narrowest, widths[one.key] ?? one.width)) }))
}

const sameKey = (key: SortKey, sort: Sort): boolean => {
  const { descending: _direction, ...own } = sort
  return JSON.stringify(own) === JSON.stringify(key)
}

/** Which way a column is sorted now; null where it is not. No order is by row. */
export function sortOf({ sort: key }: TableColumn, sort: Sort | null): 'ascending' | 'descending' | null {
  if (key === null) return null
  if (sort === null) return key.by === 'row' ? 'ascending' : null
  return sameKey(key, sort) ? (sort.descending ? 'descending' : 'ascending') : null
}

/** What a click on a header makes of the order: ascending, descending, then by row again. */
export function nextSort(column: TableColumn, sort: Sort | null): Sort | null {
  if (column.sort === null) return sort
  const now = sortOf(column, sort)
  if (column.sort.by === 'row') return now === 'ascending' ? { by: 'row', descending: true } : null
  if (now === null) return { ...column.sort, descending: false }
  return now === 'ascending' ? { ...column.sort, descending: true } : null
}
