import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { activationCodes } from '../kernels/activation.ts'
import type { SlopeOfOutput } from '../kernels/activation.ts'
import { allocate } from '../heap.ts'
import { heapOf } from './own-kernels.ts'
import { partsOfSum } from './threads/ranges.ts'
import type { OwnKernels } from './own-kernels.ts'

const lastOf = (shape: readonly number[]): number => shape.at(-1) as number

/** `activation(x + bias)`, the bias along the last axis. */
const biasActivationKernel: KernelConfig = {
  kernelName: 'BenchBiasActivation',
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { x, bias } = inputs as Record<'x' | 'bias', TensorInfo>
    const y = allocate(backend, x.shape)
    const { address, ranges, run } = heapOf(backend)
    const columns = lastOf(x.shape)
    const rows = util.sizeFromShape(x.shape.slice(0, -1))
    const kind = activationCodes[attrs?.['activation'] as SlopeOfOutput]
    const [from, biasAt, to] = [x, bias, y].map(address) as [number, number, number]
    const parts = ranges(rows, 1, rows * columns)
    run('biasActivation', parts.map(({ first, count }) => [from + 4 * first * columns, biasAt, to + 4 * first * columns, count, columns, columns, kind]))
    return y
  }
}

/** The gradient before an activation, which of a linear one is dy itself, and that of the bias; see `biasActivationGradient`. */
const biasActivationGradientKernel: KernelConfig = {
  kernelName: 'BenchBiasActivationGradient',
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { dy, y } = inputs as Record<'dy' | 'y', TensorInfo>
    const { activation, outer } = attrs as { activation: SlopeOfOutput; outer: number }
    const dx = activation === 'linear' ? shared(backend, dy) : allocate(backend, dy.shape)
    const runs = dy.shape.slice(0, outer)
    const columns = lastOf(dy.shape)
    const rows = util.sizeFromShape(dy.shape.slice(outer, -1))
    const db = allocate(backend, [...runs, columns])
    const { kernels, address, scratch, run } = heapOf(backend)
    const places = [dy, y, dx].map(address)
    const stacked = util.sizeFromShape(runs)
    const parts = partsOfSum(rows, columns)
    const sums = parts.length === 1 ? address(db) : scratch(4 * stacked * parts.length * columns)
    const calls = Array.from({ length: stacked }, (_, i) =>
      parts.map(({ first, count }, part) => {
        const at = 4 * (i * rows + first) * columns
        return [...places.map((place) => place + at), sums + 4 * (i * parts.length + part) * columns, count, columns, activationCodes[activation]]
      })
    )
    run('biasActivationGradient', calls.flat())
    for (let i = 0; i < stacked && parts.length > 1; i++) kernels.sumOfRows(sums + 4 * i * parts.length * columns, address(db) + 4 * i * columns, parts.length, columns)
    return [dx, db]
  }
}

function shared(backend: object, x: TensorInfo): TensorInfo {
  const memory = backend as Pick<BackendWasm, 'incRef'>
  memory.incRef(x.dataId)
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
}

/** A kernel of an element by element function of one or two tensors of the same shape, which takes so many nanoseconds an element. */
function elementwise(kernelName: string, inputNames: readonly string[], kernel: keyof OwnKernels, time: number): KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const operands = inputNames.map((name) => inputs[name] as TensorInfo)
      const shape = (operands[0] as TensorInfo).shape
      const output = allocate(backend, shape)
      const { address, ranges, run } = heapOf(backend)
      const places = [...operands, output].map(address)
      const size = util.sizeFromShape(shape)
      run(kernel, ranges(size, 4, time * size).map(({ first, count }) => [...places.map((at) => at + 4 * first), count]))
      return output
    }
  }
}

export const activationKernels: readonly KernelConfig[] = [
  biasActivationKernel,
  biasActivationGradientKernel,
  elementwise('BenchReluGradient', ['dy', 'y'], 'reluGradient', 0.5),
  elementwise('BenchGelu', ['x'], 'gelu', 3),
  elementwise('BenchGeluGradient', ['dy', 'x'], 'geluGradient', 4)
]
