import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { util } from '@tensorflow/tfjs-core'
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { activationCodes } from '../kernels/activation.ts'
import type { SlopeOfOutput } from '../kernels/activation.ts'
import { allocate } from '../heap.ts'
import { heapOf } from './own-kernels.ts'
import type { OwnKernels } from './own-kernels.ts'

const lastOf = (shape: readonly number[]): number => shape.at(-1) as number

/** `activation(x + bias)`, the bias along the last axis. */
const biasActivationKernel: KernelConfig = {
  kernelName: 'BenchBiasActivation',
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { x, bias } = inputs as Record<'x' | 'bias', TensorInfo>
    const y = allocate(backend, x.shape)
    const { kernels, address } = heapOf(backend)
    const columns = lastOf(x.shape)
    const rows = util.sizeFromShape(x.shape.slice(0, -1))
    kernels.biasActivation(address(x), address(bias), address(y), rows, columns, activationCodes[attrs?.['activation'] as SlopeOfOutput])
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
    const { kernels, address } = heapOf(backend)
    const [from, output, to, sums] = [address(dy), address(y), address(dx), address(db)]
    for (let run = 0; run < util.sizeFromShape(runs); run++) {
      const at = 4 * run * rows * columns
      kernels.biasActivationGradient(from + at, output + at, to + at, sums + 4 * run * columns, rows, columns, activationCodes[activation])
    }
    return [dx, db]
  }
}

function shared(backend: object, x: TensorInfo): TensorInfo {
  const memory = backend as Pick<BackendWasm, 'incRef'>
  memory.incRef(x.dataId)
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
}

type Choice = (kernels: OwnKernels) => (...numbers: number[]) => void

/** A kernel of the element by element functions of one or two tensors of the same shape. */
function elementwise(kernelName: string, inputNames: readonly string[], which: Choice): KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const operands = inputNames.map((name) => inputs[name] as TensorInfo)
      const shape = (operands[0] as TensorInfo).shape
      const output = allocate(backend, shape)
      const { kernels, address } = heapOf(backend)
      which(kernels)(...operands.map(address), address(output), util.sizeFromShape(shape))
      return output
    }
  }
}

export const activationKernels: readonly KernelConfig[] = [
  biasActivationKernel,
  biasActivationGradientKernel,
  elementwise('BenchReluGradient', ['dy', 'y'], ({ reluGradient }) => reluGradient),
  elementwise('BenchGelu', ['x'], ({ gelu }) => gelu),
  elementwise('BenchGeluGradient', ['dy', 'x'], ({ geluGradient }) => geluGradient)
]
