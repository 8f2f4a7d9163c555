import type { DetectionQuality } from '../../../shared/domain/noise-check.ts'

/**
 * How well scores find wrong labels. Average precision is `sum_k (R_k - R_{k-1}) P_k` over the distinct scores from the most
 * suspicious one on, so that rows of one score count together (as scikit-learn defines it).
 *
 * @param scores lower: more suspicious
 * @param wrong 1 where the label is really wrong
 * @returns null where no label, or every label, is wrong: there is nothing to tell apart
 */
export function detectionQuality(scores: ArrayLike<number>, flagged: ArrayLike<number>, wrong: ArrayLike<number>): DetectionQuality | null {
  const n = scores.length
  let total = 0
  for (let row = 0; row < n; row++) total += wrong[row] ?? 0
  if (total === 0 || total === n) return null
  const order = Int32Array.from({ length: n }, (_, row) => row).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b)
  let [found, averagePrecision, foundAtWrong] = [0, 0, 0]
  for (let start = 0; start < n; ) {
    let end = start
    const before = found
    while (end < n && scores[order[end] ?? 0] === scores[order[start] ?? 0]) found += wrong[order[end++] ?? 0] ?? 0
    averagePrecision += ((found - before) / total) * (found / end)
    // Rows of one score are in no order: the part of them that is within the first k counts in proportion.
    if (start < total) foundAtWrong += (found - before) * Math.min(1, (total - start) / (end - start))
    start = end
  }
  let [marked, right] = [0, 0]
  for (let row = 0; row < n; row++) {
    if (flagged[row] !== 1) continue
    marked++
    right += wrong[row] ?? 0
  }
  return { wrong: total / n, averagePrecision, precision: marked === 0 ? 0 : right / marked, recall: right / total, precisionAtWrong: foundAtWrong / total }
}
