import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { crossEntropyRows, meanOverRows } from './losses.ts'
import { hardTargets } from './hardening.ts'
import type { Hardening } from './hardening.ts'

/**
 * Losses and measures of "Weak-to-Strong Generalization: Eliciting Strong Capabilities With Weak Supervision"
 * (Burns et al., 2023, arXiv 2312.09390).
 */

/** How the confidence weight grows with the share of training that is done. */
export type ConfidenceSchedule = 'paper' | 'code'

export interface ConfidenceWeightSettings {
  /** Largest weight, 0 to 1. The paper: 0.75 for its largest students, 0.5 for smaller; its code: 0.5. */
  readonly maximum: number
  /** Share of the steps over which the weight grows. The paper: 0.2; its code: 0.1. */
  readonly warmUp: number
  readonly schedule: ConfidenceSchedule
}

/**
 * The weight a of the confidence term at a share of training. `paper`: `maximum * min(1, fraction / warmUp)`.
 * `code` follows the published code, which multiplies by the fraction itself during the warm-up, so that the
 * weight stays below `maximum * warmUp` and then jumps to the maximum.
 *
 * @param stepFraction share of the steps done, 0 to 1
 */
export function confidenceWeight(stepFraction: number, { maximum, warmUp, schedule }: ConfidenceWeightSettings): number {
  if (stepFraction >= warmUp) return maximum
  return maximum * (schedule === 'paper' ? stepFraction / warmUp : stepFraction)
}

export interface ConfidenceLossSettings extends Hardening {
  /** Weight a of the student's own hardened predictions, 0 to 1; see {@link confidenceWeight}. */
  readonly weight: number
  /** Train on the supervisor's probabilities, or on its most probable class. */
  readonly labels: 'soft' | 'hard'
}

/**
 * The auxiliary confidence loss `(1 - a) CE(p, weak) + a CE(p, hardened p)`: the student may disagree with its
 * supervisor where it is sure. No gradient flows through the hardened predictions.
 *
 * Two classes follow the paper; for more classes the hardening is an extension, see {@link hardTargets}.
 *
 * @param logits the student's, [B, K]
 * @param weak the supervisor's probabilities, [B, K]
 */
export function confidenceLoss(logits: Tensor2D, weak: Tensor2D, settings: ConfidenceLossSettings): Scalar {
  return tf.tidy(() => {
    const wanted = settings.labels === 'soft' ? weak : hardened(weak)
    if (settings.weight === 0) return meanOverRows(crossEntropyRows(logits, wanted))
    const own = hardTargets(logits, weak, settings)
    // Cross-entropy is linear in its target, so both terms are one cross-entropy with the mixed target.
    const mixed = tf.add<Tensor2D>(tf.mul(wanted, 1 - settings.weight), tf.mul(own, settings.weight))
    return meanOverRows(crossEntropyRows(logits, mixed))
  })
}

export interface ProductLossSettings {
  /** Exponent of the student's own probabilities. Default 1. */
  readonly ownExponent?: number
  /** Exponent of the supervisor's probabilities. Default 1. */
  readonly weakExponent?: number
}

/**
 * Cross-entropy with the normalised product `p^b weak^a` of both opinions, a constant to the gradient. This
 * variant is in the published code only.
 */
export function productLoss(logits: Tensor2D, weak: Tensor2D, { ownExponent = 1, weakExponent = 1 }: ProductLossSettings = {}): Scalar {
  return tf.tidy(() => {
    const values = tf.tensor2d(logits.dataSync(), logits.shape)
    // In logarithms, so that confident opinions do not underflow to 0 / 0.
    const evidence = tf.add(tf.mul(tf.logSoftmax(values), ownExponent), tf.mul(tf.log(tf.maximum(weak, 1e-30)), weakExponent))
    return meanOverRows(crossEntropyRows(logits, tf.softmax(evidence) as Tensor2D))
  })
}

/**
 * Performance gap recovered: `(student - weak) / (ceiling - weak)`. Null when the gap is below 0.01, where the
 * ratio says nothing.
 */
export function performanceGapRecovered(weak: number, student: number, ceiling: number): number | null {
  const gap = ceiling - weak
  return gap < 0.01 ? null : (student - weak) / gap
}

/** How often a student repeats its supervisor; null for a share of nothing. */
export interface Agreement {
  readonly overall: number | null
  /** Where the supervisor is right. */
  readonly onSupervisorRight: number | null
  /** Where the supervisor is wrong: high values mean that its errors are imitated. */
  readonly onSupervisorWrong: number | null
}

/** Share of examples on which student and supervisor predict the same class, split by whether the supervisor is right. */
export function agreement(student: ArrayLike<number>, supervisor: ArrayLike<number>, truth: ArrayLike<number>): Agreement {
  if (student.length !== truth.length || supervisor.length !== truth.length) {
    throw new RangeError(`Agreement needs as many predictions as truths: ${student.length} and ${supervisor.length} against ${truth.length}.`)
  }
  const same = { right: 0, wrong: 0 }
  const all = { right: 0, wrong: 0 }
  for (let i = 0; i < truth.length; i++) {
    const side = supervisor[i] === truth[i] ? 'right' : 'wrong'
    all[side]++
    if (student[i] === supervisor[i]) same[side]++
  }
  const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)
  return {
    overall: share(same.right + same.wrong, truth.length),
    onSupervisorRight: share(same.right, all.right),
    onSupervisorWrong: share(same.wrong, all.wrong)
  }
}

function hardened(probabilities: Tensor2D): Tensor2D {
  return tf.oneHot(tf.argMax(probabilities, 1), probabilities.shape[1], 1, 0, 'float32') as Tensor2D
}
