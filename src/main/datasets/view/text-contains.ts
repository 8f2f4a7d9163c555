import { type TextColumn, textAt } from '../../store/text-chunk.ts'

const encoder = new TextEncoder()

/** The two letters beyond ASCII whose lower case holds an ASCII letter: the Kelvin sign (k) and the I with a dot (i and U+0307). */
const foldedIntoAscii = ['\u212a', '\u0130'].map((letter) => Buffer.from(letter))

/**
 * Rows whose text holds `value`, 1 or 0 a row, without regard to case: `text.toLowerCase().includes(value.toLowerCase())`. Missing
 * texts hold nothing. What has no case beyond ASCII is looked for in the bytes of all rows at once, without a string a row.
 */
export function maskOfContaining(column: TextColumn, value: string): Uint8Array {
  const wanted = value.toLowerCase()
  if (wanted === '' || !isCaselessBeyondAscii(wanted)) return maskOfFolded(column, wanted)
  const mask = maskOfBytes(column, encoder.encode(wanted))
  if (['i', 'k', '\u0307'].some((letter) => wanted.includes(letter))) {
    for (const letter of foldedIntoAscii) {
      for (const row of rowsHolding(column, letter)) if (mask[row] === 0 && holds(column, row, wanted)) mask[row] = 1
    }
  }
  return mask
}

const holds = (column: TextColumn, row: number, wanted: string): boolean => textAt(column, row)?.toLowerCase().includes(wanted) ?? false

/** True where no letter beyond ASCII has another case, so that its bytes are the only way to write it. */
function isCaselessBeyondAscii(text: string): boolean {
  for (const letter of text) if (letter > '\x7f' && (letter.toLowerCase() !== letter || letter.toUpperCase() !== letter)) return false
  return true
}

/** Text by text, by the rules of case of the whole of Unicode. */
function maskOfFolded(column: TextColumn, wanted: string): Uint8Array {
  const mask = new Uint8Array(column.count)
  for (let row = 0; row < column.count; row++) {
    // ASCII stays ASCII in lower case, so it cannot hold what is beyond.
    if ((wanted === '' || !isAscii(column, row)) && holds(column, row, wanted)) mask[row] = 1
  }
  return mask
}

function isAscii({ bytes, offsets }: TextColumn, row: number): boolean {
  const end = offsets[row + 1] ?? 0
  for (let at = offsets[row] ?? 0; at < end; at++) if ((bytes[at] ?? 0) > 127) return false
  return true
}

/** Lower case of an ASCII letter, any other byte as it is. */
const folded = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))

/** Rows whose bytes hold `wanted` (in lower case), whatever the case of ASCII letters: Horspool's search over the block of all rows. */
function maskOfBytes({ bytes, offsets, count }: TextColumn, wanted: Uint8Array): Uint8Array {
  const mask = new Uint8Array(count)
  const last = wanted.length - 1
  const final = wanted[last] ?? 0
  const skips = skipsOf(wanted)
  const end = offsets[count] ?? 0
  let row = 0
  for (let at = last; at < end; ) {
    const byte = bytes[at] ?? 0
    if (folded[byte] !== final || !precedes(bytes, at - last, wanted)) {
      at += skips[byte] ?? 1
      continue
    }
    while ((offsets[row + 1] ?? 0) <= at) row++
    // What begins in one row and ends in the next is no hit.
    if (at - last < (offsets[row] ?? 0)) at++
    else {
      mask[row] = 1
      at = (offsets[row + 1] ?? 0) + last
    }
  }
  return mask
}

/** How far the search may move on when this byte stands where the last wanted one should. */
function skipsOf(wanted: Uint8Array): Int32Array {
  const skips = new Int32Array(256).fill(wanted.length)
  for (let byte = 0; byte < 256; byte++) {
    const found = wanted.subarray(0, -1).lastIndexOf(folded[byte] ?? 0)
    if (found >= 0) skips[byte] = wanted.length - 1 - found
  }
  return skips
}

/** Whether all but the last of the wanted bytes stand at `from`. */
function precedes(bytes: Uint8Array, from: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length - 1; index++) if (folded[bytes[from + index] ?? 0] !== wanted[index]) return false
  return true
}

/** Rows with these bytes, each once; the bytes are one letter, so no hit crosses rows. */
function* rowsHolding({ bytes, offsets }: TextColumn, letter: Uint8Array): Generator<number> {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let row = 0
  for (let at = block.indexOf(letter); at >= 0; at = block.indexOf(letter, offsets[row + 1] ?? 0)) {
    while ((offsets[row + 1] ?? 0) <= at) row++
    yield row
  }
}
