import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../compute/engine.ts'
import { gradientError } from '../compute/gradient-check.ts'
import { presentEngines } from '../compute/present-engines.ts'
import { adaptiveThreshold, balancedClasses, hardTargets } from './hardening.ts'
import { crossEntropy } from './losses.ts'
import { stream } from './random.ts'
import { agreement, confidenceLoss, confidenceWeight, performanceGapRecovered, productLoss } from './weak-to-strong.ts'

const randomLogits = (seed: number, rows: number, classes: number): Tensor2D =>
  tf.tensor2d(stream(seed).normals(rows * classes).map((value) => 2 * value), [rows, classes])
const only = (x: Tensor): number => x.dataSync()[0] as number

describe('adaptive threshold', () => {
  it('is the linear quantile at 1 - mass', () => {
    expect(adaptiveThreshold([0.1, 0.2, 0.3, 0.4, 0.5], 0.5)).toBeCloseTo(0.3, 12)
    expect(adaptiveThreshold([0.5, 0.1, 0.4, 0.2, 0.3], 0.25)).toBeCloseTo(0.4, 12)
    expect(adaptiveThreshold([0, 1], 0.3)).toBeCloseTo(0.7, 12)
  })

  it('falls back to 0.5 where nothing can be divided', () => {
    expect([adaptiveThreshold([0.9], 0.3), adaptiveThreshold([0.2, 0.2, 0.2], 0.3), adaptiveThreshold([], 0.3)]).toEqual([0.5, 0.5, 0.5])
  })

  it('leaves a share of about the mass above it when probabilities differ', () => {
    const probabilities = fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { minLength: 2, maxLength: 60 })
    fc.assert(
      fc.property(probabilities, fc.double({ min: 0, max: 1, noNaN: true }), (drawn, mass) => {
        const p = drawn.map((value) => value / 10_000)
        const above = p.filter((value) => value > adaptiveThreshold(p, mass)).length
        expect(Math.abs(above - mass * p.length)).toBeLessThanOrEqual(1 + 1e-9)
      }),
      { numRuns: 200, seed: 1 }
    )
  })
})

describe('confidence weight', () => {
  const at = (schedule: 'paper' | 'code', fraction: number): number => confidenceWeight(fraction, { maximum: 0.5, warmUp: 0.2, schedule })

  it('paper: grows linearly to the maximum', () => {
    expect([0, 0.1, 0.2, 0.9].map((f) => at('paper', f))).toEqual([0, 0.25, 0.5, 0.5])
  })

  it('code: stays at the fraction itself, then jumps', () => {
    expect([0, 0.1, 0.19, 0.2, 1].map((f) => at('code', f))).toEqual([0, 0.05, 0.095, 0.5, 0.5])
  })

  it('no warm-up gives the maximum from the start', () => {
    expect(confidenceWeight(0, { maximum: 0.75, warmUp: 0, schedule: 'paper' })).toBe(0.75)
  })
})

