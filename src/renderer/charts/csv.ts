export type CsvCell = string | number | null

/** RFC 4180 text. Numbers keep full precision; a text that a spreadsheet would run as a formula gets an apostrophe before it. */
export const toCsv = (header: readonly string[], rows: Iterable<readonly CsvCell[]>): string =>
  [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')

function cell(value: CsvCell): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
