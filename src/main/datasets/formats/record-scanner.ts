/** What separates fields and frames them; single ASCII characters. `quote` null: quotes are characters as any other. */
export interface RecordDialect {
  readonly delimiter: number
  readonly quote: number | null
}

/** Bounds that keep memory bounded whatever the file. */
export interface RecordLimits {
  /** Bytes of one record, its delimiters and newlines included: beyond it a quote counts as never closed. */
  readonly recordBytes: number
  /** Fields of a record whose places are kept; a record may have more, `fieldCount` counts them. */
  readonly fields: number
}

/**
 * record: its fields lie in `starts`, `ends`, `marks`. blank: a line with nothing on it. rejected: see `fault`.
 * more: push the next chunk or end. end: nothing is left.
 */
export type ScanResult = 'record' | 'blank' | 'rejected' | 'more' | 'end'

/** Bits of `RecordScanner.marks`. */
export const quotedMark = 1
export const doubledMark = 2
export const wideMark = 4
export const zeroMark = 8

const lineFeed = 10
const carriageReturn = 13

/**
 * Cuts bytes into records and fields as RFC 4180 has them, with LF, CRLF or CR after a record and any delimiter.
 * A quote inside a field that does not begin with one is a character as any other. Where quoting is wrong (a quote never
 * closed, anything but a delimiter after a closing one) the record is rejected and scanning goes on at the line after the
 * one where it starts. Until past the bytes the failed record has swallowed a quote then ends at its line at the latest:
 * so no byte is scanned more than three times, and a file of nothing but open quotes takes no longer than a sound one.
 *
 * Written by hand because csv-parse takes over twice the time that the whole reading may, and neither it nor the faster
 * papaparse and udsv names the line of wrong quoting, recovers at the next line, or shows bytes that are no UTF-8.
 */
export class RecordScanner {
  /** The window on the file that `starts` and `ends` point into; replaced by `push`. */
  bytes: Uint8Array = Buffer.alloc(0)
  fieldCount = 0
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** Of each field: framed by quotes, holds doubled quotes, bytes beyond ASCII, a zero byte. */
  readonly marks: Uint8Array
  recordStart = 0
  /** After the last byte of the record, its newline left out. */
  recordEnd = 0
  /** Line where the record starts, from 1. */
  line = 1
  fault = ''
  readonly #delimiter: number
  readonly #quote: number
  readonly #limits: RecordLimits
  #position = 0
  #nextLine = 1
  #ended = false
  /** Lines to leave out before the next record. */
  #skipping = 0
  #lastLineFeed = -1
  /** Bytes to have in the window before a record that was incomplete is tried again. */
  #enough = 0
  /** Records that start before this place must end on their line. */
  #singleLineBefore = 0

  constructor(dialect: RecordDialect, limits: RecordLimits) {
    this.#delimiter = dialect.delimiter
    this.#quote = dialect.quote ?? -1
    this.#limits = limits
    this.starts = new Int32Array(limits.fields)
    this.ends = new Int32Array(limits.fields)
    this.marks = new Uint8Array(limits.fields)
  }

