import '@tensorflow/tfjs-backend-wasm'
import { backend_util, getKernel } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate } from '../heap.ts'
import { directConvolution } from './direct-convolution.ts'
import { runsOwnKernels } from './own-kernels.ts'

const original = getKernel('Conv2D', 'wasm')

interface Attributes {
  readonly strides: number | [number, number]
  readonly dilations: number | [number, number]
  readonly pad: 'valid' | 'same' | number
  readonly dataFormat: 'NHWC' | 'NCHW'
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/**
 * The 2-D convolution on WebAssembly, by a kernel of the bench's own, which needs no preparation when a filter has
 * changed. Dilated ones, and all without SIMD, go to the backend's kernel, with `same` padding turned into explicit
 * padding: left to itself the backend works out the padding in unsigned numbers, which fails (the output is all zero)
 * where strides are larger than the filter and need less than none.
 */
export const convolutionKernel: KernelConfig = {
  ...original,
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { strides, dilations, pad, dataFormat, dimRoundingMode } = attrs as unknown as Attributes
    const { x, filter } = inputs as Record<'x' | 'filter', TensorInfo>
    const own = runsOwnKernels() && dataFormat === 'NHWC' && x.dtype === 'float32' && backend_util.tupleValuesAreOne(dilations)
    if (!own && pad !== 'same') return original.kernelFunc({ inputs, backend, ...(attrs ? { attrs } : {}) })
    const info = backend_util.computeConv2DInfo(x.shape as Shape4, filter.shape as Shape4, strides, dilations, pad, dimRoundingMode)
    if (own) {
      const y = allocate(backend, info.outShape)
      directConvolution(backend, x, filter, y, info)
      return y
    }
    const { padInfo } = info
    const explicit = [[0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right], [0, 0]]
    return original.kernelFunc({ inputs, backend, attrs: { ...attrs, pad: explicit } })
  }
}

type Shape4 = [number, number, number, number]
