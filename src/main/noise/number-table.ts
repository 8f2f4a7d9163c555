import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { BenchError } from '../../shared/contract/errors.ts'
import { cellsOf, unreadable } from '../labels/vote-lines.ts'
import { parseNumber } from './parse-number.ts'

/** Numbers of a file, rows x columns, row-major. */
export interface NumberTable {
  readonly rows: number
  readonly columns: number
  readonly values: Float64Array
}

/** Names of a leading column that holds ids; pandas leaves the name of its index empty. */
const idColumns = new Set(['', 'id', 'index', 'row', 'unnamed: 0'])
const comma = 44
const delimiters = [comma, 9, 59]
const lineFeed = 10
const carriageReturn = 13
/** Bytes that a line may have. */
const longestLine = 2 ** 24
/** Numbers that a file may hold: what one array of them can. */
const mostNumbers = 2 ** 30

/**
 * Reads a table of numbers from CSV (comma, tab or semicolon), a line a row; a first line that holds no number names the columns and is
 * passed over, and so is a leading column named id, index or nothing. Read a piece at a time; memory is that of the numbers.
 *
 * @param options.counted also take a first line 0, 1, 2, ... for names, as pandas gives them
 * @throws BenchError `bad-data` naming file, row (from 1, header not counted), line and column; `not-found` where the file cannot be read
 */
export async function readNumberTable(path: string, { counted = false }: { readonly counted?: boolean } = {}): Promise<NumberTable> {
  const reader = new TableReader(basename(path), counted)
  let rest: Buffer = Buffer.alloc(0)
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece
      let start = 0
      for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
        reader.line(bytes, start, end)
        start = end + 1
      }
      rest = bytes.subarray(start)
      if (rest.length > longestLine) throw new BenchError('bad-data', `${basename(path)} has a line longer than 16 MiB.`, { field: 'path', hint: 'The file is not a table of numbers.' })
    }
  } catch (error) {
    if (error instanceof BenchError) throw error
    throw unreadable(path, error)
  }
  if (rest.length > 0) reader.line(rest, 0, rest.length)
  return reader.table()
}

/**
 * Reads one whole number a line, such as labels, with or without a name on the first line.
 *
 * @throws BenchError as `readNumberTable`, and `bad-data` for a second column or a number that is not whole
 */
export async function readWholeNumbers(path: string): Promise<Int32Array> {
  const { rows, columns, values } = await readNumberTable(path)
  if (columns !== 1) throw new BenchError('bad-data', `${basename(path)} has ${columns} columns; labels are one.`, { field: 'row 1, column 2', hint: 'Give one class position a line.' })
  for (let row = 0; row < rows; row++) {
    const value = values[row] as number
    if (value !== Math.trunc(value) || Math.abs(value) > 2 ** 31 - 1) throw new BenchError('bad-data', `${basename(path)}, row ${row + 1}: ${value} is not a whole number.`, { field: `row ${row + 1}`, hint: 'Labels are class positions counted from 0.' })
  }
  return Int32Array.from(values)
}

class TableReader {
  readonly #file: string
  readonly #counted: boolean
  /** Leading cells of a line that are passed over. */
  #passed = 0
  #values = new Float64Array(1024)
  #rows = 0
  #columns = 0
  #delimiter = comma
  #lines = 0
  #blank = 0

  constructor(file: string, counted: boolean) {
    this.#file = file
    this.#counted = counted
  }

  /** Takes the line `bytes[start .. end - 1]`. */
  line(bytes: Buffer, start: number, end: number): void {
    this.#lines++
    const first = this.#lines === 1 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start
    const last = end > first && bytes[end - 1] === carriageReturn ? end - 1 : end
    if (first >= last) {
      this.#blank ||= this.#lines
      return
    }
    if (this.#blank > 0) throw new BenchError('bad-data', `${this.#file}: line ${this.#blank} is empty.`, { field: `line ${this.#blank}`, hint: 'Take empty lines out.' })
    if (this.#columns === 0 && this.#layout(bytes.subarray(first, last))) return
    this.#row(bytes, first, last)
  }

  table(): NumberTable {
    if (this.#rows === 0) throw new BenchError('bad-data', `${this.#file} holds no numbers.`, { field: 'row 1, column 1', hint: 'Give a line a row.' })
    return { rows: this.#rows, columns: this.#columns, values: this.#values.subarray(0, this.#rows * this.#columns) }
  }

  /** Learns width and delimiter from the first line; true where it names the columns. */
  #layout(line: Buffer): boolean {
    this.#delimiter = delimiters.find((byte) => line.includes(byte)) ?? comma
    const cells = cellsOf(line, this.#delimiter)
    const identified = cells.length > 1 && idColumns.has((cells[0] as string).toLowerCase())
    const names = identified ? cells.slice(1) : cells
    this.#passed = identified ? 1 : 0
    this.#columns = names.length
    // From three columns on, 0, 1, 2 are no probabilities.
    const counts = (identified || (this.#counted && names.length > 2)) && names.every((name, at) => name === String(at))
    return counts || names.every((name) => !/^[+-]?nan$/i.test(name) && Number.isNaN(name === '' ? Number.NaN : Number(name)))
  }

  #row(bytes: Buffer, first: number, last: number): void {
    this.#reserve()
    const at = this.#rows * this.#columns
    let column = -this.#passed
    for (let start = first; start <= last; column++) {
      let end = start
      while (end < last && bytes[end] !== this.#delimiter) end++
      if (column >= this.#columns) throw this.#wrong(column, `there is no such column; the first line has ${this.#columns}.`)
      const value = column < 0 ? 0 : parseNumber(bytes, start, end)
      if (Number.isNaN(value)) throw this.#wrong(column, `${excerpt(bytes, start, end)} is no number.`)
      if (column >= 0) this.#values[at + column] = value
      start = end + 1
    }
    if (column < this.#columns) throw this.#wrong(column, `the row ends before it, after ${column} of ${this.#columns} cells.`)
    this.#rows++
  }

  #reserve(): void {
    const needed = (this.#rows + 1) * this.#columns
    if (needed <= this.#values.length) return
    if (needed > mostNumbers) throw new BenchError('bad-data', `${this.#file} holds more than ${mostNumbers} numbers.`, { field: `line ${this.#lines}`, hint: 'Split the file.' })
    const larger = new Float64Array(Math.max(2 * this.#values.length, needed))
    larger.set(this.#values)
    this.#values = larger
  }

  #wrong(column: number, reason: string): BenchError {
    const field = `row ${this.#rows + 1}, column ${column + 1}`
    return new BenchError('bad-data', `${this.#file}, row ${this.#rows + 1} (line ${this.#lines}), column ${column + 1}: ${reason}`, { field, hint: 'Every row needs one finite number a column.' })
  }
}

function excerpt(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, Math.min(end, start + 40))
  return text.trim() === '' ? 'An empty cell' : `"${text}${end > start + 40 ? '...' : ''}"`
}
