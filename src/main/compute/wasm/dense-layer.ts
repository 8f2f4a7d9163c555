import { util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { activationCodes } from '../kernels/activation.ts'
import type { SlopeOfOutput } from '../kernels/activation.ts'
import { allocate } from '../heap.ts'
import { blocksOf } from './matrix-product.ts'
import { heapOf } from './own-kernels.ts'

/** `activation(x kernel + bias)` in one call; see `denseLayer` for the shapes. */
export const denseLayerKernel: KernelConfig = {
  kernelName: 'BenchDense',
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { x, kernel, bias } = inputs as Record<'x' | 'kernel' | 'bias', TensorInfo>
    const [inner, columns] = kernel.shape.slice(-2) as [number, number]
    const runs = kernel.shape.length === 3 ? (kernel.shape[0] as number) : 1
    const biases = util.sizeFromShape(bias.shape)
    const agrees = x.shape.at(-1) === inner && (kernel.shape.length === 2 || x.shape[0] === runs) && biases === runs * columns
    const layer = `A dense layer of [${kernel.shape.join(', ')}] and ${biases} biases`
    util.assert(agrees, () => `${layer} does not fit an input of [${x.shape.join(', ')}].`)
    const y = allocate(backend, [...x.shape.slice(0, -1), columns])
    const rows = util.sizeFromShape(y.shape) / columns / runs
    const heap = heapOf(backend)
    const work = heap.scratch(heap.kernels.scratchBytes(columns))
    const code = activationCodes[attrs?.['activation'] as SlopeOfOutput]
    const [from, weights, biasAt, to] = [x, kernel, bias, y].map(heap.address) as [number, number, number, number]
    const blocks = blocksOf(heap, rows, columns, inner)
    const calls = Array.from({ length: runs }, (_, run) =>
      blocks.map(([row, column]) => [
        from + 4 * (run * rows + row.first) * inner, weights + 4 * (run * inner * columns + column.first), biasAt + 4 * (run * columns + column.first),
        to + 4 * ((run * rows + row.first) * columns + column.first), work, row.count, column.count, inner, columns, code
      ])
    )
    heap.run('dense', calls.flat(), 4)
    return y
  }
}
