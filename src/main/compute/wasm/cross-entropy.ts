import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import type { CrossEntropyAttributes } from '../kernels/cross-entropy.ts'
import { allocate } from '../heap.ts'
import { heapOf } from './own-kernels.ts'

/** See `softmaxCrossEntropy`. */
export const crossEntropyKernels: readonly KernelConfig[] = [
  {
    kernelName: 'BenchCrossEntropy',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { logits, targets } = inputs as Record<'logits' | 'targets', TensorInfo>
      const { smoothing, mean } = attrs as unknown as CrossEntropyAttributes
      const [rows, classes] = logits.shape as [number, number]
      const loss = allocate(backend, mean ? [] : [rows])
      const { kernels, address, scratch } = heapOf(backend)
      const labelled = Number(targets.dtype === 'int32')
      const work = scratch(4 * classes)
      kernels.crossEntropy(address(logits), address(targets), labelled, address(loss), work, rows, classes, smoothing, Number(mean))
      return loss
    }
  },
  {
    kernelName: 'BenchCrossEntropyGradient',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { dy, logits, targets } = inputs as Record<'dy' | 'logits' | 'targets', TensorInfo>
      const { smoothing, mean } = attrs as unknown as CrossEntropyAttributes
      const [rows, classes] = logits.shape as [number, number]
      const gradient = allocate(backend, logits.shape)
      const { address, ranges, run } = heapOf(backend)
      const [step, scale] = mean ? [0, 1 / rows] : [4, 1]
      const labelled = targets.dtype === 'int32'
      const [upstream, z, t, dz] = [dy, logits, targets, gradient].map(address) as [number, number, number, number]
      const calls = ranges(rows, 1, 3 * rows * classes).map(({ first, count }) => {
        const at = 4 * first * classes
        return [upstream + first * step, step, scale, z + at, t + (labelled ? 4 * first : at), Number(labelled), dz + at, count, classes, smoothing]
      })
      run('crossEntropyGradient', calls)
      return gradient
    }
  }
]
