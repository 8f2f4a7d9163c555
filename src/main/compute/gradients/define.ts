import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core'
import { outputToDifferentiate } from '../kernels/fused.ts'

/** A gradient with respect to the only input, from that input's values. */
export function fromInput(kernelName: string, rule: (dy: Tensor, x: Tensor, attributes: NamedAttrMap) => Tensor, input = 'x'): GradConfig {
  return {
    kernelName,
    inputsToSave: [input],
    gradFunc: (dy, [x], attributes) => ({ [input]: () => rule(dy as Tensor, x as Tensor, attributes) })
  }
}

/** A gradient with respect to the only input, from the output's values. */
export function fromOutput(kernelName: string, rule: (dy: Tensor, y: Tensor, attributes: NamedAttrMap) => Tensor, input = 'x'): GradConfig {
  return {
    kernelName,
    inputsToSave: [input],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [x, y] = saved as [Tensor, Tensor]
      return { [input]: () => rule(dy as Tensor, outputToDifferentiate(kernelName, { [input]: x }, attributes, y), attributes) }
    }
  }
}

/** A gradient with respect to the only input that needs no values. */
export function fromNothing(kernelName: string, rule: (dy: Tensor, attributes: NamedAttrMap) => Tensor, input = 'x'): GradConfig {
  return { kernelName, gradFunc: (dy, _saved, attributes) => ({ [input]: () => rule(dy as Tensor, attributes) }) }
}

/** Gradients with respect to inputs `a` and `b` that may have been broadcast against each other. */
export function fromPair(
  kernelName: string,
  ruleA: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
  ruleB: (dy: Tensor, a: Tensor, b: Tensor) => Tensor
): GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [Tensor, Tensor]
      return {
        a: () => unbroadcast(ruleA(dy as Tensor, a, b), a.shape),
        b: () => unbroadcast(ruleB(dy as Tensor, a, b), b.shape)
      }
    }
  }
}

/** Zero gradients with respect to every input: operations that are flat almost everywhere. */
export function flat(kernelName: string, ...inputs: string[]): GradConfig {
  return {
    kernelName,
    inputsToSave: inputs,
    gradFunc: (_dy, saved) =>
      Object.fromEntries(inputs.map((input, i) => [input, () => tf.zeros((saved[i] as Tensor).shape, 'float32')]))
  }
}

/** Sums a gradient over the axes along which its operand was broadcast, back to the operand's shape. */
export function unbroadcast(gradient: Tensor, shape: readonly number[]): Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], gradient.shape)
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, [...shape])
}
