import * as tf from '@tensorflow/tfjs-core'
import type { KernelConfig, Tensor } from '@tensorflow/tfjs-core'
import { allocate, floats, hostEngines, successorsOf } from '../heap.ts'
import { heapOf, runsOwnKernels } from '../wasm/own-kernels.ts'

const kernelName = 'BenchAdamUpdate'

export interface AdamAttributes {
  /** Step size after bias correction of the first moment: `rate / (1 - beta1^t)`. */
  readonly rate: number
  /** Factor that corrects the bias of the second moment: `1 / (1 - beta2^t)`. */
  readonly secondCorrection: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Added to the gradient as `coupledDecay * parameter` (L2 penalty). */
  readonly coupledDecay: number
  /** Taken off the parameter as `decoupledDecay * parameter` (AdamW; the learning rate is already in it). */
  readonly decoupledDecay: number
  /** Whether the parameter and its moments may be overwritten, because they are disposed after the step. Default false. */
  readonly consumes?: boolean
}

/**
 * One Adam step of one parameter in a single pass:
 * `m' = b1 m + (1 - b1) g`, `v' = b2 v + (1 - b2) g^2`, `p' = p - decay p - rate m' / (sqrt(v' c) + eps)`.
 * Engines with tensors in this process's memory run a fused kernel (one call instead of a dozen, which is
 * what a step on a small network mostly costs); the others compose the same formula of tfjs operations.
 *
 * @returns new tensors `[parameter, first moment, second moment]`; the inputs are not disposed
 */
export function adamUpdate(p: Tensor, g: Tensor, m: Tensor, v: Tensor, a: AdamAttributes): [Tensor, Tensor, Tensor] {
  if (tf.getKernel(kernelName, tf.getBackend())) {
    return tf.engine().runKernel(kernelName, { p, g, m, v }, { ...a }) as unknown as [Tensor, Tensor, Tensor]
  }
  return tf.tidy(() => {
    const gradient = a.coupledDecay === 0 ? g : tf.add(g, tf.mul(p, a.coupledDecay))
    const first = tf.add(tf.mul(m, a.beta1), tf.mul(gradient, 1 - a.beta1))
    const second = tf.add(tf.mul(v, a.beta2), tf.mul(tf.square(gradient), 1 - a.beta2))
    const step = tf.div(tf.mul(first, a.rate), tf.add(tf.sqrt(tf.mul(second, a.secondCorrection)), a.epsilon))
    const kept = a.decoupledDecay === 0 ? p : tf.mul(p, 1 - a.decoupledDecay)
    return [tf.sub(kept, step), first, second]
  })
}

/** The fused kernel, for every engine whose tensors live in this process's memory. */
export const adamUpdateKernels: readonly KernelConfig[] = hostEngines.map((backendName) => ({
  kernelName,
  backendName,
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { p, g, m, v } = inputs as Record<'p' | 'g' | 'm' | 'v', tf.TensorInfo>
    if (backendName === 'wasm' && runsOwnKernels()) return updateOnHeap(backend, [p, g, m, v], attrs as unknown as AdamAttributes)
    const outputs = [allocate(backend, p.shape), allocate(backend, m.shape), allocate(backend, v.shape)] as const
    const [p2, m2, v2] = [floats(backend, outputs[0]), floats(backend, outputs[1]), floats(backend, outputs[2])]
    const [p1, g1, m1, v1] = [floats(backend, p), floats(backend, g), floats(backend, m), floats(backend, v)]
    const a = attrs as unknown as AdamAttributes
    const { rate, secondCorrection, beta1, beta2, epsilon, coupledDecay } = a
    const keep = 1 - a.decoupledDecay
    for (let i = 0; i < p1.length; i++) {
      const value = p1[i] as number
      const gradient = (g1[i] as number) + coupledDecay * value
      const first = beta1 * (m1[i] as number) + (1 - beta1) * gradient
      const second = beta2 * (v1[i] as number) + (1 - beta2) * gradient * gradient
      m2[i] = first
      v2[i] = second
      p2[i] = keep * value - (rate * first) / (Math.sqrt(second * secondCorrection) + epsilon)
    }
    return [...outputs]
  }
}))

type Operands = [p: tf.TensorInfo, g: tf.TensorInfo, m: tf.TensorInfo, v: tf.TensorInfo]

function updateOnHeap(backend: object, [p, g, m, v]: Operands, a: AdamAttributes): tf.TensorInfo[] {
  const outputs = successorsOf(backend, [p, m, v], a.consumes === true)
  const { address, ranges, run } = heapOf(backend)
  const size = tf.util.sizeFromShape(p.shape)
  const settings = [a.rate, a.secondCorrection, a.beta1, 1 - a.beta1, a.beta2, 1 - a.beta2, a.epsilon, a.coupledDecay, 1 - a.decoupledDecay]
  const places = [p, g, m, v, ...outputs].map(address)
  run('adam', ranges(size, 4, 1.2 * size).map(({ first, count }) => [...places.map((at) => at + 4 * first), count, ...settings]))
  return outputs
}
