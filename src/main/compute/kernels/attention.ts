import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core'
import { gradientOfComposition, gradientThrough, hasFused, runFused } from './fused.ts'

/**
 * Multi-head scaled dot-product attention (Vaswani et al., 2017), `softmax(Q K' / sqrt(d)) V` in each head.
 *
 * @param mixed queries, keys and values side by side, [B, T, 3 width]
 * @param barrier added to the scores, [1 or B, 1, 1 or T, T]: very negative where a position may not look
 * @returns [B, T, width]
 */
export function multiHeadAttention(mixed: Tensor, heads: number, barrier: Tensor | null): Tensor {
  const inputs = barrier ? [mixed, barrier] : [mixed]
  // An array, because saving all inputs of a kernel works for arrays only.
  if (hasFused('BenchAttention')) return runFused('BenchAttention', inputs, { heads })
  return tf.tidy(() => composed(inputs, { heads }))
}

interface Projections {
  readonly query: Tensor
  readonly key: Tensor
  readonly value: Tensor
  readonly scale: number
}

/** [B, T, 3 width] -> three of [B, heads, T, size]. */
function apart(mixed: Tensor, heads: number): Projections {
  const [batch, time, triple] = mixed.shape as [number, number, number]
  const size = triple / 3 / heads
  const parts = tf.transpose(tf.reshape(mixed, [batch, time, 3, heads, size]), [2, 0, 3, 1, 4])
  const [query, key, value] = tf.unstack(parts) as [Tensor, Tensor, Tensor]
  return { query, key, value, scale: 1 / Math.sqrt(size) }
}

function weightsOf({ query, key, scale }: Projections, barrier: Tensor | undefined): Tensor {
  const scores = tf.mul(tf.matMul(query, key, false, true), scale)
  return tf.softmax(barrier ? tf.add(scores, barrier) : scores)
}

function composed([mixed, barrier]: readonly Tensor[], { heads }: NamedAttrMap): Tensor {
  const [batch, time, triple] = (mixed as Tensor).shape as [number, number, number]
  const parts = apart(mixed as Tensor, heads as number)
  return tf.reshape(tf.transpose(tf.matMul(weightsOf(parts, barrier), parts.value), [0, 2, 1, 3]), [batch, time, triple / 3])
}

function composedGradient([dy, mixed, barrier]: readonly Tensor[], { heads }: NamedAttrMap): Tensor {
  const [batch, time, triple] = (mixed as Tensor).shape as [number, number, number]
  const parts = apart(mixed as Tensor, heads as number)
  const weights = weightsOf(parts, barrier)
  const upstream = tf.transpose(tf.reshape(dy as Tensor, [batch, time, heads as number, -1]), [0, 2, 1, 3])
  const weighted = tf.mul(tf.matMul(upstream, parts.value, false, true), weights)
  const scores = tf.mul(tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), weights)), parts.scale)
  const gradients = [tf.matMul(scores, parts.key), tf.matMul(scores, parts.query, true), tf.matMul(weights, upstream, true)]
  return tf.reshape(tf.transpose(tf.stack(gradients), [1, 3, 0, 2, 4]), [batch, time, triple])
}

const gradientGradient = gradientOfComposition('BenchAttentionGradient', ['0', '1', '2'], (inputs, a) => [composedGradient(inputs, a)])

/** Gradients of {@link multiHeadAttention}'s kernels. */
export const attentionGradients: readonly GradConfig[] = [
  {
    kernelName: 'BenchAttention',
    saveAllInputs: true,
    gradFunc: (dy, saved, attributes) => ({
      0: () => runFused('BenchAttentionGradient', [dy as Tensor, ...saved], attributes),
      1: () => gradientThrough((inputs, a) => [composed(inputs, a)], saved, attributes, [dy as Tensor], 1)
    })
  },
  { kernelName: 'BenchAttentionGradient', saveAllInputs: true, gradFunc: gradientGradient.gradFunc }
]
