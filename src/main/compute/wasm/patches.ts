import { backend_util } from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'

export type Convolution = backend_util.Conv2DInfo

export interface ConvolutionAttributes {
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number
  readonly dataFormat: 'NHWC' | 'NCHW'
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

type Shape4 = [number, number, number, number]

/** Largest matrix of input patches that is laid out at once, in numbers (16 MiB). */
const patchBudget = 4_194_304

/** Sizes and padding of a convolution from its input's and its filter's shape. */
export function convolutionOf(inputShape: readonly number[], filterShape: readonly number[], attributes: ConvolutionAttributes): Convolution {
  const { strides, pad, dataFormat, dimRoundingMode } = attributes
  if (dataFormat !== 'NHWC') throw new Error('Convolutions train in the NHWC layout only.')
  return backend_util.computeConv2DInfo(inputShape as Shape4, filterShape as Shape4, strides, 1, pad, dimRoundingMode)
}

/** Numbers in the patch of one output position: filter height x filter width x input channels. */
export function patchSize({ filterHeight, filterWidth, inChannels }: Convolution): number {
  return filterHeight * filterWidth * inChannels
}

/** Runs over the examples in chunks whose patches fit the budget. */
export function inChunks(info: Convolution, run: (first: number, examples: number) => void): void {
  const perExample = patchSize(info) * info.outHeight * info.outWidth
  const atOnce = Math.max(1, Math.min(info.batchSize, Math.floor(patchBudget / perExample)))
  for (let first = 0; first < info.batchSize; first += atOnce) run(first, Math.min(atOnce, info.batchSize - first))
}

/**
 * Calls back for every run of numbers that patches and input have in common: `length` numbers from `patchAt` of the
 * patch matrix [positions, patch size] are those from `inputAt` of the examples [.., height, width, channels].
 */
function eachRun(info: Convolution, examples: number, run: (patchAt: number, inputAt: number, length: number) => void): void {
  const { filterHeight, filterWidth, inChannels, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = info
  const size = patchSize(info)
  let patch = 0
  for (let example = 0; example < examples; example++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        const left = column * strideWidth - padInfo.left
        const firstC = Math.max(0, -left)
        const length = (Math.min(filterWidth, inWidth - left) - firstC) * inChannels
        for (let r = 0; r < filterHeight; r++) {
          const y = row * strideHeight - padInfo.top + r
          if (y < 0 || y >= inHeight) continue
          run(patch + (r * filterWidth + firstC) * inChannels, ((example * inHeight + y) * inWidth + left + firstC) * inChannels, length)
        }
        patch += size
      }
    }
  }
}

/** Fills the patch matrix [positions, patch size] from the input of some examples; outside the input it is zero. */
export function layOutPatches(input: Float32Array, patches: Float32Array, info: Convolution, examples: number): void {
  patches.fill(0)
  eachRun(info, examples, (patchAt, inputAt, length) => {
    for (let i = 0; i < length; i++) patches[patchAt + i] = input[inputAt + i] as number
  })
}

/** Adds a patch matrix back to where its numbers came from: the transpose of {@link layOutPatches}. */
export function addPatches(patches: Float32Array, input: Float32Array, info: Convolution, examples: number): void {
  eachRun(info, examples, (patchAt, inputAt, length) => {
    for (let i = 0; i < length; i++) input[inputAt + i] = (input[inputAt + i] as number) + (patches[patchAt + i] as number)
  })
}

/** The numbers of some examples within those of all. */
export function examplesOf(values: Float32Array, shape: TensorInfo['shape'], first: number, examples: number): Float32Array {
  const size = values.length / (shape[0] as number)
  return values.subarray(first * size, (first + examples) * size)
}
