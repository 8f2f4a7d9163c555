import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../../compute/engine.ts'
import { gradientError } from '../../compute/gradient-check.ts'
import { presentEngines } from '../../compute/present-engines.ts'
import { crossEntropy } from '../losses.ts'
import { stream } from '../random.ts'
import { hardBootstrapping, softBootstrapping } from './bootstrapping.ts'
import { earlyLearningLoss } from './early-learning.ts'
import { generalizedCrossEntropy } from './generalized-cross-entropy.ts'
import { backwardCorrection, forwardCorrection } from './loss-correction.ts'
import { selectionLoss, sharpened } from './small-loss-selection.ts'
import { symmetricCrossEntropy } from './symmetric-cross-entropy.ts'
import { inverseOf } from './transition-matrix.ts'

const [rows, classes] = [6, 4]
const labels = [0, 3, 1, 2, 2, 0]
const noise = [0.7, 0.1, 0.1, 0.1, 0.05, 0.8, 0.05, 0.1, 0, 0.3, 0.6, 0.1, 0.2, 0.1, 0.1, 0.6]

const logitsOf = (seed: number): Tensor2D => tf.tensor2d(stream(seed).normals(rows * classes), [rows, classes])
const oneHot = (): Tensor2D => tf.oneHot(tf.tensor1d(labels, 'int32'), classes, 1, 0, 'float32') as Tensor2D
const square = (values: ArrayLike<number>): Tensor2D => tf.tensor2d(Float32Array.from(values), [classes, classes])
const inverse = (): Tensor2D => square(inverseOf(Float64Array.from(noise), classes))
const rowsOf = (x: Tensor): number[][] => (x as Tensor2D).arraySync()
const only = (x: Tensor): number => x.dataSync()[0] as number
/** Probabilities in double precision, row by row. */
const softmaxRows = (logits: Tensor2D): number[][] =>
  logits.arraySync().map((row) => {
    const sum = row.reduce((total, z) => total + Math.exp(z), 0)
    return row.map((z) => Math.exp(z) / sum)
  })
const meanOf = (p: number[][], lossOf: (row: number[], label: number, i: number) => number): number =>
  p.reduce((sum, row, i) => sum + lossOf(row, labels[i] as number, i), 0) / rows

