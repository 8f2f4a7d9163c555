import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import type { ConfigOf } from '../../../shared/domain/robust-methods.ts'
import { crossEntropy, probabilitiesOf } from '../losses.ts'
import type { Targets } from '../losses.ts'
import type { RobustMethod } from './method.ts'

export interface SymmetricCrossEntropySettings {
  /** Weight of cross-entropy. */
  readonly alpha: number
  /** Weight of reverse cross-entropy. */
  readonly beta: number
  /** A, which stands for log 0. */
  readonly logOfZero: number
}

/**
 * Symmetric cross-entropy, mean over rows: `alpha CE + beta RCE` with the reverse cross-entropy
 * `RCE = -sum_k p_k log t_k`, p the softmax of the logits and log t at least A. For a one-hot target
 * `RCE = -A (1 - p_y)`, a mean absolute error. Source: Wang et al., ICCV 2019.
 *
 * @param logits [B, K]
 */
export function symmetricCrossEntropy(logits: Tensor2D, targets: Targets, { alpha, beta, logOfZero }: SymmetricCrossEntropySettings): Scalar {
  return tf.tidy(() => {
    const wanted = probabilitiesOf(targets, logits.shape[1])
    const logT = tf.log(tf.maximum(wanted, Math.exp(logOfZero)))
    const reverse = tf.neg(tf.mean(tf.sum(tf.mul(tf.softmax(logits), logT), 1)))
    return tf.add<Scalar>(tf.mul(crossEntropy(logits, targets), alpha), tf.mul(reverse, beta))
  })
}

/** Trains with {@link symmetricCrossEntropy}. */
export function symmetricCrossEntropyMethod(settings: ConfigOf<'symmetric-cross-entropy'>): RobustMethod {
  return {
    name: 'symmetric-cross-entropy',
    networks: 1,
    init: () => ({}),
    loss: (logits, { targets }) => symmetricCrossEntropy(logits, targets, settings)
  }
}
