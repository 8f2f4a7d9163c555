import { util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate } from '../heap.ts'
import { productTime } from './matrix-product.ts'
import { heapOf } from './own-kernels.ts'
import type { OwnHeap } from './own-kernels.ts'

type Sizes = [batch: number, time: number, heads: number, size: number]

function sizesOf(mixed: TensorInfo, heads: number): Sizes {
  const [batch, time, triple] = mixed.shape as [number, number, number]
  util.assert(triple % (3 * heads) === 0, () => `Projections of width ${triple} do not divide into queries, keys and values of ${heads} heads.`)
  return [batch, time, heads, triple / 3 / heads]
}

/** Address and strides of what is added to the scores, [1 or B, 1, 1 or T, T]; zeros without. */
function barrierOf(barrier: TensorInfo | undefined, { address }: OwnHeap): [address: number, batchStride: number, rowStride: number] {
  if (!barrier) return [0, 0, 0]
  const [batch, , rows, columns] = barrier.shape as [number, number, number, number]
  return [address(barrier), batch > 1 ? rows * columns : 0, rows > 1 ? columns : 0]
}

/** The address of room for so many matrices of weights [time, time] and for the products' scratch memory. */
function roomFor(matrices: number, [, time, , size]: Sizes, { kernels, scratch }: OwnHeap): number {
  return scratch(4 * matrices * time * time + kernels.scratchBytes(Math.max(time, size)))
}

/** What one thread takes for one product of all heads, in nanoseconds. */
const timeOf = ([batch, time, heads, size]: Sizes): number => productTime(batch * heads * time * time * size)

/** See `multiHeadAttention`; the weights are computed again for the gradient, which is faster than keeping them. */
export const attentionKernels: readonly KernelConfig[] = [
  {
    kernelName: 'BenchAttention',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const [mixed, barrier] = Object.values(inputs) as [TensorInfo, TensorInfo | undefined]
      const sizes = sizesOf(mixed, attrs?.['heads'] as number)
      const [batch, time, heads, size] = sizes
      const y = allocate(backend, [batch, time, heads * size])
      const heap = heapOf(backend)
      const [from, to] = [mixed, y].map(heap.address) as [number, number]
      const [bar, barBatch, barRow] = barrierOf(barrier, heap)
      const work = roomFor(1, sizes, heap)
      const calls = heap.ranges(batch, 1, 4 * timeOf(sizes)).map(({ first, count }) => {
        const at = 4 * first * time * heads * size
        return [from + 3 * at, bar + 4 * first * barBatch, barBatch, barRow, to + at, work, count, time, heads, size]
      })
      heap.run('attend', calls, 5)
      return y
    }
  },
  {
    kernelName: 'BenchAttentionGradient',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const [dy, mixed, barrier] = Object.values(inputs) as [TensorInfo, TensorInfo, TensorInfo | undefined]
      const sizes = sizesOf(mixed, attrs?.['heads'] as number)
      const [batch, time, heads, size] = sizes
      const gradient = allocate(backend, mixed.shape)
      const heap = heapOf(backend)
      const [from, source, to] = [dy, mixed, gradient].map(heap.address) as [number, number, number]
      const [bar, barBatch, barRow] = barrierOf(barrier, heap)
      const work = roomFor(2, sizes, heap)
      const calls = heap.ranges(batch, 1, 8 * timeOf(sizes)).map(({ first, count }) => {
        const at = 4 * first * time * heads * size
        return [from + at, source + 3 * at, bar + 4 * first * barBatch, barBatch, barRow, to + 3 * at, work, count, time, heads, size]
      })
      heap.run('attendGradient', calls, 6)
      return gradient
    }
  }
]
