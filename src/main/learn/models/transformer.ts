import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import { multiHeadAttention } from '../../compute/kernels/attention.ts'
import { layerNormalisation } from '../../compute/kernels/layer-norm.ts'
import type { Params } from '../parameters.ts'
import type { Stream } from '../random.ts'
import { biasOf, dense, kernelOf, param } from './layers.ts'
import type { Model } from './model.ts'

export interface TransformerShape {
  readonly vocabulary: number
  /** Longest sequence: how many positions have an embedding. */
  readonly length: number
  readonly width: number
  readonly heads: number
  readonly blocks: number
  /** Width of the feed-forward layers. Default 4 times the width. */
  readonly hidden?: number
  /** Whether a position sees itself and earlier ones only. */
  readonly causal: boolean
  /** `classes`: logits [B, classes] from the mean over positions; `language`: next-token logits [B, T, vocabulary]. */
  readonly head: { readonly kind: 'classes'; readonly classes: number } | { readonly kind: 'language' }
}

export interface TransformerOptions {
  /** 1 for tokens, 0 for padding, [B, T]: padding is neither attended to nor averaged. All tokens by default. */
  readonly mask?: Tensor2D
}

/**
 * A small pre-norm transformer (Vaswani et al., 2017; layer norm before each part as in Xiong et al., 2020): token
 * and learned position embeddings, blocks of multi-head attention and a GELU feed-forward layer, a final layer norm
 * and a linear head. Input token ids [B, T] (int32), T up to `length`.
 * Parameters: `embedding/token`, `embedding/position`, `block/<i>/{norm1,attention,norm2,feedforward}/...`,
 * `norm/{scale,shift}`, `head/{kernel,bias}`.
 */
export function transformer(shape: TransformerShape): Model<TransformerOptions> {
  if (shape.width % shape.heads !== 0) throw new RangeError(`A width of ${shape.width} does not divide into ${shape.heads} heads.`)
  return {
    init: (stream) => initTransformer(shape, stream),
    apply: (params, x, options = {}) => tf.tidy(() => applyTransformer(shape, params, x as Tensor2D, options.mask))
  }
}

function initTransformer(shape: TransformerShape, stream: Stream): Params {
  const { vocabulary, length, width, blocks, hidden = 4 * width, head } = shape
  const outputs = head.kind === 'classes' ? head.classes : vocabulary
  const params: Record<string, Tensor> = {}
  const linear = (name: string, from: number, to: number): void => {
    params[`${name}/kernel`] = kernelOf([from, to], from, 'lecun', stream.child(name))
    params[`${name}/bias`] = biasOf(to)
  }
  const norm = (name: string): void => {
    params[`${name}/scale`] = tf.ones([width])
    params[`${name}/shift`] = tf.zeros([width])
  }
  // Embeddings of small scale, as in GPT-2: the residual stream starts near zero.
  const embedding = (name: string, rows: number): void => {
    params[name] = tf.tensor2d(stream.child(name).normals(rows * width).map((value) => 0.02 * value), [rows, width])
  }
  embedding('embedding/token', vocabulary)
  embedding('embedding/position', length)
  for (let i = 0; i < blocks; i++) {
    norm(`block/${i}/norm1`)
    linear(`block/${i}/attention/in`, width, 3 * width)
    linear(`block/${i}/attention/out`, width, width)
    norm(`block/${i}/norm2`)
    linear(`block/${i}/feedforward/in`, width, hidden)
    linear(`block/${i}/feedforward/out`, hidden, width)
  }
  norm('norm')
  linear('head', width, outputs)
  return params
}

function applyTransformer(shape: TransformerShape, params: Params, tokens: Tensor2D, mask: Tensor2D | undefined): Tensor {
  const [, time] = tokens.shape
  if (time > shape.length) throw new RangeError(`A sequence of ${time} tokens is longer than the model's ${shape.length} positions.`)
  const positions = tf.slice(param(params, 'embedding/position'), [0, 0], [time, shape.width])
  let hidden = tf.add<Tensor3D>(tf.gather(param(params, 'embedding/token'), tf.cast(tokens, 'int32')), positions)
  const barrier = attentionBarrier(time, shape.causal, mask)
  for (let i = 0; i < shape.blocks; i++) {
    const name = `block/${i}`
    hidden = tf.add(hidden, attention(shape, params, `${name}/attention`, layerNorm(params, `${name}/norm1`, hidden), barrier))
    hidden = tf.add(hidden, feedForward(params, `${name}/feedforward`, layerNorm(params, `${name}/norm2`, hidden)))
  }
  const normed = layerNorm(params, 'norm', hidden) as Tensor3D
  return dense<Tensor>(params, 'head', shape.head.kind === 'classes' ? meanOverPositions(normed, mask) : normed)
}

/** Layer normalisation over the last axis: `scale (x - mean) / sqrt(variance + 1e-5) + shift` (Ba et al., 2016). */
export function layerNorm(params: Params, name: string, x: Tensor): Tensor {
  return layerNormalisation(x, param(params, `${name}/scale`), param(params, `${name}/shift`))
}

/** Multi-head scaled dot-product attention between two linear maps. */
function attention({ heads }: TransformerShape, params: Params, name: string, x: Tensor, barrier: Tensor | null): Tensor {
  return dense(params, `${name}/out`, multiHeadAttention(dense(params, `${name}/in`, x), heads, barrier))
}

function feedForward(params: Params, name: string, x: Tensor): Tensor {
  return dense(params, `${name}/out`, dense(params, `${name}/in`, x, 'gelu'))
}

/** What is added to attention scores: -1e9 where a position may not look, shaped [1 or B, 1, T or 1, T]; null if nothing is barred. */
function attentionBarrier(time: number, causal: boolean, mask: Tensor2D | undefined): Tensor | null {
  const future = causal
    ? tf.tensor4d(Float32Array.from({ length: time * time }, (_, i) => (i % time > Math.floor(i / time) ? -1e9 : 0)), [1, 1, time, time])
    : null
  const padding = mask ? tf.reshape(tf.mul(tf.sub(1, mask), -1e9), [mask.shape[0], 1, 1, time]) : null
  return future && padding ? tf.add(future, padding) : (future ?? padding)
}

function meanOverPositions(x: Tensor3D, mask: Tensor2D | undefined): Tensor2D {
  if (!mask) return tf.mean<Tensor2D>(x, 1)
  const kept = tf.expandDims(mask, 2)
  return tf.div(tf.sum(tf.mul(x, kept), 1), tf.maximum(tf.sum(kept, 1), 1))
}
