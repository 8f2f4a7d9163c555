import type { Filter, Sort } from '../../../shared/domain/filter.ts'

/** Selected examples: rows picked one by one, a long range of places of the list, or whatever the filter matches. */
export type RowSelection =
  | { readonly kind: 'rows'; readonly rows: ReadonlySet<number> }
  | { readonly kind: 'range'; readonly filter: Filter; readonly sort: Sort | null; readonly first: number; readonly count: number }
  | { readonly kind: 'matching'; readonly filter: Filter; readonly count: number }

export const nothingSelected: RowSelection = { kind: 'rows', rows: new Set() }

/** Rows that are picked one by one; a longer range is kept as its ends. */
export const mostPicked = 20_000

export const selectedCount = (selection: RowSelection): number => (selection.kind === 'rows' ? selection.rows.size : selection.count)

/** Whether the example at a place of the list is selected. */
export function isSelected(selection: RowSelection, { row, index }: { readonly row: number; readonly index: number }): boolean {
  if (selection.kind === 'rows') return selection.rows.has(row)
  return selection.kind === 'matching' || (index >= selection.first && index < selection.first + selection.count)
}

/** The selection with a row added, or taken away where it was in it. Out of all that match or a long range, only the row stays. */
export function toggleRow(selection: RowSelection, row: number): RowSelection {
  if (selection.kind !== 'rows') return { kind: 'rows', rows: new Set([row]) }
  const rows = new Set(selection.rows)
  if (!rows.delete(row)) rows.add(row)
  return { kind: 'rows', rows }
}

export const onlyRow = (row: number): RowSelection => ({ kind: 'rows', rows: new Set([row]) })
export const rowsOf = (rows: Iterable<number>): RowSelection => ({ kind: 'rows', rows: new Set(rows) })
