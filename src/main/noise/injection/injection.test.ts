import { describe, expect, it } from 'vitest'
import { testStream } from '../testing/reference-cases.ts'
import { injectInstanceNoise } from './instance-noise.ts'
import { injectFromModel } from './model-noise.ts'
import { drawFrom, injectByMatrix } from './noisy-labels.ts'
import { annotatorMatrix, checkTransitionMatrix, pairMatrix, symmetricMatrix } from './transition-matrix.ts'

const [n, classes] = [20_000, 4]
const truth = Int32Array.from({ length: n }, (_, i) => i % classes)

/** Four standard deviations of the share of `trials` with probability p: one test in 16,000 would fail by chance, and none does with fixed seeds. */
const bound = (p: number, trials: number): number => 4 * Math.sqrt((p * (1 - p)) / trials) + 1e-12

function expectRates(matrix: Float64Array, wanted: ArrayLike<number>): void {
  for (const [at, p] of Array.from(wanted).entries()) expect(Math.abs(matrix[at]! - p)).toBeLessThanOrEqual(bound(p, n / classes))
}

describe('noise by a transition matrix', () => {
  it.each([
    ['symmetric', symmetricMatrix(classes, 0.3)],
    ['pair', pairMatrix(classes, 0.45)],
    ['none', symmetricMatrix(classes, 0)],
    ['any', Float64Array.of(0.7, 0.1, 0.1, 0.1, 0, 1, 0, 0, 0.25, 0.25, 0.25, 0.25, 0, 0, 0.5, 0.5)]
  ])('%s: rates within binomial bounds, the truth kept', (_, matrix) => {
    const noisy = injectByMatrix(truth, matrix, classes, 5)
    expectRates(noisy.matrix, matrix)
    expect(noisy.truth).toEqual(truth)
    expect(noisy.changed).toBe(noisy.labels.filter((label, i) => label !== truth[i]).length)
    expect(noisy.rate).toBe(noisy.changed / n)
  })

  it('is the same for the same seed, and another for another', () => {
    const matrix = symmetricMatrix(classes, 0.2)
    expect(injectByMatrix(truth, matrix, classes, 1)).toEqual(injectByMatrix(truth, matrix, classes, 1))
    expect(injectByMatrix(truth, matrix, classes, 1).labels).not.toEqual(injectByMatrix(truth, matrix, classes, 2).labels)
    expect([...injectByMatrix(truth, matrix, classes, 7).labels.subarray(0, 24)].join('')).toMatchInlineSnapshot(`"030301203123012311020123"`)
  })

  it('flips the last class to the first', () => expect([...pairMatrix(3, 0.4)]).toEqual([0.6, 0.4, 0, 0, 0.6, 0.4, 0.4, 0, 0.6]))

  it('never draws a class of weight zero', () => {
    expect(drawFrom([0, 0.5, 0.5, 0], 0, 4, 0)).toBe(1)
    expect(drawFrom([0, 0.5, 0.49999, 0], 0, 4, 0.999999)).toBe(2)
  })

  it('takes an annotator from counts', () => {
    expect([...annotatorMatrix([8, 2, 1, 3], 2)]).toEqual([0.8, 0.2, 0.25, 0.75])
    expect(() => annotatorMatrix([8, 2, 0, 0], 2)).toThrow('Row 2 of the confusion matrix holds no label.')
    expect(() => annotatorMatrix([8, -2, 1, 1], 2)).toThrow('Row 1 of the confusion matrix')
  })

  it('refuses what is no transition matrix, no label, no rate', () => {
    expect(() => checkTransitionMatrix([0.5, 0.5, 0.5, 0.4], 2)).toThrow('Row 2 of the transition matrix sums to 0.9, not to one.')
    expect(() => checkTransitionMatrix([0.5, 0.5, 1.5, -0.5], 2)).toThrow('Row 2, column 1 of the transition matrix: 1.5 is no probability.')
    expect(() => checkTransitionMatrix([1], 2)).toThrow('A matrix of 1 numbers is not 2 x 2.')
    expect(() => injectByMatrix([0, 4], symmetricMatrix(classes, 0.1), classes, 0)).toThrow('Row 2: the label 4 is no class from 0 to 3.')
    expect(() => symmetricMatrix(classes, 1.1)).toThrow('A noise rate must be from 0 to 1, not 1.1.')
    expect(() => pairMatrix(classes, Number.NaN)).toThrow('A noise rate must be from 0 to 1, not NaN.')
  })
})

