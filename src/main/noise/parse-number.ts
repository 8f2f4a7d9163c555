/** Powers of ten that a double holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
const mostDigits = 15

/**
 * The number written in ASCII in `bytes[start .. end - 1]`, between blanks or double quotes; NaN for anything else and for numbers
 * that are not finite. Up to 15 digits with an exponent within 22 are read without making text: both parts are exact then, and so
 * is the one rounding of their product or quotient.
 */
export function parseNumber(bytes: Buffer, start: number, end: number): number {
  while (start < end && isPadding(bytes[start] as number)) start++
  while (end > start && isPadding(bytes[end - 1] as number)) end--
  let at = start
  const negative = bytes[at] === 45
  if (negative) at++
  let digits = 0
  let mantissa = 0
  let scale = 0
  let point = false
  let empty = true
  for (; at < end; at++) {
    const byte = bytes[at] as number
    if (byte === 46 && !point) {
      point = true
      continue
    }
    const digit = byte - 48
    if (digit < 0 || digit > 9 || digits === mostDigits) return parseText(bytes, start, end)
    empty = false
    mantissa = 10 * mantissa + digit
    // Leading zeros take no room.
    if (mantissa > 0) digits++
    if (point) scale++
  }
  if (empty || scale > 22) return parseText(bytes, start, end)
  const value = mantissa / (powers[scale] as number)
  return negative ? -value : value
}

function parseText(bytes: Buffer, start: number, end: number): number {
  const text = textOf(bytes, start, end)
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(value) ? value : Number.NaN
}

const textOf = (bytes: Buffer, start: number, end: number): string => bytes.toString('latin1', start, end)
const isPadding = (byte: number): boolean => byte === 32 || byte === 34
