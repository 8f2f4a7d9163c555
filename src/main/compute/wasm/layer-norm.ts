import { util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate } from '../heap.ts'
import { heapOf } from './own-kernels.ts'

const sizesOf = (x: TensorInfo): [rows: number, width: number] => [util.sizeFromShape(x.shape.slice(0, -1)), x.shape.at(-1) as number]

/** See `layerNormalisation`. */
export const layerNormKernels: readonly KernelConfig[] = [
  {
    kernelName: 'BenchLayerNorm',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, scale, shift } = inputs as Record<'x' | 'scale' | 'shift', TensorInfo>
      const y = allocate(backend, x.shape)
      const { kernels, address } = heapOf(backend)
      kernels.layerNorm(address(x), address(scale), address(shift), address(y), ...sizesOf(x), attrs?.['epsilon'] as number)
      return y
    }
  },
  {
    kernelName: 'BenchLayerNormGradient',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { dy, x, scale } = inputs as Record<'dy' | 'x' | 'scale', TensorInfo>
      const outputs = [allocate(backend, x.shape), allocate(backend, scale.shape), allocate(backend, scale.shape)]
      const { kernels, address } = heapOf(backend)
      kernels.layerNormGradient(...[dy, x, scale, ...outputs].map(address), ...sizesOf(x), attrs?.['epsilon'] as number)
      return outputs
    }
  }
]
