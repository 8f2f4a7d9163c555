import * as tf from '@tensorflow/tfjs-core'
import type { KernelConfig, KernelFunc, Tensor, Tensor4D } from '@tensorflow/tfjs-core'

type Shape4D = [number, number, number, number]

/** Attributes of a convolution that decide where its filter comes to lie. */
interface Attributes {
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  readonly dataFormat: 'NHWC' | 'NCHW'
  readonly dilations?: number | [number, number]
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
  readonly filterShape?: Shape4D
  readonly inputShape?: Shape4D
}

/** Where filters come to lie on the rows or columns of an image. */
interface Reach {
  readonly size: number
  /** Zeros in front of the first pixel. */
  readonly before: number
  /** Pixels and zeros from the begin of the first filter to the end of the last; may end before the image does. */
  readonly covered: number
}

/**
 * The package's convolutions take no padding by numbers of pixels, which all other engines do: here the pixels are laid
 * around the image first, and cut off its gradient.
 *
 * @param packageKernel the package's kernel of a name
 */
export function paddedConvolutions(packageKernel: (name: string) => KernelFunc): readonly KernelConfig[] {
  const onPadded = ['Conv2D', 'FusedConv2D', 'Conv2DBackpropFilter'].map((name) => define(name, convolvePadded(packageKernel(name))))
  return [...onPadded, define('Conv2DBackpropInput', cutGradient(packageKernel('Conv2DBackpropInput')))]
}

const define = (kernelName: string, kernelFunc: KernelFunc): KernelConfig => ({ kernelName, backendName: 'tensorflow', kernelFunc })

/** Kernels that read the image `x`. */
function convolvePadded(run: KernelFunc): KernelFunc {
  return (call) => {
    const { x, filter } = call.inputs as unknown as Record<'x' | 'filter', Tensor4D>
    const attributes = call.attrs as unknown as Attributes
    const reaches = reachesOf(x.shape, attributes.filterShape ?? filter.shape, attributes)
    if (reaches === null) return run(call)
    return tf.tidy(() => run({ ...call, inputs: { ...call.inputs, x: covered(x, reaches) }, attrs: { ...call.attrs, pad: 'valid' } }) as Tensor)
  }
}

/** What filters read of an image, zeros around it included. */
function covered(x: Tensor4D, [rows, columns]: readonly [Reach, Reach]): Tensor {
  const zeros = ({ size, before, covered }: Reach): [number, number] => [before, Math.max(0, covered - before - size)]
  const [batch, , , channels] = x.shape
  return tf.slice(tf.pad(x, [[0, 0], zeros(rows), zeros(columns), [0, 0]]), 0, [batch, rows.covered, columns.covered, channels])
}

/** The kernel that makes the gradient of the image. */
function cutGradient(run: KernelFunc): KernelFunc {
  return (call) => {
    const attributes = call.attrs as unknown as Attributes
    const { filter } = call.inputs as unknown as Record<'filter', Tensor4D>
    const shape = attributes.inputShape as Shape4D
    const reaches = reachesOf(shape, filter.shape, attributes)
    if (reaches === null) return run(call)
    const [rows, columns] = reaches
    const [batch, , , channels] = shape
    const attrs = { ...call.attrs, pad: 'valid', inputShape: [batch, rows.covered, columns.covered, channels] }
    // Pixels that no filter reads have no part in the output.
    const unread = ({ size, before, covered }: Reach): [number, number] => [0, Math.max(0, before + size - covered)]
    return tf.tidy(() => {
      const gradient = tf.pad(run({ ...call, attrs }) as Tensor, [[0, 0], unread(rows), unread(columns), [0, 0]])
      return tf.slice(gradient, [0, rows.before, columns.before, 0], shape)
    })
  }
}

/**
 * Where the filters of a convolution padded by numbers lie, by rows and by columns; null for a padding that TensorFlow knows,
 * and for channels in front, which it computes on GPUs only.
 */
function reachesOf(image: Shape4D, filter: Shape4D, { strides, pad, dataFormat, dilations = 1, dimRoundingMode }: Attributes): readonly [Reach, Reach] | null {
  if (typeof pad === 'string' || dataFormat === 'NCHW') return null
  const info = tf.backend_util.computeConv2DInfo(image, filter, strides, dilations, pad, dimRoundingMode)
  return [
    { size: info.inHeight, before: info.padInfo.top, covered: (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight },
    { size: info.inWidth, before: info.padInfo.left, covered: (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth }
  ]
}
