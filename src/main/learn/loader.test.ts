import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../compute/engine.ts'
import { batches, gatherRows } from './loader.ts'
import { stream } from './random.ts'

beforeAll(async () => {
  await useEngine('wasm')
})

describe('batches', () => {
  it('cover every example once an epoch, in an order of their own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), fc.integer(), (count, batchSize, seed) => {
        const loader = batches({ count, batchSize, shuffle: stream(seed, 'loader') })
        for (const epoch of [0, 1]) {
          const all = Array.from({ length: loader.batchesPerEpoch }, (_, i) => [...loader.batch(epoch, i).rows])
          expect(all.slice(0, -1).every((rows) => rows.length === batchSize)).toBe(true)
          expect(all.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
        }
      }),
      { numRuns: 60, seed: 1 }
    )
  })

  it('are a pure function of seed and step, whatever was asked before', () => {
    const settings = { count: 23, batchSize: 5, shuffle: stream(3, 'loader') }
    const straight = batches(settings)
    const inOrder = Array.from({ length: 14 }, (_, step) => [...straight.at(step).rows])
    const jumping = batches({ ...settings, shuffle: stream(3, 'loader') })
    for (const step of [13, 0, 7, 4, 13]) expect([...jumping.at(step).rows]).toEqual(inOrder[step])
    expect(inOrder[0]).not.toEqual(inOrder[5])
    expect(straight.at(7)).toMatchObject({ epoch: 1, index: 2 })
  })

  it('keep the order without a stream and drop a partial batch when asked', () => {
    const loader = batches({ count: 5, batchSize: 2, dropLast: true })
    expect(loader.batchesPerEpoch).toBe(2)
    expect([...loader.at(3).rows]).toEqual([2, 3])
    expect([...batches({ count: 5, batchSize: 2 }).at(2).rows]).toEqual([4])
  })

  it('refuse batches that do not exist', () => {
    expect(() => batches({ count: 3, batchSize: 5, dropLast: true })).toThrow(RangeError)
    expect(() => batches({ count: 0, batchSize: 5 })).toThrow(RangeError)
    expect(() => batches({ count: 3, batchSize: 2 }).batch(0, 2)).toThrow(RangeError)
  })
})

describe('gathered rows', () => {
  it('keep shape and type; bytes become scaled floats', () => {
    const rows = Int32Array.of(2, 0)
    const images = gatherRows({ data: Uint8Array.of(0, 51, 102, 153, 204, 255), shape: [3, 2, 1] }, rows)
    expect([images.shape, images.dtype]).toEqual([[2, 2, 1], 'float32'])
    expect([...images.dataSync()].map((value) => Number(value.toFixed(4)))).toEqual([0.8, 1, 0, 0.2])
    const labels = gatherRows({ data: Int32Array.of(7, 8, 9), shape: [3] }, rows)
    expect([labels.dtype, [...labels.dataSync()]]).toEqual(['int32', [9, 7]])
    const floats = gatherRows({ data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] }, rows)
    expect([...floats.dataSync()]).toEqual([5, 6, 1, 2])
    tf.dispose([images, labels, floats])
  })

  it('refuse rows that do not exist', () => {
    expect(() => gatherRows({ data: Float32Array.of(1, 2), shape: [2] }, Int32Array.of(2))).toThrow(RangeError)
  })
})
