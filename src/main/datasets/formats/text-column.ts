import { isAscii } from 'node:buffer'
import { bitmapBytes, isMissing, joinTextColumns, sliceTextColumn, type TextColumn } from '../../store/text-chunk.ts'
import { wideMark } from './record-scanner.ts'
import { TextCells } from './text-cell.ts'

/** Cells up to this length are copied byte by byte, which is then faster than a call. */
const shortBytes = 48
const initialBytes = 64 * 1024

/** Gathers the UTF-8 texts of a batch's rows one after the other, without a string a row. A row may be written again until the next one is. */
export class TextGatherer {
  /** Texts that come again and again are made strings of only once, batch after batch. */
  readonly #cells = new TextCells('utf-8', null)
  readonly #capacity: number
  #offsets: Uint32Array
  #missing: Uint8Array
  #bytes = Buffer.allocUnsafeSlow(initialBytes)
  /** Rows in the last batch filled this many bytes: room to begin the next with. */
  #usual = initialBytes

  /** @param capacity rows a batch holds at most */
  constructor(capacity: number) {
    this.#capacity = capacity
    this.#offsets = new Uint32Array(capacity + 1)
    this.#missing = new Uint8Array(bitmapBytes(capacity))
  }

  setMissing(row: number): void {
    this.#missing[row >> 3] = (this.#missing[row >> 3] as number) | (1 << (row & 7))
    this.#offsets[row + 1] = this.#offsets[row] as number
  }

  /** Copies the text of a row from the bytes it stands in. */
  set(row: number, bytes: Uint8Array, start: number, end: number): void {
    this.#missing[row >> 3] = (this.#missing[row >> 3] as number) & ~(1 << (row & 7))
    let at = this.#offsets[row] as number
    const length = end - start
    if (at + length > this.#bytes.length) this.#grow(at + length)
    this.#offsets[row + 1] = at + length
    const into = this.#bytes
    if (length > shortBytes) into.set(bytes.subarray(start, end), at)
    else for (let from = start; from < end; from += 1, at += 1) into[at] = bytes[from] as number
  }

  /** The first rows as a column; the next batch starts empty. */
  take(rows: number): GatheredTexts {
    const used = this.#offsets[rows] as number
    const column = { count: rows, offsets: this.#offsets.subarray(0, rows + 1), bytes: this.#bytes.subarray(0, used), missing: new Uint8Array(bitmapBytes(rows)) }
    column.missing.set(this.#missing.subarray(0, column.missing.length))
    clearAfter(column.missing, rows)
    this.#usual = Math.max(initialBytes, Math.ceil(used * 1.1))
    this.#offsets = new Uint32Array(this.#capacity + 1)
    this.#missing = new Uint8Array(bitmapBytes(this.#capacity))
    this.#bytes = Buffer.allocUnsafeSlow(this.#usual)
    return new GatheredTexts(column, this.#cells)
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, least))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

/** Texts of some rows as bytes; strings are made of them when somebody asks. */
export class GatheredTexts {
  readonly type = 'text'
  readonly texts: TextColumn
  readonly #cells: TextCells
  #values: readonly (string | null)[] | undefined

  constructor(texts: TextColumn, cells: TextCells) {
    this.texts = texts
    this.#cells = cells
  }

  get values(): readonly (string | null)[] {
    return (this.#values ??= this.#decoded())
  }

  /** Some consecutive rows. */
  slice(from: number, to: number): GatheredTexts {
    return from === 0 && to === this.texts.count ? this : new GatheredTexts(sliceTextColumn(this.texts, from, to), this.#cells)
  }

  /** These rows and those of others of the same column below them. */
  followedBy(others: readonly GatheredTexts[]): GatheredTexts {
    return others.length === 0 ? this : new GatheredTexts(joinTextColumns([this.texts, ...others.map(({ texts }) => texts)]), this.#cells)
  }

  #decoded(): readonly (string | null)[] {
    const { texts } = this
    const { count, offsets, bytes } = texts
    const mark = isAscii(bytes) ? 0 : wideMark
    return Array.from({ length: count }, (_, row) => (isMissing(texts, row) ? null : this.#cells.text(bytes, offsets[row] ?? 0, offsets[row + 1] ?? 0, mark)))
  }
}

/** Clears the bits of rows that a batch does not have. */
function clearAfter(bits: Uint8Array, rows: number): void {
  if ((rows & 7) !== 0) bits[rows >> 3] = (bits[rows >> 3] ?? 0) & ((1 << (rows & 7)) - 1)
  bits.fill(0, (rows + 7) >> 3)
}
