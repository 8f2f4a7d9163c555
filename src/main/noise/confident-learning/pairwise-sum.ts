/** Entries up to which numbers are added in eight running sums rather than split in halves. */
const block = 128

/**
 * Pairwise sum of `values[from .. from + length - 1]`, rounding errors growing with log(length), in the order of NumPy's: eight
 * running sums within a block of 128 entries, halves (of whole eights) above.
 */
export function pairwiseSum(values: Float64Array, from: number, length: number): number {
  if (length < 8) {
    let sum = 0
    for (let i = from; i < from + length; i++) sum += values[i] as number
    return sum
  }
  if (length > block) {
    const half = Math.floor(length / 2)
    const first = half - (half % 8)
    return pairwiseSum(values, from, first) + pairwiseSum(values, from + first, length - first)
  }
  const sums = values.slice(from, from + 8)
  const whole = length - (length % 8)
  for (let i = 8; i < whole; i += 8) for (let k = 0; k < 8; k++) sums[k] = (sums[k] as number) + (values[from + i + k] as number)
  const [a, b, c, d, e, f, g, h] = sums as unknown as [number, number, number, number, number, number, number, number]
  let sum = a + b + (c + d) + (e + f + (g + h))
  for (let i = whole; i < length; i++) sum += values[from + i] as number
  return sum
}
