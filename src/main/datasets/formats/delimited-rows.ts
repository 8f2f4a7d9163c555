import { numberOfBytes, numberOfText } from './number-cell.ts'
import { quotedText, rejectedBytes } from './rejected-row.ts'
import { doubledMark, quotedMark, zeroMark, type RecordScanner } from './record-scanner.ts'
import { batchRows, type ColumnValues, type RejectedRow, type SourceBatch } from './source-file.ts'
import { TextCells } from './text-cell.ts'
import { decodeExactly, utf8Fault, type ByteEncoding } from './text-encoding.ts'
import type { DelimitedColumnType } from './delimited-columns.ts'

/** How cells become values. */
export interface CellReading {
  readonly names: readonly string[]
  readonly types: readonly DelimitedColumnType[]
  readonly encoding: ByteEncoding
  readonly quote: string | null
  readonly decimal: '.' | ','
  readonly missing: ReadonlySet<string>
  /** Undoes the apostrophe that the writer puts before texts a spreadsheet would run as formulas. */
  readonly neutralised: boolean
  /** Bytes of one cell. */
  readonly cellBytes: number
}

/** Values of a batch: 32 MiB of numbers, 16 MiB of texts. */
const numbersOfBatch = 4 * 1024 * 1024
const textBytesOfBatch = 16 * 1024 * 1024

type Column =
  | { readonly type: 'number', values: Float64Array }
  | { readonly type: 'text', values: (string | null)[], readonly cells: TextCells }

/** Gathers records into batches of typed columns. A record that does not fit is rejected as a whole. */
export class DelimitedRows {
  readonly #reading: CellReading
  readonly #capacity: number
  readonly #point: number
  readonly #columns: readonly Column[]
  #rowNumbers: Float64Array
  #rejected: RejectedRow[] = []
  #rows = 0
  #textBytes = 0
  /** Rows of the file so far. */
  #row = 0

  constructor(reading: CellReading) {
    this.#reading = reading
    this.#capacity = Math.max(1, Math.min(batchRows, Math.floor(numbersOfBatch / Math.max(1, reading.types.length))))
    this.#point = reading.decimal.charCodeAt(0)
    this.#rowNumbers = new Float64Array(this.#capacity)
    this.#columns = reading.types.map((type) => type === 'number'
      ? { type, values: new Float64Array(this.#capacity) }
      : { type, values: [], cells: new TextCells(reading.encoding, reading.quote) })
  }

  /** Whether the batch is to be taken before the next record. */
  get full(): boolean {
    return this.#rows >= this.#capacity || this.#rejected.length >= batchRows || this.#textBytes >= textBytesOfBatch
  }

  get empty(): boolean {
    return this.#rows === 0 && this.#rejected.length === 0
  }

  /** Adds the record the scanner has found. */
  add(scanner: RecordScanner): void {
    this.#row += 1
    const columns = this.#columns
    if (scanner.fieldCount !== columns.length) {
      this.#reject(scanner, null, `The row has ${scanner.fieldCount} ${scanner.fieldCount === 1 ? 'cell' : 'cells'} where ${columns.length} are expected.`, scanner.record())
      return
    }
    const { bytes, starts, ends } = scanner
    const row = this.#rows
    const point = this.#point
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as Column
      if (column.type === 'number') {
        const value = numberOfBytes(bytes, starts[index] as number, ends[index] as number, point)
        if (Number.isNaN(value)) {
          if (!this.#slowNumber(scanner, index, column, row)) return
        } else column.values[row] = value
      } else if (!this.#text(scanner, index, column, row)) return
    }
    this.#rowNumbers[row] = this.#row
    this.#rows += 1
  }

  /** Adds the record that the scanner has rejected. */
  addRejected(scanner: RecordScanner): void {
    this.#row += 1
    this.#reject(scanner, null, scanner.fault, scanner.record())
  }

  /** The batch so far; the next one starts empty. */
  take(fraction: number): SourceBatch {
    const rows = this.#rows
    const columns = this.#columns.map((column) => taken(column, rows, this.#capacity))
    const batch = { rowNumbers: this.#rowNumbers.slice(0, rows), columns, rejected: this.#rejected, fraction }
    this.#rejected = []
    this.#rows = 0
    this.#textBytes = 0
    return batch
  }

  #text(scanner: RecordScanner, index: number, column: Extract<Column, { type: 'text' }>, row: number): boolean {
    const start = scanner.starts[index] as number
    const end = scanner.ends[index] as number
    const mark = scanner.marks[index] as number
    if (start === end) {
      column.values[row] = (mark & quotedMark) === 0 ? null : ''
      return true
    }
    if (end - start > this.#reading.cellBytes) return this.#rejectCell(scanner, index, `The cell is ${end - start} bytes long, more than ${this.#reading.cellBytes}.`)
    if ((mark & zeroMark) !== 0) return this.#rejectCell(scanner, index, 'The cell holds a NUL byte.')
    const text = column.cells.text(scanner.bytes, start, end, mark)
    if (text === null) return this.#rejectCell(scanner, index, utf8Fault(scanner.bytes.subarray(start, end)) ?? 'The cell is not UTF-8.')
    column.values[row] = this.#reading.neutralised && text.startsWith('\'') ? text.slice(1) : text
    this.#textBytes += end - start
    return true
  }

  /** A number cell that is empty, names a missing value, or is not written plainly. */
  #slowNumber(scanner: RecordScanner, index: number, column: Extract<Column, { type: 'number' }>, row: number): boolean {
    const start = scanner.starts[index] as number
    const end = scanner.ends[index] as number
    let value: number | null = NaN
    if (start !== end) {
      if (end - start > this.#reading.cellBytes) return this.#rejectCell(scanner, index, `The cell is ${end - start} bytes long, more than ${this.#reading.cellBytes}.`)
      const bytes = scanner.bytes.subarray(start, end)
      const text = decodeExactly(bytes, this.#reading.encoding)
      if (text === null) return this.#rejectCell(scanner, index, utf8Fault(bytes) ?? 'The cell is not UTF-8.')
      const trimmed = text.trim()
      const doubled = ((scanner.marks[index] as number) & doubledMark) !== 0
      value = !doubled && (trimmed === '' || this.#reading.missing.has(trimmed)) ? NaN : numberOfText(trimmed, this.#reading.decimal)
      if (value === null) return this.#rejectCell(scanner, index, `${quotedText(text)} is no number.`)
    }
    column.values[row] = value
    return true
  }

  #rejectCell(scanner: RecordScanner, index: number, reason: string): false {
    this.#reject(scanner, this.#reading.names[index] ?? null, reason, scanner.bytes.subarray(scanner.starts[index], scanner.ends[index]))
    return false
  }

  #reject(scanner: RecordScanner, column: string | null, reason: string, bytes: Uint8Array): void {
    this.#rejected.push(rejectedBytes({ row: this.#row, line: scanner.line }, column, reason, bytes, this.#reading.encoding))
  }
}

/** Takes a column's values and gives it room for the next batch. */
function taken(column: Column, rows: number, capacity: number): ColumnValues {
  if (column.type === 'number') {
    const values = column.values
    column.values = new Float64Array(capacity)
    return { type: 'number', values: rows === capacity ? values : values.slice(0, rows) }
  }
  const values = column.values
  column.values = []
  values.length = rows
  return { type: 'text', values }
}
