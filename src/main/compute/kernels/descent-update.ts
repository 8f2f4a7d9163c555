import * as tf from '@tensorflow/tfjs-core'
import type { KernelConfig, Tensor } from '@tensorflow/tfjs-core'
import { successorsOf } from '../heap.ts'
import { heapOf } from '../wasm/own-kernels.ts'
import { hasFused, runFused } from './fused.ts'

const kernelName = 'BenchDescentUpdate'

export interface DescentAttributes {
  readonly rate: number
  /** Share of the parameter that is kept, `1 - rate * weightDecay`. */
  readonly keep: number
  /** Whether the parameter may be overwritten, because it is disposed after the step. Default false. */
  readonly consumes?: boolean
}

/** One step of plain gradient descent for one parameter in a single pass: `p' = keep p - rate g`. Does not dispose its inputs. */
export function descentUpdate(p: Tensor, g: Tensor, attributes: DescentAttributes): Tensor {
  if (hasFused(kernelName)) return runFused(kernelName, { p, g }, { ...attributes })
  return tf.tidy(() => tf.sub(tf.mul(p, attributes.keep), tf.mul(g, attributes.rate)))
}

/** The fused kernel of the WebAssembly engine. */
export const descentUpdateKernel: KernelConfig = {
  kernelName,
  backendName: 'wasm',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { p, g } = inputs as Record<'p' | 'g', tf.TensorInfo>
    const { rate, keep, consumes } = attrs as unknown as DescentAttributes
    const [output] = successorsOf(backend, [p], consumes === true) as [tf.TensorInfo]
    const { address, ranges, run } = heapOf(backend)
    const places = [p, g, output].map(address)
    const size = tf.util.sizeFromShape(p.shape)
    run('descend', ranges(size, 4, 0.5 * size).map(({ first, count }) => [...places.map((at) => at + 4 * first), count, rate, keep]))
    return output
  }
}
