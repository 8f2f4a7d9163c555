import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import type { ConfigOf } from '../../../shared/domain/robust-methods.ts'
import { probabilitiesOf } from '../losses.ts'
import type { Targets } from '../losses.ts'
import type { RobustMethod } from './method.ts'

export interface GeneralizedCrossEntropySettings {
  /** In (0, 1]: towards 0 cross-entropy, at 1 half the mean absolute error. */
  readonly q: number
  /** k: classes of at most this probability cost `(1 - k^q) / q` whatever it is, and have no gradient. 0 leaves it out. */
  readonly truncation?: number
}

/**
 * Generalized cross-entropy, mean over rows: `sum_k t_k (1 - p_k^q) / q` with p the softmax of the logits. Its gradient
 * is that of cross-entropy times `p_y^q`, so that labels that the model finds impossible pull little.
 * Source: Zhang and Sabuncu, NeurIPS 2018; with truncation, the losses of rows below k are constant (equation 9 there).
 *
 * @param logits [B, K]
 */
export function generalizedCrossEntropy(logits: Tensor2D, targets: Targets, { q, truncation = 0 }: GeneralizedCrossEntropySettings): Scalar {
  return tf.tidy(() => {
    const logP = tf.logSoftmax(logits)
    const bounded = truncation > 0 ? tf.maximum(logP, Math.log(truncation)) : logP
    // By expm1, which keeps its digits where q log p is small.
    const losses = tf.div(tf.neg(tf.expm1(tf.mul(bounded, q))), q)
    return tf.mean<Scalar>(tf.sum(tf.mul(probabilitiesOf(targets, logits.shape[1]), losses), 1))
  })
}

/** Trains with {@link generalizedCrossEntropy}; truncation, if any, begins after some epochs, when probabilities mean something. */
export function generalizedCrossEntropyMethod({ q, truncation, truncateFrom }: ConfigOf<'generalized-cross-entropy'>): RobustMethod {
  return {
    name: 'generalized-cross-entropy',
    networks: 1,
    init: () => ({}),
    loss: (logits, { targets }, { epoch }) => generalizedCrossEntropy(logits, targets, { q, truncation: epoch < truncateFrom ? 0 : truncation })
  }
}
