import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { softmaxCrossEntropy } from '../compute/kernels/cross-entropy.ts'

export { probabilitiesOf } from '../compute/kernels/cross-entropy.ts'

/** Class indices [B] (int32) or class probabilities [B, K] (float32, rows sum to 1). */
export type Targets = Tensor1D | Tensor2D

export interface LossOptions {
  /** A weight a row [B]; the loss becomes `sum(w l) / sum(w)`. */
  readonly weights?: Tensor1D
  /** Moves this share of each target to the uniform distribution: `(1 - s) t + s / K` (Szegedy et al., 2016). */
  readonly smoothing?: number
}

/**
 * Cross-entropy of softmax logits, mean over rows: `-sum_k t_k log softmax(z)_k`.
 * Stable for logits of any size. The gradient flows into soft targets too; stop it with `stopGradient`
 * where a target is to be a constant.
 *
 * @param logits [B, K]
 */
export function crossEntropy(logits: Tensor2D, targets: Targets, options: LossOptions = {}): Scalar {
  const { smoothing = 0, weights } = options
  return tf.tidy(() => {
    if (!weights) return softmaxCrossEntropy(logits, targets, { smoothing, mean: true }) as Scalar
    return meanOverRows(crossEntropyRows(logits, targets, smoothing), weights)
  })
}

/** Cross-entropy of each row [B], for methods that select or reweight examples; see {@link crossEntropy}. */
export function crossEntropyRows(logits: Tensor2D, targets: Targets, smoothing = 0): Tensor1D {
  return tf.tidy(() => softmaxCrossEntropy(logits, targets, { smoothing, mean: false }) as Tensor1D)
}

/**
 * Binary cross-entropy of logits, mean over rows: `softplus(z) - t z`, which never overflows.
 *
 * @param logits [B]
 * @param targets [B], probabilities of the positive class
 */
export function binaryCrossEntropy(logits: Tensor1D, targets: Tensor1D, options: LossOptions = {}): Scalar {
  return tf.tidy(() => {
    const share = options.smoothing ?? 0
    const wanted = share === 0 ? targets : tf.add(tf.mul(targets, 1 - share), share / 2)
    // softplus(z) = max(z, 0) + log(1 + exp(-|z|))
    const softplus = tf.add(tf.relu(logits), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))))
    return meanOverRows(tf.sub(softplus, tf.mul(wanted, logits)), options.weights)
  })
}

/** Mean squared error over all elements, rows optionally weighted. Shapes of both [B, ...] agree. */
export function meanSquaredError(predictions: Tensor, targets: Tensor, options: Pick<LossOptions, 'weights'> = {}): Scalar {
  return tf.tidy(() => {
    const rows = predictions.shape[0] ?? 1
    const squared = tf.reshape(tf.squaredDifference(predictions, targets), [rows, -1])
    return meanOverRows(tf.mean<Tensor1D>(squared, 1), options.weights)
  })
}

/** `mean(rows)`, or `sum(w rows) / sum(w)` with weights. Weights that sum to zero give NaN rather than a made-up zero. */
export function meanOverRows(rows: Tensor1D, weights?: Tensor1D): Scalar {
  if (!weights) return tf.mean(rows)
  return tf.tidy(() => tf.div(tf.sum(tf.mul(rows, weights)), tf.sum(weights)))
}

/** Identity whose gradient is zero: what goes through is a constant to everything behind it. */
export function stopGradient<T extends Tensor>(x: T): T {
  return tf.customGrad((value) => {
    const inside = value as Tensor
    return { value: tf.clone(inside), gradFunc: () => tf.zerosLike(inside) }
  })(x) as T
}
