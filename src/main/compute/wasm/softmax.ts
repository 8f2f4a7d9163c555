import '@tensorflow/tfjs-backend-wasm'
import { getKernel, util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate } from '../heap.ts'
import { heapOf, runsOwnKernels } from './own-kernels.ts'

const original = getKernel('Softmax', 'wasm')

const sizesOf = (x: TensorInfo): [rows: number, width: number] => [util.sizeFromShape(x.shape.slice(0, -1)), x.shape.at(-1) as number]

/** Softmax over the last axis and its gradient, each in one call. */
export const softmaxKernels: readonly KernelConfig[] = [
  {
    ...original,
    kernelFunc: (call) => {
      const logits = call.inputs['logits'] as TensorInfo
      if (!runsOwnKernels() || logits.dtype !== 'float32' || logits.shape.length === 0) return original.kernelFunc(call)
      const y = allocate(call.backend, logits.shape)
      const { address, ranges, run } = heapOf(call.backend)
      const [rows, width] = sizesOf(logits)
      const [from, to] = [address(logits), address(y)]
      run('softmax', ranges(rows, 1, 3 * rows * width).map(({ first, count }) => [from + 4 * first * width, to + 4 * first * width, count, width]))
      return y
    }
  },
  {
    kernelName: 'BenchSoftmaxGradient',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const { dy, y } = inputs as Record<'dy' | 'y', TensorInfo>
      const dx = allocate(backend, y.shape)
      const { address, ranges, run } = heapOf(backend)
      const [rows, width] = sizesOf(y)
      const places = [dy, y, dx].map(address)
      run('softmaxGradient', ranges(rows, 1, rows * width).map(({ first, count }) => [...places.map((at) => at + 4 * first * width), count, width, 1]))
      return dx
    }
  }
]
