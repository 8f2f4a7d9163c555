import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { biasActivation } from '../../compute/kernels/activation.ts'
import type { Params } from '../parameters.ts'
import type { Stream } from '../random.ts'
import { biasOf, dense, kernelOf, param } from './layers.ts'
import type { Model } from './model.ts'

export interface ConvolutionalShape {
  /** Height, width and channels of an image; height and width divisible by 4. */
  readonly image: readonly [number, number, number]
  /** Channels after each of the two convolutions. */
  readonly channels: readonly [number, number]
  /** Side of the square filters. Default 3. */
  readonly filter?: number
  /** Width of the dense layer before the head. */
  readonly hidden: number
  readonly classes: number
}

export interface ConvolutionalOptions {
  /** `features` stops before the head and returns the hidden layer [B, hidden]. Default `logits`. */
  readonly output?: 'logits' | 'features'
}

/**
 * A small convolutional network: twice (convolution, ReLU, 2 x 2 max pooling), a dense ReLU layer, a linear head.
 * Parameters `conv/0`, `conv/1`, `body/0`, `head/0`, each with `kernel` (He-normal) and `bias` (zero).
 * Input [B, height, width, channels], output logits [B, classes].
 */
export function convolutionalNetwork(shape: ConvolutionalShape): Model<ConvolutionalOptions> {
  const { image, channels, filter = 3, hidden, classes } = shape
  const [height, width, depth] = image
  if (height % 4 !== 0 || width % 4 !== 0) throw new RangeError(`An image of ${height} x ${width} cannot be halved twice.`)
  const flat = (height / 4) * (width / 4) * channels[1]
  const layers = [
    { name: 'conv/0', kernel: [filter, filter, depth, channels[0]] },
    { name: 'conv/1', kernel: [filter, filter, channels[0], channels[1]] },
    { name: 'body/0', kernel: [flat, hidden] },
    { name: 'head/0', kernel: [hidden, classes] }
  ]
  return {
    init: (stream) => initLayers(layers, stream),
    apply: (params, x, options = {}) =>
      tf.tidy(() => {
        const mapped = block(params, 'conv/1', block(params, 'conv/0', x as Tensor4D))
        const features = dense(params, 'body/0', tf.reshape<tf.Rank.R2>(mapped, [-1, flat]), 'relu')
        return options.output === 'features' ? features : dense(params, 'head/0', features)
      })
  }
}

function initLayers(layers: readonly { name: string; kernel: readonly number[] }[], stream: Stream): Params {
  return Object.fromEntries(
    layers.flatMap(({ name, kernel }): [string, Tensor][] => {
      const units = kernel.at(-1) as number
      const fanIn = kernel.slice(0, -1).reduce((product, side) => product * side, 1)
      return [
        [`${name}/kernel`, kernelOf(kernel, fanIn, 'he', stream.child(name))],
        [`${name}/bias`, biasOf(units)]
      ]
    })
  )
}

/** Pooling comes before the bias and the ReLU, with which it commutes: a quarter of the work for both. */
function block(params: Params, name: string, x: Tensor4D): Tensor4D {
  const convolved = tf.conv2d(x, param(params, `${name}/kernel`) as Tensor4D, 1, 'same')
  const pooled = tf.maxPool(convolved, 2, 2, 'valid')
  return biasActivation(pooled, param(params, `${name}/bias`), 'relu') as Tensor4D
}
