import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core'
import { unbroadcast } from './define.ts'

const run = (kernel: string, inputs: Record<string, Tensor>, attributes: NamedAttrMap): Tensor =>
  tf.engine().runKernel(kernel, inputs, attributes)

/** What a convolution and both of its gradients have in common. */
const layoutOf = ({ strides, pad, dataFormat, dimRoundingMode }: NamedAttrMap): NamedAttrMap =>
  ({ strides, pad, dataFormat, dimRoundingMode }) as NamedAttrMap

/** Gradients of matrix products, convolutions and pooling. */
export const productGradients: readonly GradConfig[] = [
  {
    kernelName: 'BatchMatMul',
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved, attributes) => {
      const [a, b] = saved as [Tensor, Tensor]
      const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean }
      const d = dy as Tensor
      const ofA = (): Tensor => (transposeA ? tf.matMul(b, d, transposeB, true) : tf.matMul(d, b, false, !transposeB))
      const ofB = (): Tensor => (transposeB ? tf.matMul(d, a, true, transposeA) : tf.matMul(a, d, !transposeA, false))
      return { a: () => unbroadcast(ofA(), a.shape), b: () => unbroadcast(ofB(), b.shape) }
    }
  },
  {
    kernelName: 'Conv2D',
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, saved, attributes) => {
      const [x, filter] = saved as [Tensor, Tensor]
      const shared = layoutOf(attributes)
      if (!tf.backend_util.tupleValuesAreOne(attributes['dilations'] as number | [number, number])) {
        throw new Error('The gradient of a dilated convolution is not supported.')
      }
      return {
        x: () => run('Conv2DBackpropInput', { dy: dy as Tensor, filter }, { ...shared, inputShape: x.shape }),
        filter: () => run('Conv2DBackpropFilter', { x, dy: dy as Tensor }, { ...shared, filterShape: filter.shape })
      }
    }
  },
  {
    kernelName: 'Conv2DBackpropInput',
    inputsToSave: ['dy', 'filter'],
    gradFunc: (ddx, saved, attributes) => {
      const [dy, filter] = saved as [Tensor, Tensor]
      const shared = layoutOf(attributes)
      return {
        dy: () => run('Conv2D', { x: ddx as Tensor, filter }, { ...shared, dilations: 1 }),
        filter: () => run('Conv2DBackpropFilter', { x: ddx as Tensor, dy }, { ...shared, filterShape: filter.shape })
      }
    }
  },
  {
    kernelName: 'Conv2DBackpropFilter',
    inputsToSave: ['x', 'dy'],
    gradFunc: (ddw, saved, attributes) => {
      const [x, dy] = saved as [Tensor, Tensor]
      const shared = layoutOf(attributes)
      return {
        x: () => run('Conv2DBackpropInput', { dy, filter: ddw as Tensor }, { ...shared, inputShape: x.shape }),
        dy: () => run('Conv2D', { x, filter: ddw as Tensor }, { ...shared, dilations: 1 })
      }
    }
  },
  {
    kernelName: 'MaxPool',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [input, output] = saved as [Tensor, Tensor]
      return { x: () => run('MaxPoolGrad', { dy: dy as Tensor, input, output }, attributes) }
    }
  },
  {
    kernelName: 'AvgPool',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const input = saved[0] as Tensor
      // TensorFlow's own kernel is right at borders.
      const upstream = (): Tensor => (tf.getBackend() === 'tensorflow' ? (dy as Tensor) : tf.mul(dy as Tensor, windowCorrection(input, attributes)))
      return { x: () => run('AvgPoolGrad', { dy: upstream(), input }, attributes) }
    }
  }
]

/**
 * The kernels spread an average's gradient as if every window were full, but averages at a padded border are over
 * the covered elements only. This is full size / covered size of each window, [1, outHeight, outWidth, 1].
 */
function windowCorrection(x: Tensor, attributes: NamedAttrMap): Tensor {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as PoolAttributes
  const info = tf.backend_util.computePool2DInfo(x.shape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode)
  const covered = (out: number, stride: number, before: number, filter: number, size: number): number[] =>
    Array.from({ length: out }, (_, o) => Math.min(size, o * stride - before + filter) - Math.max(0, o * stride - before))
  const rows = covered(info.outHeight, info.strideHeight, info.padInfo.top, info.filterHeight, info.inHeight)
  const columns = covered(info.outWidth, info.strideWidth, info.padInfo.left, info.filterWidth, info.inWidth)
  const full = info.filterHeight * info.filterWidth
  return tf.tensor4d(rows.flatMap((row) => columns.map((column) => full / (row * column))), [1, rows.length, columns.length, 1])
}

interface PoolAttributes {
  readonly filterSize: number | [number, number]
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}
