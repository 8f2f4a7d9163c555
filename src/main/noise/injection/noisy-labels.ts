import { stream } from '../../learn/random.ts'
import { countLabels } from '../inputs.ts'
import { checkTransitionMatrix } from './transition-matrix.ts'

/** Labels with noise put in, the truth kept aside. */
export interface NoisyLabels {
  readonly labels: Int32Array
  readonly truth: Int32Array
  /** Labels that differ from the truth. */
  readonly changed: number
  /** changed / labels. */
  readonly rate: number
  /** Share of each noisy class (column) among the examples of each true class (row); a class without examples keeps itself. */
  readonly matrix: Float64Array
}

/**
 * Draws every label anew from its row of a transition matrix P(noisy = column | true = row). One uniform number a label, so that the
 * same seed gives the same labels.
 *
 * @throws BenchError `bad-data` for a label that is no class or a matrix that is not row-stochastic
 */
export function injectByMatrix(truth: ArrayLike<number>, matrix: ArrayLike<number>, classes: number, seed: number): NoisyLabels {
  checkTransitionMatrix(matrix, classes)
  countLabels(truth, classes)
  const random = stream(seed, 'label-noise')
  const labels = new Int32Array(truth.length)
  for (let i = 0; i < truth.length; i++) labels[i] = drawFrom(matrix, (truth[i] as number) * classes, classes, random.uniform())
  return noisyLabels(labels, truth, classes)
}

/** The class at which the running sum of `weights[start ..]` (which sum to about one) passes `u`; never one of weight zero. */
export function drawFrom(weights: ArrayLike<number>, start: number, classes: number, u: number): number {
  let sum = 0
  let last = 0
  for (let c = 0; c < classes; c++) {
    const weight = weights[start + c] as number
    if (weight <= 0) continue
    sum += weight
    last = c
    if (u < sum) return c
  }
  return last
}

/** Puts noisy labels beside the truth, with rate and matrix as they came out. */
export function noisyLabels(labels: Int32Array, truth: ArrayLike<number>, classes: number): NoisyLabels {
  const counts = new Float64Array(classes * classes)
  let changed = 0
  for (let i = 0; i < labels.length; i++) {
    const at = (truth[i] as number) * classes + (labels[i] as number)
    counts[at] = (counts[at] as number) + 1
    if (labels[i] !== truth[i]) changed++
  }
  const matrix = counts.map((count, at) => {
    const row = Math.floor(at / classes)
    const total = counts.subarray(row * classes, (row + 1) * classes).reduce((sum, value) => sum + value, 0)
    return total > 0 ? count / total : row === at % classes ? 1 : 0
  })
  return { labels, truth: Int32Array.from(truth), changed, rate: labels.length === 0 ? 0 : changed / labels.length, matrix }
}
