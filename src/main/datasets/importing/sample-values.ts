import type { ColumnValues } from '../formats/source-file.ts'

/** The first values of a column as text, null where missing; arrays are described by their length. */
export function sampleOf(column: ColumnValues, limit: number): (string | null)[] {
  if (column.type === 'array') return []
  if (column.type === 'text') return column.values.slice(0, limit)
  return Array.from(column.values.subarray(0, limit), (value) => (Number.isNaN(value) ? null : String(value)))
}
