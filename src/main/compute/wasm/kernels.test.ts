import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EngineId } from '../../../shared/domain/engine.ts'
import { useEngine } from '../engine.ts'
import { enginesToCompare } from '../present-engines.ts'

const side = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: most })

function filled(shape: readonly number[], seed: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1)
  return tf.tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i * 1.7)), [...shape])
}

/** Fills freed memory of all sizes with nonsense, which a kernel that does not write all of its output brings to light. */
function leaveDebris(): void {
  const debris = Array.from({ length: 400 }, (_, i) => tf.fill([1 + (i % 200) * 4], 12345))
  tf.dispose(debris)
}

/** The engine under test. */
let compared: EngineId = 'wasm'

/** Runs the same operation on it and on the reference and returns the largest difference; shapes must agree. */
async function difference(make: () => Tensor): Promise<number> {
  const results: { shape: number[]; values: ArrayLike<number> }[] = []
  for (const engine of ['cpu', compared] as const) {
    await useEngine(engine)
    const before = tf.memory().numTensors
    if (engine === 'wasm') leaveDebris()
    results.push(
      tf.tidy(() => {
        const result = make()
        return { shape: result.shape, values: result.dataSync() }
      })
    )
    expect(tf.memory().numTensors).toBe(before)
  }
  const [reference, own] = results as [(typeof results)[0], (typeof results)[0]]
  expect(own.shape).toEqual(reference.shape)
  return Array.from(own.values).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (reference.values[i] as number))), 0)
}

describe.each(enginesToCompare)('kernels of %s agree with the reference engine', (engine) => {
  beforeAll(async () => {
    compared = engine
    await useEngine(engine)
  })

  it('convolutions and both of their gradients', async () => {
    const shapes = fc.record({
      batch: side(3),
      height: fc.integer({ min: 3, max: 8 }),
      width: fc.integer({ min: 3, max: 8 }),
      inChannels: fc.oneof(side(3), side(9)),
      outChannels: fc.oneof(side(3), side(18)),
      filterHeight: side(3),
      filterWidth: side(3),
      strides: fc.tuple(side(3), side(3)),
      pad: fc.constantFrom('same' as const, 'valid' as const, 0, 1, 2)
    })
    await fc.assert(
      fc.asyncProperty(shapes, async (s) => {
        fc.pre(typeof s.pad === 'string' || Math.min(s.height, s.width) + 2 * s.pad >= 3)
        const xShape: [number, number, number, number] = [s.batch, s.height, s.width, s.inChannels]
        const filterShape: [number, number, number, number] = [s.filterHeight, s.filterWidth, s.inChannels, s.outChannels]
        const { outShape } = tf.backend_util.computeConv2DInfo(xShape, filterShape, s.strides, 1, s.pad, 'floor')
        const dimRoundingMode = typeof s.pad === 'number' ? ('floor' as const) : undefined
        const attributes = { strides: s.strides, pad: s.pad, dataFormat: 'NHWC', filterShape, ...(dimRoundingMode ? { dimRoundingMode } : {}) }
        const error = await difference(() => tf.engine().runKernel('Conv2DBackpropFilter', { x: filled(xShape, 1), dy: filled(outShape, 2) }, attributes))
        expect(error).toBeLessThan(2e-4)
        const { filterShape: _, ...shared } = attributes
        expect(await difference(() => tf.conv2d(filled(xShape, 1) as tf.Tensor4D, filled(filterShape, 3) as tf.Tensor4D, s.strides, s.pad, 'NHWC', 1, dimRoundingMode))).toBeLessThan(1e-4)
        const back = { ...shared, inputShape: xShape }
        expect(await difference(() => tf.engine().runKernel('Conv2DBackpropInput', { dy: filled(outShape, 2), filter: filled(filterShape, 3) }, back))).toBeLessThan(1e-4)
      }),
      { numRuns: 60, seed: 11 }
    )
  })

  it('the same in several chunks, when the patches exceed the budget', async () => {
    await useEngine(engine)
    const x = filled([9, 64, 64, 4], 1)
    const dy = filled([9, 64, 64, 2], 2)
    const gradient = (from: number, count: number): Tensor =>
      tf.engine().runKernel(
        'Conv2DBackpropFilter',
        { x: tf.slice(x, [from, 0, 0, 0], [count, -1, -1, -1]), dy: tf.slice(dy, [from, 0, 0, 0], [count, -1, -1, -1]) },
        { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [5, 5, 4, 2] }
      )
    const whole = gradient(0, 9)
    const parts = tf.addN(Array.from({ length: 9 }, (_, i) => gradient(i, 1)))
    expect(tf.max(tf.abs(tf.sub(whole, parts))).dataSync()[0]).toBeLessThan(1e-2)
    expect(tf.max(tf.abs(whole)).dataSync()[0]).toBeGreaterThan(1)
  })

  it('sum by segment, ids outside the range dropped', async () => {
    const shapes = fc.record({ ids: fc.array(fc.integer({ min: -1, max: 5 }), { minLength: 1, maxLength: 9 }), inner: fc.array(side(3), { maxLength: 2 }) })
    await fc.assert(
      fc.asyncProperty(shapes, async ({ ids, inner }) => {
        const error = await difference(() =>
          tf.unsortedSegmentSum(filled([ids.length, ...inner], 3), tf.tensor1d(Int32Array.from(ids), 'int32'), 5)
        )
        expect(error).toBeLessThan(1e-5)
      }),
      { numRuns: 40, seed: 12 }
    )
  })

  it('sum of whole numbers by segment', async () => {
    const error = await difference(() => tf.unsortedSegmentSum(tf.tensor1d([4, 5, -6], 'int32'), tf.tensor1d([1, 0, 1], 'int32'), 2))
    expect(error).toBe(0)
  })

  it('matrix products, plain and transposed, batched and broadcast, of more than one block', async () => {
    const shapes = fc.record({
      n: side(19),
      m: side(19),
      k: fc.oneof(side(19), fc.integer({ min: 250, max: 530 })),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
      batch: fc.constantFrom<[number[], number[]]>([[], []], [[3], [3]], [[3], []], [[2, 2], [2, 2]], [[1], [2, 2]])
    })
    await fc.assert(
      fc.asyncProperty(shapes, async ({ n, m, k, transposeA, transposeB, batch }) => {
        const a = [...batch[0], ...(transposeA ? [k, n] : [n, k])]
        const b = [...batch[1], ...(transposeB ? [m, k] : [k, m])]
        expect(await difference(() => tf.matMul(filled(a, 4), filled(b, 5), transposeA, transposeB))).toBeLessThan(5e-4)
      }),
      { numRuns: 120, seed: 13 }
    )
  })

  it('matrix products of every layout at sizes that are packed, cut into blocks and left over', async () => {
    for (const [n, k, m] of [[1, 300, 97], [5, 1, 104], [97, 40, 98], [103, 257, 113], [200, 6, 15]] as const) {
      for (const transposeA of [false, true]) {
        for (const transposeB of [false, true]) {
          const make = (): Tensor => tf.matMul(filled(transposeA ? [k, n] : [n, k], 4), filled(transposeB ? [m, k] : [k, m], 5), transposeA, transposeB)
          expect(await difference(make)).toBeLessThan(5e-4)
        }
      }
    }
  })

  it('matrix products whose batches broadcast in both directions', async () => {
    await useEngine('wasm')
    const [a, b] = [filled([2, 1, 3, 4], 1), filled([1, 3, 4, 2], 2)]
    const repeated = tf.matMul(tf.tile(a, [1, 3, 1, 1]), tf.tile(b, [2, 1, 1, 1]))
    expect([...tf.matMul(a, b).dataSync()]).toEqual([...repeated.dataSync()])
  })

  it('reordered axes', async () => {
    const drawn = fc.integer({ min: 2, max: 5 }).chain((rank) =>
      fc.tuple(fc.array(side(4), { minLength: rank, maxLength: rank }), fc.shuffledSubarray([...Array(rank).keys()], { minLength: rank, maxLength: rank }))
    )
    await fc.assert(
      fc.asyncProperty(drawn, async ([shape, perm]) => {
        expect(await difference(() => tf.transpose(filled(shape, 7), perm))).toBe(0)
      }),
      { numRuns: 60, seed: 14 }
    )
  })

  it.each(['float32', 'int32', 'bool'] as const)('one-hot rows of type %s', async (dtype) => {
    const error = await difference(() => tf.oneHot(tf.tensor2d([1, 0, 3, -1], [2, 2], 'int32'), 3, 1, 0, dtype))
    expect(error).toBe(0)
  })

  it('one-hot rows with other values', async () => {
    expect(await difference(() => tf.oneHot(tf.tensor1d([1, 2], 'int32'), 3, 0.9, 0.05, 'float32'))).toBeLessThan(1e-7)
  })

  it('average and maximum pooling, forward and backward, padded or not', async () => {
    for (const pad of ['same', 'valid'] as const) {
      for (const pool of [tf.avgPool, tf.maxPool] as const) {
        const apply = (x: Tensor): Tensor => pool(x as tf.Tensor4D, 3, 2, pad)
        expect(await difference(() => apply(filled([2, 6, 5, 3], 6)))).toBeLessThan(1e-6)
        expect(await difference(() => tf.grad((x: Tensor) => tf.sum(tf.square(apply(x))))(filled([2, 6, 5, 3], 6)))).toBeLessThan(1e-5)
      }
    }
  })
})

