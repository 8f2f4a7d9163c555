import { util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate } from '../heap.ts'
import { heapOf } from './own-kernels.ts'
import { partsOfSum } from './threads/ranges.ts'

const sizesOf = (x: TensorInfo): [rows: number, width: number] => [util.sizeFromShape(x.shape.slice(0, -1)), x.shape.at(-1) as number]

/** See `layerNormalisation`. */
export const layerNormKernels: readonly KernelConfig[] = [
  {
    kernelName: 'BenchLayerNorm',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, scale, shift } = inputs as Record<'x' | 'scale' | 'shift', TensorInfo>
      const y = allocate(backend, x.shape)
      const { address, ranges, run } = heapOf(backend)
      const [rows, width] = sizesOf(x)
      const [from, scaleAt, shiftAt, to] = [x, scale, shift, y].map(address) as [number, number, number, number]
      const calls = ranges(rows, 1, 2 * rows * width).map(({ first, count }) => {
        const at = 4 * first * width
        return [from + at, scaleAt, shiftAt, to + at, count, width, attrs?.['epsilon'] as number]
      })
      run('layerNorm', calls)
      return y
    }
  },
  {
    kernelName: 'BenchLayerNormGradient',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { dy, x, scale } = inputs as Record<'dy' | 'x' | 'scale', TensorInfo>
      const outputs = [allocate(backend, x.shape), allocate(backend, scale.shape), allocate(backend, scale.shape)]
      const { kernels, address, scratch, run } = heapOf(backend)
      const [rows, width] = sizesOf(x)
      const [from, source, scaleAt, dx, dscale, dshift] = [dy, x, scale, ...outputs].map(address) as [number, number, number, number, number, number]
      const parts = partsOfSum(rows, width)
      const sums = scratch(8 * parts.length * width)
      const shifts = sums + 4 * parts.length * width
      const calls = parts.map(({ first, count }, i) => {
        const at = 4 * first * width
        return [from + at, source + at, scaleAt, dx + at, sums + 4 * i * width, shifts + 4 * i * width, count, width, attrs?.['epsilon'] as number]
      })
      run('layerNormGradient', calls)
      kernels.sumOfRows(sums, dscale, parts.length, width)
      kernels.sumOfRows(shifts, dshift, parts.length, width)
      return outputs
    }
  }
]
