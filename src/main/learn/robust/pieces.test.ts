import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { BenchError } from '../../../shared/contract/errors.ts'
import { RobustMethodConfig } from '../../../shared/domain/robust-methods.ts'
import { useEngine } from '../../compute/engine.ts'
import { stream } from '../random.ts'
import { betaDraw } from './beta-draw.ts'
import { keptShare, smallestLosses } from './co-teaching.ts'
import { stateArray } from './method.ts'
import { robustMethod } from './methods.ts'
import { mixup } from './mixup.ts'
import { cleanProbabilities } from './small-loss-selection.ts'
import { anchorEstimate, confidentEstimate, inverseOf } from './transition-matrix.ts'
import { betaParameters, logGamma, monotoneLow, scaledToUnit, twoBetas, twoGaussians } from './two-components.ts'

describe('noise matrices', () => {
  const noise = Float64Array.of(0.7, 0.2, 0.1, 0, 0.9, 0.1, 0.3, 0.3, 0.4)

  it('times their inverse are the identity', () => {
    const inverse = inverseOf(noise, 3)
    for (let i = 0; i < 9; i++) {
      const [row, column] = [Math.floor(i / 3), i % 3]
      let sum = 0
      for (let k = 0; k < 3; k++) sum += (noise[row * 3 + k] as number) * (inverse[k * 3 + column] as number)
      expect(sum).toBeCloseTo(Number(row === column), 12)
    }
    // Rows have to change places.
    expect([...inverseOf(Float64Array.of(0, 1, 1, 0), 2)]).toEqual([0, 1, 1, 0])
  })

  it('without an inverse are refused', () => {
    expect(() => inverseOf(Float64Array.of(0.5, 0.5, 0.5, 0.5), 2)).toThrow(BenchError)
    const config = v.parse(RobustMethodConfig, { name: 'backward-correction', matrix: [[0.5, 0.5], [0.5, 0.5]] })
    expect(() => robustMethod(config).init({ examples: 4, classes: 2 })).toThrow(/cannot be inverted/)
    expect(() => robustMethod(config).init({ examples: 4, classes: 3 })).toThrow(/for 2 classes/)
  })

  it('are found from the exact posteriors of the noisy labels', () => {
    const [n, size] = [6000, 3]
    const draws = stream(3, 'noise')
    const labels = new Int32Array(n)
    const p = new Float32Array(n * size)
    for (let i = 0; i < n; i++) {
      const row = noise.subarray((i % size) * size, (i % size) * size + size)
      p.set(row, i * size)
      const u = draws.uniform()
      labels[i] = u < (row[0] as number) ? 0 : u < (row[0] as number) + (row[1] as number) ? 1 : 2
    }
    const anchor = anchorEstimate(p, size)
    const confident = confidentEstimate(p, labels, size)
    noise.forEach((value, at) => {
      expect(anchor[at]).toBeCloseTo(value, 5)
      expect(Math.abs((confident[at] as number) - value)).toBeLessThan(0.05)
    })
  })
})

describe('draws from the beta distribution', () => {
  it.each([[0.2, 0.2], [1, 1], [4, 4], [2, 5]])('have the mean and variance of Beta(%d, %d)', (a, b) => {
    const draws = stream(1, 'beta')
    const values = Array.from({ length: 8000 }, () => betaDraw(a, b, draws))
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    expect(mean).toBeCloseTo(a / (a + b), 1)
    expect(variance / ((a * b) / ((a + b) ** 2 * (a + b + 1)))).toBeGreaterThan(0.93)
    expect(variance / ((a * b) / ((a + b) ** 2 * (a + b + 1)))).toBeLessThan(1.07)
  })

  it('are never NaN for tiny parameters, which do not exist at 0', () => {
    const draws = stream(1)
    for (let i = 0; i < 500; i++) expect(betaDraw(0.001, 0.001, draws)).not.toBeNaN()
    expect(() => betaDraw(0, 1, draws)).toThrow(/does not exist/)
  })
})

