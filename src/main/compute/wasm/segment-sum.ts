import { util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate, floats, integers } from '../heap.ts'
import { heapOf, runsOwnKernels } from './own-kernels.ts'

/**
 * Sums rows of x [N, ...] by segment: `out[s] = sum of x[i] over i with segmentIds[i] = s`. Ids outside
 * 0 .. numSegments - 1 are dropped. It is the gradient of `gather`, so embeddings cannot learn without it,
 * and the WebAssembly backend lacks it.
 */
export const segmentSumKernel: KernelConfig = {
  kernelName: 'UnsortedSegmentSum',
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { x, segmentIds } = inputs as Record<'x' | 'segmentIds', TensorInfo>
    const numSegments = attrs?.['numSegments'] as number
    const inner = x.shape.slice(segmentIds.shape.length)
    const width = inner.reduce((product, side) => product * side, 1)
    const output = allocate(backend, [numSegments, ...inner], x.dtype)
    if (x.dtype === 'float32' && runsOwnKernels()) {
      const { kernels, address } = heapOf(backend)
      kernels.sumBySegment(address(x), address(segmentIds), address(output), util.sizeFromShape(segmentIds.shape), width, numSegments)
      return output
    }
    const ids = integers(backend, segmentIds)
    // Both element types are four bytes wide and add alike; the view has the type of the tensor.
    const rows = floats(backend, x)
    const sums = floats(backend, output).fill(0)
    for (let i = 0; i < ids.length; i++) {
      const segment = ids[i] as number
      if (segment < 0 || segment >= numSegments) continue
      const from = i * width
      const to = segment * width
      for (let k = 0; k < width; k++) sums[to + k] = (sums[to + k] as number) + (rows[from + k] as number)
    }
    return output
  }
}
