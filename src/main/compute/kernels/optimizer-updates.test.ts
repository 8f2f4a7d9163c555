import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { useEngine } from '../engine.ts'
import { adamUpdate, adamUpdateKernels } from './adam-update.ts'
import { momentumUpdate, momentumUpdateKernels } from './momentum-update.ts'
import { registerKernels } from './register.ts'

const fused = [...adamUpdateKernels, ...momentumUpdateKernels]
afterEach(() => {
  registerKernels(fused)
})

/** Values of an update with the fused kernel of an engine and with the composition of plain operations. */
async function both(engine: 'wasm' | 'cpu', update: () => Tensor[]): Promise<[number[][], number[][]]> {
  await useEngine(engine)
  const run = (): number[][] => tf.tidy(() => update().map((tensor) => Array.from(tensor.dataSync())))
  const own = run()
  for (const { kernelName, backendName } of fused) tf.unregisterKernel(kernelName, backendName)
  const composed = run()
  registerKernels(fused)
  return [own, composed]
}

function expectClose([own, composed]: [number[][], number[][]]): void {
  expect(own.length).toBe(composed.length)
  own.forEach((values, which) => {
    values.forEach((value, i) => {
      const wanted = composed[which]?.[i] as number
      expect(Math.abs(value - wanted)).toBeLessThan(1e-5 * (1 + Math.abs(wanted)))
    })
  })
}

const numbers = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 })

describe.each(['wasm', 'cpu'] as const)('fused updates on %s equal their formula in plain operations', (engine) => {
  it('Adam', async () => {
    const rates = fc.record({ rate: fc.double({ min: 1e-4, max: 0.1, noNaN: true }), coupledDecay: fc.constantFrom(0, 0.1), decoupledDecay: fc.constantFrom(0, 0.01) })
    await fc.assert(
      fc.asyncProperty(numbers, numbers, numbers, rates, async (p, g, m, rate) => {
        const attributes = { ...rate, secondCorrection: 1.7, beta1: 0.9, beta2: 0.99, epsilon: 1e-3 }
        const update = (): Tensor[] => adamUpdate(tf.tensor1d(p), tf.tensor1d(g), tf.tensor1d(m), tf.abs(tf.tensor1d(m)), attributes)
        expectClose(await both(engine, update))
      }),
      { numRuns: 30, seed: 21 }
    )
  })

  it('momentum', async () => {
    const settings = fc.record({ momentum: fc.constantFrom(0, 0.9), nesterov: fc.boolean(), coupledDecay: fc.constantFrom(0, 0.1) })
    await fc.assert(
      fc.asyncProperty(numbers, numbers, numbers, settings, async (p, g, u, setting) => {
        const update = (): Tensor[] => momentumUpdate(tf.tensor1d(p), tf.tensor1d(g), tf.tensor1d(u), { rate: 0.05, ...setting })
        expectClose(await both(engine, update))
      }),
      { numRuns: 30, seed: 22 }
    )
  })
})
