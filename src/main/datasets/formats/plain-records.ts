import { isUtf8 } from 'node:buffer'
import type { CellReading } from './cell-reading.ts'
import { numberOfBytes } from './number-cell.ts'
import type { TextGatherer } from './text-column.ts'

/** Whether numbers can be told from what separates and frames them byte by byte. */
export const canReadPlain = (delimiter: string, quote: string | null): boolean => !/[0-9+\-eE]/.test(delimiter + (quote ?? ''))

/** Where the values of a column go: one of the two. */
export interface ColumnTarget {
  numbers: Float64Array | null
  readonly texts: TextGatherer | null
}

const powers = Float64Array.from({ length: 10 }, (_, power) => 10 ** power)
/** Digits that a 32-bit integer holds whatever they are. */
const wholeDigits = 9
const zero = 48
const minus = 45
const plus = 43
const lineFeed = 10
const carriageReturn = 13
const apostrophe = 39

/**
 * Reads records as nearly all are written (numbers in digits, cells with plain quotes or none, LF or CRLF behind) straight
 * into the columns, several times faster than cutting them first. It takes nothing that `RecordScanner` and `DelimitedRows`
 * would not read as the very same values: at the first record that is written otherwise it stops and leaves it to them.
 */
export class PlainRecords {
  readonly #delimiter: number
  readonly #quote: number
  readonly #point: number
  /** The point where it cannot be the delimiter as well. */
  readonly #ownPoint: number
  readonly #utf8: boolean
  readonly #neutralised: boolean
  readonly #cellBytes: number
  /** 1 for the bytes at which an unquoted text ends or needs a closer look. */
  readonly #stops = new Uint8Array(256)
  readonly #quotedStops = new Uint8Array(256)
  /** Behind the last record taken. */
  end = 0
  /** Bytes of the texts in the records taken last. */
  textBytes = 0

  constructor(reading: CellReading, delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0)
    this.#quote = reading.quote === null ? -1 : reading.quote.charCodeAt(0)
    this.#point = reading.decimal.charCodeAt(0)
    this.#ownPoint = this.#point === this.#delimiter ? -1 : this.#point
    this.#utf8 = reading.encoding === 'utf-8'
    this.#neutralised = reading.neutralised
    this.#cellBytes = reading.cellBytes
    for (const byte of [0, lineFeed, carriageReturn]) {
      this.#stops[byte] = 1
      this.#quotedStops[byte] = 1
    }
    this.#stops[this.#delimiter] = 1
    if (this.#quote >= 0) this.#quotedStops[this.#quote] = 1
  }

  /**
   * Takes records from `start` on into the rows from `row` up to `rows`.
   *
   * @param safe place of a line feed: every record taken ends there at the latest, so nothing behind it is read
   * @param textLimit bytes of texts beyond which no further record is taken
   * @returns how many were taken; `end` and `textBytes` tell the rest
   */
  take(bytes: Uint8Array, start: number, safe: number, columns: readonly ColumnTarget[], row: number, rows: number, textLimit: number): number {
    const delimiter = this.#delimiter
    const quote = this.#quote
    const point = this.#ownPoint
    const stops = this.#stops
    const cellBytes = this.#cellBytes
    const count = columns.length
    this.end = start
    this.textBytes = 0
    let textBytes = 0
    let at = start
    let to = row
    for (; to < rows && at <= safe && this.textBytes < textLimit; to += 1) {
      let byte = bytes[at] as number
      // A blank line is for the others to judge.
      if (byte === lineFeed || byte === carriageReturn) break
      for (let index = 0; index < count; index += 1) {
        if (index > 0) {
          if (byte !== delimiter) return to - row
          byte = bytes[++at] as number
        }
        const column = columns[index] as ColumnTarget
        const quoted = byte === quote
        if (quoted) byte = bytes[++at] as number
        const cell = at
        const { numbers } = column
        if (numbers !== null) {
          const sign = byte
          if (sign === minus || sign === plus) byte = bytes[++at] as number
          const first = at
          let whole = 0
          while (byte - zero >>> 0 <= 9) {
            whole = (Math.imul(whole, 10) + byte - zero) | 0
            byte = bytes[++at] as number
          }
          let digits = at - first
          let places = 0
          if (byte === point) {
            byte = bytes[++at] as number
            const behind = at
            while (byte - zero >>> 0 <= 9) {
              whole = (Math.imul(whole, 10) + byte - zero) | 0
              byte = bytes[++at] as number
            }
            places = at - behind
            digits += places
          }
          const ended = quoted ? byte === quote : byte === delimiter || byte === lineFeed || byte === carriageReturn
          if (ended && digits > 0 && digits <= wholeDigits) {
            const value = whole / (powers[places] as number)
            numbers[to] = sign === minus ? -value : value
          } else if (ended && at === cell) numbers[to] = NaN
          else {
            if (!ended) at = this.#cellEnd(bytes, at, quoted)
            const value = numberOfBytes(bytes, cell, at, this.#point)
            if (Number.isNaN(value)) return to - row
            numbers[to] = value
            byte = bytes[at] as number
          }
        } else {
          const ends = quoted ? this.#quotedStops : stops
          let wide = 0
          while (ends[byte] === 0) {
            wide |= byte
            byte = bytes[++at] as number
          }
          const length = at - cell
          const texts = column.texts as TextGatherer
          if (length === 0 && !quoted) texts.setMissing(to)
          else {
            if (length > cellBytes || byte === 0) return to - row
            if (wide >= 0x80 && !(this.#utf8 && isUtf8(bytes.subarray(cell, at)))) return to - row
            texts.set(to, bytes, this.#neutralised && bytes[cell] === apostrophe ? cell + 1 : cell, at)
            textBytes += length
          }
        }
        if (quoted) {
          if (byte !== quote) return to - row
          byte = bytes[++at] as number
        }
      }
      if (byte === carriageReturn) byte = bytes[++at] as number
      if (byte !== lineFeed) break
      at += 1
      this.end = at
      this.textBytes = textBytes
    }
    return to - row
  }

  #cellEnd(bytes: Uint8Array, from: number, quoted: boolean): number {
    const stops = quoted ? this.#quotedStops : this.#stops
    let at = from
    while (stops[bytes[at] as number] === 0) at += 1
    return at
  }
}
