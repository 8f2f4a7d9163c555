import '@tensorflow/tfjs-backend-wasm'
import { broadcast_util, env, getKernel, util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { allocate, release } from '../heap.ts'
import { matrixProductModule } from './matrix-product-module.ts'

const original = getKernel('BatchMatMul', 'wasm')

type Addresses = [a: number, b: number, c: number, scratch: number]
type Sizes = [rows: number, columns: number, inner: number]
/** Distance between neighbours along the first and the second axis of an operand, [rows, inner] or [inner, columns]. */
type Strides = [first: number, second: number]

/** The functions of `assembly/matrix-product.ts`; addresses in bytes, strides in elements. */
interface Product {
  scratchBytes(columns: number): number
  multiply(...call: [...Addresses, ...Sizes, ...Strides, ...Strides]): void
}

/**
 * The (batched) matrix product on WebAssembly. The backend's own is fast for one plain product only: a transposed
 * operand, which every gradient of a dense layer has, or a batch, which attention has, sends it into an element by
 * element loop that is six to thirty times slower. This kernel runs a module of our own on the same memory, for
 * every layout alike. Without SIMD the backend's own kernel runs.
 */
export const matrixProductKernel: KernelConfig = {
  ...original,
  kernelFunc: (call) => {
    const { a, b } = call.inputs as Record<'a' | 'b', TensorInfo>
    if (a.dtype !== 'float32' || b.dtype !== 'float32' || !env().getBool('WASM_HAS_SIMD_SUPPORT')) return original.kernelFunc(call)
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean }
    return multiply(call.backend, a, b, transposeA, transposeB)
  }
}

/** `a b` of the last two axes, each optionally transposed; the axes before broadcast. */
export function multiply(backend: object, a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): TensorInfo {
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number]
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number]
  const [rows, inner] = transposeA ? [aColumns, aRows] : [aRows, aColumns]
  const [innerB, columns] = transposeB ? [bColumns, bRows] : [bRows, bColumns]
  util.assert(inner === innerB, () => `A matrix product needs inner sizes that agree: [${a.shape.join(', ')}] and [${b.shape.join(', ')}].`)
  const outer = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const output = allocate(backend, [...outer, rows, columns])
  const wasm = backend as unknown as Pick<BackendWasm, 'dataIdMap'>
  const product = productOn(backend)
  const scratch = allocate(backend, [Math.ceil(product.scratchBytes(columns) / 4)])
  const address = (tensor: TensorInfo): number => wasm.dataIdMap.get(tensor.dataId).memoryOffset
  const [aAt, bAt, cAt, scratchAt] = [address(a), address(b), address(output), address(scratch)]
  const aStrides: Strides = transposeA ? [1, aColumns] : [aColumns, 1]
  const bStrides: Strides = transposeB ? [1, bColumns] : [bColumns, 1]
  if (inner === 0) new Float32Array(memoryOf(backend).buffer, cAt, util.sizeFromShape(output.shape)).fill(0)
  for (let i = 0; i < util.sizeFromShape(outer); i++) {
    const aFrom = aAt + 4 * aRows * aColumns * offsetOf(i, outer, a.shape.slice(0, -2))
    const bFrom = bAt + 4 * bRows * bColumns * offsetOf(i, outer, b.shape.slice(0, -2))
    product.multiply(aFrom, bFrom, cAt + 4 * rows * columns * i, scratchAt, rows, columns, inner, ...aStrides, ...bStrides)
  }
  release(backend, scratch)
  return output
}

/** Which matrix of an operand belongs to matrix i of the output, where axes of length 1 are repeated. */
function offsetOf(i: number, outer: readonly number[], own: readonly number[]): number {
  let [offset, size, rest] = [0, 1, i]
  for (let back = 1; back <= outer.length; back++) {
    const length = outer.at(-back) as number
    const ownLength = own.at(-back) ?? 1
    if (ownLength > 1) offset += (rest % length) * size
    if (back <= own.length) size *= ownLength
    rest = Math.floor(rest / length)
  }
  return offset
}

const products = new WeakMap<object, Product>()

function productOn(backend: object): Product {
  const known = products.get(backend)
  if (known) return known
  const compiled = new WebAssembly.Module(Buffer.from(matrixProductModule, 'base64'))
  const instance = new WebAssembly.Instance(compiled, { env: { memory: memoryOf(backend) } })
  const product = instance.exports as unknown as Product
  products.set(backend, product)
  return product
}

/** The memory that the backend's tensors live in. */
function memoryOf(backend: object): WebAssembly.Memory {
  return (backend as { wasm: { asm: { memory: WebAssembly.Memory } } }).wasm.asm.memory
}
