import * as tf from '@tensorflow/tfjs-core'
import type { Attribute, GradConfig, NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core'
import { runsOwnKernels } from '../wasm/own-kernels.ts'

/**
 * Whether the engine in use has a fused kernel of this name. Where it has none, an operation is composed of tfjs's own,
 * with the same numbers up to rounding.
 */
export function hasFused(kernelName: string): boolean {
  const backend = tf.getBackend()
  return tf.getKernel(kernelName, backend) !== undefined && (backend !== 'wasm' || runsOwnKernels())
}

/** Runs a kernel of one output. */
export function runFused(kernelName: string, inputs: NamedTensorMap | readonly Tensor[], attributes: Record<string, Attribute> = {}): Tensor {
  return tf.engine().runKernel(kernelName, inputs as NamedTensorMap, attributes)
}

/** Runs a kernel of several outputs. */
export function runFusedAll(kernelName: string, inputs: NamedTensorMap, attributes: Record<string, Attribute> = {}): Tensor[] {
  return tf.engine().runKernel(kernelName, inputs, attributes) as unknown as Tensor[]
}

/** What a fused kernel computes, in tfjs's own operations. */
export type Composition = (inputs: readonly Tensor[], attributes: NamedAttrMap) => readonly Tensor[]

/**
 * The gradient of a fused kernel by way of its composition. Kernels that are themselves gradients have this one, so that
 * second derivatives exist; they are rare enough not to need speed.
 */
export function gradientOfComposition(kernelName: string, names: readonly string[], composition: Composition): GradConfig {
  return {
    kernelName,
    inputsToSave: [...names],
    gradFunc: (dy, saved, attributes) => {
      const upstream = Array.isArray(dy) ? dy : [dy]
      return Object.fromEntries(names.map((name, i) => [name, () => gradientThrough(composition, saved, attributes, upstream, i)]))
    }
  }
}

/** The gradient with respect to one input of the sum of a composition's outputs times what comes from upstream. */
export function gradientThrough(
  composition: Composition,
  inputs: readonly Tensor[],
  attributes: NamedAttrMap,
  upstream: readonly Tensor[],
  which: number
): Tensor {
  const x = inputs[which] as Tensor
  const weighted = (): Tensor => {
    const outputs = composition(inputs, attributes)
    return tf.addN(outputs.map((output, i) => tf.sum(tf.mul(output, upstream[i] as Tensor))))
  }
  // No gradient at all is zero: a linear activation does not ask what its output was.
  return amidBackpropagation(() => tf.engine().gradients(weighted, [x], undefined, true).grads[0] ?? tf.zerosLike(x))
}

/** tfjs forgets the tape it is working through when a gradient taken meanwhile is done; this keeps it. */
function amidBackpropagation<T>(work: () => T): T {
  const { state } = tf.engine()
  const tape = state.activeTape
  try {
    return work()
  } finally {
    if (state.gradientDepth === 0 && tape !== undefined) state.activeTape = tape
  }
}

/**
 * The output of an operation for use in its gradient. tfjs writes a saved output on the tape before the operation that
 * it comes from, so that a second derivative does not see where it comes from and silently lacks a part. Where one is
 * being taken, the output is computed again.
 */
export function outputToDifferentiate(kernelName: string, inputs: NamedTensorMap, attributes: NamedAttrMap, saved: Tensor): Tensor {
  return tf.engine().state.gradientDepth > 0 ? tf.engine().runKernel(kernelName, inputs, attributes) : saved
}
