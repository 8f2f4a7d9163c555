import '@tensorflow/tfjs-backend-wasm'
import { getKernel, util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate } from '../heap.ts'
import { heapOf, runsOwnKernels } from './own-kernels.ts'

const original = getKernel('Sum', 'wasm')

/**
 * Sums over axes. Over the first ones, as the gradient of everything that was broadcast along rows needs, the backend's
 * own kernel transposes before it adds; this one adds rows. Over other axes the backend's own runs.
 */
export const sumKernel: KernelConfig = {
  ...original,
  kernelFunc: (call) => {
    const x = call.inputs['x'] as TensorInfo
    const { axis, keepDims } = call.attrs as unknown as { axis: number | number[]; keepDims: boolean }
    const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b)
    const leads = axes.length > 0 && axes.length < x.shape.length && axes.every((side, i) => side === i)
    if (!leads || x.dtype !== 'float32' || !runsOwnKernels()) return original.kernelFunc(call)
    const kept = x.shape.slice(axes.length)
    const columns = util.sizeFromShape(kept)
    const sums = allocate(call.backend, keepDims ? [...axes.map(() => 1), ...kept] : kept)
    const { kernels, address } = heapOf(call.backend)
    kernels.sumOfRows(address(x), address(sums), util.sizeFromShape(x.shape.slice(0, axes.length)), columns)
    return sums
  }
}