  /** Adds the next bytes of the file. Fields found before are no longer to be read. */
  push(chunk: Uint8Array): void {
    const kept = this.bytes.length - this.#position
    const window = Buffer.allocUnsafeSlow(kept + chunk.length)
    window.set(this.bytes.subarray(this.#position))
    window.set(chunk, kept)
    this.#singleLineBefore = Math.max(0, this.#singleLineBefore - this.#position)
    this.bytes = window
    this.#position = 0
    this.#lastLineFeed = window.lastIndexOf(lineFeed)
  }

  /** Where the next record starts, for whoever reads records without the scanner; null where it must find the start first. */
  get nextStart(): number | null {
    return this.#skipping > 0 ? null : this.#position
  }

  /** Place of the last line feed in the window, -1 where there is none. */
  get lastLineFeed(): number {
    return this.#lastLineFeed
  }

  /** Goes on behind records of one line each that somebody else has read, whole, from the window. */
  pass(end: number, records: number): void {
    this.#position = end
    this.#nextLine += records
    this.#enough = 0
  }

  /** Says that no more bytes follow. */
  end(): void {
    this.#ended = true
  }

  /** Leaves out the next lines, whatever stands there. */
  skip(lines: number): void {
    this.#skipping += lines
  }

  /** Finds the next record. */
  next(): ScanResult {
    if (!this.#skipLines()) return this.#ended ? 'end' : 'more'
    const start = this.#position
    const length = this.bytes.length
    if (start === length) return this.#ended ? 'end' : 'more'
    if (!this.#ended && length - start < this.#enough) return 'more'
    this.#enough = 0
    this.recordStart = start
    this.line = this.#nextLine
    return this.#scan(start, length)
  }

  /** Bytes of the record found last, or of what is left of a rejected one. */
  record(): Uint8Array {
    return this.bytes.subarray(this.recordStart, this.recordEnd)
  }

  #scan(start: number, length: number): ScanResult {
    const bytes = this.bytes
    const delimiter = this.#delimiter
    const quote = this.#quote
    const capacity = this.#limits.fields
    const { starts, ends, marks } = this
    // One comparison tells most bytes from those that may end a field.
    const special = Math.max(delimiter, carriageReturn)
    let at = start
    let field = 0
    let newlines = 0
    for (;;) {
      let fieldStart = at
      let fieldEnd: number
      let mark = 0
      let byte = at < length ? (bytes[at] as number) : -1
      if (byte === quote && quote >= 0) {
        fieldStart = at + 1
        at = fieldStart
        mark = quotedMark
        let wide = 0
        for (;;) {
          while (at < length && (byte = bytes[at] as number) !== quote) {
            wide |= byte
            if (byte <= carriageReturn) {
              if (byte === 0) mark |= zeroMark
              else if (byte === lineFeed || (byte === carriageReturn && bytes[at + 1] !== lineFeed)) {
                if (start < this.#singleLineBefore) return this.#fail(start, at, unclosed)
                newlines += 1
              }
            }
            at += 1
          }
          if (at >= length) return this.#incomplete(start, length, true)
          if (at + 1 >= length && !this.#ended) return this.#incomplete(start, length, true)
          if (bytes[at + 1] !== quote || at + 1 >= length) break
          mark |= doubledMark
          at += 2
        }
        if (wide >= 0x80) mark |= wideMark
        fieldEnd = at
        at += 1
        byte = at < length ? (bytes[at] as number) : -1
        if (byte !== delimiter && byte !== lineFeed && byte !== carriageReturn && byte !== -1) {
          return this.#fail(start, at, 'After a closing quote stands neither a delimiter nor the end of the line; a quote inside a quoted cell must be doubled.')
        }
      } else {
        let wide = 0
        while (at < length) {
          byte = bytes[at] as number
          if (byte <= special) {
            if (byte === delimiter || byte === lineFeed || byte === carriageReturn) break
            if (byte === 0) mark |= zeroMark
          }
          wide |= byte
          at += 1
        }
        if (at >= length) {
          if (!this.#ended) return this.#incomplete(start, length, false)
          byte = -1
        }
        if (wide >= 0x80) mark |= wideMark
        fieldEnd = at
      }
      if (field < capacity) {
        starts[field] = fieldStart
        ends[field] = fieldEnd
        marks[field] = mark
      }
      field += 1
      if (byte === delimiter) {
        at += 1
        continue
      }
      if (byte === carriageReturn && at + 1 >= length && !this.#ended) return this.#incomplete(start, length, false)
      this.fieldCount = field
      this.recordEnd = at
      this.#position = byte === -1 ? at : byte === carriageReturn && bytes[at + 1] === lineFeed ? at + 2 : at + 1
      this.#nextLine = this.line + newlines + 1
      return field === 1 && at === start ? 'blank' : 'record'
    }
  }

  #incomplete(start: number, length: number, quoted: boolean): ScanResult {
    if (this.#ended) return this.#fail(start, length, unclosed)
    const pending = length - start
    if (pending <= this.#limits.recordBytes) {
      this.#enough = Math.min(2 * pending, this.#limits.recordBytes + 1)
      return 'more'
    }
    return this.#fail(start, length, quoted ? unclosed : `The record is longer than ${this.#limits.recordBytes} bytes.`)
  }

  /** Rejects the record that starts at `start`; `at` is where it failed. */
  #fail(start: number, at: number, fault: string): ScanResult {
    this.fault = fault
    const newline = nextNewline(this.bytes, start)
    this.recordEnd = newline < 0 ? this.bytes.length : newline
    this.#singleLineBefore = Math.max(this.#singleLineBefore, lineStart(this.bytes, at))
    this.#position = start
    this.#skipping = 1
    return 'rejected'
  }

  /** Moves past the lines to leave out; false where their end is not in the window yet, of which nothing is kept then. */
  #skipLines(): boolean {
    while (this.#skipping > 0) {
      const newline = nextNewline(this.bytes, this.#position)
      const cut = newline >= 0 && this.bytes[newline] === carriageReturn && newline + 1 >= this.bytes.length && !this.#ended
      if (newline < 0 || cut) {
        this.#position = cut ? newline : this.bytes.length
        return false
      }
      this.#position = this.bytes[newline] === carriageReturn && this.bytes[newline + 1] === lineFeed ? newline + 2 : newline + 1
      this.#nextLine += 1
      this.#skipping -= 1
    }
    return true
  }
}

const unclosed = 'A quote is opened and not closed where a row could end.'

function nextNewline(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] as number
    if (byte === lineFeed || byte === carriageReturn) return at
  }
  return -1
}

function lineStart(bytes: Uint8Array, at: number): number {
  for (let place = Math.min(at, bytes.length); place > 0; place -= 1) {
    const byte = bytes[place - 1] as number
    if (byte === lineFeed || byte === carriageReturn) return place
  }
  return 0
}
