import type { ColumnValues, RejectedRow, SourceFile } from './source-file.ts'

/** Test support: a row as a person sees it, a value a column, null where it is missing. */
export type SourceRow = readonly (number | string | readonly number[] | null)[]

/** What a pass over a file gave, as plain rows. */
export interface ReadRows {
  readonly rows: readonly SourceRow[]
  readonly rowNumbers: readonly number[]
  readonly rejected: readonly RejectedRow[]
}

/** Reads a file to plain rows. */
export async function readRows(file: SourceFile): Promise<ReadRows> {
  const rows: SourceRow[] = []
  const rowNumbers: number[] = []
  const rejected: RejectedRow[] = []
  for await (const batch of file.batches()) {
    rejected.push(...batch.rejected)
    for (let row = 0; row < batch.rowNumbers.length; row += 1) {
      rowNumbers.push(batch.rowNumbers[row] ?? NaN)
      rows.push(batch.columns.map((column) => valueAt(column, row, batch.rowNumbers.length)))
    }
  }
  return { rows, rowNumbers, rejected }
}

function valueAt(column: ColumnValues, row: number, rows: number): SourceRow[number] {
  if (column.type === 'text') return column.values[row] ?? null
  if (column.type === 'number') {
    const value = column.values[row] ?? NaN
    return Number.isNaN(value) ? null : value
  }
  const elements = column.values.length / rows
  return Array.from(column.values.subarray(row * elements, (row + 1) * elements))
}
