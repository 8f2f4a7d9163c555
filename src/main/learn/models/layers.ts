import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { Params } from '../parameters.ts'
import type { Stream } from '../random.ts'

export type Activation = 'linear' | 'relu' | 'tanh' | 'gelu'
export type KernelInit = 'he' | 'lecun' | 'fan-in-uniform' | 'zero'

/**
 * A fresh kernel: normal with variance `2 / fanIn` (He, for ReLU) or `1 / fanIn` (LeCun, for linear maps), uniform
 * within plus or minus `1 / sqrt(fanIn)` (what PyTorch's linear layers begin with), or zero.
 *
 * @param fanIn how many inputs feed one output
 */
export function kernelOf(shape: readonly number[], fanIn: number, init: KernelInit, stream: Stream): Tensor {
  if (init === 'zero') return tf.zeros([...shape])
  const size = shape.reduce((product, side) => product * side, 1)
  if (init === 'fan-in-uniform') {
    const values = Float32Array.from({ length: size }, () => (2 * stream.uniform() - 1) / Math.sqrt(fanIn))
    return tf.tensor(values, [...shape], 'float32')
  }
  const scale = Math.sqrt((init === 'he' ? 2 : 1) / fanIn)
  return tf.tensor(stream.normals(size).map((value) => value * scale), [...shape], 'float32')
}

/** A zero bias. */
export function biasOf(units: number): Tensor {
  return tf.zeros([units])
}

/** The parameter of a name; a missing one is an error of the caller's parameters, named. */
export function param(params: Params, name: string): Tensor {
  const found = params[name]
  if (!found) {
    throw new BenchError('bad-data', `The parameters lack ${name}.`, { hint: 'Use parameters that were made for this model.' })
  }
  return found
}

/** A dense layer `activation(x kernel + bias)` with parameters `<name>/kernel` and `<name>/bias`; x is [B, in]. */
export function dense(params: Params, name: string, x: Tensor2D, activation: Activation = 'linear'): Tensor2D {
  // Not tf.fused.matMul: its gradient always computes that of x too, which the first layer never needs.
  const product = tf.matMul(x, param(params, `${name}/kernel`))
  return activate(tf.add(product, param(params, `${name}/bias`)), activation) as Tensor2D
}

/** Applies an activation elementwise. `gelu` is the usual tanh approximation (Hendrycks and Gimpel, 2016). */
export function activate(x: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case 'linear':
      return x
    case 'relu':
      return tf.relu(x)
    case 'tanh':
      return tf.tanh(x)
    case 'gelu': {
      const inner = tf.mul(tf.add(x, tf.mul(tf.mul(x, tf.square(x)), 0.044715)), Math.sqrt(2 / Math.PI))
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1))
    }
  }
}
