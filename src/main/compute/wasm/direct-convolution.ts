import { util } from '@tensorflow/tfjs-core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
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

/** y = the convolution of x with a filter, image by image. */
export function directConvolution(backend: object, x: TensorInfo, filter: TensorInfo, y: TensorInfo, info: Convolution): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info
  const { kernels, address, scratch } = heapOf(backend)
  const [height, width] = paddedSize(info)
  const steps = [filterHeight, filterWidth, strideHeight, strideWidth]
  const patch = filterHeight * filterWidth * inChannels
  const packedBytes = 32 * patch * Math.ceil(outChannels / 8)
  const tile = scratch(tileBytes + packedBytes + 4 * height * width * inChannels + overreach)
  const [packed, image] = [tile + tileBytes, tile + tileBytes + packedBytes]
  kernels.packFilter(address(filter), packed, patch, outChannels)
  for (let i = 0; i < batchSize; i++) {
    const from = address(x) + 4 * i * inHeight * inWidth * inChannels
    const to = address(y) + 4 * i * outHeight * outWidth * outChannels
    kernels.padImage(from, image, inHeight, inWidth, inChannels, height, width, padInfo.top, padInfo.left, 1, 1)
    kernels.convolve(image, packed, to, tile, outHeight, outWidth, outChannels, width, inChannels, ...steps)
  }
}

/**
 * dx = the gradient of a convolution's input: the convolution, in steps of one, of the output's gradient, spread out by
 * the strides, with the filter turned about.
 */
export function directInputGradient(backend: object, dy: TensorInfo, filter: TensorInfo, dx: TensorInfo, info: Convolution): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info
  const { kernels, address, scratch } = heapOf(backend)
  const [height, width] = [inHeight + filterHeight - 1, inWidth + filterWidth - 1]
  const [top, left] = [filterHeight - 1 - padInfo.top, filterWidth - 1 - padInfo.left]
  const patch = filterHeight * filterWidth * outChannels
  const packedBytes = 32 * patch * Math.ceil(inChannels / 8)
  const turnedBytes = 4 * util.sizeFromShape(filter.shape)
  const tile = scratch(tileBytes + packedBytes + turnedBytes + 4 * height * width * outChannels + overreach)
  const [packed, turned] = [tile + tileBytes, tile + tileBytes + packedBytes]
  const image = turned + turnedBytes
  kernels.turnFilter(address(filter), turned, filterHeight * filterWidth, inChannels, outChannels)
  kernels.packFilter(turned, packed, patch, inChannels)
  for (let i = 0; i < batchSize; i++) {
    const from = address(dy) + 4 * i * outHeight * outWidth * outChannels
    const to = address(dx) + 4 * i * inHeight * inWidth * inChannels
    kernels.padImage(from, image, outHeight, outWidth, outChannels, height, width, top, left, strideHeight, strideWidth)
    kernels.convolve(image, packed, to, tile, inHeight, inWidth, inChannels, width, outChannels, filterHeight, filterWidth, 1, 1)
  }
}

/** Adds the gradient of a convolution's filter to dw, image by image. */
export function addDirectFilterGradient(backend: object, x: TensorInfo, dy: TensorInfo, dw: TensorInfo, info: Convolution): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info
  const { kernels, address, scratch } = heapOf(backend)
  const [height, width] = paddedSize(info)
  const steps = [filterHeight, filterWidth, strideHeight, strideWidth]
  const panelBytes = 32 * outHeight * outWidth
  const tile = scratch(tileBytes + panelBytes + 4 * height * width * inChannels + overreach)
  const [panel, image] = [tile + tileBytes, tile + tileBytes + panelBytes]
  for (let i = 0; i < batchSize; i++) {
    const from = address(x) + 4 * i * inHeight * inWidth * inChannels
    const upstream = address(dy) + 4 * i * outHeight * outWidth * outChannels
    kernels.padImage(from, image, inHeight, inWidth, inChannels, height, width, padInfo.top, padInfo.left, 1, 1)
    kernels.addFilterGradient(image, upstream, address(dw), tile, panel, outHeight, outWidth, outChannels, width, inChannels, ...steps)
  }
}