describe('kernels of the WebAssembly engine at the edges', () => {
  it('rows by number, refused out of range with nothing left behind', async () => {
    for (const shape of [[5], [5, 1], [5, 3], [5, 2, 4]]) {
      for (const ids of [tf.tensor1d([4, 0, 0], 'int32'), tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32')]) {
        compared = 'wasm'
        expect(await difference(() => tf.gather(filled(shape, 1), ids))).toBe(0)
      }
    }
    await useEngine('wasm')
    const [x, ids] = [filled([3, 2], 1), tf.tensor1d([0, 3], 'int32')]
    const before = tf.engine().backend.numDataIds()
    expect(() => tf.gather(x, ids)).toThrow(/position 1 is not in \[0, 2\]/)
    expect(tf.engine().backend.numDataIds()).toBe(before)
  })

  it('matrix products of nothing are zero', async () => {
    await useEngine('wasm')
    expect([...tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])).dataSync()]).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('matrix products keep NaN and infinity in the rows and columns they are in', async () => {
    await useEngine('wasm')
    const a = tf.buffer([9, 130])
    a.set(NaN, 4, 7)
    a.set(Infinity, 8, 3)
    const product = tf.matMul(a.toTensor(), tf.ones([130, 11])).dataSync()
    product.forEach((value, i) => {
      expect(value).toBe([NaN, Infinity][[4, 8].indexOf(Math.floor(i / 11))] ?? 0)
    })
  })

  it('maximum pooling passes over NaN, as the reference does', async () => {
    await useEngine('wasm')
    const x = tf.tensor4d([1, NaN, 3, 2, NaN, NaN, NaN, NaN], [2, 2, 2, 1])
    for (const id of ['cpu', 'wasm'] as const) {
      await useEngine(id)
      expect([...tf.maxPool(x, 2, 2, 'valid').dataSync()]).toEqual([3, -Infinity])
    }
  })
})
