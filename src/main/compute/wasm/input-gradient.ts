import { getKernel } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate, floats, release } from '../heap.ts'
import { directInputGradient } from './direct-convolution.ts'
import { runsOwnKernels } from './own-kernels.ts'
import { addPatches, convolutionOf, examplesOf, inChunks, patchSize } from './patches.ts'
import type { ConvolutionAttributes } from './patches.ts'

/**
 * Gradient of a 2-D convolution with respect to its input (and the forward pass of a transposed convolution). The
 * backend's own kernel visits every element by itself; this one is a convolution of dy. Without SIMD it makes one matrix
 * product, dy filter', of all patches [positions, r c i], and adds them back to where they were read. NHWC only.
 */
export const inputGradientKernel: KernelConfig = {
  ...getKernel('Conv2DBackpropInput', 'wasm'),
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { dy, filter } = inputs as Record<'dy' | 'filter', TensorInfo>
    const inputShape = attrs?.['inputShape'] as number[]
    const info = convolutionOf(inputShape, filter.shape, attrs as unknown as ConvolutionAttributes)
    const gradient = allocate(backend, inputShape)
    if (runsOwnKernels()) {
      directInputGradient(backend, dy, filter, gradient, info)
      return gradient
    }
    floats(backend, gradient).fill(0)
    const weights: TensorInfo = { ...filter, shape: [patchSize(info), info.outChannels] }
    inChunks(info, (first, examples) => {
      const upstream = allocate(backend, [examples * info.outHeight * info.outWidth, info.outChannels])
      floats(backend, upstream).set(examplesOf(floats(backend, dy), dy.shape, first, examples))
      const multiplication = { inputs: { a: upstream, b: weights }, attrs: { transposeA: false, transposeB: true }, backend }
      const patches = getKernel('BatchMatMul', 'wasm').kernelFunc(multiplication) as TensorInfo
      addPatches(floats(backend, patches), examplesOf(floats(backend, gradient), inputShape, first, examples), info, examples)
      for (const used of [upstream, patches]) release(backend, used)
    })
    return gradient
  }
}
