import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, NamedAttrMap, Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { gradientOfComposition, gradientThrough, hasFused, runFused } from './fused.ts'

export interface CrossEntropyAttributes {
  /** Moves this share of each target to the uniform distribution. */
  readonly smoothing: number
  /** The mean over rows as a scalar, or one number a row. */
  readonly mean: boolean
}

/**
 * Cross-entropy of softmax logits [B, K] with class indices [B] (int32) or class probabilities [B, K]:
 * `-sum_k t_k log softmax(z)_k`, one number a row or their mean. Fused, it is one kernel forward and one backward.
 */
export function softmaxCrossEntropy(logits: Tensor2D, targets: Tensor, attributes: CrossEntropyAttributes): Tensor {
  const [rows, classes] = logits.shape
  const matches = targets.rank === 1 ? targets.dtype === 'int32' : targets.dtype === 'float32' && targets.shape[1] === classes
  if (matches && targets.shape[0] === rows && rows > 0 && hasFused('BenchCrossEntropy')) {
    return runFused('BenchCrossEntropy', { logits, targets }, { ...attributes })
  }
  return composed([logits, targets], { ...attributes })
}

/** Class probabilities [B, K] of targets: one-hot rows of class indices, or the probabilities themselves. */
export function probabilitiesOf(targets: Tensor, classes: number): Tensor2D {
  return targets.rank === 2 ? (targets as Tensor2D) : (tf.oneHot(targets, classes, 1, 0, 'float32') as Tensor2D)
}

function smoothed(targets: Tensor, classes: number, share: number): Tensor2D {
  const probabilities = probabilitiesOf(targets, classes)
  return share === 0 ? probabilities : tf.add(tf.mul(probabilities, 1 - share), share / classes)
}

function logSoftmax(z: Tensor2D): Tensor {
  // The gradient of tfjs's own has none itself; see `outputToDifferentiate`.
  if (tf.engine().state.gradientDepth < 2) return tf.logSoftmax(z)
  const shifted = tf.sub(z, tf.max(z, 1, true))
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)))
}

function composed([logits, targets]: readonly Tensor[], { smoothing, mean }: NamedAttrMap): Tensor {
  const z = logits as Tensor2D
  const wanted = smoothed(targets as Tensor, z.shape[1], smoothing as number)
  const rows = tf.neg(tf.sum(tf.mul(wanted, logSoftmax(z)), 1))
  return mean === true ? tf.mean(rows) : rows
}

function composedGradient([dy, logits, targets]: readonly Tensor[], { smoothing, mean }: NamedAttrMap): Tensor {
  const z = logits as Tensor2D
  const wanted = smoothed(targets as Tensor, z.shape[1], smoothing as number)
  const slope = tf.sub(tf.mul(tf.softmax(z), tf.sum(wanted, 1, true)), wanted)
  return mean === true ? tf.mul(slope, tf.mul(dy as Tensor, 1 / z.shape[0])) : tf.mul(slope, tf.reshape(dy as Tensor, [-1, 1]))
}

/** Gradients of {@link softmaxCrossEntropy}'s kernels. */
export const crossEntropyGradients: readonly GradConfig[] = [
  {
    kernelName: 'BenchCrossEntropy',
    inputsToSave: ['logits', 'targets'],
    gradFunc: (dy, saved, attributes) => {
      const [logits, targets] = saved as [Tensor, Tensor]
      return {
        logits: () => runFused('BenchCrossEntropyGradient', { dy: dy as Tensor, logits, targets }, attributes),
        targets: () => gradientThrough((inputs, a) => [composed(inputs, a)], saved, attributes, [dy as Tensor], 1)
      }
    }
  },
  gradientOfComposition('BenchCrossEntropyGradient', ['dy', 'logits', 'targets'], (inputs, a) => [composedGradient(inputs, a)])
]
