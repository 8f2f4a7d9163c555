import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { gradientOfComposition } from './fused.ts'

/** The gradient of softmax from its output: `y (dy - sum(dy y))` of each row of the last axis. */
export function composedSoftmaxGradient(dy: Tensor, y: Tensor): Tensor {
  const weighted = tf.mul(dy, y)
  return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), y))
}

/** The gradient of the fused kernel of that gradient. */
export const softmaxGradientGradient = gradientOfComposition('BenchSoftmaxGradient', ['dy', 'y'], ([dy, y]) => [composedSoftmaxGradient(dy as Tensor, y as Tensor)])