describe('instance-dependent noise', () => {
  const width = 5
  const features = testStream('features').normals(n * width)

  it.each([0.2, 0.4])('has the rate asked for: %f', (rate) => {
    const noisy = injectInstanceNoise(truth, features, classes, rate, 3)
    // The cut at zero raises a mean rate of 0.2 by 0.1 pdf(2) / cdf(2) = 0.0055.
    expect(Math.abs(noisy.rate - rate)).toBeLessThan(bound(rate, n) + 0.006)
    expect(injectInstanceNoise(truth, features, classes, rate, 3)).toEqual(noisy)
  })

  it('mistakes examples that are alike for the same class', () => {
    const twins = Int32Array.from({ length: 400 }, (_, i) => (i < 200 ? 0 : 1))
    const same = Float64Array.from({ length: 400 * width }, (_, at) => (at < 200 * width ? 3 : -3) * Math.cos(at % width))
    const { labels } = injectInstanceNoise(twins, same, 6, 0.5, 1)
    for (const label of [0, 1]) {
      const wrong = labels.subarray(200 * label, 200 * (label + 1)).filter((noisy) => noisy !== label)
      const counts = Array.from({ length: 6 }, (_, c) => wrong.filter((noisy) => noisy === c).length)
      expect(wrong.length).toBeGreaterThan(70)
      expect(Math.max(...counts) / wrong.length).toBeGreaterThan(0.6)
    }
  })

  it('depends on the features, as symmetric noise does not', () => {
    const other = testStream('other-features').normals(n * width)
    expect(injectInstanceNoise(truth, features, classes, 0.3, 3).labels).not.toEqual(injectInstanceNoise(truth, other, classes, 0.3, 3).labels)
  })

  it('refuses features that do not fit', () => {
    expect(() => injectInstanceNoise(truth, features.subarray(1), classes, 0.2, 0)).toThrow('are not a whole number for each of 20000 examples')
    expect(() => injectInstanceNoise([0, 1], Float64Array.of(1, 2, 3, Number.NaN), 2, 0.2, 0)).toThrow('Row 2: the features hold something else than finite numbers.')
  })
})

describe('noise from a model', () => {
  const row = [0.7, 0.2, 0.1, 0]
  const probabilities = Float64Array.from({ length: n * classes }, (_, at) => row[((at % classes) - (Math.floor(at / classes) % classes) + classes) % classes]!)
  const model = { rows: n, classes, probabilities }

  it('draws labels from the probabilities', () => {
    const wanted = Array.from({ length: classes * classes }, (_, at) => row[((at % classes) - Math.floor(at / classes) + classes) % classes]!)
    expectRates(injectFromModel(truth, model, 4).matrix, wanted)
  })

  it('has the rate asked for, the wrong classes in the proportion of the model', () => {
    const { rate, matrix } = injectFromModel(truth, model, 4, 0.6)
    expect(Math.abs(rate - 0.6)).toBeLessThan(bound(0.6, n))
    expect(matrix[1]! / matrix[2]!).toBeCloseTo(2, 0)
    expect([matrix[3], matrix[4]]).toEqual([0, 0])
  })

  it('makes labels wrong where the model doubts them', () => {
    const doubts = Float64Array.from({ length: 2000 * 2 }, (_, at) => (at % 2 === 0 ? 1 - Math.floor(at / 2) / 4000 : Math.floor(at / 2) / 4000))
    const { labels, rate } = injectFromModel(new Int32Array(2000), { rows: 2000, classes: 2, probabilities: doubts }, 1, 0.2)
    const wrong = (from: number): number => labels.subarray(from, from + 1000).reduce((sum, label) => sum + label, 0)
    expect(Math.abs(rate - 0.2)).toBeLessThan(bound(0.2, 2000))
    expect(wrong(1000)).toBeGreaterThan(2 * wrong(0))
  })

  it('refuses a rate that a sure model does not allow', () => {
    const sure = { rows: 2, classes: 2, probabilities: Float64Array.of(1, 0, 0.5, 0.5) }
    expect(() => injectFromModel([0, 0], sure, 0, 0.6)).toThrow('The model doubts too few labels for a noise rate of 0.6; it allows 0.500.')
    expect(injectFromModel([0, 0], sure, 0, 0.5).labels).toEqual(Int32Array.of(0, 1))
    expect(() => injectFromModel([0], sure, 0)).toThrow('There are 1 labels for 2 rows of probabilities.')
  })
})
