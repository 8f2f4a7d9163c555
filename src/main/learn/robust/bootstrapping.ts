import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import type { ConfigOf } from '../../../shared/domain/robust-methods.ts'
import { crossEntropy, probabilitiesOf } from '../losses.ts'
import type { Targets } from '../losses.ts'
import type { RobustMethod } from './method.ts'

/**
 * Soft bootstrapping, mean over rows: `-sum_k (b t_k + (1 - b) p_k) log p_k` with p the softmax of the logits, which is
 * `b CE(t, p) + (1 - b) H(p)`. The gradient flows through both p, as the entropy it is. Source: Reed et al., 2015.
 *
 * @param logits [B, K]
 * @param labelWeight b, 0 to 1; the paper takes 0.95
 */
export function softBootstrapping(logits: Tensor2D, targets: Targets, labelWeight: number): Scalar {
  return tf.tidy(() => {
    const entropy = tf.neg(tf.mean(tf.sum(tf.mul(tf.softmax(logits), tf.logSoftmax(logits)), 1)))
    return tf.add<Scalar>(tf.mul(crossEntropy(logits, targets), labelWeight), tf.mul(entropy, 1 - labelWeight))
  })
}

/**
 * Hard bootstrapping, mean over rows: cross-entropy with the target `b t + (1 - b) onehot(argmax p)`, a constant to the
 * gradient. Source: Reed et al., 2015.
 *
 * @param logits [B, K]
 * @param labelWeight b, 0 to 1; the paper takes 0.8
 */
export function hardBootstrapping(logits: Tensor2D, targets: Targets, labelWeight: number): Scalar {
  return tf.tidy(() => {
    const classes = logits.shape[1]
    const own = tf.oneHot(tf.argMax(logits, 1), classes, 1, 0, 'float32')
    return crossEntropy(logits, tf.add<Tensor2D>(tf.mul(probabilitiesOf(targets, classes), labelWeight), tf.mul(own, 1 - labelWeight)))
  })
}

/** Trains with {@link softBootstrapping} or {@link hardBootstrapping}. */
export function bootstrappingMethod({ name, labelWeight }: ConfigOf<'soft-bootstrapping' | 'hard-bootstrapping'>): RobustMethod {
  const lossOf = name === 'soft-bootstrapping' ? softBootstrapping : hardBootstrapping
  return { name, networks: 1, init: () => ({}), loss: (logits, { targets }) => lossOf(logits, targets, labelWeight) }
}
