import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agreementOf, cohenKappa, fleissKappa, krippendorffAlpha, ratingCounts } from './agreement.ts'
import { consensusOf, informativeness } from './consensus.ts'
import { generateVotes } from './vote-generators.ts'
import { voteMatrix } from './vote-matrix.ts'

/** Four observers of twelve units, Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), values 1 to 5 as classes 0 to 4. */
const observers = [
  [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
  [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
  [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
  [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0]
].map((values) => values.map((value) => value - 1))

/** Ten subjects, fourteen raters, five categories. */
const ratings = [
  [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
  [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]
]

describe("Krippendorff's alpha", () => {
  it.each([['nominal', 0.743], ['ordinal', 0.815], ['interval', 0.849]] as const)('of the reference data is the published one (%s)', (level, published) => {
    const { counts, rated } = ratingCounts(voteMatrix(['A', 'B', 'C', 'D'], observers, 5))
    expect(rated).toBe(11)
    expect(krippendorffAlpha(counts, 5, level)).toBeCloseTo(published, 3)
  })

  it('equals one minus the ratio of mean disagreements over pairs of labels', () => {
    const matrices = fc.array(fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 6, maxLength: 6 }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(matrices, (columns) => {
        const { counts } = ratingCounts(voteMatrix(['a', 'b', 'c'], columns, 3))
        const units = Array.from({ length: 6 }, (_, i) => columns.map((column) => column[i] ?? -1).filter((label) => label >= 0)).filter((labels) => labels.length > 1)
        const labels = units.flat()
        const pairs = (values: readonly number[]): number => values.reduce((sum, a, i) => sum + values.filter((b, j) => j !== i && a !== b).length, 0)
        const observed = units.reduce((sum, unit) => sum + pairs(unit) / (unit.length - 1), 0) / labels.length
        const expected = pairs(labels) / (labels.length * (labels.length - 1))
        if (units.length === 0 || expected === 0) expect(krippendorffAlpha(counts, 3)).toBeNull()
        else expect(krippendorffAlpha(counts, 3)).toBeCloseTo(1 - observed / expected, 10)
      })
    )
  })
})

describe("Fleiss' kappa", () => {
  it('of the textbook example is 0.210', () => expect(fleissKappa(Float64Array.from(ratings.flat()), 5)).toBeCloseTo(0.21, 3))
  it('is not defined where all labels are alike', () => expect(fleissKappa(Float64Array.of(3, 0, 2, 0), 2)).toBeNull())
})

describe("Cohen's kappa", () => {
  // 50 cases: both yes 20, first only 5, second only 10, both no 15.
  const first = [...Array<number>(25).fill(1), ...Array<number>(25).fill(0)]
  const second = [...Array<number>(20).fill(1), ...Array<number>(5).fill(0), ...Array<number>(10).fill(1), ...Array<number>(15).fill(0)]

  it('of the textbook example is 0.4', () => {
    expect(cohenKappa(voteMatrix(['a', 'b'], [first, second]), 0, 1)).toEqual({ first: 0, second: 1, both: 50, agree: 35, cohenKappa: expect.closeTo(0.4, 10) as unknown })
  })

  it('with weights punishes far misses more', () => {
    const near = voteMatrix(['a', 'b'], [[0, 1, 2, 0, 1, 2], [0, 1, 2, 1, 2, 1]])
    const far = voteMatrix(['a', 'b'], [[0, 1, 2, 0, 1, 2], [0, 1, 2, 2, 1, 0]])
    const kappa = (matrix: typeof near, weights: 'linear' | 'quadratic'): number => cohenKappa(matrix, 0, 1, weights).cohenKappa ?? NaN
    expect(kappa(near, 'quadratic')).toBeGreaterThan(kappa(near, 'linear'))
    expect(kappa(far, 'quadratic')).toBeLessThan(kappa(far, 'linear'))
    // Rows 1/3 each: expected squared distance 4/3, observed (0 + 0 + 0 + 4 + 0 + 4) / 6.
    expect(kappa(far, 'quadratic')).toBeCloseTo(1 - 8 / 6 / (4 / 3), 10)
  })

  it('is null for annotators that never meet', () => expect(agreementOf(voteMatrix(['a', 'b'], [[0, -1], [-1, 1]])).pairs).toEqual([{ first: 0, second: 1, both: 0, agree: 0, cohenKappa: null }]))
})

describe('consensus', () => {
  it('finds the classes, and the annotators that know them', () => {
    const { votes, truth } = generateVotes('independent', { rows: 1500, seed: 3, classes: 3 })
    const { classes, confidence, annotators } = consensusOf(votes)
    const right = classes.filter((c, i) => c === truth[i]).length / classes.filter((c) => c >= 0).length
    expect(right).toBeGreaterThan(0.84)
    expect(annotators.every(({ accuracy, interval }, j) => Math.abs((accuracy ?? 0) - ([0.8, 0.77, 0.74, 0.71, 0.68][j] ?? 0)) < 0.05 && (interval?.[0] ?? 1) < (accuracy ?? 0) && (interval?.[1] ?? 0) > (accuracy ?? 1))).toBe(true)
    for (const [i, c] of classes.entries()) expect(c < 0 ? confidence[i] === 0 : (confidence[i] ?? 0) >= 1 / 3).toBe(true)
  })

  it('scores confusion by what it tells', () => {
    expect(informativeness(Float64Array.of(1, 0, 0, 1), 2)).toBe(1)
    expect(informativeness(Float64Array.of(0.7, 0.3, 0.7, 0.3), 2)).toBe(0)
    expect(informativeness(Float64Array.of(0, 1, 1, 0), 2)).toBe(1)
  })
})
