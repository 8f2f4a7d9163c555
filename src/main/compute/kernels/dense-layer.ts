import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'
import { activate, biasActivationGradient } from './activation.ts'
import type { Activation, SlopeOfOutput } from './activation.ts'
import { hasFused, outputToDifferentiate, runFused } from './fused.ts'

/**
 * A dense layer, `activation(x kernel + bias)`, along the last axis of x [..., in]; kernel [in, out], bias [out]. With a
 * kernel [R, in, out] and a bias [R, out] it is R layers, each on its part of x [R, B, in].
 *
 * On the WebAssembly engine it is one call forward; backward one for activation and bias and one a product, and none for
 * the input of a first layer, which needs no gradient.
 */
export function denseLayer(x: Tensor, kernel: Tensor, bias: Tensor, activation: Activation = 'linear'): Tensor {
  if (!hasFused('BenchDense')) return activate(composedLinear(x, kernel, bias), activation)
  const inner = activation === 'gelu' ? 'linear' : activation
  const y = runFused('BenchDense', { x, kernel, bias }, { activation: inner })
  return activation === 'gelu' ? activate(y, 'gelu') : y
}

function composedLinear(x: Tensor, kernel: Tensor, bias: Tensor): Tensor {
  if (kernel.rank === 3) return tf.add(tf.matMul(x, kernel), tf.expandDims(bias, 1))
  const flat = x.rank === 2 ? x : tf.reshape(x, [-1, kernel.shape[0]])
  const y = tf.add(tf.matMul(flat, kernel), bias)
  return x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), kernel.shape[1] as number])
}

const product = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
  runFused('BatchMatMul', { a, b }, { transposeA, transposeB })

/** The rows of a layer's input or output as one matrix, or one a run. */
const asRows = (x: Tensor, kernel: Tensor): Tensor => (x.rank === kernel.rank ? x : tf.reshape(x, [-1, x.shape.at(-1) as number]))

/** The gradient of {@link denseLayer}'s kernel. */
export const denseLayerGradient: GradConfig = {
  kernelName: 'BenchDense',
  inputsToSave: ['x', 'kernel', 'bias'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attributes) => {
    const [x, kernel, bias, output] = saved as [Tensor, Tensor, Tensor, Tensor]
    const y = outputToDifferentiate('BenchDense', { x, kernel, bias }, attributes, output)
    const [upstream, db] = biasActivationGradient(dy as Tensor, y, attributes['activation'] as SlopeOfOutput, kernel.rank - 2)
    const rows = asRows(upstream, kernel)
    return {
      x: () => {
        const dx = product(rows, kernel, false, true)
        return x.rank === kernel.rank ? dx : tf.reshape(dx, x.shape)
      },
      kernel: () => product(asRows(x, kernel), rows, true, false),
      bias: () => db
    }
  }
}
