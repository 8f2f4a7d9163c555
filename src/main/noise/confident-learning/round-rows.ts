import { bitonicOrder } from './bitonic-order.ts'

/**
 * Rounds a matrix to whole numbers and keeps the (rounded) sum of every row. Each entry is rounded to the nearest whole number, halves
 * to the even one; then as many entries as the sum is off are raised or lowered by one, those that rounding moved farthest the
 * other way first; equal ones stand in the order of `bitonicOrder`, the last is raised and the first is lowered.
 *
 * @param matrix row-major, not negative
 */
export function roundRows(matrix: Float64Array, columns: number): Float64Array {
  const rounded = matrix.map(roundHalfToEven)
  for (let start = 0; start < matrix.length; start += columns) {
    const row = matrix.subarray(start, start + columns)
    const whole = rounded.subarray(start, start + columns)
    const missing = Math.round(row.reduce((sum, value, j) => sum + value - (whole[j] as number), 0))
    if (missing === 0) continue
    const lost = row.map((value, j) => value - (whole[j] as number))
    const order = bitonicOrder(lost)
    const moved = missing > 0 ? order.slice(-missing) : order.slice(0, -missing)
    for (const j of moved) whole[j] = (whole[j] as number) + Math.sign(missing)
  }
  return rounded
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1
  return below % 2 === 0 ? below : below + 1
}
