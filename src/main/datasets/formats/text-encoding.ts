import { isAscii, isUtf8 } from 'node:buffer'

/** How the characters of a text file are written. UTF-16 is recognised by its byte order mark or by its zero bytes. */
export const textEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type TextEncoding = (typeof textEncodings)[number]

/** The encodings in which every ASCII character is its own byte: what the scanners read. UTF-16 is turned into UTF-8 before them. */
export type ByteEncoding = 'utf-8' | 'windows-1252'

/**
 * Names the encoding of a file from its first bytes. Bytes that are no UTF-8 mean windows-1252 only where no line shows
 * UTF-8 beyond ASCII: a UTF-8 file with a few broken lines stays UTF-8, and those lines are rejected.
 */
export function detectEncoding(sample: Uint8Array): TextEncoding {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le'
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be'
  const zeros = zeroShare(sample)
  if (zeros.odd > 0.3 && zeros.even < 0.05) return 'utf-16le'
  if (zeros.even > 0.3 && zeros.odd < 0.05) return 'utf-16be'
  const whole = sample.subarray(0, wholeCharacters(sample))
  if (isUtf8(whole)) return 'utf-8'
  return hasUtf8Line(whole) ? 'utf-8' : 'windows-1252'
}

/** Decodes bytes, writing U+FFFD for what is no UTF-8: for names and excerpts, never for data. */
export function decodeLeniently(bytes: Uint8Array, encoding: ByteEncoding): string {
  return encoding === 'utf-8' ? asBuffer(bytes).toString('utf8') : decodeWindows1252(bytes)
}

/** Decodes bytes exactly, or gives null where they are no UTF-8. */
export function decodeExactly(bytes: Uint8Array, encoding: ByteEncoding): string | null {
  if (encoding === 'windows-1252') return decodeWindows1252(bytes)
  return isUtf8(bytes) ? asBuffer(bytes).toString('utf8') : null
}

/** One sentence on the first byte that is no UTF-8, e.g. `Byte 0xE9 (the 3rd) is not UTF-8.`; null where all are. */
export function utf8Fault(bytes: Uint8Array): string | null {
  if (isUtf8(bytes)) return null
  let valid = 0
  let invalid = bytes.length
  // Cutting inside a character makes a valid beginning invalid, hence the cut back to whole characters.
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1
    const cut = bytes.subarray(0, middle)
    if (isUtf8(cut.subarray(0, wholeCharacters(cut)))) valid = middle
    else invalid = middle
  }
  const at = faultStart(bytes, invalid - 1)
  return `Byte 0x${(bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0')} at position ${at + 1} is not UTF-8.`
}

/** windows-1252 as the WHATWG Encoding Standard has it: 0x80 to 0x9F differ from Latin-1, five of them stay control characters. */
const windows1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178'

function decodeWindows1252(bytes: Uint8Array): string {
  const latin1 = asBuffer(bytes).toString('latin1')
  return isAscii(bytes) ? latin1 : latin1.replace(/[\u0080-\u009f]/g, (character) => windows1252[character.charCodeAt(0) - 0x80] ?? character)
}

/** The same memory as a Buffer, whose decoders are several times faster than TextDecoder on short texts. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Length of `bytes` without a UTF-8 character cut off at its end. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return needed > back ? bytes.length - back : bytes.length
    }
  }
  return bytes.length
}

/** Where the broken character that contains `last` begins: its lead byte, when the bytes between continue it. */
function faultStart(bytes: Uint8Array, last: number): number {
  for (let at = last; at >= Math.max(0, last - 3); at -= 1) {
    const byte = bytes[at] ?? 0
    if (byte >= 0xc0 && !isUtf8(bytes.subarray(at, last + 1)) && isUtf8(bytes.subarray(0, at))) return at
  }
  return last
}

function zeroShare(sample: Uint8Array): { even: number, odd: number } {
  let even = 0
  let odd = 0
  const length = Math.min(sample.length, 4096) & ~1
  for (let at = 0; at < length; at += 2) {
    if (sample[at] === 0) even += 1
    if (sample[at + 1] === 0) odd += 1
  }
  const half = Math.max(1, length / 2)
  return { even: even / half, odd: odd / half }
}

function hasUtf8Line(sample: Uint8Array): boolean {
  let start = 0
  while (start < sample.length) {
    const newline = sample.indexOf(10, start)
    const line = sample.subarray(start, newline < 0 ? sample.length : newline)
    if (!isAscii(line) && isUtf8(line)) return true
    start += line.length + 1
  }
  return false
}
