/** Keys up to which vectorised sorts use the network alone. */
export const networkLength = 256

/**
 * Positions of the keys in ascending order by Batcher's bitonic sorting network (1968), in the form whose merges begin with mirrored
 * pairs: the order in which sorts by vector instructions, such as NumPy's of up to 256 numbers, leave equal keys.
 */
export function bitonicOrder(keys: Float64Array): Int32Array {
  const n = keys.length
  let width = 4
  while (width < n) width *= 2
  const order = Int32Array.from({ length: width }, (_, i) => i)
  const keyAt = (place: number): number => keys[order[place] as number] ?? Infinity
  const compare = (low: number, high: number): void => {
    if (keyAt(low) <= keyAt(high)) return
    const moved = order[low] as number
    order[low] = order[high] as number
    order[high] = moved
  }
  for (let size = 2; size <= width; size *= 2) {
    for (let start = 0; start < width; start += size) for (let i = 0; i < size / 2; i++) compare(start + i, start + size - 1 - i)
    for (let gap = size / 4; gap >= 1; gap /= 2) {
      for (let start = 0; start < width; start += 2 * gap) for (let i = start; i < start + gap; i++) compare(i, i + gap)
    }
  }
  return order.filter((position) => position < n)
}
