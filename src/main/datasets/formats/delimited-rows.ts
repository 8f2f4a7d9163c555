import { numberOfBytes, numberOfText } from './number-cell.ts'
import { quotedText, rejectedBytes } from './rejected-row.ts'
import { canReadPlain, PlainRecords, type ColumnTarget } from './plain-records.ts'
import { doubledMark, quotedMark, wideMark, zeroMark, type RecordScanner } from './record-scanner.ts'
import { batchRows, type ColumnValues, type RejectedRow, type SourceBatch } from './source-file.ts'
import { TextCells } from './text-cell.ts'
import { TextGatherer } from './text-column.ts'
import { decodeExactly, utf8Fault } from './text-encoding.ts'
import type { CellReading } from './cell-reading.ts'

/** Values of a batch: 32 MiB of numbers, 16 MiB of texts. */
const numbersOfBatch = 4 * 1024 * 1024
const textBytesOfBatch = 16 * 1024 * 1024
const apostrophe = 39

interface NumberTarget extends ColumnTarget {
  numbers: Float64Array
}

interface TextTarget extends ColumnTarget {
  readonly texts: TextGatherer
}

const isNumbers = (target: ColumnTarget): target is NumberTarget => target.numbers !== null

/** Gathers records into batches of typed columns. A record that does not fit is rejected as a whole. */
export class DelimitedRows {
  readonly #reading: CellReading
  readonly #capacity: number
  readonly #point: number
  readonly #columns: readonly (NumberTarget | TextTarget)[]
  readonly #cells: TextCells
  readonly #plain: PlainRecords | null
  #rowNumbers: Float64Array
  #rejected: RejectedRow[] = []
  #rows = 0
  #textBytes = 0
  /** Rows of the file so far. */
  #row = 0

  constructor(reading: CellReading, delimiter: string) {
    this.#reading = reading
    this.#capacity = Math.max(1, Math.min(batchRows, Math.floor(numbersOfBatch / Math.max(1, reading.types.length))))
    this.#point = reading.decimal.charCodeAt(0)
    this.#rowNumbers = new Float64Array(this.#capacity)
    this.#cells = new TextCells(reading.encoding, reading.quote)
    this.#plain = canReadPlain(delimiter, reading.quote) ? new PlainRecords(reading, delimiter) : null
    this.#columns = reading.types.map((type) => type === 'number'
      ? { numbers: new Float64Array(this.#capacity), texts: null }
      : { numbers: null, texts: new TextGatherer(this.#capacity) })
  }

  /** Whether the batch is to be taken before the next record. */
  get full(): boolean {
    return this.#rows >= this.#capacity || this.#rejected.length >= batchRows || this.#textBytes >= textBytesOfBatch
  }

  get empty(): boolean {
    return this.#rows === 0 && this.#rejected.length === 0
  }

  /** Adds the records that come next as far as they are written plainly and the batch has room. */
  addPlain(scanner: RecordScanner): void {
    const start = scanner.nextStart
    const plain = this.#plain
    if (plain === null || start === null || start > scanner.lastLineFeed || this.full) return
    const taken = plain.take(scanner.bytes, start, scanner.lastLineFeed, this.#columns, this.#rows, this.#capacity, textBytesOfBatch - this.#textBytes)
    if (taken === 0) return
    for (let row = this.#rows; row < this.#rows + taken; row += 1) this.#rowNumbers[row] = (this.#row += 1)
    this.#rows += taken
    this.#textBytes += plain.textBytes
    scanner.pass(plain.end, taken)
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
      const column = columns[index] as NumberTarget | TextTarget
      if (isNumbers(column)) {
        const value = numberOfBytes(bytes, starts[index] as number, ends[index] as number, point)
        if (Number.isNaN(value)) {
          if (!this.#slowNumber(scanner, index, column, row)) return
        } else column.numbers[row] = value
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

  #text(scanner: RecordScanner, index: number, { texts }: TextTarget, row: number): boolean {
    const start = scanner.starts[index] as number
    const end = scanner.ends[index] as number
    const mark = scanner.marks[index] as number
    if (start === end) {
      if ((mark & quotedMark) === 0) texts.setMissing(row)
      else texts.set(row, scanner.bytes, start, end)
      return true
    }
    if (end - start > this.#reading.cellBytes) return this.#rejectCell(scanner, index, `The cell is ${end - start} bytes long, more than ${this.#reading.cellBytes}.`)
    if ((mark & zeroMark) !== 0) return this.#rejectCell(scanner, index, 'The cell holds a NUL byte.')
    if ((mark & (wideMark | doubledMark)) === 0) texts.set(row, scanner.bytes, this.#behindApostrophe(scanner.bytes, start), end)
    else {
      const text = this.#cells.text(scanner.bytes, start, end, mark)
      if (text === null) return this.#rejectCell(scanner, index, utf8Fault(scanner.bytes.subarray(start, end)) ?? 'The cell is not UTF-8.')
      const bytes = Buffer.from(text)
      texts.set(row, bytes, this.#behindApostrophe(bytes, 0), bytes.length)
    }
    this.#textBytes += end - start
    return true
  }

  #behindApostrophe(bytes: Uint8Array, start: number): number {
    return this.#reading.neutralised && bytes[start] === apostrophe ? start + 1 : start
  }

  /** A number cell that is empty, names a missing value, or is not written plainly. */
  #slowNumber(scanner: RecordScanner, index: number, column: NumberTarget, row: number): boolean {
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
    column.numbers[row] = value
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
function taken(column: NumberTarget | TextTarget, rows: number, capacity: number): ColumnValues {
  if (!isNumbers(column)) return column.texts.take(rows)
  const values = column.numbers
  column.numbers = new Float64Array(capacity)
  return { type: 'number', values: rows === capacity ? values : values.slice(0, rows) }
}
