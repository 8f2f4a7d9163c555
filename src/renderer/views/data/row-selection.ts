import type { Filter } from '../../../shared/domain/filter.ts'

/** Selected examples: rows picked one by one, or whatever the filter matches. */
export type RowSelection = { readonly kind: 'rows'; readonly rows: ReadonlySet<number> } | { readonly kind: 'matching'; readonly filter: Filter; readonly count: number }

export const nothingSelected: RowSelection = { kind: 'rows', rows: new Set() }

/** Rows that can be picked one by one; above it only a filter selects. */
export const mostPicked = 20_000

export const selectedCount = (selection: RowSelection): number => (selection.kind === 'rows' ? selection.rows.size : selection.count)

export const isSelected = (selection: RowSelection, row: number): boolean => selection.kind === 'matching' || selection.rows.has(row)

/** The selection with a row added, or taken away where it was in it. Out of all that match, only the row stays. */
export function toggleRow(selection: RowSelection, row: number): RowSelection {
  if (selection.kind === 'matching') return { kind: 'rows', rows: new Set([row]) }
  const rows = new Set(selection.rows)
  if (!rows.delete(row)) rows.add(row)
  return { kind: 'rows', rows }
}

export const onlyRow = (row: number): RowSelection => ({ kind: 'rows', rows: new Set([row]) })
export const rowsOf = (rows: Iterable<number>): RowSelection => ({ kind: 'rows', rows: new Set(rows) })
