import { decodeExactly, asBuffer, type ByteEncoding } from './text-encoding.ts'
import { doubledMark, wideMark } from './record-scanner.ts'

const internedBytes = 32
const slots = 1024
/** Cells after which a column whose texts hardly ever come again is no longer looked up. */
const trial = 4096

/**
 * Turns the bytes of one column's cells into strings. Class names and other texts that come again and again are kept, since
 * comparing some bytes is faster than making another string, and equal cells then share one.
 */
export class TextCells {
  readonly #encoding: ByteEncoding
  readonly #quote: string
  readonly #kept: (string | undefined)[] = new Array<string | undefined>(slots)
  #lookups = 0
  #hits = 0

  constructor(encoding: ByteEncoding, quote: string | null) {
    this.#encoding = encoding
    this.#quote = quote ?? ''
  }

  /** The text of a cell, doubled quotes undone; null where its bytes are not in the encoding. */
  text(bytes: Uint8Array, start: number, end: number, mark: number): string | null {
    if ((mark & (wideMark | doubledMark)) === 0) return this.#plain(bytes, start, end)
    const text = decodeExactly(bytes.subarray(start, end), this.#encoding)
    return text === null || (mark & doubledMark) === 0 ? text : text.replaceAll(this.#quote + this.#quote, this.#quote)
  }

  #plain(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start
    if (length > internedBytes || (this.#lookups >= trial && this.#hits * 2 < this.#lookups)) return ascii(bytes, start, end)
    this.#lookups += 1
    let hash = length
    for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0
    const slot = (hash ^ (hash >>> 15)) & (slots - 1)
    const kept = this.#kept[slot]
    if (kept !== undefined && equals(kept, bytes, start, end)) {
      this.#hits += 1
      return kept
    }
    const text = ascii(bytes, start, end)
    this.#kept[slot] = text
    return text
  }
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  return asBuffer(bytes).toString('latin1', start, end)
}

function equals(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) !== bytes[start + at]) return false
  return true
}
