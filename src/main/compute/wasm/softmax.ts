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
      const { kernels, address } = heapOf(call.backend)
      kernels.softmax(address(logits), address(y), ...sizesOf(logits))
      return y
    }
  },
  {
    kernelName: 'BenchSoftmaxGradient',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const { dy, y } = inputs as Record<'dy' | 'y', TensorInfo>
      const dx = allocate(backend, y.shape)
      const { kernels, address } = heapOf(backend)
      kernels.softmaxGradient(address(dy), address(y), address(dx), ...sizesOf(y), 1)
      return dx
    }
  }
]
