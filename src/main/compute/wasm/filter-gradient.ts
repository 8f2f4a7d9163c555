import '@tensorflow/tfjs-backend-wasm'
import { backend_util, getKernel } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { allocate, floats } from '../heap.ts'

type ConvInfo = backend_util.Conv2DInfo

/** Largest matrix of input patches that is laid out at once, in numbers (16 MiB). */
const patchBudget = 4_194_304

const matrixProduct = getKernel('BatchMatMul', 'wasm')

/**
 * Gradient of a 2-D convolution with respect to its filter, which the WebAssembly backend lacks:
 * `dW[r, c, i, o] = sum over examples and output positions (y, x) of input[y s + r - top, x s + c - left, i] dy[y, x, o]`.
 * The input patches are laid out as a matrix [r c i, positions], as many examples at a time as fit the budget,
 * so that the sum is one matrix product with dy [positions, o]. NHWC only.
 */
export const filterGradientKernel: KernelConfig = {
  kernelName: 'Conv2DBackpropFilter',
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { x, dy } = inputs as Record<'x' | 'dy', TensorInfo>
    const info = convolution(x, attrs as unknown as FilterAttributes)
    const wasm = backend as BackendWasm
    const positions = info.outHeight * info.outWidth
    const patchRows = info.filterHeight * info.filterWidth * info.inChannels
    const examplesAtOnce = Math.max(1, Math.min(info.batchSize, Math.floor(patchBudget / (patchRows * positions))))
    const gradient = allocate(wasm, info.filterShape)
    floats(wasm, gradient).fill(0)
    for (let first = 0; first < info.batchSize; first += examplesAtOnce) {
      const examples = Math.min(examplesAtOnce, info.batchSize - first)
      addChunk(wasm, info, x, dy, gradient, first, examples)
    }
    return gradient
  }
}

interface FilterAttributes {
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number
  readonly dataFormat: 'NHWC' | 'NCHW'
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
  readonly filterShape: [number, number, number, number]
}

function convolution(x: TensorInfo, { strides, pad, dataFormat, dimRoundingMode, filterShape }: FilterAttributes): ConvInfo {
  if (dataFormat !== 'NHWC') throw new Error('Convolutions train in the NHWC layout only.')
  return backend_util.computeConv2DInfo(x.shape as [number, number, number, number], filterShape, strides, 1, pad, dimRoundingMode)
}

function addChunk(wasm: BackendWasm, info: ConvInfo, x: TensorInfo, dy: TensorInfo, gradient: TensorInfo, first: number, examples: number): void {
  const { outHeight, outWidth, outChannels, inHeight, inWidth, inChannels } = info
  const count = examples * outHeight * outWidth
  const patches = allocate(wasm, [info.filterHeight * info.filterWidth * inChannels, count])
  const upstream = allocate(wasm, [count, outChannels])
  const inputSize = inHeight * inWidth * inChannels
  const from = first * outHeight * outWidth * outChannels
  floats(wasm, upstream).set(floats(wasm, dy).subarray(from, from + count * outChannels))
  layOutPatches(floats(wasm, x).subarray(first * inputSize, (first + examples) * inputSize), floats(wasm, patches), info, examples)
  const attrs = { transposeA: false, transposeB: false }
  const product = matrixProduct.kernelFunc({ inputs: { a: patches, b: upstream }, attrs, backend: wasm }) as TensorInfo
  const part = floats(wasm, product)
  const sum = floats(wasm, gradient)
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (part[i] as number)
  for (const used of [patches, upstream, product]) wasm.disposeData(used.dataId)
}

/** Fills one row of the patch matrix per filter tap and input channel; positions outside the input are zero. */
function layOutPatches(x: Float32Array, patches: Float32Array, info: ConvInfo, examples: number): void {
  patches.fill(0)
  const { filterHeight, filterWidth, inChannels, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth } = info
  const { top, left } = info.padInfo
  const count = examples * outHeight * outWidth
  for (let r = 0; r < filterHeight; r++) {
    for (let c = 0; c < filterWidth; c++) {
      const firstX = Math.max(0, Math.ceil((left - c) / strideWidth))
      const endX = Math.min(outWidth, Math.floor((inWidth - 1 + left - c) / strideWidth) + 1)
      for (let channel = 0; channel < inChannels; channel++) {
        const row = ((r * filterWidth + c) * inChannels + channel) * count
        for (let line = 0; line < examples * outHeight; line++) {
          const y = (line % outHeight) * strideHeight + r - top
          if (y < 0 || y >= inHeight) continue
          const example = Math.floor(line / outHeight)
          let source = ((example * inHeight + y) * inWidth + firstX * strideWidth + c - left) * inChannels + channel
          const end = row + line * outWidth + endX
          for (let target = row + line * outWidth + firstX; target < end; target++) {
            patches[target] = x[source] as number
            source += strideWidth * inChannels
          }
        }
      }
    }
  }
}
