import { getKernel } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate, floats, release } from '../heap.ts'
import { directFilterGradient } from './direct-convolution.ts'
import { runsOwnKernels } from './own-kernels.ts'
import { convolutionOf, examplesOf, inChunks, layOutPatches, patchSize } from './patches.ts'
import type { ConvolutionAttributes } from './patches.ts'

/**
 * Gradient of a 2-D convolution with respect to its filter, which the WebAssembly backend lacks:
 * `dW[r, c, i, o] = sum over examples and output positions (y, x) of input[y s + r - top, x s + c - left, i] dy[y, x, o]`.
 * Without SIMD, with the input patches as a matrix [positions, r c i], it is one product, patches' dy. NHWC only.
 */
export const filterGradientKernel: KernelConfig = {
  kernelName: 'Conv2DBackpropFilter',
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { x, dy } = inputs as Record<'x' | 'dy', TensorInfo>
    const filterShape = attrs?.['filterShape'] as number[]
    const info = convolutionOf(x.shape, filterShape, attrs as unknown as ConvolutionAttributes)
    const gradient = allocate(backend, filterShape)
    if (runsOwnKernels()) {
      directFilterGradient(backend, x, dy, gradient, info)
      return gradient
    }
    floats(backend, gradient).fill(0)
    inChunks(info, (first, examples) => {
      const positions = examples * info.outHeight * info.outWidth
      const patches = allocate(backend, [positions, patchSize(info)])
      const upstream = allocate(backend, [positions, info.outChannels])
      floats(backend, upstream).set(examplesOf(floats(backend, dy), dy.shape, first, examples))
      layOutPatches(examplesOf(floats(backend, x), x.shape, first, examples), floats(backend, patches), info, examples)
      const multiplication = { inputs: { a: patches, b: upstream }, attrs: { transposeA: true, transposeB: false }, backend }
      const product = getKernel('BatchMatMul', 'wasm').kernelFunc(multiplication) as TensorInfo
      const part = floats(backend, product)
      const sum = floats(backend, gradient)
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (part[i] as number)
      for (const used of [patches, upstream, product]) release(backend, used)
    })
    return gradient
  }
}