describe.each(presentEngines)('confidence loss on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine)
  })

  it('mixes the two cross-entropies by its weight', () => {
    const [logits, weak] = [randomLogits(1, 16, 2), tf.softmax<Tensor2D>(randomLogits(2, 16, 2))]
    const hard = hardTargets(logits, weak, { threshold: 'adaptive' })
    const wanted = 0.3 * only(crossEntropy(logits, weak)) + 0.7 * only(crossEntropy(logits, hard))
    expect(only(confidenceLoss(logits, weak, { weight: 0.7, threshold: 'adaptive', labels: 'soft' }))).toBeCloseTo(wanted, 5)
  })

  it('weight 0 is plain cross-entropy with soft or hard labels', () => {
    const [logits, weak] = [randomLogits(1, 16, 2), tf.softmax<Tensor2D>(randomLogits(2, 16, 2))]
    const naive = (labels: 'soft' | 'hard'): number => only(confidenceLoss(logits, weak, { weight: 0, threshold: 'adaptive', labels }))
    expect(naive('soft')).toBeCloseTo(only(crossEntropy(logits, weak)), 6)
    expect(naive('hard')).toBeCloseTo(only(crossEntropy(logits, tf.argMax<tf.Tensor1D>(weak, 1))), 6)
  })

  it('hardens two classes so that their shares match the supervisor, or at 0.5', () => {
    const logits = randomLogits(3, 200, 2)
    const weak = tf.tile<Tensor2D>(tf.tensor2d([[0.8, 0.2]]), [200, 1])
    const share = (threshold: 'adaptive' | 'fixed'): number => only(tf.mean(tf.slice(hardTargets(logits, weak, { threshold }), [0, 1], [-1, 1])))
    expect(share('adaptive')).toBeCloseTo(0.2, 5)
    const positive = Array.from(logits.dataSync()).filter((value, i, all) => i % 2 === 1 && value > (all[i - 1] as number)).length
    expect(share('fixed')).toBeCloseTo(positive / 200, 6)
  })

  it.each([2, 4])('sends no gradient through the hardened target (%i classes)', (classes) => {
    const [logits, weak] = [randomLogits(1, 8, classes), tf.softmax<Tensor2D>(randomLogits(2, 8, classes))]
    const hard = hardTargets(logits, weak, { threshold: 'adaptive' })
    const own = tf.grad((z: Tensor) => confidenceLoss(z as Tensor2D, weak, { weight: 0.6, threshold: 'adaptive', labels: 'soft' }))(logits)
    const mixed = tf.add(tf.mul(weak, 0.4), tf.mul(hard, 0.6))
    const wanted = tf.div(tf.sub(tf.softmax(logits), mixed), 8)
    expect(only(tf.max(tf.abs(tf.sub(own, wanted))))).toBeLessThan(1e-6)
  })

  it('gradient agrees with finite differences where no example crosses the threshold', () => {
    const logits = tf.tensor2d([[2, -1], [-2, 1], [1.5, 0], [-1, 2]])
    const weak = tf.tensor2d([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]])
    const error = gradientError((z) => confidenceLoss(z as Tensor2D, weak, { weight: 0.5, threshold: 'adaptive', labels: 'soft' }), [logits])
    expect(error).toBeLessThan(1e-3)
  })

  it('the product variant aims at the normalised product, as a constant', () => {
    const [logits, weak] = [randomLogits(1, 6, 3), tf.softmax<Tensor2D>(randomLogits(2, 6, 3))]
    const product = tf.mul(tf.softmax(logits), weak)
    const target = tf.div<Tensor2D>(product, tf.sum(product, 1, true))
    expect(only(productLoss(logits, weak))).toBeCloseTo(only(crossEntropy(logits, target)), 5)
    const gradient = tf.grad((z: Tensor) => productLoss(z as Tensor2D, weak))(logits)
    expect(only(tf.max(tf.abs(tf.sub(gradient, tf.div(tf.sub(tf.softmax(logits), target), 6)))))).toBeLessThan(1e-6)
  })

  it('leaves no tensors behind', () => {
    const [logits, weak] = [randomLogits(1, 8, 3), tf.softmax<Tensor2D>(randomLogits(2, 8, 3))]
    const before = tf.memory().numTensors
    tf.dispose([confidenceLoss(logits, weak, { weight: 0.5, threshold: 'adaptive', labels: 'hard' }), productLoss(logits, weak)])
    expect(tf.memory().numTensors).toBe(before)
  })
})

it.each([0.1, 1, 10])('more than two classes (extension): shares of the hard targets come close to the supervisor (logits times %d)', (scale) => {
  const [rows, wanted] = [300, [0.6, 0.3, 0.1]]
  const weights = stream(5).normals(rows * 3).map((value) => Math.exp(value * scale))
  const p = Float64Array.from(weights, (value, i) => {
    const start = i - (i % 3)
    return value / ((weights[start] as number) + (weights[start + 1] as number) + (weights[start + 2] as number))
  })
  const weak = Float64Array.from({ length: rows * 3 }, (_, i) => wanted[i % 3] as number)
  const chosen = balancedClasses(p, weak, 3)
  wanted.forEach((share, k) => {
    expect(Math.abs(chosen.filter((label) => label === k).length / rows - share)).toBeLessThan(0.02)
  })
})

describe('measures', () => {
  it('performance gap recovered', () => {
    expect(performanceGapRecovered(0.7, 0.76, 0.9)).toBeCloseTo(0.3, 12)
    expect(performanceGapRecovered(0.7, 0.6, 0.9)).toBeCloseTo(-0.5, 12)
    expect(performanceGapRecovered(0.9, 0.9, 0.905)).toBeNull()
    expect(performanceGapRecovered(0.9, 0.9, 0.8)).toBeNull()
  })

  it('agreement, split by whether the supervisor is right', () => {
    expect(agreement([0, 1, 1, 0], [0, 1, 0, 1], [0, 1, 1, 1])).toEqual({ overall: 0.5, onSupervisorRight: 2 / 3, onSupervisorWrong: 0 })
    expect(agreement([0, 1], [0, 1], [0, 1])).toEqual({ overall: 1, onSupervisorRight: 1, onSupervisorWrong: null })
    expect(agreement([], [], [])).toEqual({ overall: null, onSupervisorRight: null, onSupervisorWrong: null })
    expect(() => agreement([0], [0, 1], [0, 1])).toThrow(RangeError)
  })

  it('agreement is the weighted mean of its two sides', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)), { minLength: 1, maxLength: 40 }), (drawn) => {
        const measured = agreement(drawn.map(([a]) => a), drawn.map(([, b]) => b), drawn.map(([, , c]) => c))
        const right = drawn.filter(([, b, c]) => b === c).length
        const joined = ((measured.onSupervisorRight ?? 0) * right + (measured.onSupervisorWrong ?? 0) * (drawn.length - right)) / drawn.length
        expect(measured.overall).toBeCloseTo(joined, 12)
      }),
      { numRuns: 80, seed: 2 }
    )
  })
})
