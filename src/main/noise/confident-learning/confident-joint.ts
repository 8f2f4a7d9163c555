import { countLabels, type LabelledProbabilities } from '../inputs.ts'
import { pairwiseSum } from './pairwise-sum.ts'
import { roundRows } from './round-rows.ts'

/** Differences of probabilities below this count as none, as in the reference implementation. */
export const tolerance = 1e-6
/** The least threshold: a class whose examples all have probability zero must not take every example in. */
const leastThreshold = 2 * tolerance
/** The threshold of a class that no example was given: above every probability. */
const unreachable = 2

/** Counts of given against likely true labels. Matrices are classes x classes, row-major; row = given, column = true. */
export interface ConfidentJoint {
  readonly classes: number
  /** Examples given each class. */
  readonly labelCounts: Int32Array
  /** Mean probability of each class over the examples given it. */
  readonly thresholds: Float64Array
  /** The class each example is counted for, -1 for an example above no threshold. */
  readonly likely: Int16Array
  /** 1 where no class is more probable than the given one. */
  readonly supported: Uint8Array
  /** Counts, at least 1 on the diagonal. */
  readonly uncalibrated: Float64Array
  /** Whole counts whose rows sum to the examples given each class. */
  readonly calibrated: Float64Array
}

/**
 * The confident joint of Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels" (2021),
 * section 3: C[i][j] counts the examples given i whose probability of j reaches the threshold t_j, the mean probability of j over the
 * examples given j; an example above several thresholds counts for its most probable class (the first of equal ones), as in the
 * reference implementation, be that class above its own threshold or not.
 * Calibrated, row i is C[i] / sum(C[i]) times the examples given i, rounded so that the row's sum is kept.
 *
 * A class that no example was given has an unreachable threshold (2), and nothing counts for it.
 */
export function confidentJoint(input: LabelledProbabilities): ConfidentJoint {
  const { rows, classes, labels, probabilities } = input
  const labelCounts = countLabels(labels, classes)
  const thresholds = thresholdsOf(input, labelCounts)
  const bounds = thresholds.map((t) => t - tolerance)
  const uncalibrated = new Float64Array(classes * classes)
  const likely = new Int16Array(rows)
  const supported = new Uint8Array(rows)
  for (let row = 0, start = 0; row < rows; row++, start += classes) {
    const label = labels[row] as number
    const own = probabilities[start + label] as number
    // The search starts at the given class, where most rows end too, so that the branch is mostly not taken.
    let predicted = label
    let highest = own
    for (let c = 0; c < classes; c++) {
      const p = probabilities[start + c] as number
      if (p <= highest) continue
      predicted = c
      highest = p
    }
    // Of equal probabilities the first is the most probable class; no two that are equal are above a half, and little more.
    if (predicted === label && own < 0.51) for (predicted = 0; (probabilities[start + predicted] as number) < own; predicted++);
    if (highest - own <= tolerance) supported[row] = 1
    const counted = highest >= (bounds[predicted] as number) ? predicted : whereNotPredicted(probabilities, start, bounds, predicted)
    likely[row] = counted
    if (counted >= 0) uncalibrated[label * classes + counted] = (uncalibrated[label * classes + counted] as number) + 1
  }
  for (let c = 0; c < classes; c++) uncalibrated[c * classes + c] = Math.max(1, uncalibrated[c * classes + c] as number)
  return { classes, labelCounts, thresholds, likely, supported, uncalibrated, calibrated: calibrate(uncalibrated, labelCounts) }
}

/** What a row counts for whose most probable class is below its threshold: the only class above one, or the most probable where several are. */
function whereNotPredicted(probabilities: ArrayLike<number>, start: number, bounds: Float64Array, predicted: number): number {
  let only = -1
  for (let c = 0; c < bounds.length; c++) {
    if ((probabilities[start + c] as number) < (bounds[c] as number)) continue
    if (only >= 0) return predicted
    only = c
  }
  return only
}

/** Mean probability of each class over the examples given it, at least 2e-6; 2 for a class without examples. */
export function thresholdsOf({ rows, classes, labels, probabilities }: LabelledProbabilities, labelCounts: Int32Array): Float64Array {
  const sums = new Float64Array(classes)
  for (let row = 0; row < rows; row++) {
    const label = labels[row] as number
    sums[label] = (sums[label] as number) + (probabilities[row * classes + label] as number)
  }
  return sums.map((sum, c) => {
    const count = labelCounts[c] as number
    return count === 0 ? unreachable : Math.max(leastThreshold, sum / count)
  })
}

/**
 * Scales every row to the count of its class, and all to their number, then rounds to whole numbers of the same row sums. The second
 * step is a division by one but for rounding; it is made, in the order of the reference implementation, so that halves fall alike.
 */
export function calibrate(joint: Float64Array, labelCounts: Int32Array): Float64Array {
  const classes = labelCounts.length
  // By column, as the order of the sum below needs it.
  const scaled = new Float64Array(joint.length)
  for (let i = 0; i < classes; i++) {
    let sum = 0
    for (let j = 0; j < classes; j++) sum += joint[i * classes + j] as number
    for (let j = 0; j < classes; j++) scaled[j * classes + i] = sum > 0 ? ((joint[i * classes + j] as number) / sum) * (labelCounts[i] as number) : 0
  }
  const total = pairwiseSum(scaled, 0, scaled.length)
  const n = labelCounts.reduce((sum, count) => sum + count, 0)
  return roundRows(
    joint.map((_, at) => ((scaled[(at % classes) * classes + Math.floor(at / classes)] as number) / total) * n),
    classes
  )
}