describe.each(presentEngines)('robust losses on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine)
  })

  it('equal their formulas', () => {
    const z = logitsOf(1)
    const p = softmaxRows(z)
    const at = (row: number[], k: number): number => row[k] as number
    const entropy = meanOf(p, (row) => -row.reduce((sum, value) => sum + value * Math.log(value), 0))
    const ce = meanOf(p, (row, y) => -Math.log(at(row, y)))
    const t = oneHot()
    expect(only(generalizedCrossEntropy(z, t, { q: 0.7 }))).toBeCloseTo(meanOf(p, (row, y) => (1 - at(row, y) ** 0.7) / 0.7), 5)
    expect(only(generalizedCrossEntropy(z, t, { q: 0.7, truncation: 0.3 }))).toBeCloseTo(meanOf(p, (row, y) => (1 - Math.max(0.3, at(row, y)) ** 0.7) / 0.7), 5)
    expect(only(symmetricCrossEntropy(z, t, { alpha: 0.1, beta: 2, logOfZero: -4 }))).toBeCloseTo(0.1 * ce + 2 * meanOf(p, (row, y) => 4 * (1 - at(row, y))), 4)
    expect(only(softBootstrapping(z, t, 0.9))).toBeCloseTo(0.9 * ce + 0.1 * entropy, 5)
    expect(only(hardBootstrapping(z, t, 0.8))).toBeCloseTo(0.8 * ce + 0.2 * meanOf(p, (row) => -Math.log(Math.max(...row))), 5)
    const given = (row: number[], y: number): number => row.reduce((sum, value, i) => sum + value * (noise[i * classes + y] as number), 0)
    expect(only(forwardCorrection(z, t, square(noise)))).toBeCloseTo(meanOf(p, (row, y) => -Math.log(given(row, y))), 5)
    const memory = softmaxRows(logitsOf(2))
    const regularizer = meanOf(p, (row, _y, i) => Math.log(1 - row.reduce((sum, value, k) => sum + value * at(memory[i] as number[], k), 0)))
    expect(only(earlyLearningLoss(z, t, tf.tensor2d(memory), 3))).toBeCloseTo(ce + 3 * regularizer, 4)
  })

  it('meet cross-entropy and the mean absolute error where they should', () => {
    const [z, t] = [logitsOf(1), oneHot()]
    const ce = only(crossEntropy(z, t))
    const identity = tf.eye(classes)
    expect(only(generalizedCrossEntropy(z, t, { q: 1e-4 }))).toBeCloseTo(ce, 3)
    expect(only(generalizedCrossEntropy(z, t, { q: 1 }))).toBeCloseTo(meanOf(softmaxRows(z), (row, y) => 1 - (row[y] as number)), 5)
    expect(only(softBootstrapping(z, t, 1))).toBeCloseTo(ce, 6)
    expect(only(hardBootstrapping(z, t, 1))).toBeCloseTo(ce, 6)
    expect(only(forwardCorrection(z, t, identity))).toBeCloseTo(ce, 5)
    expect(only(backwardCorrection(z, t, identity))).toBeCloseTo(ce, 5)
    expect(only(earlyLearningLoss(z, t, tf.zeros([rows, classes]), 3))).toBeCloseTo(ce, 6)
    expect(only(earlyLearningLoss(z, t, oneHot(), 0))).toBe(ce)
  })

  it('backward correction is unbiased: its mean over the noise is the clean loss', () => {
    const z = logitsOf(3)
    // The expected one-hot target of an example whose true class is y is row y of the matrix.
    const expected = tf.gather(square(noise), tf.tensor1d(labels, 'int32'))
    expect(only(backwardCorrection(z, expected, inverse()))).toBeCloseTo(only(crossEntropy(z, oneHot())), 4)
  })

  it('gradients agree with finite differences', () => {
    const t = oneHot()
    const soft = tf.softmax<Tensor2D>(logitsOf(5))
    const clean = tf.tensor1d([1, 0, 1, 1, 0, 0])
    const matrix = square(noise)
    const undone = inverse()
    const losses: Record<string, (z: Tensor) => Tensor> = {
      generalized: (z) => generalizedCrossEntropy(z as Tensor2D, t, { q: 0.7 }),
      symmetric: (z) => symmetricCrossEntropy(z as Tensor2D, t, { alpha: 0.5, beta: 1, logOfZero: -4 }),
      soft: (z) => softBootstrapping(z as Tensor2D, t, 0.7),
      hard: (z) => hardBootstrapping(z as Tensor2D, t, 0.7),
      forward: (z) => forwardCorrection(z as Tensor2D, t, matrix),
      backward: (z) => backwardCorrection(z as Tensor2D, t, undone),
      early: (z) => earlyLearningLoss(z as Tensor2D, t, soft, 3),
      selection: (z) => selectionLoss(z as Tensor2D, soft, clean, { suspectWeight: 5 })
    }
    for (const [name, loss] of Object.entries(losses)) expect(gradientError(loss, [logitsOf(4)]), name).toBeLessThan(1e-3)
  })

  it("truncation stops the gradient of rows below it, and cross-entropy's gradient is scaled by p^q above it", () => {
    const [z, t] = [logitsOf(1), oneHot()]
    const p = softmaxRows(z)
    const gradientOf = (loss: (x: Tensor) => Tensor): number[][] => rowsOf(tf.grad(loss)(z))
    const plain = gradientOf((x) => crossEntropy(x as Tensor2D, t))
    const truncated = gradientOf((x) => generalizedCrossEntropy(x as Tensor2D, t, { q: 0.5, truncation: 0.25 }))
    p.forEach((row, i) => {
      const own = row[labels[i] as number] as number
      const scale = own <= 0.25 ? 0 : Math.sqrt(own)
      row.forEach((_, k) => expect(truncated[i]?.[k]).toBeCloseTo(scale * (plain[i]?.[k] as number), 5))
    })
    expect(p.some((row, i) => (row[labels[i] as number] as number) <= 0.25)).toBe(true)
  })

  it("the regularizer's gradient is p (<T, p> - T) / (1 - <T, p>)", () => {
    const z = logitsOf(1)
    const memory = tf.softmax<Tensor2D>(logitsOf(2))
    const p = softmaxRows(z)
    const T = memory.arraySync()
    const difference = tf.sub(
      tf.grad((x: Tensor) => earlyLearningLoss(x as Tensor2D, oneHot(), memory, 1))(z),
      tf.grad((x: Tensor) => crossEntropy(x as Tensor2D, oneHot()))(z)
    )
    rowsOf(difference).forEach((row, i) => {
      const dot = (p[i] as number[]).reduce((sum, value, k) => sum + value * (T[i]?.[k] as number), 0)
      row.forEach((g, k) => expect(g * rows).toBeCloseTo(((p[i]?.[k] as number) * (dot - (T[i]?.[k] as number))) / (1 - dot), 5))
    })
  })

  it('stay finite, with finite gradients, for huge logits', () => {
    const z = tf.tensor2d([[1e4, -1e4], [-1e4, 1e4]])
    const t = tf.tensor2d([[0, 1], [0, 1]])
    const matrix = tf.tensor2d([[0.8, 0.2], [0.2, 0.8]])
    const losses: ((x: Tensor) => Tensor)[] = [
      (x) => generalizedCrossEntropy(x as Tensor2D, t, { q: 0.7 }),
      (x) => symmetricCrossEntropy(x as Tensor2D, t, { alpha: 1, beta: 1, logOfZero: -4 }),
      (x) => softBootstrapping(x as Tensor2D, t, 0.9),
      (x) => hardBootstrapping(x as Tensor2D, t, 0.9),
      (x) => forwardCorrection(x as Tensor2D, t, matrix),
      (x) => backwardCorrection(x as Tensor2D, t, matrix),
      (x) => earlyLearningLoss(x as Tensor2D, t, t, 3),
      (x) => selectionLoss(x as Tensor2D, t, tf.tensor1d([1, 0]), { suspectWeight: 5 })
    ]
    for (const loss of losses) {
      expect(Number.isFinite(only(loss(z)))).toBe(true)
      expect(Array.from(tf.grad(loss)(z).dataSync()).every(Number.isFinite)).toBe(true)
    }
  })

  it('sharpening is a power, normalised', () => {
    const [a, b] = [0.25 / (0.25 + 0.49 + 0.01), 0.49 / (0.25 + 0.49 + 0.01)]
    const sharp = sharpened(tf.tensor2d([[0.5, 0.7, 0.1]]), 0.5).dataSync()
    expect(sharp[0]).toBeCloseTo(a / (a + b + 0.01 / 0.75), 5)
    expect(sharp[1]).toBeCloseTo(b / (a + b + 0.01 / 0.75), 5)
  })
})
