import { util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { activationCodes } from '../kernels/activation.ts'
import type { SlopeOfOutput } from '../kernels/activation.ts'
import { allocate } from '../heap.ts'
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
    const { kernels, address, scratch } = heapOf(backend)
    const work = scratch(kernels.scratchBytes(columns))
    const code = activationCodes[attrs?.['activation'] as SlopeOfOutput]
    for (let run = 0; run < runs; run++) {
      const to = address(y) + 4 * run * rows * columns
      const [from, weights] = [address(x) + 4 * run * rows * inner, address(kernel) + 4 * run * inner * columns]
      kernels.multiply(from, weights, to, work, rows, columns, inner, inner, 1, columns, 1, columns, 0)
      kernels.biasActivation(to, address(bias) + 4 * run * columns, to, rows, columns, code)
    }
    return y
  }
}
