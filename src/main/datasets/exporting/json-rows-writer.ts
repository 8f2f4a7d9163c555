import type { JsonObject, JsonValue } from '../formats/json-value.ts'
import type { ColumnValues } from '../formats/source-file.ts'
import type { ExportTable } from './export-table.ts'

/** Rows of a batch as JSON objects with every column, so that the first row tells their order; missing values are null, arrays flat lists of numbers. */
function objectsOf(names: readonly string[], columns: readonly ColumnValues[], rows: number): JsonObject[] {
  return Array.from({ length: rows }, (_, row) => Object.fromEntries(columns.map((values, index) => [names[index] ?? '', jsonValue(values, row, rows)])))
}

function jsonValue(values: ColumnValues, row: number, rows: number): JsonValue {
  if (values.type === 'array') {
    const width = values.values.length / rows
    return Array.from(values.values.subarray(row * width, (row + 1) * width))
  }
  const value = values.values[row] ?? null
  return value === null || (typeof value === 'number' && !Number.isFinite(value)) ? null : value
}

/** JSON Lines: one object a row. */
export async function* writeJsonLines(table: ExportTable, progress: (done: number) => Promise<void>): AsyncGenerator<string> {
  const names = table.columns.map(({ column }) => column.name)
  let done = 0
  for await (const batch of table.batches(progress)) {
    const rows = Math.min(table.batchRows, table.rows.length - done)
    done += rows
    yield objectsOf(names, batch, rows).map((object) => `${JSON.stringify(object)}\n`).join('')
  }
}
