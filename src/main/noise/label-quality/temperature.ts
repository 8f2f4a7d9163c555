import { BenchError } from '../../../shared/contract/errors.ts'
import type { VoteMatrix } from '../../labels/vote-matrix.ts'
import type { ClassProbabilities } from '../inputs.ts'

/** Temperatures that are looked at. */
const lowest = 0.05
const highest = 20
/** The golden section, (sqrt(5) - 1) / 2. */
const golden = 0.6180339887498949
/** Probabilities count as this at least, so that a label on an impossible class costs much and not everything. */
const least = 1e-30

/** Probabilities proportional to p^(1 / temperature), p counted as 1e-30 at least. */
export function scaleTemperature({ rows, classes, probabilities }: ClassProbabilities, temperature: number): ClassProbabilities & { readonly probabilities: Float64Array } {
  if (!(temperature > 0)) throw new BenchError('invalid-input', `A temperature must be above 0, not ${temperature}.`, { field: 'temperature', hint: '1 leaves the probabilities as they are.' })
  const scaled = new Float64Array(rows * classes)
  for (let start = 0; start < scaled.length; start += classes) {
    let most = -Infinity
    for (let c = 0; c < classes; c++) most = Math.max(most, scaled[start + c] = Math.log(Math.max(least, probabilities[start + c] as number)))
    let sum = 0
    for (let c = 0; c < classes; c++) sum += scaled[start + c] = Math.exp(((scaled[start + c] as number) - most) / temperature)
    for (let c = 0; c < classes; c++) scaled[start + c] = (scaled[start + c] as number) / sum
  }
  return { rows, classes, probabilities: scaled }
}

/**
 * The temperature from 0.05 to 20 with the least cross-entropy between each example's share of labels a class and the scaled
 * probabilities, by golden-section search: the cross-entropy is convex in the inverse temperature.
 *
 * The reference implementation searches a grid to 8 with shares that are moved to the lowest class positions where an example was
 * not given every class, which draws its temperature towards the end of the grid; give that temperature to get its scores.
 */
export function fitTemperature(labels: VoteMatrix, model: ClassProbabilities): number {
  const shares = labelShares(labels)
  const logs = Float64Array.from(model.probabilities, (p) => Math.log(Math.max(least, p)))
  const loss = (inverse: number): number => softCrossEntropy(shares, logs, labels.classes, inverse)
  let low = 1 / highest
  let high = 1 / lowest
  let left = high - golden * (high - low)
  let right = low + golden * (high - low)
  let [lossLeft, lossRight] = [loss(left), loss(right)]
  while (high - low > 1e-6 * high) {
    if (lossLeft <= lossRight) {
      high = right
      right = left
      lossRight = lossLeft
      left = high - golden * (high - low)
      lossLeft = loss(left)
    } else {
      low = left
      left = right
      lossLeft = lossRight
      right = low + golden * (high - low)
      lossRight = loss(right)
    }
  }
  return 2 / (low + high)
}

/** Share of each class in the labels of each example, rows x classes; zeros without a label. */
function labelShares({ rows, names, classes, votes }: VoteMatrix): Float64Array {
  const shares = new Float64Array(rows * classes)
  for (let i = 0; i < rows; i++) {
    let count = 0
    for (let j = 0; j < names.length; j++) if ((votes[j * rows + i] as number) >= 0) count++
    for (let j = 0; j < names.length; j++) {
      const vote = votes[j * rows + i] as number
      if (vote >= 0) shares[i * classes + vote] = (shares[i * classes + vote] as number) + 1 / count
    }
  }
  return shares
}

/** Sum over examples of -sum_c share_c log(softmax(inverse log p))_c. */
function softCrossEntropy(shares: Float64Array, logs: Float64Array, classes: number, inverse: number): number {
  let loss = 0
  for (let start = 0; start < logs.length; start += classes) {
    let most = -Infinity
    for (let c = 0; c < classes; c++) most = Math.max(most, logs[start + c] as number)
    let sum = 0
    let shared = 0
    let dot = 0
    for (let c = 0; c < classes; c++) {
      sum += Math.exp(((logs[start + c] as number) - most) * inverse)
      shared += shares[start + c] as number
      dot += (shares[start + c] as number) * ((logs[start + c] as number) - most) * inverse
    }
    loss += shared * Math.log(sum) - dot
  }
  return loss
}
