/**
 * Texts of many rows as one block of bytes, without a JavaScript string a row: a million of them load and compare at memory
 * speed. Layout of a packed chunk: uint32 count, count + 1 uint32 offsets into the UTF-8 bytes, one bit a row for missing
 * values (padded to four bytes), the bytes.
 */
export interface TextColumn {
  readonly count: number
  /** count + 1 offsets into `bytes`. */
  readonly offsets: Uint32Array
  readonly bytes: Uint8Array
  /** One bit a row, lowest first; set where the value is missing. */
  readonly missing: Uint8Array
}

// A text may begin with U+FEFF, which a decoder takes for a byte order mark unless told otherwise.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** Bytes of the bitmap of missing values, padded so that what follows stays aligned. */
export const bitmapBytes = (count: number): number => Math.ceil(count / 32) * 4

export const isMissing = (column: TextColumn, row: number): boolean => (((column.missing[row >> 3] ?? 0) >> (row & 7)) & 1) === 1

/** The value of a row, null where it is missing. */
export const textAt = (column: TextColumn, row: number): string | null =>
  isMissing(column, row) ? null : decoder.decode(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]))

/** Whether two rows hold the same bytes. */
export function sameText({ bytes, offsets }: TextColumn, a: number, b: number): boolean {
  const [startA, startB] = [offsets[a] ?? 0, offsets[b] ?? 0]
  const length = (offsets[a + 1] ?? 0) - startA
  if ((offsets[b + 1] ?? 0) - startB !== length) return false
  for (let at = 0; at < length; at++) if (bytes[startA + at] !== bytes[startB + at]) return false
  return true
}

/** Bytes of room from which on the bytes of texts are counted before they are packed. */
const countedBytes = 16 * 2 ** 20

/** Packs values for a `column_chunk`. Text that is not well-formed UTF-16 is stored with U+FFFD in its place. */
export function packTexts(values: readonly (string | null)[]): Uint8Array {
  const count = values.length
  const head = 4 + 4 * (count + 1) + bitmapBytes(count)
  let room = head
  for (const value of values) room += 3 * (value?.length ?? 0)
  // Counting takes longer than making room for the worst, but of long texts that would be hundreds of megabytes.
  if (room > countedBytes) room = values.reduce((sum, value) => sum + (value === null ? 0 : Buffer.byteLength(value)), head)
  const out = new Uint8Array(room)
  const words = new Uint32Array(out.buffer, 0, count + 2)
  words[0] = count
  const bitmap = out.subarray(4 + 4 * (count + 1), head)
  let at = head
  values.forEach((value, row) => {
    if (value === null) bitmap[row >> 3] = (bitmap[row >> 3] ?? 0) | (1 << (row & 7))
    else at += encoder.encodeInto(value, out.subarray(at)).written
    words[row + 2] = at - head
  })
  return out.slice(0, at)
}

/** Packs texts that are bytes already, as `packTexts` does. */
export function packTextColumn({ count, offsets, bytes, missing }: TextColumn): Uint8Array {
  const head = 4 + 4 * (count + 1) + bitmapBytes(count)
  const out = new Uint8Array(head + bytes.length)
  const words = new Uint32Array(out.buffer, 0, count + 2)
  words[0] = count
  words.set(offsets, 1)
  out.set(missing, 4 + 4 * (count + 1))
  out.set(bytes, head)
  return out
}

/** Joins packed chunks, in row order, into one column. Throws where a chunk is cut short. */
export const joinTexts = (chunks: readonly Uint8Array[]): TextColumn => joinTextColumns(chunks.map(unpack))

/** Puts columns one under the other. */
export function joinTextColumns(parts: readonly TextColumn[]): TextColumn {
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const size = parts.reduce((sum, part) => sum + part.bytes.length, 0)
  const offsets = new Uint32Array(count + 1)
  const bytes = new Uint8Array(size)
  const missing = new Uint8Array(bitmapBytes(count))
  let [row, at] = [0, 0]
  for (const part of parts) {
    bytes.set(part.bytes, at)
    for (let own = 0; own < part.count; own++) {
      offsets[row + own + 1] = at + (part.offsets[own + 1] ?? 0)
      if (isMissing(part, own)) setMissing(missing, row + own)
    }
    row += part.count
    at += part.bytes.length
  }
  return { count, offsets, bytes, missing }
}

/** Some consecutive rows as a column of their own. */
export function sliceTextColumn(column: TextColumn, from: number, to: number): TextColumn {
  const start = column.offsets[from] ?? 0
  const missing = new Uint8Array(bitmapBytes(to - from))
  for (let row = from; row < to; row++) if (isMissing(column, row)) setMissing(missing, row - from)
  const offsets = column.offsets.slice(from, to + 1).map((offset) => offset - start)
  return { count: to - from, offsets, bytes: column.bytes.subarray(start, column.offsets[to]), missing }
}

const setMissing = (bits: Uint8Array, row: number): void => void (bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7)))

function unpack(chunk: Uint8Array): TextColumn {
  // Copied where needed: what SQLite hands out need not be aligned to four bytes.
  const data = chunk.byteOffset % 4 === 0 ? chunk : chunk.slice()
  const count = data.length < 8 ? -1 : (new Uint32Array(data.buffer, data.byteOffset, 1)[0] ?? -1)
  const head = 4 + 4 * (count + 1) + bitmapBytes(count)
  if (count < 0 || data.length < head) throw new Error('A chunk of texts is cut short.')
  const offsets = new Uint32Array(data.buffer, data.byteOffset + 4, count + 1)
  const bytes = data.subarray(head)
  if (offsets[count] !== bytes.length) throw new Error('A chunk of texts is cut short.')
  return { count, offsets, bytes, missing: data.subarray(4 + 4 * (count + 1), head) }
}
