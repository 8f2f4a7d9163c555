import '@tensorflow/tfjs-backend-wasm'
import { getKernel } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate, floats } from '../heap.ts'

const original = getKernel('Transpose', 'wasm')

/**
 * Reorders axes: `out[i_perm(0), i_perm(1), ...] = x[i_0, i_1, ...]`. The backend's own kernel is fast for two
 * axes; for four it computes every element's place from scratch. This one, for more than two axes, walks the output
 * in order and keeps the source position by addition.
 */
export const transpositionKernel: KernelConfig = {
  ...original,
  kernelFunc: (call) => {
    const x = call.inputs['x'] as TensorInfo
    const perm = call.attrs?.['perm'] as number[]
    const moves = perm.some((axis, i) => axis !== i)
    if (!moves || x.shape.length < 3 || x.dtype !== 'float32') return original.kernelFunc(call)
    const shape = perm.map((axis) => x.shape[axis] as number)
    const output = allocate(call.backend, shape)
    const strides = perm.map((axis) => x.shape.slice(axis + 1).reduce((product, side) => product * side, 1))
    if (floats(call.backend, output).length > 0) copyAlong(floats(call.backend, x), floats(call.backend, output), shape, strides)
    return output
  }
}

function copyAlong(source: Float32Array, target: Float32Array, shape: readonly number[], strides: readonly number[]): void {
  const last = shape.length - 1
  const [length, step] = [shape[last] as number, strides[last] as number]
  const counters = new Int32Array(last)
  let from = 0
  for (let at = 0; at < target.length; at += length) {
    for (let i = 0, position = from; i < length; i++, position += step) target[at + i] = source[position] as number
    // Advance the outer axes like an odometer.
    for (let axis = last - 1; axis >= 0; axis--) {
      from += strides[axis] as number
      counters[axis] = (counters[axis] as number) + 1
      if ((counters[axis] as number) < (shape[axis] as number)) break
      from -= (shape[axis] as number) * (strides[axis] as number)
      counters[axis] = 0
    }
  }
}
