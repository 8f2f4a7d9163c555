/**
 * Thins a series for drawing. Of each of points / 2 equal buckets it keeps the smallest and the largest finite value and
 * every non-finite one, plus the first and the last point: a spike one step wide stays visible, which an average or a
 * stride would hide. Returns at most points + 2 finite points, in the order of the series, and all non-finite ones.
 */
export function thin(steps: Int32Array, values: Float64Array, points: number): { readonly steps: Int32Array; readonly values: Float64Array } {
  const buckets = Math.max(1, Math.floor(points / 2))
  const keep = new Set<number>()
  if (steps.length > 0) keep.add(0).add(steps.length - 1)
  for (let bucket = 0; bucket < buckets; bucket++) {
    keepExtremes(values, Math.floor((bucket * steps.length) / buckets), Math.floor(((bucket + 1) * steps.length) / buckets), keep)
  }
  const order = Int32Array.from(keep).sort()
  return { steps: order.map((index) => steps[index] ?? 0), values: Float64Array.from(order, (index) => values[index] ?? Number.NaN) }
}

/** Adds the indices in [from, to) of the smallest, the largest and all non-finite values. */
function keepExtremes(values: Float64Array, from: number, to: number, keep: Set<number>): void {
  let low = -1
  let high = -1
  for (let index = from; index < to; index++) {
    const value = values[index] ?? Number.NaN
    if (!Number.isFinite(value)) {
      keep.add(index)
      continue
    }
    if (low < 0 || value < (values[low] ?? 0)) low = index
    if (high < 0 || value > (values[high] ?? 0)) high = index
  }
  if (low >= 0) keep.add(low).add(high)
}
