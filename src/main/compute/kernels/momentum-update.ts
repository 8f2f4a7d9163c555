import * as tf from '@tensorflow/tfjs-core'
import type { KernelConfig, Tensor } from '@tensorflow/tfjs-core'
import { allocate, floats, hostEngines, successorsOf } from '../heap.ts'
import { heapOf, runsOwnKernels } from '../wasm/own-kernels.ts'

const kernelName = 'BenchMomentumUpdate'

export interface MomentumAttributes {
  readonly rate: number
  readonly momentum: number
  readonly nesterov: boolean
  /** Added to the gradient as `coupledDecay * parameter` (L2 penalty). */
  readonly coupledDecay: number
  /** Whether the parameter and its velocity may be overwritten, because they are disposed after the step. Default false. */
  readonly consumes?: boolean
}

/**
 * One step of gradient descent with momentum for one parameter in a single pass:
 * `u' = momentum u + g`, `p' = p - rate u'`, or with Nesterov's look-ahead `p' = p - rate (g + momentum u')`.
 * With `momentum = 0` it is plain gradient descent. Fused like {@link adamUpdate}.
 *
 * @returns new tensors `[parameter, velocity]`; the inputs are not disposed
 */
export function momentumUpdate(p: Tensor, g: Tensor, u: Tensor, a: MomentumAttributes): [Tensor, Tensor] {
  if (tf.getKernel(kernelName, tf.getBackend())) {
    return tf.engine().runKernel(kernelName, { p, g, u }, { ...a }) as unknown as [Tensor, Tensor]
  }
  return tf.tidy(() => {
    const gradient = a.coupledDecay === 0 ? g : tf.add(g, tf.mul(p, a.coupledDecay))
    const velocity = tf.add(tf.mul(u, a.momentum), gradient)
    const direction = a.nesterov ? tf.add(gradient, tf.mul(velocity, a.momentum)) : velocity
    return [tf.sub(p, tf.mul(direction, a.rate)), velocity]
  })
}

/** The fused kernel, for every engine whose tensors live in this process's memory. */
export const momentumUpdateKernels: readonly KernelConfig[] = hostEngines.map((backendName) => ({
  kernelName,
  backendName,
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { p, g, u } = inputs as Record<'p' | 'g' | 'u', tf.TensorInfo>
    if (backendName === 'wasm' && runsOwnKernels()) return updateOnHeap(backend, [p, g, u], attrs as unknown as MomentumAttributes)
    const outputs = [allocate(backend, p.shape), allocate(backend, u.shape)] as const
    const [p2, u2] = [floats(backend, outputs[0]), floats(backend, outputs[1])]
    const [p1, g1, u1] = [floats(backend, p), floats(backend, g), floats(backend, u)]
    const { rate, momentum, nesterov, coupledDecay } = attrs as unknown as MomentumAttributes
    for (let i = 0; i < p1.length; i++) {
      const value = p1[i] as number
      const gradient = (g1[i] as number) + coupledDecay * value
      const velocity = momentum * (u1[i] as number) + gradient
      u2[i] = velocity
      p2[i] = value - rate * (nesterov ? gradient + momentum * velocity : velocity)
    }
    return [...outputs]
  }
}))

function updateOnHeap(backend: object, [p, g, u]: [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo], a: MomentumAttributes): tf.TensorInfo[] {
  const outputs = successorsOf(backend, [p, u], a.consumes === true)
  const { address, ranges, run } = heapOf(backend)
  const size = tf.util.sizeFromShape(p.shape)
  const settings = [a.rate, a.momentum, Number(a.nesterov), a.coupledDecay]
  const places = [p, g, u, ...outputs].map(address)
  run('momentum', ranges(size, 4, 0.8 * size).map(({ first, count }) => [...places.map((at) => at + 4 * first), count, ...settings]))
  return outputs
}
