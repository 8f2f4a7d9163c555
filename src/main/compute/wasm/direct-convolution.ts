import { util } from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { productTime } from './matrix-product.ts'
import { heapOf } from './own-kernels.ts'
import type { Convolution } from './patches.ts'

/** Bytes of a tile of 6 x 8 numbers. */
const tileBytes = 192
/** What reading the last pixels of a padded image in whole tiles may go beyond it. */
const overreach = 32

/** Sizes of a padded image that holds every patch of a convolution. */
function paddedSize(info: Convolution): [height: number, width: number] {
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info
  return [
    Math.max(padInfo.top + inHeight, (outHeight - 1) * strideHeight + filterHeight),
    Math.max(padInfo.left + inWidth, (outWidth - 1) * strideWidth + filterWidth)
  ]
}

/** What one thread takes for a convolution or its gradients, in nanoseconds. */
function timeOf({ batchSize, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth }: Convolution): number {
  return productTime(batchSize * outHeight * outWidth * outChannels * filterHeight * filterWidth * inChannels)
}

/** y = the convolution of x with a filter, by ranges of images. */
export function directConvolution(backend: object, x: TensorInfo, filter: TensorInfo, y: TensorInfo, info: Convolution): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info
  const { kernels, address, scratch, ranges, run } = heapOf(backend)
  const [height, width] = paddedSize(info)
  const patch = filterHeight * filterWidth * inChannels
  const packedBytes = 32 * patch * Math.ceil(outChannels / 8)
  const packed = scratch(packedBytes + tileBytes + 4 * height * width * inChannels + overreach)
  kernels.packFilter(address(filter), packed, patch, outChannels)
  const sizes = [inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, height, width, padInfo.top, padInfo.left, 1, 1]
  const [from, to] = [address(x), address(y)]
  const calls = ranges(batchSize, 1, timeOf(info)).map(({ first, count }) => [
    from + 4 * first * inHeight * inWidth * inChannels, packed, to + 4 * first * outHeight * outWidth * outChannels, packed + packedBytes, count,
    ...sizes, filterHeight, filterWidth, strideHeight, strideWidth
  ])
  run('convolve', calls, 3)
}

/**
 * dx = the gradient of a convolution's input: the convolution, in steps of one, of the output's gradient, spread out by
 * the strides, with the filter turned about.
 */
export function directInputGradient(backend: object, dy: TensorInfo, filter: TensorInfo, dx: TensorInfo, info: Convolution): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info
  const { kernels, address, scratch, ranges, run } = heapOf(backend)
  const [height, width] = [inHeight + filterHeight - 1, inWidth + filterWidth - 1]
  const patch = filterHeight * filterWidth * outChannels
  const packedBytes = 32 * patch * Math.ceil(inChannels / 8)
  const turnedBytes = 4 * util.sizeFromShape(filter.shape)
  const packed = scratch(packedBytes + turnedBytes + tileBytes + 4 * height * width * outChannels + overreach)
  const turned = packed + packedBytes
  kernels.turnFilter(address(filter), turned, filterHeight * filterWidth, inChannels, outChannels)
  kernels.packFilter(turned, packed, patch, inChannels)
  const borders = [filterHeight - 1 - padInfo.top, filterWidth - 1 - padInfo.left, strideHeight, strideWidth]
  const sizes = [outHeight, outWidth, outChannels, inHeight, inWidth, inChannels, height, width, ...borders]
  const [from, to] = [address(dy), address(dx)]
  const calls = ranges(batchSize, 1, timeOf(info)).map(({ first, count }) => [
    from + 4 * first * outHeight * outWidth * outChannels, packed, to + 4 * first * inHeight * inWidth * inChannels, turned + turnedBytes, count,
    ...sizes, filterHeight, filterWidth, 1, 1
  ])
  run('convolve', calls, 3)
}

/** dw = the gradient of a convolution's filter, summed over images in order; by parts of the filter, which each take all images. */
export function directFilterGradient(backend: object, x: TensorInfo, dy: TensorInfo, dw: TensorInfo, info: Convolution): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info
  const { address, scratch, ranges, run } = heapOf(backend)
  const [height, width] = paddedSize(info)
  const work = scratch(tileBytes + 32 * outHeight * outWidth + 4 * height * width * inChannels + overreach)
  const sizes = [inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, height, width, padInfo.top, padInfo.left]
  const steps = [filterHeight, filterWidth, strideHeight, strideWidth]
  const places = [x, dy, dw].map(address)
  const parts = ranges(filterHeight * Math.ceil(outChannels / 8), 1, timeOf(info))
  run('filterGradient', parts.map(({ first, count }) => [...places, work, batchSize, ...sizes, ...steps, first, first + count]), 3)
}
