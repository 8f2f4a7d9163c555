import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../compute/engine.ts'
import { gradientError } from '../compute/gradient-check.ts'
import { presentEngines } from '../compute/present-engines.ts'
import { binaryCrossEntropy, crossEntropy, crossEntropyRows, meanSquaredError, stopGradient } from './losses.ts'
import { stream } from './random.ts'

const logitsOf = (seed: number, rows = 5, classes = 3): Tensor2D => tf.tensor2d(stream(seed).normals(rows * classes), [rows, classes])
const only = (x: Tensor): number => x.dataSync()[0] as number

describe.each(presentEngines)('losses on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine)
  })

  it('cross-entropy equals its definition for integer, soft, smoothed and weighted targets', () => {
    const row = fc.tuple(fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 3, maxLength: 3 }), fc.nat(2), fc.double({ min: 0.1, max: 2, noNaN: true }))
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), fc.constantFrom(0, 0.2), (rows, smoothing) => {
        const losses = rows.map(([z, label]) => {
          const sum = z.reduce((total, value) => total + Math.exp(value), 0)
          return -z.reduce((total, value, k) => total + ((k === label ? 1 - smoothing : 0) + smoothing / 3) * (value - Math.log(sum)), 0)
        })
        const weights = rows.map(([, , weight]) => weight)
        const weighted = losses.reduce((sum, loss, i) => sum + loss * (weights[i] as number), 0) / weights.reduce((a, b) => a + b)
        const logits = tf.tensor2d(rows.map(([z]) => z))
        const labels = tf.tensor1d(rows.map(([, label]) => label), 'int32')
        const soft = tf.oneHot(labels, 3, 1, 0, 'float32') as Tensor2D
        for (const targets of [labels, soft]) {
          expect(only(crossEntropy(logits, targets, { smoothing, weights: tf.tensor1d(weights) }))).toBeCloseTo(weighted, 4)
          expect(only(crossEntropy(logits, targets, { smoothing }))).toBeCloseTo(losses.reduce((a, b) => a + b) / losses.length, 4)
        }
      }),
      { numRuns: 25, seed: 1 }
    )
  })

  it('stays finite for huge logits', () => {
    const logits = tf.tensor2d([[1e4, -1e4], [-1e4, 1e4]])
    const labels = tf.tensor1d([1, 1], 'int32')
    expect([...crossEntropyRows(logits, labels).dataSync()].map(Math.abs)).toEqual([20000, 0])
    const binary = binaryCrossEntropy(tf.tensor1d([1e4, -1e4]), tf.tensor1d([1, 1]))
    expect(only(binary)).toBe(5000)
    const gradient = tf.grad((z: Tensor) => crossEntropy(z as Tensor2D, labels))(logits)
    expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true)
  })

  it('binary cross-entropy and squared error equal their definitions', () => {
    const [z, t] = [[0.3, -2, 4], [1, 0.2, 0]]
    const losses = z.map((value, i) => -((t[i] as number) * Math.log(1 / (1 + Math.exp(-value))) + (1 - (t[i] as number)) * Math.log(1 / (1 + Math.exp(value)))))
    expect(only(binaryCrossEntropy(tf.tensor1d(z), tf.tensor1d(t)))).toBeCloseTo(losses.reduce((a, b) => a + b) / 3, 5)
    const weights = tf.tensor1d([1, 3])
    const error = meanSquaredError(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[0, 0], [3, 2]]), { weights })
    expect(only(error)).toBeCloseTo((2.5 * 1 + 2 * 3) / 4, 5)
  })

  it('gradients agree with finite differences, into logits, soft targets and weights', () => {
    const soft = tf.softmax<Tensor2D>(logitsOf(2))
    const weights = tf.tensor1d([0.5, 1, 2, 1, 0.7])
    const labels = tf.tensor1d([0, 2, 1, 1, 0], 'int32')
    const losses: [(...xs: Tensor[]) => Tensor, Tensor[]][] = [
      [(z) => crossEntropy(z as Tensor2D, labels, { smoothing: 0.1 }), [logitsOf(1)]],
      [(z, t, w) => crossEntropy(z as Tensor2D, t as Tensor2D, { weights: w as Tensor1D }), [logitsOf(1), soft, weights]],
      [(z, t) => binaryCrossEntropy(z as Tensor1D, t as Tensor1D), [tf.tensor1d([0.4, -1.2, 2]), tf.tensor1d([0.2, 1, 0.6])]],
      [(p, t, w) => meanSquaredError(p, t, { weights: w as Tensor1D }), [logitsOf(1), logitsOf(2), weights]]
    ]
    for (const [loss, inputs] of losses) expect(gradientError(loss, inputs)).toBeLessThan(1e-3)
  })

  it('stopGradient passes values and no gradient', () => {
    const gradient = tf.grad((x: Tensor) => tf.sum(tf.mul(x, stopGradient(tf.mul(x, 3)))))(tf.tensor1d([1, 2]))
    expect([...gradient.dataSync()]).toEqual([3, 6])
  })

  it('leaves no tensors behind', () => {
    const [logits, labels] = [logitsOf(1), tf.tensor1d([0, 2, 1, 1, 0], 'int32')]
    const before = tf.memory().numTensors
    tf.dispose([crossEntropy(logits, labels, { smoothing: 0.1 }), crossEntropyRows(logits, labels)])
    expect(tf.memory().numTensors).toBe(before)
  })
})
