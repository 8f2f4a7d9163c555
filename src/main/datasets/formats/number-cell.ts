const exactPowers = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))
const exactDigits = 15
const zero = 48
const minus = 45
const plus = 43

/**
 * Reads a number written in digits, with a decimal point or comma and an exponent, straight from bytes: the same double as
 * `Number(text)`, several times faster. NaN where it is written otherwise, or where the last bit takes more than this
 * arithmetic; `numberOfText` decides then.
 *
 * Up to 15 significant digits d and a power of ten p up to 22 are exact doubles, so d / p or d * p is the nearest double
 * (Clinger 1990). Up to 30 digits the quotient is formed in twice the precision (Dekker 1971) and taken where no error
 * below 2^-100 of it can change the rounding.
 *
 * @param point the byte of the decimal mark
 */
export function numberOfBytes(bytes: Uint8Array, start: number, end: number, point: number): number {
  let at = start
  const sign = at < end ? (bytes[at] as number) : 0
  if (sign === minus || sign === plus) at += 1
  let high = 0
  let digits = 0
  let low = 0
  let lowDigits = 0
  let places = 0
  let pointAt = -1
  const first = at
  for (; at < end; at += 1) {
    const byte = bytes[at] as number
    const digit = byte - zero
    if (digit >= 0 && digit <= 9) {
      if (digits < exactDigits) {
        high = high * 10 + digit
        if (high !== 0) digits += 1
      } else {
        low = low * 10 + digit
        lowDigits += 1
      }
    } else if (byte === point && pointAt < 0) pointAt = at
    else break
  }
  if (at - first === (pointAt < 0 ? 0 : 1) || lowDigits > exactDigits) return NaN
  if (pointAt >= 0) places = at - pointAt - 1
  if (at < end) {
    const exponent = exponentOf(bytes, at, end)
    if (Number.isNaN(exponent)) return NaN
    places -= exponent
  }
  const value = lowDigits === 0 ? scaled(high, places) : scaledLong(high, low, lowDigits, places)
  return sign === minus ? -value : value
}

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const infinityPattern = /^([+-]?)inf(?:inity)?$/i

/** The number a text writes, spaces around it aside; null where it is none. "inf" and "Infinity" are numbers, "0x1F" and "1 000" are not. */
export function numberOfText(text: string, decimal: '.' | ','): number | null {
  const trimmed = text.trim()
  const plain = decimal === ',' ? trimmed.replaceAll(/[.,]/g, (mark) => (mark === ',' ? '.' : '?')) : trimmed
  if (numberPattern.test(plain)) return Number(plain)
  const infinite = infinityPattern.exec(trimmed)
  if (infinite === null) return null
  return infinite[1] === '-' ? -Infinity : Infinity
}

/** Whether digits come out otherwise when they are read as a double and written again, as long identifiers do. */
export function isChangedByDouble(digits: string): boolean {
  return String(Number(digits)) !== digits
}

function exponentOf(bytes: Uint8Array, mark: number, end: number): number {
  if (((bytes[mark] as number) | 0x20) !== 0x65) return NaN
  let at = mark + 1
  const sign = at < end ? (bytes[at] as number) : 0
  if (sign === minus || sign === plus) at += 1
  if (at >= end || end - at > 3) return NaN
  let exponent = 0
  for (; at < end; at += 1) {
    const digit = (bytes[at] as number) - zero
    if (digit < 0 || digit > 9) return NaN
    exponent = exponent * 10 + digit
  }
  return sign === minus ? -exponent : exponent
}

function scaled(digits: number, places: number): number {
  if (places === 0 || digits === 0) return digits
  if (places > 0 && places <= 22) return digits / (exactPowers[places] as number)
  if (places < 0 && places >= -22) return digits * (exactPowers[-places] as number)
  return NaN
}

const splitter = 2 ** 27 + 1
const doubt = 2 ** -100

/** (high * 10^lowDigits + low) / 10^places, or NaN where its rounding is in doubt. */
function scaledLong(high: number, low: number, lowDigits: number, places: number): number {
  if (places < 0 || places > 22) return NaN
  const factor = exactPowers[lowDigits] as number
  const product = high * factor
  const sum = product + low
  const tail = low - (sum - product) + productError(high, factor, product)
  const head = sum + tail
  const rest = tail - (head - sum)
  const divisor = exactPowers[places] as number
  const quotient = head / divisor
  const back = quotient * divisor
  const correction = (head - back - productError(quotient, divisor, back) + rest) / divisor
  const margin = quotient * doubt
  const value = quotient + (correction - margin)
  return value === quotient + (correction + margin) ? value : NaN
}

/** left * right - product, exactly (Veltkamp's splitting, Dekker's product). */
function productError(left: number, right: number, product: number): number {
  const leftShift = splitter * left
  const leftHigh = leftShift - (leftShift - left)
  const leftLow = left - leftHigh
  const rightShift = splitter * right
  const rightHigh = rightShift - (rightShift - right)
  const rightLow = right - rightHigh
  return leftHigh * rightHigh - product + leftHigh * rightLow + leftLow * rightHigh + leftLow * rightLow
}
