import type { ParquetParsers } from 'hyparquet'

/** A value that cannot be taken as it is: why, and the beginning of what stands there. Its row is rejected. */
export class Unfit {
  readonly reason: string
  readonly excerpt: string

  constructor(reason: string, excerpt: string) {
    this.reason = reason
    this.excerpt = excerpt.slice(0, 200)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text of UTF-8 bytes; `Unfit` where they are none. */
export function textOfBytes(bytes: Uint8Array): string | Unfit {
  try {
    return utf8.decode(bytes)
  } catch {
    return new Unfit('The bytes are no text.', hex(bytes.subarray(0, 100)))
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Largest distance from 1970 that a date can have, in milliseconds: 100 million days. */
const largestTime = 8_640_000_000_000_000

/** ISO text of a moment; below milliseconds only the digits that are not zero are added. */
export function momentText(milliseconds: number, nanosecondsBelow = 0): string | Unfit {
  if (!(Math.abs(milliseconds) <= largestTime)) return new Unfit('The date is out of range.', String(milliseconds))
  const text = new Date(milliseconds).toISOString()
  if (nanosecondsBelow === 0) return text
  const digits = String(nanosecondsBelow).padStart(6, '0')
  return `${text.slice(0, -1)}${digits.endsWith('000') ? digits.slice(0, 3) : digits}Z`
}

/** ISO text of a moment given in a small unit of `perMillisecond` to the millisecond. */
export function fineMomentText(count: bigint, perMillisecond: bigint): string | Unfit {
  const below = ((count % perMillisecond) + perMillisecond) % perMillisecond
  return momentText(Number((count - below) / perMillisecond), Number(below * (1_000_000n / perMillisecond)))
}

/** ISO text of a day given in days since 1970. */
export function dayText(days: number): string | Unfit {
  const text = momentText(days * 86_400_000)
  return typeof text === 'string' ? text.slice(0, text.indexOf('T')) : text
}

/** How hyparquet turns annotated values into what the bench reads: dates to ISO text, bytes to text, JSON left as it is written. */
export const parquetParsers: ParquetParsers = {
  timestampFromMilliseconds: (value) => momentText(Number(value)),
  timestampFromMicroseconds: (value) => fineMomentText(value, 1000n),
  timestampFromNanoseconds: (value) => fineMomentText(value, 1_000_000n),
  dateFromDays: dayText,
  stringFromBytes: textOfBytes,
  jsonFromBytes: textOfBytes,
  geometryFromBytes: hex,
  geographyFromBytes: hex,
  uuidFromBytes: (bytes) => hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.*)$/, '$1-$2-$3-$4-$5')
}

/** Text of any value: itself, `true` and `false`, digits, hexadecimal of bytes, JSON of lists and objects; null of null. */
export function textOfValue(value: unknown): string | null | Unfit {
  if (value === null || value === undefined) return null
  if (value instanceof Unfit || typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (value instanceof Uint8Array) return hex(value)
  return jsonText(value)
}

function jsonText(value: unknown): string | Unfit {
  let unfit: Unfit | undefined
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof Unfit) unfit ??= inner
    if (typeof inner === 'bigint') return Number.isSafeInteger(Number(inner)) ? Number(inner) : String(inner)
    if (inner instanceof Uint8Array) return hex(inner)
    if (ArrayBuffer.isView(inner)) return Array.from(inner as unknown as Iterable<number | bigint>)
    if (inner instanceof Map) return Object.fromEntries(inner as Map<string, unknown>)
    return inner
  })
  return unfit ?? text
}

/** Number of a value; NaN of null; `Unfit` of integers beyond 2^53 and of what is no number. */
export function numberOfValue(value: unknown): number | Unfit {
  if (value === null || value === undefined) return NaN
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : new Unfit(`${value} is beyond 2^53 and would lose digits as a number; read the column as text.`, String(value))
  }
  if (value instanceof Unfit) return value
  const text = textOfValue(value)
  return new Unfit('The value is no number.', text instanceof Unfit ? text.excerpt : (text ?? ''))
}
