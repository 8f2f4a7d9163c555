import type { ColumnValues } from '../formats/source-file.ts'
import type { ExportTable } from './export-table.ts'

/** A number as JSON. Infinities become 1e999, which the grammar allows and every parser reads as infinite; JSON.stringify would lose them and the sign of -0. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return 'null'
  if (!Number.isFinite(value)) return value > 0 ? '1e999' : '-1e999'
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Text of the value of each row; `rows` is how many the values are of. */
function jsonTexts(values: ColumnValues, rows: number): (row: number) => string {
  if (values.type === 'text') return (row) => JSON.stringify(values.values[row] ?? null)
  if (values.type === 'number') return (row) => numberText(values.values[row] ?? Number.NaN)
  const width = values.values.length / rows
  return (row) => `[${Array.from(values.values.subarray(row * width, (row + 1) * width), numberText).join(',')}]`
}

/**
 * JSON Lines: one object a row with every column, so that the first row tells their order; missing values are null, arrays flat lists of
 * numbers. Written by hand: an object would sort keys that are numbers.
 */
export async function* writeJsonLines(table: ExportTable, progress: (done: number) => Promise<void>): AsyncGenerator<string> {
  const keys = table.columns.map(({ column }) => JSON.stringify(column.name))
  let done = 0
  for await (const batch of table.batches(progress)) {
    const rows = Math.min(table.batchRows, table.rows.length - done)
    done += rows
    const columns = batch.map((values) => jsonTexts(values, rows))
    let text = ''
    for (let row = 0; row < rows; row++) text += `{${columns.map((valueOf, index) => `${keys[index] ?? '""'}:${valueOf(row)}`).join(',')}}\n`
    yield text
  }
}
