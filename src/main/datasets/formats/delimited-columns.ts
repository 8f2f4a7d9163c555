import { isChangedByDouble, numberOfText } from './number-cell.ts'
import { BenchError } from '../../../shared/contract/errors.ts'

/** What a delimited column holds. */
export type DelimitedColumnType = 'number' | 'text'

/** Cells of the first records, as text, quotes undone. */
export type SampleRecords = readonly (readonly string[])[]

/** Ways to write that a number is missing, an empty cell aside. In a text column they are texts as any other. */
export const defaultMissing: readonly string[] = ['NA', 'N/A', '#N/A', 'NaN', 'nan', '-nan', 'NULL', 'null', 'None']

/** Columns a file may have. */
export const largestColumns = 65_536

/**
 * Tells from the first rows whether a column holds numbers. Codes with leading zeros and whole numbers that a double would
 * change are names and stay text.
 */
export function inferType(cells: readonly string[], decimal: '.' | ',', missing: ReadonlySet<string>): DelimitedColumnType {
  let numbers = 0
  for (const cell of cells) {
    const text = cell.trim()
    if (text === '' || missing.has(text)) continue
    if (numberOfText(text, decimal) === null || isName(text)) return 'text'
    numbers += 1
  }
  return numbers > 0 ? 'number' : 'text'
}

/** The decimal mark under which more columns are numbers; a comma only where no thousands separator explains it. */
export function detectDecimal(records: SampleRecords, delimiter: string): '.' | ',' {
  const columns = Math.max(0, ...records.map((record) => record.length))
  let points = 0
  let commas = 0
  for (let column = 0; column < columns; column += 1) {
    const cells = records.map((record) => (record[column] ?? '').trim()).filter((cell) => cell !== '')
    const marked = cells.filter((cell) => /[.,]/.test(cell))
    if (marked.length === 0) continue
    if (marked.every((cell) => numberOfText(cell, '.') !== null)) points += 1
    const thousands = delimiter === ',' && marked.every((cell) => /^[+-]?\d{1,3}(?:,\d{3})+$/.test(cell))
    if (!thousands && marked.every((cell) => numberOfText(cell, ',') !== null)) commas += 1
  }
  return commas > points ? ',' : '.'
}

/**
 * Tells whether the first record names the columns: yes where it is no number above a column of numbers; no where it holds
 * a number; otherwise where it reads as names and none of them comes again below.
 */
export function detectHeader(records: SampleRecords, decimal: '.' | ','): boolean {
  const [first, ...rest] = records
  if (first === undefined) return false
  const missing = new Set(defaultMissing)
  const above = first.map((cell, column) => {
    const below = rest.map((record) => record[column] ?? '')
    return { cell: cell.trim(), number: numberOfText(cell, decimal) !== null, below, numbers: inferType(below, decimal, missing) === 'number' }
  })
  if (above.some((column) => column.numbers && !column.number && column.cell !== '' && !missing.has(column.cell))) return true
  if (above.some((column) => column.number)) return false
  if (above.some((column) => column.cell !== '' && column.below.some((cell) => cell.trim() === column.cell))) return false
  return above.some((column) => column.cell !== '') && above.every((column) => /^[^\n\r]{0,60}$/.test(column.cell) && !/[.!?]$/.test(column.cell))
}

/** Column names made unique and non-empty, with a warning for each that was changed. */
export function uniqueNames(names: readonly string[]): { names: readonly string[], warnings: readonly string[] } {
  const given = names.map((name) => name.trim())
  const taken = new Set<string>(given)
  const seen = new Set<string>()
  const next = new Map<string, number>()
  const warnings: string[] = []
  const unique = given.map((name, index) => {
    if (name !== '' && !seen.has(name)) {
      seen.add(name)
      return name
    }
    const base = name === '' ? `column ${index + 1}` : name
    let number = next.get(base) ?? 2
    let candidate = name === '' ? base : `${base} (${number++})`
    while (taken.has(candidate)) candidate = `${base} (${number++})`
    next.set(base, number)
    taken.add(candidate)
    warnings.push(name === '' ? `Column ${index + 1} has no name; it is called "${candidate}".` : `The name "${name}" comes again in column ${index + 1}; it is called "${candidate}".`)
    return candidate
  })
  return { names: unique, warnings: shortened(warnings) }
}

/** @throws BenchError `bad-data` where a file has more columns than can be imported */
export function checkColumnCount(fileName: string, columns: number): void {
  if (columns <= largestColumns) return
  const hint = 'Check the delimiter. A wide table of numbers is better kept as NPY.'
  throw new BenchError('bad-data', `${fileName}: the first row has ${columns} columns, more than ${largestColumns}.`, { field: 'row 1', hint })
}

function isName(text: string): boolean {
  return /^[+-]?0\d/.test(text) || (/^-?\d{16,}$/.test(text) && isChangedByDouble(text))
}

const warningsShown = 5

function shortened(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= warningsShown) return warnings
  return [...warnings.slice(0, warningsShown), `${warnings.length - warningsShown} more columns without a name of their own were named.`]
}
