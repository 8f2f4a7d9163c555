import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../compute/engine.ts'
import { gradientError } from '../compute/gradient-check.ts'
import { presentEngines } from '../compute/present-engines.ts'
import { normalizeRows, ntXent } from './contrastive.ts'
import { stream } from './random.ts'

/** Equation 1 of arXiv 2002.05709, one pair at a time, in double precision. */
function oracle(rows: readonly (readonly number[])[], temperature: number): number {
  const cosine = (a: readonly number[], b: readonly number[]): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
  const half = rows.length / 2
  const losses = rows.map((row, i) => {
    const partner = (i + half) % rows.length
    const similarity = (j: number): number => cosine(row, rows[j] as readonly number[]) / temperature
    const others = rows.map((_, j) => (j === i ? 0 : Math.exp(similarity(j)))).reduce((sum, value) => sum + value, 0)
    return -Math.log(Math.exp(similarity(partner)) / others)
  })
  return losses.reduce((sum, loss) => sum + loss, 0) / rows.length
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)

const normalRows = (count: number, width: number, seed: number): number[][] => {
  const random = stream(seed, 'contrastive')
  return Array.from({ length: count }, () => Array.from(random.normals(width)))
}

const lossOf = (rows: number[][], temperature: number): number => tf.tidy(() => ntXent(tf.tensor2d(rows), temperature).dataSync()[0] as number)

describe.each(presentEngines)('NT-Xent on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine)
  })

  it.each([
    [2, 3, 0.5],
    [4, 2, 0.5],
    [10, 7, 0.2],
    [16, 64, 1]
  ])('equals the plain sum over pairs: %i rows, width %i, temperature %f', (count, width, temperature) => {
    const rows = normalRows(count, width, count)
    expect(lossOf(rows, temperature)).toBeCloseTo(oracle(rows, temperature), 4)
  })

  it('has the gradient of its finite differences', () => {
    const x = tf.tensor2d(normalRows(8, 5, 1))
    expect(gradientError((z) => ntXent(z as Tensor2D, 0.5), [x], { coordinates: 40 })).toBeLessThan(2e-3)
    x.dispose()
  })

  it('does not depend on the lengths of the embeddings', () => {
    const rows = normalRows(6, 4, 2)
    const longer = rows.map((row, i) => row.map((value) => value * (i + 1) * 3))
    expect(lossOf(longer, 0.5)).toBeCloseTo(lossOf(rows, 0.5), 5)
  })

  it('is least where partners agree and others are opposite', () => {
    const together = [[1, 0], [-1, 0], [1, 0], [-1, 0]]
    const swapped = [[1, 0], [-1, 0], [-1, 0], [1, 0]]
    expect(lossOf(together, 0.5)).toBeCloseTo(Math.log(1 + 2 * Math.exp(-4)), 5)
    expect(lossOf(swapped, 0.5)).toBeGreaterThan(4)
  })

  it('stays finite at a low temperature and at embeddings of zero, gradient included', () => {
    const rows = normalRows(6, 4, 3).map((row, i) => (i === 2 ? [0, 0, 0, 0] : row))
    expect(lossOf(rows, 0.01)).toBeGreaterThan(0)
    const gradient = tf.tidy(() => tf.grad((z) => ntXent(z as Tensor2D, 0.5))(tf.tensor2d(rows)).dataSync())
    expect(Array.from(gradient).every(Number.isFinite)).toBe(true)
  })

  it('scales rows to unit length, zero rows to zero', () => {
    const normalized = tf.tidy(() => normalizeRows(tf.tensor2d([[3, 4], [0, 0], [1e-3, 0]])).dataSync())
    ;[0.6, 0.8, 0, 0, 1, 0].forEach((value, i) => expect(normalized[i]).toBeCloseTo(value, 5))
  })

  it('refuses rows that are no pairs', () => {
    const x = tf.tensor2d([[1, 0], [0, 1], [1, 1]])
    expect(() => ntXent(x, 0.5)).toThrow(RangeError)
    x.dispose()
  })

  it('leaves no tensors behind', () => {
    const x = tf.tensor2d(normalRows(6, 4, 4))
    const before = tf.memory().numTensors
    const loss: Scalar = ntXent(x, 0.5)
    expect(tf.memory().numTensors).toBe(before + 1)
    tf.dispose([loss, x])
  })
})
