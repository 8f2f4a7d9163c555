import { isMissing, type TextColumn } from '../../store/text-chunk.ts'
import { radixSort } from './radix-sort.ts'

/** Rows of equal keys that are sorted by comparing; more are sorted by their next digits. */
const comparedRows = 1000

/**
 * Rows in ascending order of their numbers, NaN last, equal ones in row order: a radix sort over the upper half of each double's
 * bits, flipped so that their order as unsigned integers is that of the numbers, then over the lower half where the upper is equal.
 */
export function orderOfNumbers(values: Float64Array | Float32Array): Int32Array {
  const count = values.length
  const [high, low] = [new Uint32Array(count), new Uint32Array(count)]
  const double = new Float64Array(1)
  const bits = new Uint32Array(double.buffer)
  for (let row = 0; row < count; row++) {
    const value = values[row] ?? 0
    // Adding 0 makes -0 equal to 0; a NaN may have any sign and payload.
    double[0] = value + 0
    const upper = bits[1] ?? 0
    const flip = upper >> 31
    const missing = value !== value
    high[row] = missing ? 0xffffffff : upper ^ (flip | 0x80000000)
    low[row] = missing ? 0xffffffff : (bits[0] ?? 0) ^ flip
  }
  const rows = ascending(count)
  radixSort(high, rows)
  for (let from = 0; from < count; ) {
    const to = runEnd(high, from)
    if (to - from > 1) sortByLow(rows.subarray(from, to), low)
    from = to
  }
  return rows
}

function ascending(count: number): Int32Array {
  const rows = new Int32Array(count)
  for (let row = 0; row < count; row++) rows[row] = row
  return rows
}

/** Where the run of equal keys that begins at `from` ends. */
function runEnd(keys: Uint32Array, from: number): number {
  const key = keys[from]
  let to = from + 1
  while (to < keys.length && keys[to] === key) to++
  return to
}

/** Sorts a run, which is in row order, by the lower halves of its numbers. */
function sortByLow(run: Int32Array, low: Uint32Array): void {
  let sorted = true
  for (let at = 1; sorted && at < run.length; at++) sorted = (low[run[at - 1] ?? 0] ?? 0) <= (low[run[at] ?? 0] ?? 0)
  if (sorted) return
  if (run.length <= comparedRows) {
    run.sort((a, b) => (low[a] ?? 0) - (low[b] ?? 0) || a - b)
    return
  }
  const keys = new Uint32Array(run.length)
  for (let at = 0; at < run.length; at++) keys[at] = low[run[at] ?? 0] ?? 0
  radixSort(keys, run)
}

/**
 * Rows in ascending order of their texts by code point, missing ones last, equal ones in row order: a radix sort over four bytes of
 * the UTF-8 at a time, and a comparison of the rest where few rows are left that begin alike.
 */
export function orderOfTexts(column: TextColumn): Int32Array {
  const order = new Int32Array(column.count)
  let [present, last] = [0, column.count]
  for (let row = 0; row < column.count; row++) if (!isMissing(column, row)) order[present++] = row
  for (let row = column.count - 1; last > present; row--) if (isMissing(column, row)) order[--last] = row
  // Runs that begin alike up to a depth; a list in place of recursion, which a long common beginning would make too deep.
  const runs: { readonly from: number; readonly to: number; readonly depth: number }[] = [{ from: 0, to: present, depth: 0 }]
  for (let run = runs.pop(); run !== undefined; run = runs.pop()) {
    const { from, to, depth } = run
    const rows = order.subarray(from, to)
    if (rows.length <= comparedRows) {
      rows.sort((a, b) => compareTexts(column, a, b, depth) || a - b)
      continue
    }
    const ended = endedFirst(rows, column, depth)
    const rest = rows.subarray(ended)
    const keys = new Uint32Array(rest.length)
    for (let at = 0; at < rest.length; at++) keys[at] = wordAt(column, rest[at] ?? 0, depth)
    radixSort(keys, rest)
    for (let start = 0; start < rest.length; ) {
      const end = runEnd(keys, start)
      if (end - start > 1) runs.push({ from: from + ended + start, to: from + ended + end, depth: depth + 4 })
      start = end
    }
  }
  return order
}

/**
 * Puts the texts that end before `depth` first, shorter ones before longer ones, all else in the order it has; returns how many.
 * They look alike up to there because what is behind an end counts as zero bytes, which longer ones may really hold.
 */
function endedFirst(rows: Int32Array, { offsets }: TextColumn, depth: number): number {
  const lengthOf = (row: number): number => (offsets[row + 1] ?? 0) - (offsets[row] ?? 0)
  const ended = rows.filter((row) => lengthOf(row) <= depth)
  if (ended.length === 0) return 0
  const going = rows.filter((row) => lengthOf(row) > depth)
  rows.set(ended.sort((a, b) => lengthOf(a) - lengthOf(b) || a - b))
  rows.set(going, ended.length)
  return ended.length
}

/** Four bytes of a text from `depth` as a number that orders as they do; zeros beyond the end. */
function wordAt({ bytes, offsets }: TextColumn, row: number, depth: number): number {
  const start = (offsets[row] ?? 0) + depth
  const end = offsets[row + 1] ?? 0
  if (start + 4 <= end) return (((bytes[start] ?? 0) << 24) | ((bytes[start + 1] ?? 0) << 16) | ((bytes[start + 2] ?? 0) << 8) | (bytes[start + 3] ?? 0)) >>> 0
  let word = 0
  for (let at = start; at < start + 4; at++) word = (word << 8) | (at < end ? (bytes[at] ?? 0) : 0)
  return word >>> 0
}

/** Order of two present texts by their bytes from `depth`, which for UTF-8 is the order of their code points. */
function compareTexts({ bytes, offsets }: TextColumn, a: number, b: number, depth: number): number {
  const [startA, startB] = [offsets[a] ?? 0, offsets[b] ?? 0]
  const [lengthA, lengthB] = [(offsets[a + 1] ?? 0) - startA, (offsets[b + 1] ?? 0) - startB]
  const shorter = Math.min(lengthA, lengthB)
  for (let at = depth; at < shorter; at++) {
    const difference = (bytes[startA + at] ?? 0) - (bytes[startB + at] ?? 0)
    if (difference !== 0) return difference
  }
  return lengthA - lengthB
}
