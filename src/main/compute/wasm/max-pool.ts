import '@tensorflow/tfjs-backend-wasm'
import { backend_util, getKernel, util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate, floats } from '../heap.ts'
import { heapOf, runsOwnKernels } from './own-kernels.ts'

const original = getKernel('MaxPool', 'wasm')

interface PoolAttributes {
  readonly filterSize: number | [number, number]
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

function poolOf(x: TensorInfo, attributes: unknown): backend_util.Conv2DInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as PoolAttributes
  return backend_util.computePool2DInfo(x.shape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode)
}

/** What both functions of the module take after their addresses and the number of images. */
function sizesOf(info: backend_util.Conv2DInfo): number[] {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth } = info
  return [inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, info.padInfo.top, info.padInfo.left]
}

/** Runs one of them by ranges of images. */
function pool(backend: object, kernel: 'maxPool' | 'maxPoolGradient', inputs: readonly TensorInfo[], output: TensorInfo, info: backend_util.Conv2DInfo): void {
  const { address, ranges, run } = heapOf(backend)
  const tensors = [...inputs, output].map((tensor) => ({ at: address(tensor), size: util.sizeFromShape(tensor.shape.slice(1)) }))
  const visited = info.batchSize * info.inHeight * info.inWidth * info.inChannels
  const calls = ranges(info.batchSize, 1, visited).map(({ first, count }) => [...tensors.map(({ at, size }) => at + 4 * first * size), count, ...sizesOf(info)])
  run(kernel, calls)
}

/** 2-D maximum pooling, NHWC. */
export const maxPoolKernel: KernelConfig = {
  ...original,
  kernelFunc: (call) => {
    const x = call.inputs['x'] as TensorInfo
    if (!runsOwnKernels() || x.dtype !== 'float32') return original.kernelFunc(call)
    const info = poolOf(x, call.attrs)
    const y = allocate(call.backend, info.outShape)
    pool(call.backend, 'maxPool', [x], y, info)
    return y
  }
}

/**
 * Gradient of 2-D max pooling: each output's gradient goes to the largest input of its window, the first one at a
 * tie. The kernel of the WebAssembly backend adds it up in memory that it never clears, so that gradients depend
 * on what was there before; this one starts from zero. NHWC.
 */
export const maxPoolGradientKernel: KernelConfig = {
  kernelName: 'MaxPoolGrad',
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as Record<'dy' | 'input', TensorInfo>
    const info = poolOf(input, attrs)
    const output = allocate(backend, input.shape)
    if (runsOwnKernels()) {
      pool(backend, 'maxPoolGradient', [input, dy], output, info)
    } else {
      spread(floats(backend, input), floats(backend, dy), floats(backend, output).fill(0), info)
    }
    return output
  }
}

function spread(x: Float32Array, dy: Float32Array, dx: Float32Array, info: backend_util.Conv2DInfo): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth } = info
  let position = 0
  for (let example = 0; example < info.batchSize; example++) {
    for (let row = 0; row < outHeight; row++) {
      const top = row * strideHeight - info.padInfo.top
      const [firstY, endY] = [Math.max(0, top), Math.min(inHeight, top + filterHeight)]
      for (let column = 0; column < outWidth; column++) {
        const left = column * strideWidth - info.padInfo.left
        const [firstX, endX] = [Math.max(0, left), Math.min(inWidth, left + filterWidth)]
        for (let channel = 0; channel < inChannels; channel++) {
          let best = -1
          let highest = -Infinity
          for (let y = firstY; y < endY; y++) {
            const line = (example * inHeight + y) * inWidth
            for (let at = (line + firstX) * inChannels + channel; at < (line + endX) * inChannels; at += inChannels) {
              if (!((x[at] as number) > highest)) continue
              best = at
              highest = x[at] as number
            }
          }
          if (best >= 0) dx[best] = (dx[best] as number) + (dy[position] as number)
          position++
        }
      }
    }
  }
}
