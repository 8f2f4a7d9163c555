import { isMissing, type TextColumn } from '../../store/text-chunk.ts'

/**
 * Rows in ascending order of their numbers, NaN last, equal ones in row order. A radix sort over the bits of the doubles, 16 at a
 * time: flipped so that their order as unsigned integers is that of the numbers.
 */
export function orderOfNumbers(values: Float64Array): Int32Array {
  const count = values.length
  const words = new Uint32Array(2 * count)
  const double = new Float64Array(1)
  const bits = new Uint32Array(double.buffer)
  for (let row = 0; row < count; row++) {
    // Adding 0 makes -0 equal to 0.
    double[0] = (values[row] ?? 0) + 0
    const low = bits[0] ?? 0
    const high = bits[1] ?? 0
    const missing = Number.isNaN(double[0])
    const negative = high >>> 31 === 1
    words[2 * row] = missing ? 0xffffffff : negative ? ~low : low
    words[2 * row + 1] = missing ? 0xffffffff : negative ? ~high : high | 0x80000000
  }
  return radixOrder(words, Int32Array.from({ length: count }, (_, row) => row))
}

/** Rows in order of their 64-bit keys (low word, high word); stable. */
function radixOrder(words: Uint32Array, rows: Int32Array): Int32Array {
  let from = rows
  let to: Int32Array = new Int32Array(rows.length)
  for (let digit = 0; digit < 4; digit++) {
    const word = digit >> 1
    const shift = (digit & 1) * 16
    const starts = new Uint32Array(65537)
    for (const row of from) {
      const key = ((words[2 * row + word] ?? 0) >>> shift) & 0xffff
      starts[key + 1] = (starts[key + 1] ?? 0) + 1
    }
    // One value for all: the pass would change nothing.
    if (starts.includes(from.length)) continue
    for (let key = 0; key < 65536; key++) starts[key + 1] = (starts[key + 1] ?? 0) + (starts[key] ?? 0)
    for (const row of from) {
      const key = ((words[2 * row + word] ?? 0) >>> shift) & 0xffff
      const place = starts[key] ?? 0
      to[place] = row
      starts[key] = place + 1
    }
    ;[from, to] = [to, from]
  }
  return from
}

/**
 * Rows in ascending order of their texts by code point, missing ones last, equal ones in row order: a radix sort over the first
 * eight bytes of the UTF-8, then a comparison of what follows where those are the same.
 */
export function orderOfTexts(column: TextColumn): Int32Array {
  const present: number[] = []
  const missing: number[] = []
  for (let row = 0; row < column.count; row++) (isMissing(column, row) ? missing : present).push(row)
  const words = new Uint32Array(2 * column.count)
  for (const row of present) {
    const [start, end] = [column.offsets[row] ?? 0, column.offsets[row + 1] ?? 0]
    words[2 * row + 1] = wordAt(column.bytes, start, end)
    words[2 * row] = wordAt(column.bytes, start + 4, end)
  }
  const order = radixOrder(words, Int32Array.from(present))
  sortRuns(order, words, column)
  const all = new Int32Array(column.count)
  all.set(order)
  all.set(missing, order.length)
  return all
}

/** Four bytes as a number that orders as they do; zeros beyond the end. */
function wordAt(bytes: Uint8Array, start: number, end: number): number {
  let word = 0
  for (let at = start; at < start + 4; at++) word = (word << 8) | (at < end ? (bytes[at] ?? 0) : 0)
  return word >>> 0
}

function sortRuns(order: Int32Array, words: Uint32Array, column: TextColumn): void {
  const same = (a: number, b: number): boolean => words[2 * a] === words[2 * b] && words[2 * a + 1] === words[2 * b + 1]
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    while (to < order.length && same(order[from] ?? 0, order[to] ?? 0)) to++
    if (to - from > 1) order.subarray(from, to).sort((a, b) => compareTexts(column, a, b) || a - b)
    from = to
  }
}

/** Order of two present texts by their bytes, which for UTF-8 is the order of their code points. */
function compareTexts({ bytes, offsets }: TextColumn, a: number, b: number): number {
  const [startA, startB] = [offsets[a] ?? 0, offsets[b] ?? 0]
  const [lengthA, lengthB] = [(offsets[a + 1] ?? 0) - startA, (offsets[b + 1] ?? 0) - startB]
  for (let at = 0; at < Math.min(lengthA, lengthB); at++) {
    const difference = (bytes[startA + at] ?? 0) - (bytes[startB + at] ?? 0)
    if (difference !== 0) return difference
  }
  return lengthA - lengthB
}
