import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../compute/engine.ts'
import { presentEngines } from '../compute/present-engines.ts'
import { clipByGlobalNorm, globalNorm } from './clipping.ts'
import { adam, adamw, arraysToState, disposeState, momentum, sgd, stateToArrays } from './optimizers.ts'
import type { Optimizer } from './optimizers.ts'
import { arraysToParams, countParams, disposeParams, paramsToArrays, partOf } from './parameters.ts'
import type { Params } from './parameters.ts'

/** One parameter, its gradient and rate a step: what a rule is fed. */
type Rule = (p: number, g: number, rate: number, step: number) => number
const gradientAt = (step: number): number => Math.sin(step * 1.3) + 0.2
const rateAt = (step: number): number => 0.1 / step

function referenceSgd(decay: number): Rule {
  return (p, g, rate) => p - rate * (g + decay * p)
}

function referenceMomentum(decay: number, nesterov: boolean): Rule {
  let u = 0
  return (p, g, rate) => {
    const gradient = g + decay * p
    u = 0.9 * u + gradient
    return p - rate * (nesterov ? gradient + 0.9 * u : u)
  }
}

function referenceAdam(coupled: number, decoupled: number): Rule {
  let [m, v] = [0, 0]
  return (p, g, rate, step) => {
    const gradient = g + coupled * p
    m = 0.9 * m + 0.1 * gradient
    v = 0.999 * v + 0.001 * gradient ** 2
    return p - rate * decoupled * p - (rate * (m / (1 - 0.9 ** step))) / (Math.sqrt(v / (1 - 0.999 ** step)) + 1e-8)
  }
}

const rules: [string, Optimizer, () => Rule][] = [
  ['sgd', sgd(), () => referenceSgd(0)],
  ['sgd with decay', sgd({ weightDecay: 0.1 }), () => referenceSgd(0.1)],
  ['momentum', momentum(), () => referenceMomentum(0, false)],
  ['nesterov with decay', momentum({ nesterov: true, weightDecay: 0.1 }), () => referenceMomentum(0.1, true)],
  ['adam', adam(), () => referenceAdam(0, 0)],
  ['adam with decay', adam({ weightDecay: 0.1 }), () => referenceAdam(0.1, 0)],
  ['adamw', adamw(), () => referenceAdam(0, 0.01)]
]

const start = (): Params => ({ a: tf.tensor1d([0.8, -0.5]), b: tf.tensor2d([[0.3]]) })

describe.each(presentEngines)('optimizers on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine)
  })

  it.each(rules)('%s follows its published rule', (_name, optimizer, ruleOf) => {
    const before = tf.memory().numTensors
    let params = start()
    let state = optimizer.init(params)
    const rule = ruleOf()
    let wanted = 0.8
    for (let step = 1; step <= 12; step++) {
      const gradients = { a: tf.tensor1d([gradientAt(step), 1]), b: tf.tensor2d([[0.5]]) }
      ;({ params, state } = optimizer.update(params, gradients, state, rateAt(step)))
      disposeParams(gradients)
      wanted = rule(wanted, gradientAt(step), rateAt(step), step)
    }
    expect(state.step).toBe(12)
    expect(params['a']?.dataSync()[0]).toBeCloseTo(wanted, 5)
    disposeParams(params)
    disposeState(state)
    expect(tf.memory().numTensors).toBe(before)
  })

  it.each(rules)('%s continues bit for bit from plain arrays', (_name, optimizer) => {
    const run = (interrupted: boolean): Float32Array => {
      let params = start()
      let state = optimizer.init(params)
      for (let step = 1; step <= 10; step++) {
        if (interrupted && step === 6) {
          params = arraysToParams(structuredClone(paramsToArrays(params)))
          state = arraysToState(structuredClone(stateToArrays(state)))
        }
        const gradients = { a: tf.tensor1d([gradientAt(step), 1 / 3]), b: tf.tensor2d([[0.7]]) }
        ;({ params, state } = optimizer.update(params, gradients, state, 0.01))
      }
      return Float32Array.from(params['a']?.dataSync() ?? [])
    }
    expect(new Uint8Array(run(true).buffer)).toEqual(new Uint8Array(run(false).buffer))
  })

  it('leaves parameters without a gradient as they are', () => {
    const params = start()
    const optimizer = adam()
    const { params: next, state } = optimizer.update(params, { a: tf.tensor1d([1, 1]) }, optimizer.init(params), 0.1)
    expect(next['b']).toBe(params['b'])
    expect(next['a']?.dataSync()[0]).toBeCloseTo(0.7, 5)
    expect(Object.keys(state.slots['m'] ?? {})).toEqual(['a', 'b'])
  })

  it('refuses a state of another model or optimizer', () => {
    const params = start()
    const gradients = { a: tf.tensor1d([1, 1]), b: tf.tensor2d([[1]]) }
    expect(() => adam().update(params, gradients, sgd().init(params), 0.1)).toThrow(/no m for the parameter a/)
  })

  it('clips by the norm of all gradients together', () => {
    const gradients = { a: tf.tensor1d([3, 0]), b: tf.tensor2d([[4]]) }
    expect(globalNorm(gradients).dataSync()[0]).toBeCloseTo(5, 6)
    const clipped = clipByGlobalNorm(gradients, 1)
    expect(clipped['a']?.dataSync()[0]).toBeCloseTo(0.6, 6)
    expect(clipped['b']?.dataSync()[0]).toBeCloseTo(0.8, 6)
    expect(clipByGlobalNorm(gradients, 10)['b']?.dataSync()[0]).toBe(4)
  })
})

describe('parameters', () => {
  it('survive the way to plain arrays and back, bit for bit', () => {
    const odd = Float32Array.of(1 / 3, -0, 1e-42, 3.4e38)
    const back = arraysToParams(paramsToArrays({ x: tf.tensor2d(odd, [2, 2]) }))
    expect(new Uint8Array(Float32Array.from(back['x']?.dataSync() ?? []).buffer)).toEqual(new Uint8Array(odd.buffer))
    expect(back['x']?.shape).toEqual([2, 2])
  })

  it('refuse a damaged array by name', () => {
    expect(() => arraysToParams({ 'head/0/kernel': { shape: [2, 3], data: new Float32Array(5) } })).toThrow(/head\/0\/kernel has 5 numbers/)
  })

  it('can be taken by part and counted', () => {
    const params = { 'body/0/kernel': tf.zeros([2, 3]), 'body2/0/kernel': tf.zeros([1]), 'head/0/kernel': tf.zeros([3]) }
    expect(Object.keys(partOf(params, 'body'))).toEqual(['body/0/kernel'])
    expect(countParams(params)).toBe(10)
  })
})
