import { BatchMatMul, getKernel } from '@tensorflow/tfjs-core'
import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-wasm'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

const original = getKernel(BatchMatMul, 'wasm')

/**
 * The matrix product of the WebAssembly backend is fast for plain operands only; a transposed operand,
 * which every gradient of a dense layer has, sends it into an element by element loop that is six to
 * thirty times slower. This kernel transposes first and always multiplies plain operands.
 */
export const matrixProductKernel: KernelConfig = {
  ...original,
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { a, b } = inputs as Record<'a' | 'b', TensorInfo>
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean }
    const wasm = backend as BackendWasm
    const left = transposeA ? transposed(a, wasm) : a
    const right = transposeB ? transposed(b, wasm) : b
    const plain = { transposeA: false, transposeB: false }
    const product = original.kernelFunc({ inputs: { a: left, b: right }, attrs: plain, backend })
    if (left !== a) wasm.disposeData(left.dataId)
    if (right !== b) wasm.disposeData(right.dataId)
    return product
  }
}

/** Swaps the last two axes. */
function transposed(x: TensorInfo, backend: BackendWasm): TensorInfo {
  const rank = x.shape.length
  const perm = x.shape.map((_, axis) => axis)
  perm[rank - 1] = rank - 2
  perm[rank - 2] = rank - 1
  const attrs: NamedAttrMap = { perm }
  return getKernel('Transpose', 'wasm').kernelFunc({ inputs: { x }, attrs, backend }) as TensorInfo
}
