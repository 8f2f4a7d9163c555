import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../../compute/engine.ts'
import { affineViews } from '../../learn/affine-views.ts'
import { kMeans } from '../../learn/k-means.ts'
import type { PlainArray, PlainArrays } from '../../learn/parameters.ts'
import { poolImages } from '../../learn/pooling.ts'
import { stream } from '../../learn/random.ts'
import { side, syntheticDigits } from './testing/synthetic-digits.ts'
import { drawViews, pseudoClasses, trainContrastive, unlabelledPretraining, type Views } from './unlabelled-pretraining.ts'

const count = 300
const width = unlabelledPretraining.grid ** 2
const { images: all, digits } = syntheticDigits(3)
const images = all.subarray(0, count * side * side)
const breathe = (): Promise<void> => Promise.resolve()
const fresh = { saved: null, offer: () => undefined }

let views: Views
beforeAll(async () => {
  await useEngine('wasm')
  views = await drawViews(images, side, stream(0, 'views'), breathe)
})

const columnOf = (matrix: Float32Array, column: number): number[] => Array.from({ length: matrix.length / width }, (_, row) => matrix[row * width + column] as number)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('views for contrastive pretraining', () => {
  it('standardise the undistorted images: mean 0 and deviation 1 in every pixel', () => {
    expect(views.plain).toHaveLength(count * width)
    for (let column = 0; column < width; column += 13) {
      const values = columnOf(views.plain, column)
      expect(mean(values)).toBeCloseTo(0, 3)
      expect(Math.sqrt(mean(values.map((value) => value ** 2)))).toBeCloseTo(1, 1)
    }
  })

  it('standardise the distorted copies by the statistics of the undistorted images', async () => {
    const first = affineViews(images.subarray(0, 250 * side * side), side, unlabelledPretraining.ranges, stream(0, 'views').child('view', 0))
    const [pooled, clean] = [poolImages(first, side, 14), poolImages(images, side, 14)]
    for (const column of [0, 50, 195]) {
      const values = columnOf(clean, column)
      const deviation = Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)))
      for (const row of [0, 100, 249]) {
        const wanted = ((pooled[row * width + column] as number) - mean(values)) / (deviation + 1e-3)
        expect(views.distorted[0]?.[row * width + column]).toBeCloseTo(wanted, 3)
      }
    }
    expect(await drawViews(images, side, stream(0, 'views'), breathe)).toEqual(views)
  })

  it('are eight, each different from the others', () => {
    expect(views.distorted).toHaveLength(8)
    expect(new Set(views.distorted.map((copy) => Buffer.from(copy.buffer, copy.byteOffset, copy.byteLength).toString('base64'))).size).toBe(8)
  })

  it('can be cancelled between any of them', async () => {
    let breaths = 0
    const stop = (): Promise<void> => (++breaths === 5 ? Promise.reject(new Error('stop')) : Promise.resolve())
    await expect(drawViews(images, side, stream(0), stop)).rejects.toThrow('stop')
    expect(breaths).toBe(5)
  })
})

describe('contrastive pretraining', () => {
  it('learns to tell images apart, and its groups follow what they show', async () => {
    const losses: number[] = []
    const params = await trainContrastive(views, 40, stream(0), fresh, (_step, loss) => {
      losses.push(loss)
      return Promise.resolve()
    })
    expect(losses).toHaveLength(40)
    // 2 x 128 views at temperature 0.5: a network that knows nothing has log 255 = 5.54.
    expect(losses[0]).toBeGreaterThan(5)
    expect(mean(losses.slice(-5))).toBeLessThan(mean(losses.slice(0, 5)) - 0.5)
    const groups = pseudoClasses(params, views, 10, stream(0, 'clusters'))
    expect(groups).toHaveLength(count)
    expect(groups.every((group) => group >= 0 && group < 10)).toBe(true)
    expect(purity(groups)).toBeGreaterThan(0.4)
    expect(purity(Int32Array.from(groups.keys(), (row) => row % 10))).toBeLessThan(0.3)
    expect(pseudoClasses(params, views, 10, stream(0, 'clusters'))).toEqual(groups)
  })

  it('groups unit-length embeddings of the undistorted images', async () => {
    const params = await trainContrastive(views, 3, stream(0), fresh, () => Promise.resolve())
    const embeddings = unitRows(embedded(params, views.plain), unlabelledPretraining.embedding)
    const wanted = kMeans(embeddings, unlabelledPretraining.embedding, 6, unlabelledPretraining.clusterIterations, stream(0, 'clusters')).assignments
    const found = pseudoClasses(params, views, 6, stream(0, 'clusters'))
    // Single precision here and there may put an image between two groups into either.
    expect(found.filter((group, row) => group === wanted[row]).length / count).toBeGreaterThan(0.97)
  })

  it('begins with kernels within 1 / sqrt(inputs) and biases of zero', async () => {
    const params = await trainContrastive(views, 0, stream(0), fresh, () => Promise.resolve())
    const kernels = Object.entries(params).filter(([name]) => name.endsWith('kernel'))
    expect(kernels.map(([, { shape }]) => shape)).toEqual([[196, 128], [128, 128], [128, 128], [128, 64]])
    for (const [, { shape, data }] of kernels) {
      const limit = 1 / Math.sqrt(shape[0] as number)
      expect(data.every((value) => Math.abs(value) <= limit)).toBe(true)
      // A uniform distribution of this range has the standard deviation limit / sqrt(3).
      expect(Math.sqrt(mean(Array.from(data, (value) => value ** 2))) / limit).toBeCloseTo(1 / Math.sqrt(3), 2)
    }
    for (const [name, { data }] of Object.entries(params)) if (name.endsWith('bias')) expect(data.every((value) => value === 0)).toBe(true)
  })
})

/** The network's embeddings, one product after another: two layers, the projection, and a linear last layer. */
function embedded(params: PlainArrays, input: Float32Array): Float32Array {
  return ['body/0', 'body/1', 'projection/0', 'embedding/0'].reduce((hidden, name) => {
    const [kernel, bias] = [params[`${name}/kernel`] as PlainArray, params[`${name}/bias`] as PlainArray]
    const [inputs = 0, outputs = 0] = kernel.shape
    const next = new Float32Array((hidden.length / inputs) * outputs)
    next.forEach((_, index) => {
      const [row, output] = [Math.floor(index / outputs), index % outputs]
      let sum = bias.data[output] as number
      for (let i = 0; i < inputs; i++) sum += (hidden[row * inputs + i] as number) * (kernel.data[i * outputs + output] as number)
      next[index] = name === 'embedding/0' ? sum : Math.max(0, sum)
    })
    return next
  }, input)
}

function unitRows(matrix: Float32Array, columns: number): Float32Array {
  return matrix.map((value, index) => {
    const start = index - (index % columns)
    return value / Math.sqrt(matrix.subarray(start, start + columns).reduce((sum, each) => sum + each * each, 0))
  })
}

/** Share of images whose digit is the most frequent one of their group. */
function purity(groups: Int32Array): number {
  let right = 0
  for (let group = 0; group < 10; group++) {
    const counts = new Array<number>(10).fill(0)
    groups.forEach((each, row) => {
      if (each === group) counts[digits[row] as number] = (counts[digits[row] as number] as number) + 1
    })
    right += Math.max(...counts)
  }
  return right / groups.length
}
