import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate, floats, integers } from '../heap.ts'

interface OneHotAttributes {
  readonly dtype: 'int32' | 'float32' | 'bool'
  readonly depth: number
  readonly onValue: number
  readonly offValue: number
}

/**
 * One-hot rows [..., depth] of class indices. The kernel of the WebAssembly backend writes whole numbers into
 * the output whatever its type, so that float rows come out as denormal dust; this one honours the type.
 */
export const oneHotKernel: KernelConfig = {
  kernelName: 'OneHot',
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const indices = inputs['indices'] as TensorInfo
    const { dtype, depth, onValue, offValue } = attrs as unknown as OneHotAttributes
    const output = allocate(backend, [...indices.shape, depth], dtype)
    const rows = integers(backend, indices)
    const values = floats(backend, output).fill(offValue)
    for (let i = 0; i < rows.length; i++) {
      const hot = rows[i] as number
      if (hot >= 0 && hot < depth) values[i * depth + hot] = onValue
    }
    return output
  }
}
