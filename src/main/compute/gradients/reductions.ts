import * as tf from '@tensorflow/tfjs-core'
import type { Attribute, GradConfig, Tensor } from '@tensorflow/tfjs-core'
import { hasFused, runFused } from '../kernels/fused.ts'
import { composedSoftmaxGradient } from '../kernels/softmax.ts'
import { fromInput, fromOutput } from './define.ts'

/** Gradients of sums, means and extremes over axes, and of softmax. */
export const reductionGradients: readonly GradConfig[] = [
  fromInput('Sum', (dy, x, { axis }) => spread(dy, x, axis)),
  fromInput('Mean', (dy, x, { axis }) => {
    const reduced = axesOf(axis, x).reduce((product, side) => product * (x.shape[side] as number), 1)
    return tf.mul(spread(dy, x, axis), 1 / reduced)
  }),
  extreme('Max', 'reductionIndices'),
  extreme('Min', 'axis'),
  fromOutput(
    'Softmax',
    // tfjs offers softmax along the last axis only.
    (dy, y) => (hasFused('BenchSoftmaxGradient') ? runFused('BenchSoftmaxGradient', { dy, y }) : composedSoftmaxGradient(dy, y)),
    'logits'
  ),
  fromInput('Cumsum', (dy, _x, attributes) => {
    const { axis, exclusive, reverse } = attributes as unknown as { axis: number; exclusive: boolean; reverse: boolean }
    return tf.cumsum(dy, axis, exclusive, !reverse)
  })
]

/** Every element equal to the extreme gets the whole gradient of its group, as in the rest of tfjs. */
function extreme(kernelName: string, axisName: string): GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [x, y] = saved as [Tensor, Tensor]
      const axis = attributes[axisName]
      return { x: () => tf.mul(spread(dy as Tensor, x, axis), tf.cast(tf.equal(x, spread(y, x, axis)), 'float32')) }
    }
  }
}

/** Repeats a reduced tensor along the axes that were reduced, back to the shape of x. */
function spread(reduced: Tensor, x: Tensor, axis: Attribute | undefined): Tensor {
  const shape = [...x.shape]
  for (const side of axesOf(axis, x)) shape[side] = 1
  // Filled in place by the engine, which tf.ones is not; broadcasting is several times faster than tf.tile.
  return tf.mul(tf.reshape(reduced, shape), tf.fill([...x.shape], 1))
}

function axesOf(axis: Attribute | undefined, x: Tensor): number[] {
  return tf.util.parseAxisParam((axis ?? undefined) as unknown as number[], x.shape)
}
