import * as tf from '@tensorflow/tfjs-core'
import type { Tensor2D } from '@tensorflow/tfjs-core'

/** Where a student's probabilities become hard targets. */
export interface Hardening {
  /** `adaptive`: so that the batch's class shares match the supervisor's; `fixed`: probability 0.5, or the largest. */
  readonly threshold: 'adaptive' | 'fixed'
}

/**
 * Hard targets [B, K] from a student's logits, as constants: no gradient flows through them.
 *
 * Two classes (the paper's form): class 1 where its probability exceeds a threshold, see {@link adaptiveThreshold}.
 * More classes (an extension of this bench): the largest log probability after subtracting a correction a class,
 * chosen so that the shares of the hard targets match the supervisor's, see {@link balancedClasses}.
 *
 * @param logits the student's, [B, K]
 * @param weak the supervisor's probabilities, [B, K]
 */
export function hardTargets(logits: Tensor2D, weak: Tensor2D, { threshold }: Hardening): Tensor2D {
  const classes = logits.shape[1]
  // Reading the numbers out cuts the gradient, and the sorting below wants plain arrays anyway.
  const p = probabilities(logits.dataSync() as Float32Array, classes)
  const w = weak.dataSync() as Float32Array
  const chosen = classes === 2 ? twoClasses(p, w, threshold) : threshold === 'fixed' ? largest(p, classes) : balancedClasses(p, w, classes)
  const targets = new Float32Array(p.length)
  chosen.forEach((label, row) => {
    targets[row * classes + label] = 1
  })
  return tf.tensor2d(targets, [chosen.length, classes])
}

/**
 * The threshold above which a share `mass` of the probabilities lies: their quantile at `1 - mass`, interpolated
 * linearly. A single probability, or all of them equal, cannot be divided and gives 0.5.
 *
 * @param p probabilities of class 1 in a batch
 * @param mass wanted share of class 1, the mean of the supervisor's probabilities
 */
export function adaptiveThreshold(p: ArrayLike<number>, mass: number): number {
  const sorted = Float64Array.from(p).sort()
  const last = sorted.length - 1
  if (last < 1 || sorted[0] === sorted[last]) return 0.5
  const position = Math.min(1, Math.max(0, 1 - mass)) * last
  const below = Math.floor(position)
  const low = sorted[below] as number
  const high = sorted[Math.min(last, below + 1)] as number
  return low + (high - low) * (position - below)
}

/**
 * Classes by the largest `log p_k - c_k`, with corrections c fitted so that the class shares come close to the
 * mean of the supervisor's probabilities: up to 100 rounds that raise the correction of classes chosen too often and
 * lower the others', by ever smaller steps in units of the mean spread of log probabilities. The best round counts.
 * An extension: the paper hardens two classes only.
 */
export function balancedClasses(p: Float64Array, weak: ArrayLike<number>, classes: number): Int32Array {
  const rows = p.length / classes
  const scores = p.map((value) => Math.log(Math.max(value, 1e-30)))
  const wanted = new Float64Array(classes)
  for (let i = 0; i < weak.length; i++) wanted[i % classes] = (wanted[i % classes] as number) + (weak[i] as number) / rows
  const corrected = scores.slice()
  let best = largest(corrected, classes)
  let bestMiss = shareMiss(best, wanted)
  const unit = meanSpread(scores, classes)
  for (let round = 0; round < 100 && bestMiss > 0.5 / rows; round++) {
    const shares = sharesOf(largest(corrected, classes), classes)
    const pace = unit / (1 + round / 5)
    for (let i = 0; i < corrected.length; i++) {
      const k = i % classes
      corrected[i] = (corrected[i] as number) - pace * ((shares[k] as number) - (wanted[k] as number))
    }
    const candidate = largest(corrected, classes)
    const miss = shareMiss(candidate, wanted)
    if (miss < bestMiss) {
      best = candidate
      bestMiss = miss
    }
  }
  return best
}

function twoClasses(p: Float64Array, weak: Float32Array, threshold: Hardening['threshold']): Int32Array {
  const rows = p.length / 2
  const ofClassOne = Float64Array.from({ length: rows }, (_, row) => p[row * 2 + 1] as number)
  let mass = 0
  for (let row = 0; row < rows; row++) mass += (weak[row * 2 + 1] as number) / rows
  const limit = threshold === 'fixed' ? 0.5 : adaptiveThreshold(ofClassOne, mass)
  return Int32Array.from(ofClassOne, (value) => (value > limit ? 1 : 0))
}

/** The index of the largest number of each row; the first at a tie. */
function largest(values: Float64Array, classes: number): Int32Array {
  return Int32Array.from({ length: values.length / classes }, (_, row) => {
    let best = 0
    for (let k = 1; k < classes; k++) if ((values[row * classes + k] as number) > (values[row * classes + best] as number)) best = k
    return best
  })
}

function sharesOf(chosen: Int32Array, classes: number): Float64Array {
  const shares = new Float64Array(classes)
  for (const label of chosen) shares[label] = (shares[label] as number) + 1 / chosen.length
  return shares
}

/** Mean over rows of the difference between the largest and the smallest score. */
function meanSpread(scores: Float64Array, classes: number): number {
  let sum = 0
  for (let start = 0; start < scores.length; start += classes) {
    const row = scores.subarray(start, start + classes)
    sum += Math.max(...row) - Math.min(...row)
  }
  return (sum * classes) / scores.length
}

/** The largest difference between the shares of the chosen classes and the wanted ones. */
function shareMiss(chosen: Int32Array, wanted: Float64Array): number {
  return sharesOf(chosen, wanted.length).reduce((worst, share, k) => Math.max(worst, Math.abs(share - (wanted[k] as number))), 0)
}

/** Softmax of each row in double precision, so that a threshold between two confident examples can tell them apart. */
function probabilities(logits: Float32Array, classes: number): Float64Array {
  const p = Float64Array.from(logits)
  for (let start = 0; start < p.length; start += classes) {
    const row = p.subarray(start, start + classes)
    const top = row.reduce((highest, value) => Math.max(highest, value), -Infinity)
    const sum = row.reduce((total, value) => total + Math.exp(value - top), 0)
    row.forEach((value, k) => {
      row[k] = Math.exp(value - top) / sum
    })
  }
  return p
}
