import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'
import { gradientOfComposition, hasFused, runFused, runFusedAll } from './fused.ts'

const epsilon = 1e-5

/**
 * Layer normalisation over the last axis: `scale (x - mean) / sqrt(variance + 1e-5) + shift` (Ba et al., 2016).
 *
 * @param x [..., width]
 * @param scale [width], as is shift
 */
export function layerNormalisation(x: Tensor, scale: Tensor, shift: Tensor): Tensor {
  if (hasFused('BenchLayerNorm')) return runFused('BenchLayerNorm', { x, scale, shift }, { epsilon })
  return tf.tidy(() => tf.add(tf.mul(normalised(x).normal, scale), shift))
}

function normalised(x: Tensor): { normal: Tensor; inverse: Tensor } {
  const centred = tf.sub(x, tf.mean(x, -1, true))
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon))
  return { normal: tf.mul(centred, inverse), inverse }
}

function composedGradient([dy, x, scale]: readonly Tensor[]): Tensor[] {
  const { normal, inverse } = normalised(x as Tensor)
  const upstream = dy as Tensor
  const g = tf.mul(upstream, scale as Tensor)
  const level = tf.mean(g, -1, true)
  const tilt = tf.mul(normal, tf.mean(tf.mul(g, normal), -1, true))
  const dx = tf.mul(tf.sub(tf.sub(g, level), tilt), inverse)
  const outer = upstream.shape.slice(0, -1).map((_, axis) => axis)
  return [dx, tf.sum(tf.mul(upstream, normal), outer), tf.sum(upstream, outer)]
}

/** Gradients of {@link layerNormalisation}'s kernels. */
export const layerNormGradients: readonly GradConfig[] = [
  {
    kernelName: 'BenchLayerNorm',
    inputsToSave: ['x', 'scale'],
    gradFunc: (dy, saved, attributes) => {
      const [x, scale] = saved as [Tensor, Tensor]
      const [dx, dscale, dshift] = runFusedAll('BenchLayerNormGradient', { dy: dy as Tensor, x, scale }, attributes) as [Tensor, Tensor, Tensor]
      return { x: () => dx, scale: () => dscale, shift: () => dshift }
    }
  },
  gradientOfComposition('BenchLayerNormGradient', ['dy', 'x', 'scale'], composedGradient)
]
