import { decodeLeniently, type ByteEncoding } from './text-encoding.ts'
import type { RejectedRow } from './source-file.ts'

const excerptLength = 200

/** Where a row of a text file stands. */
export interface RowPlace {
  readonly row: number
  readonly line: number | null
}

/** A rejected row of a text file, with the beginning of its bytes as its excerpt. */
export function rejectedBytes(place: RowPlace, column: string | null, reason: string, bytes: Uint8Array, encoding: ByteEncoding): RejectedRow {
  // Four bytes a character at most.
  const excerpt = decodeLeniently(bytes.subarray(0, 4 * excerptLength), encoding).slice(0, excerptLength)
  return { ...place, column, reason, excerpt }
}

/** A text as a reason quotes it: short, on one line. */
export function quotedText(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return JSON.stringify(short)
}
