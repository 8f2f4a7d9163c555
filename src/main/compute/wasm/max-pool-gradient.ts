import { backend_util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate, floats } from '../heap.ts'

interface PoolAttributes {
  readonly filterSize: number | [number, number]
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
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
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as PoolAttributes
    const info = backend_util.computePool2DInfo(input.shape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode)
    const output = allocate(backend, input.shape)
    const dx = floats(backend, output).fill(0)
    spread(floats(backend, input), floats(backend, dy), dx, info)
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
              if (best >= 0 && !((x[at] as number) > highest)) continue
              best = at
              highest = x[at] as number
            }
          }
          dx[best] = (dx[best] as number) + (dy[position++] as number)
        }
      }
    }
  }
}
