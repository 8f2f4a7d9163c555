/** Bits that one pass sorts by: 2048 counters stay in the fastest cache. */
const digitBits = 11
const digits = 1 << digitBits

/**
 * Sorts rows by a 32-bit key each, in place, in linear time; stable. Keys and rows move together, so that every pass reads in order.
 * Passes over digits that are the same in all keys are left out.
 *
 * @param keys one a row, as unsigned integers; sorted too
 */
export function radixSort(keys: Uint32Array, rows: Int32Array): void {
  const count = keys.length
  const counters = countDigits(keys)
  let [fromKeys, toKeys]: [Uint32Array, Uint32Array] = [keys, new Uint32Array(0)]
  let [fromRows, toRows]: [Int32Array, Int32Array] = [rows, new Int32Array(0)]
  for (const [pass, starts] of counters.entries()) {
    const shift = pass * digitBits
    // One digit for all: the pass would change nothing.
    if (starts[((keys[0] ?? 0) >>> shift) & (digits - 1)] === count) continue
    if (toKeys.length !== count) [toKeys, toRows] = [new Uint32Array(count), new Int32Array(count)]
    toStarts(starts)
    for (let at = 0; at < count; at++) {
      const key = fromKeys[at] ?? 0
      const digit = (key >>> shift) & (digits - 1)
      const place = starts[digit] ?? 0
      starts[digit] = place + 1
      toKeys[place] = key
      toRows[place] = fromRows[at] ?? 0
    }
    ;[fromKeys, toKeys] = [toKeys, fromKeys]
    ;[fromRows, toRows] = [toRows, fromRows]
  }
  if (fromKeys === keys) return
  keys.set(fromKeys)
  rows.set(fromRows)
}

/** How often each digit occurs, for the three passes at once. */
function countDigits(keys: Uint32Array): readonly [Uint32Array, Uint32Array, Uint32Array] {
  const [low, middle, high] = [new Uint32Array(digits), new Uint32Array(digits), new Uint32Array(digits)]
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] ?? 0
    const [first, second, third] = [key & (digits - 1), (key >>> digitBits) & (digits - 1), key >>> (2 * digitBits)]
    low[first] = (low[first] ?? 0) + 1
    middle[second] = (middle[second] ?? 0) + 1
    high[third] = (high[third] ?? 0) + 1
  }
  return [low, middle, high]
}

/** Turns counts into the place where each digit's first row goes. */
function toStarts(counts: Uint32Array): void {
  let place = 0
  for (let digit = 0; digit < counts.length; digit++) {
    const count = counts[digit] ?? 0
    counts[digit] = place
    place += count
  }
}
