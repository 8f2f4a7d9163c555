import '@tensorflow/tfjs-backend-wasm'
import { broadcast_util, getKernel, util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { allocate } from '../heap.ts'
import { heapOf, runsOwnKernels } from './own-kernels.ts'
import type { OwnHeap } from './own-kernels.ts'
import type { Range } from './threads/ranges.ts'

const original = getKernel('BatchMatMul', 'wasm')

/**
 * The (batched) matrix product on WebAssembly. The backend's own is fast for one plain product only: a transposed
 * operand, which every gradient of a dense layer has, or a batch, which attention has, sends it into an element by
 * element loop that is six to thirty times slower. This kernel works in place for every layout alike. Without SIMD
 * the backend's own kernel runs.
 */
export const matrixProductKernel: KernelConfig = {
  ...original,
  kernelFunc: (call) => {
    const { a, b } = call.inputs as Record<'a' | 'b', TensorInfo>
    if (a.dtype !== 'float32' || b.dtype !== 'float32' || !runsOwnKernels()) return original.kernelFunc(call)
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean }
    return multiply(call.backend, a, b, transposeA, transposeB)
  }
}

/** `a b` of the last two axes, each optionally transposed; the axes before broadcast. */
function multiply(backend: object, a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): TensorInfo {
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number]
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number]
  const [rows, inner] = transposeA ? [aColumns, aRows] : [aRows, aColumns]
  const [innerB, columns] = transposeB ? [bColumns, bRows] : [bRows, bColumns]
  util.assert(inner === innerB, () => `A matrix product needs inner sizes that agree: [${a.shape.join(', ')}] and [${b.shape.join(', ')}].`)
  const [aOuter, bOuter] = [a.shape.slice(0, -2), b.shape.slice(0, -2)]
  const outer = broadcast_util.assertAndGetBroadcastShape(aOuter, bOuter)
  const output = allocate(backend, [...outer, rows, columns])
  const heap = heapOf(backend)
  const { kernels, address, scratch } = heap
  const [aAt, bAt, cAt, scratchAt] = [address(a), address(b), address(output), scratch(kernels.scratchBytes(columns))]
  const [aRow, aInner] = transposeA ? [1, aColumns] : [aColumns, 1]
  const [bInner, bColumn] = transposeB ? [1, bColumns] : [bColumns, 1]
  const products = util.sizeFromShape(outer)
  const blocks = blocksOf(heap, rows, columns, inner)
  const calls = Array.from({ length: products }, (_, i) => {
    const aFrom = aAt + 4 * aRows * aColumns * offsetOf(i, outer, aOuter)
    const bFrom = bAt + 4 * bRows * bColumns * offsetOf(i, outer, bOuter)
    const cFrom = cAt + 4 * rows * columns * i
    return blocks.map(([row, column]) => [
      aFrom + 4 * row.first * aRow, bFrom + 4 * column.first * bColumn, cFrom + 4 * (row.first * columns + column.first), scratchAt,
      row.count, column.count, inner, aRow, aInner, bInner, bColumn, columns, 0
    ])
  })
  heap.run('multiply', calls.flat(), 3)
  return output
}

/** What one thread takes for a product of so many multiplications, in nanoseconds. */
export const productTime = (multiplications: number): number => multiplications / 20

/**
 * Cuts a product into blocks, along its longer side: what belongs to the other side is packed again for each.
 * The numbers of a block do not depend on where it was cut.
 */
export function blocksOf(heap: OwnHeap, rows: number, columns: number, inner: number): [rows: Range, columns: Range][] {
  const time = productTime(rows * columns * inner)
  if (rows >= columns) return heap.ranges(rows, 24, time).map((range) => [range, { first: 0, count: columns }])
  return heap.ranges(columns, 8, time).map((range) => [{ first: 0, count: rows }, range])
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
