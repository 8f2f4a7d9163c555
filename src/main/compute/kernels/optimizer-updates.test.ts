import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { useEngine } from '../engine.ts'
import { adamUpdate, adamUpdateKernels } from './adam-update.ts'
import { descentUpdate, descentUpdateKernel } from './descent-update.ts'
import { momentumUpdate, momentumUpdateKernels } from './momentum-update.ts'
import { registerKernels } from './register.ts'

const fused = [...adamUpdateKernels, ...momentumUpdateKernels, descentUpdateKernel]
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

const numbers = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 7, maxLength: 7 })

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

  it('plain descent', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, numbers, fc.constantFrom(1, 0.9), async (p, g, keep) => {
        expectClose(await both(engine, () => [descentUpdate(tf.tensor1d(p), tf.tensor1d(g), { rate: 0.05, keep })]))
      }),
      { numRuns: 20, seed: 23 }
    )
  })

  it('overwrite what they may consume, but never what another tensor shares or without leave', async () => {
    await useEngine(engine)
    const settings = { rate: 0.1, secondCorrection: 1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, coupledDecay: 0, decoupledDecay: 0 }
    const start = [1, 2, 3]
    const step = (p: Tensor, consumes: boolean): Tensor[] => {
      const [g, m, v] = [tf.tensor1d([1, -1, 1]), tf.zeros([3]), tf.zeros([3])]
      const steps = [...adamUpdate(p, g, m, v, { ...settings, consumes }), ...momentumUpdate(p, g, m, { rate: 0.1, momentum: 0.9, nesterov: false, coupledDecay: 0, consumes })]
      return [...steps, descentUpdate(p, g, { rate: 0.1, keep: 1, consumes })]
    }
    const before = tf.memory().numTensors
    tf.tidy(() => {
      const kept = tf.tensor1d(start)
      step(kept, false)
      expect([...kept.dataSync()]).toEqual(start)
      const copy = tf.clone(kept)
      step(kept, true)
      expect([...copy.dataSync()]).toEqual(start)
      const alone = tf.tensor1d(start)
      const [next] = adamUpdate(alone, tf.tensor1d([1, -1, 1]), tf.zeros([3]), tf.zeros([3]), { ...settings, consumes: true })
      alone.dispose()
      const separate = adamUpdate(copy, tf.tensor1d([1, -1, 1]), tf.zeros([3]), tf.zeros([3]), settings)[0]
      expect([...next.dataSync()]).toEqual([...separate.dataSync()])
    })
    expect(tf.memory().numTensors).toBe(before)
  })
})
