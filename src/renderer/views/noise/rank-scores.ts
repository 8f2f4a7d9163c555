/**
 * Rows by score, lowest (most suspicious) first, equal scores by row; rows whose score is NaN are left out. Scores are at least 0, so
 * that their bits order as they do: two passes of a radix sort take a million rows in milliseconds.
 */
export function ascendingOrder(scores: Float32Array): Uint32Array {
  const rows = new Uint32Array(scores.length)
  let count = 0
  for (let row = 0; row < scores.length; row += 1) if (!Number.isNaN(scores[row])) rows[count++] = row
  // Adding zero turns -0, whose bits would be the largest, into 0.
  const bits = new Uint32Array(scores.map((score) => score + 0).buffer)
  return radixPass(radixPass(rows.subarray(0, count), bits, 0), bits, 16)
}

function radixPass(rows: Uint32Array, bits: Uint32Array, shift: number): Uint32Array {
  const starts = new Uint32Array(65_537)
  const digitOf = (row: number): number => ((bits[row] ?? 0) >>> shift) & 0xffff
  for (const row of rows) starts[digitOf(row) + 1] = (starts[digitOf(row) + 1] ?? 0) + 1
  for (let digit = 1; digit <= 65_536; digit += 1) starts[digit] = (starts[digit] ?? 0) + (starts[digit - 1] ?? 0)
  const sorted = new Uint32Array(rows.length)
  for (const row of rows) {
    const place = starts[digitOf(row)] ?? 0
    sorted[place] = row
    starts[digitOf(row)] = place + 1
  }
  return sorted
}