describe('mixtures of two components', () => {
  const draws = stream(5, 'mixture')
  const isLow = Array.from({ length: 4000 }, () => draws.bernoulli(0.7))

  it('Gaussians are found with their shares', () => {
    const values = isLow.map((low) => (low ? 0.1 + 0.03 * draws.normal() : 0.7 + 0.1 * draws.normal()))
    const found = twoGaussians(values)
    const share = isLow.filter(Boolean).length / isLow.length
    expect(found.means[0]).toBeCloseTo(0.1, 2)
    expect(found.means[1]).toBeCloseTo(0.7, 1)
    expect(found.weights[0]).toBeCloseTo(share, 2)
    // 5e-4 is added to each variance.
    expect(found.variances[0]).toBeCloseTo(0.03 ** 2 + 5e-4, 3)
    expect(found.low.filter((p, i) => p > 0.5 === isLow[i]).length / isLow.length).toBeGreaterThan(0.99)
  })

  it('betas are found with their shares', () => {
    const values = isLow.map((low) => (low ? betaDraw(2, 20, draws) : betaDraw(12, 4, draws)))
    const found = twoBetas(values)
    expect(found.means[0]).toBeCloseTo(2 / 22, 1)
    expect(found.means[1]).toBeCloseTo(0.75, 1)
    expect(found.low.filter((p, i) => p > 0.5 === isLow[i]).length / isLow.length).toBeGreaterThan(0.97)
    const [a, b] = betaParameters({ mean: 0.25, variance: 0.25 * 0.75 / 9 })
    expect([a, b]).toEqual([2, 6])
  })

  it('call every value low where all are the same', () => {
    for (const fit of [twoGaussians, twoBetas]) expect([...fit(new Float64Array(20).fill(0.3)).low].every((p) => p > 0.5)).toBe(true)
  })

  it('log Gamma equals factorials and the square root of pi', () => {
    expect(logGamma(6)).toBeCloseTo(Math.log(120), 11)
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 11)
    expect(logGamma(0.25)).toBeCloseTo(Math.log(3.625609908221908), 11)
  })

  it('can be made monotone, and values scaled', () => {
    expect([...monotoneLow([0.1, 0.4, 0.2, 0.9], Float64Array.of(0.2, 0.6, 0.9, 0.1))]).toEqual([0.9, 0.6, 0.9, 0.1])
    expect([...scaledToUnit([2, 4, 3])]).toEqual([0, 1, 0.5])
    expect([...scaledToUnit([2, 2])]).toEqual([0, 0])
  })

  it('tell clean labels by their losses', () => {
    const p = Float32Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? 0.95 : 0.05))
    const labels = Int32Array.from({ length: 20 }, (_, i) => Number(i % 4 === 0))
    expect([...cleanProbabilities(p, labels)].map((value) => value > 0.5)).toEqual(Array.from(labels, (label) => label === 0))
  })
})

describe('parts of the procedures', () => {
  beforeAll(async () => {
    await useEngine('wasm')
  })

  it('the kept share falls from 1 to 1 minus the noise rate', () => {
    expect([0, 5, 10, 50].map((epoch) => keptShare(epoch, { noiseRate: 0.4, dropEpochs: 10 }))).toEqual([1, 0.8, 0.6, 0.6])
    expect([...smallestLosses([3, 1, 2, 1], 0.5)]).toEqual([0, 1, 0, 1])
    expect([...smallestLosses([3, 1], 0.1)]).toEqual([0, 1])
    expect(smallestLosses(new Float32Array(10), 0.7).reduce((sum, mark) => sum + mark, 0)).toBe(7)
  })

  it('mixup mixes inputs and targets with one weight, the same way for the same stream', () => {
    const x = tf.tensor2d([[1, 0], [2, 0], [3, 9]])
    const t = tf.tensor2d([[1, 0], [0, 1], [1, 0]])
    const { inputs, targets, weight, partners } = mixup(x, t, 0.4, stream(2, 'step', 7))
    const [from, label] = [x.arraySync(), t.arraySync()]
    partners.forEach((partner, i) => {
      for (const k of [0, 1]) {
        expect((inputs.arraySync() as number[][])[i]?.[k]).toBeCloseTo(weight * (from[i]?.[k] as number) + (1 - weight) * (from[partner]?.[k] as number), 5)
        expect(targets.arraySync()[i]?.[k]).toBeCloseTo(weight * (label[i]?.[k] as number) + (1 - weight) * (label[partner]?.[k] as number), 5)
      }
    })
    expect(mixup(x, t, 0.4, stream(2, 'step', 7)).weight).toBe(weight)
    for (let step = 0; step < 20; step++) expect(mixup(x, t, 0.4, stream(2, step), true).weight).toBeGreaterThanOrEqual(0.5)
  })

  it('the memory moves by 1 - beta towards the prediction, for the rows of the batch alone', () => {
    const method = robustMethod(v.parse(RobustMethodConfig, { name: 'early-learning-regularization', memory: 0.75 }))
    const state = method.init({ examples: 4, classes: 2 })
    const logits = Float32Array.of(0, 0, Math.log(3), 0)
    method.after?.({ network: 0, rows: Int32Array.of(3, 1), logits }, state)
    expect([...stateArray(state, 'memory')].map((value) => Math.round(1e4 * value) / 1e4)).toEqual([0, 0, 0.1875, 0.0625, 0, 0, 0.125, 0.125])
    expect(() => method.after?.({ network: 0, rows: Int32Array.of(2, 2), logits }, state)).toThrow(/twice in one batch/)
  })

  it('the memory that a loss looks at is the one that is kept afterwards', () => {
    const method = robustMethod(v.parse(RobustMethodConfig, { name: 'early-learning-regularization' }))
    const state = method.init({ examples: 2, classes: 2 })
    const logits = tf.tensor2d([[1, -1], [0, 2]])
    const batch = { inputs: tf.zeros([2, 1]), targets: tf.tensor2d([[1, 0], [0, 1]]), rows: Int32Array.of(0, 1) }
    const context = { network: 0, epoch: 0, step: 0 }
    const before = method.loss(logits, batch, context, state).dataSync()[0] as number
    method.after?.({ network: 0, rows: batch.rows, logits: logits.dataSync() as Float32Array }, state)
    // CE + 3 log(1 - <T, p>) with T = 0.3 p after the first step.
    const p = [1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(-2))]
    const expected = p.reduce((sum, q) => sum - Math.log(q) + 3 * Math.log(1 - 0.3 * (q * q + (1 - q) ** 2)), 0) / 2
    expect(before).toBeCloseTo(expected, 4)
    expect(stateArray(state, 'memory')[0]).toBeCloseTo(0.3 * (p[0] as number), 5)
  })
})
