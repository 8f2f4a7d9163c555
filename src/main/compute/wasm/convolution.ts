import '@tensorflow/tfjs-backend-wasm'
import { backend_util, getKernel } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'

const original = getKernel('Conv2D', 'wasm')

interface ConvolutionAttributes {
  readonly strides: number | [number, number]
  readonly dilations: number | [number, number]
  readonly pad: unknown
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/**
 * The 2-D convolution of the WebAssembly backend, with `same` padding turned into explicit padding. Left to itself
 * the backend works out the padding in unsigned numbers, which fails (the output is all zero) where strides are
 * larger than the filter and need less than none.
 */
export const convolutionKernel: KernelConfig = {
  ...original,
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { strides, dilations, pad, dimRoundingMode } = attrs as unknown as ConvolutionAttributes
    if (pad !== 'same') return original.kernelFunc({ inputs, backend, ...(attrs ? { attrs } : {}) })
    const [x, filter] = [inputs['x'], inputs['filter']] as [TensorInfo, TensorInfo]
    const { padInfo } = backend_util.computeConv2DInfo(x.shape as Shape4, filter.shape as Shape4, strides, dilations, pad, dimRoundingMode)
    const explicit = [[0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right], [0, 0]]
    return original.kernelFunc({ inputs, backend, attrs: { ...attrs, pad: explicit } })
  }
}

type Shape4 = [number, number, number, number]
