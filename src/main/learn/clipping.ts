import * as tf from '@tensorflow/tfjs-core'
import type { Scalar } from '@tensorflow/tfjs-core'
import { mapParams } from './parameters.ts'
import type { Params } from './parameters.ts'

/** The Euclidean norm of all gradients together. */
export function globalNorm(gradients: Params): Scalar {
  return tf.tidy(() => tf.sqrt(tf.addN(Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient))))))
}

/**
 * Scales all gradients by the same factor so that their global norm is at most `maxNorm` (Pascanu et al., 2013):
 * `g' = g * maxNorm / max(norm, maxNorm)`. Returns new tensors; the gradients passed in are not disposed.
 */
export function clipByGlobalNorm(gradients: Params, maxNorm: number): Params {
  return tf.tidy(() => {
    const scale = tf.div(maxNorm, tf.maximum(globalNorm(gradients), maxNorm))
    return { ...mapParams(gradients, (gradient) => tf.mul(gradient, scale)) }
  })
}
