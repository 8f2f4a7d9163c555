import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { Activation } from '../../compute/kernels/activation.ts'
import { denseLayer } from '../../compute/kernels/dense-layer.ts'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { Params } from '../parameters.ts'
import type { Stream } from '../random.ts'

export { activate } from '../../compute/kernels/activation.ts'
export type { Activation }
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

/** A dense layer `activation(x kernel + bias)` along the last axis, with parameters `<name>/kernel` and `<name>/bias`. */
export function dense<T extends Tensor = Tensor2D>(params: Params, name: string, x: T, activation: Activation = 'linear'): T {
  return denseLayer(x, param(params, `${name}/kernel`), param(params, `${name}/bias`), activation) as T
}
