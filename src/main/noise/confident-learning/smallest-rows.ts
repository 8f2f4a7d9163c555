import { bitonicOrder, networkLength } from './bitonic-order.ts'

/**
 * Marks the rows with the `count` smallest keys; of rows with equal keys those that a sort by `bitonicOrder` puts first, or among more
 * than 256 rows the first ones. Linear time: the key that separates is selected, not sorted for.
 *
 * @param keys finite, one a row
 * @param rows row numbers, ascending, beside the keys
 * @param marks set to 1 at the rows chosen
 */
export function markSmallest(keys: Float64Array, rows: Int32Array, count: number, marks: Uint8Array): void {
  const length = keys.length
  if (count <= 0) return
  if (count >= length) {
    for (let i = 0; i < length; i++) marks[rows[i] as number] = 1
    return
  }
  const bound = smallestKey(keys, count - 1)
  const { below, equal } = countUpTo(keys, bound)
  if (below + equal > count && length <= networkLength) {
    for (const i of bitonicOrder(keys).subarray(0, count)) marks[rows[i] as number] = 1
    return
  }
  let left = count - below
  for (let i = 0; i < length; i++) {
    const key = keys[i] as number
    if (key < bound || (key === bound && left-- > 0)) marks[rows[i] as number] = 1
  }
}

/** Whether the `count` smallest keys are not determined, because the largest of them equals one that is not among them. */
export function isTied(keys: Float64Array, count: number): boolean {
  if (count <= 0 || count >= keys.length) return false
  const { below, equal } = countUpTo(keys, smallestKey(keys, count - 1))
  return below + equal > count
}

function countUpTo(keys: Float64Array, bound: number): { readonly below: number; readonly equal: number } {
  let below = 0
  let equal = 0
  for (let i = 0; i < keys.length; i++) {
    if ((keys[i] as number) < bound) below++
    else if (keys[i] === bound) equal++
  }
  return { below, equal }
}

const bins = 2048

/**
 * The key that would stand at position `k` (from 0) after sorting. A histogram finds the bin that it falls in; within the bin it is
 * selected. Leaves `keys` as they are.
 */
export function smallestKey(keys: Float64Array, k: number): number {
  if (keys.length <= bins) return selectKey(keys.slice(), k)
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number
    if (key < low) low = key
    if (key > high) high = key
  }
  if (low === high) return low
  const scale = (bins - 1) / (high - low)
  const counts = new Int32Array(bins)
  for (let i = 0; i < keys.length; i++) {
    const bin = (((keys[i] as number) - low) * scale) | 0
    counts[bin] = (counts[bin] as number) + 1
  }
  let bin = 0
  let before = 0
  while (before + (counts[bin] as number) <= k) before += counts[bin++] as number
  const within = new Float64Array(counts[bin] as number)
  for (let i = 0, at = 0; i < keys.length; i++) {
    const key = keys[i] as number
    if ((((key - low) * scale) | 0) === bin) within[at++] = key
  }
  return selectKey(within, k - before)
}

/**
 * Hoare's selection with the median of three as pivot; a part that does not shrink is sorted, so that no order of the keys takes
 * quadratic time. Reorders `keys`.
 */
function selectKey(keys: Float64Array, k: number): number {
  let low = 0
  let high = keys.length - 1
  for (let step = 4 * Math.ceil(Math.log2(keys.length + 1)) + 8; high > low; step--) {
    if (step === 0) {
      keys.subarray(low, high + 1).sort()
      break
    }
    const pivot = medianOfThree(keys[low] as number, keys[(low + high) >>> 1] as number, keys[high] as number)
    let i = low
    let j = high
    while (i <= j) {
      while ((keys[i] as number) < pivot) i++
      while ((keys[j] as number) > pivot) j--
      if (i > j) break
      const moved = keys[i] as number
      keys[i++] = keys[j] as number
      keys[j--] = moved
    }
    if (k <= j) high = j
    else if (k >= i) low = i
    else break
  }
  return keys[k] as number
}

const medianOfThree = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
