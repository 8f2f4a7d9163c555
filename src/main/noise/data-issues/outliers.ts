import { BenchError } from '../../../shared/contract/errors.ts'

/** Examples far from all others. */
export interface Outliers {
  /** In [0, 1], lower = farther; 0.5 at the median distance. */
  readonly scores: Float64Array
  /** Rows flagged, farthest first. */
  readonly rows: Int32Array
}

/** Makes the median absolute deviation, and the mean one, estimate a standard deviation of normal numbers. */
const medianFactor = 1.4826
const meanFactor = 1.2533

/**
 * Outliers by the mean distance d to the k nearest neighbours (Kuan and Mueller, "Back to the Basics: Revisiting Out-of-Distribution
 * Detection Baselines", 2022). The score is m / (m + d), m the median of d, which no change of unit moves. Flagged is what lies more
 * than `threshold` robust standard deviations above the median (Iglewicz and Hoaglin 1993: 3.5), the deviation from the median
 * absolute deviation, or the mean one where that is zero.
 *
 * @param distances examples x k, row-major, of the neighbours without the example itself
 * @throws BenchError `bad-data` naming the row (from 1) with a distance that cannot be
 */
export function outliersOf(distances: ArrayLike<number>, k: number, threshold = 3.5): Outliers {
  const n = distances.length / k
  if (!Number.isInteger(k) || k < 1 || !Number.isInteger(n) || n < 1) throw new BenchError('bad-data', `${distances.length} distances are not ${k} for each example.`, { field: 'distances', hint: 'Give the distances of the same number of neighbours for every example.' })
  const means = Float64Array.from({ length: n }, (_, i) => meanDistance(distances, i, k))
  const middle = medianOf(means)
  const deviations = means.map((d) => Math.abs(d - middle))
  const spread = medianFactor * medianOf(deviations) || (meanFactor * deviations.reduce((sum, d) => sum + d, 0)) / n
  const scores = means.map((d) => (d === 0 ? 1 : middle / (middle + d)))
  const rows = spread > 0 ? Int32Array.from(means.keys()).filter((i) => ((means[i] as number) - middle) / spread > threshold) : new Int32Array(0)
  return { scores, rows: rows.toSorted((a, b) => (means[b] as number) - (means[a] as number) || a - b) }
}

function meanDistance(distances: ArrayLike<number>, row: number, k: number): number {
  let sum = 0
  for (let at = row * k; at < (row + 1) * k; at++) {
    const distance = distances[at] as number
    if (!(distance >= 0 && distance < Infinity)) throw new BenchError('bad-data', `Row ${row + 1}: ${distance} is no distance.`, { field: `row ${row + 1}`, hint: 'Distances are finite numbers from 0.' })
    sum += distance
  }
  return sum / k
}

function medianOf(values: Float64Array): number {
  const sorted = values.toSorted()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
}
