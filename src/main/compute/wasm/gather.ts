import '@tensorflow/tfjs-backend-wasm'
import { getKernel, util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate, release } from '../heap.ts'
import { heapOf, runsOwnKernels } from './own-kernels.ts'

const original = getKernel('GatherV2', 'wasm')

/**
 * Picks rows by number, as an embedding does: `out[..., :] = x[indices[...], :]`. The backend's own kernel works out the
 * place of every single number; this one copies rows. Other axes go to the backend's own.
 */
export const gatherKernel: KernelConfig = {
  ...original,
  kernelFunc: (call) => {
    const { x, indices } = call.inputs as Record<'x' | 'indices', TensorInfo>
    const { axis, batchDims } = call.attrs as { axis: number; batchDims: number }
    const rowsOfNumbers = util.parseAxisParam(axis, x.shape)[0] === 0 && batchDims === 0 && x.dtype === 'float32' && indices.dtype === 'int32'
    if (!rowsOfNumbers || !runsOwnKernels()) return original.kernelFunc(call)
    const [rows] = x.shape as [number]
    const row = x.shape.slice(1)
    const y = allocate(call.backend, [...indices.shape, ...row])
    const { kernels, address } = heapOf(call.backend)
    const wrong = kernels.gatherRows(address(x), address(indices), address(y), util.sizeFromShape(indices.shape), rows, util.sizeFromShape(row))
    if (wrong >= 0) {
      release(call.backend, y)
      throw new Error(`GatherV2: the index at position ${wrong} is not in [0, ${rows - 1}].`)
    }
    return y
  }
}
