import { describe, expect, it } from 'vitest'
import { stream } from '../../learn/random.ts'
import type { Detection } from '../detection.ts'
import { flaggedBySplit } from '../detection.ts'
import { detectorAgreement, jaccard, overlapAtK, spearman } from './detector-agreement.ts'
import { averagePrecision, flaggedQuality, precisionAtK, precisionRecallCurve } from './detector-evaluation.ts'
import { aggregateDetections } from './rank-aggregation.ts'
import { midRanks } from './ranks.ts'

/** Inputs that were given to scikit-learn 1.9.1 and SciPy 1.17.1 too, full of ties. */
const scores = Float64Array.from({ length: 60 }, (_, i) => Math.floor(((i * 37) % 101) / 4) / 25)
const others = Float64Array.from({ length: 60 }, (_, i) => Math.floor(((i * 29) % 83) / 3) / 27)
const isWrong = Uint8Array.from(scores, (score, i) => Number(((i * 53) % 97 < 30 && score < 0.7) || i % 11 === 0))

const detection = (values: readonly number[], flagged: readonly number[] = values.map(() => 0)): Detection => ({
  scores: Float64Array.from(values),
  flagged: Uint8Array.from(flagged)
})

describe('detectors against the truth', () => {
  it('have the average precision and the curve that scikit-learn computes', () => {
    expect(averagePrecision(scores, isWrong)).toBeCloseTo(0.5017690772032197, 12)
    const curve = precisionRecallCurve(scores, isWrong)
    expect(curve.thresholds).toHaveLength(26)
    const expected = [[2 / 3, 2 / 15], [0.6, 0.2], [4 / 7, 4 / 15], [0.6, 0.4], [0.5, 0.4]] as const
    expected.forEach(([precision, recall], i) => {
      expect(curve.precision[i]).toBeCloseTo(precision, 12)
      expect(curve.recall[i]).toBeCloseTo(recall, 12)
    })
  })

  it('have the values of closed forms', () => {
    const three = Uint8Array.of(1, 0, 1, 0)
    // Hits at positions 1 and 3: (1 + 2/3) / 2.
    expect(averagePrecision(Float64Array.of(0.1, 0.2, 0.3, 0.4), three)).toBeCloseTo(5 / 6, 12)
    expect(averagePrecision(Float64Array.of(0.4, 0.6, 0.1, 0.9), three)).toBe(1)
    expect(averagePrecision(new Float64Array(4), three)).toBe(0.5)
    expect(averagePrecision(new Float64Array(4), new Uint8Array(4))).toBeNaN()
    expect(precisionAtK(Float64Array.of(0.1, 0.2, 0.3, 0.4), three, 3)).toBeCloseTo(2 / 3, 12)
    // Two of the three at 0.5 are looked at: the one wrong of them counts two thirds.
    expect(precisionAtK(Float64Array.of(0.5, 0.1, 0.5, 0.5), Uint8Array.of(1, 1, 0, 0), 3)).toBeCloseTo((1 + 2 / 3) / 3, 12)
    expect(flaggedQuality(Uint8Array.of(1, 1, 0, 1), three)).toEqual({ flagged: 3, wrong: 2, found: 1, precision: 1 / 3, recall: 0.5 })
    expect(flaggedQuality(new Uint8Array(4), three).precision).toBeNaN()
  })

  it('need a score for every example, and a k', () => {
    expect(() => averagePrecision(Float64Array.of(1, Number.NaN), Uint8Array.of(0, 1))).toThrow(/row 2/)
    for (const k of [0, 3, 1.5]) expect(() => precisionAtK(Float64Array.of(1, 2), Uint8Array.of(0, 1), k)).toThrow(/cannot be looked at/)
    expect(() => averagePrecision(Float64Array.of(1, 2), Uint8Array.of(1))).toThrow(/truth/)
  })
})

describe('agreement of detectors', () => {
  it("is Spearman's correlation as SciPy computes it, Jaccard's index, and the overlap at k", () => {
    expect(spearman(scores, others)).toBeCloseTo(0.04233326855959337, 12)
    expect(spearman(Float64Array.of(1, 2, 3, Number.NaN), Float64Array.of(9, 4, 1, 7))).toBeCloseTo(-1, 12)
    expect(spearman(Float64Array.of(1, 1), Float64Array.of(1, 2))).toBeNaN()
    expect(jaccard(Uint8Array.of(1, 1, 0, 0), Uint8Array.of(0, 1, 1, 0))).toBeCloseTo(1 / 3, 12)
    expect(jaccard(new Uint8Array(2), new Uint8Array(2))).toBeNaN()
    expect(overlapAtK(Float64Array.of(1, 2, 3, 4), Float64Array.of(2, 9, 1, 8), 2)).toBe(0.5)
  })

  it('is a symmetric matrix', () => {
    const { jaccard: j, spearman: s, overlapAtK: o } = detectorAgreement([detection([1, 2, 3], [1, 0, 0]), detection([3, 2, 1], [1, 1, 0])], 1)
    expect([...j]).toEqual([1, 0.5, 0.5, 1])
    expect([...s].map((value) => Math.round(value))).toEqual([1, -1, -1, 1])
    expect([...o]).toEqual([1, 0, 0, 1])
    expect(() => detectorAgreement([detection([1]), detection([1, 2])], 1)).toThrow(/cannot be compared/)
  })
})

describe('detectors together', () => {
  it('ranks share the mean at ties', () => {
    expect([...midRanks(Float64Array.of(0.3, 0.1, 0.3, Number.NaN, 0.2))]).toEqual([3.5, 1, 3.5, Number.NaN, 2])
  })

  it('are joined by mean, median and robust ranks, flagged by more than half', () => {
    const all = [detection([0.1, 0.5, 0.9, 0.7], [1, 1, 0, 0]), detection([10, 20, 40, 30], [1, 0, 0, 0]), detection([0.4, 0.1, 0.2, 0.3], [0, 1, 0, 1])]
    expect([...aggregateDetections(all, 'mean-rank').scores]).toEqual([6 / 12, 5 / 12, 10 / 12, 9 / 12].map((value) => expect.closeTo(value, 12) as number))
    expect([...aggregateDetections(all, 'median-rank').scores]).toEqual([0.25, 0.5, 1, 0.75])
    // Ranks 1/4, 1/4, 1 of three: at least two of three below 1/4 by chance with 3/16 - 2/64, three times.
    expect(aggregateDetections(all, 'robust-rank').scores[0]).toBeCloseTo(3 * (3 / 16 - 2 / 64), 12)
    expect([...aggregateDetections(all, 'mean-rank').flagged]).toEqual([1, 1, 0, 0])
  })

  it('leave out what a detector did not score', () => {
    const { scores: joined, flagged } = aggregateDetections([detection([Number.NaN, 1, 2], [1, 0, 0]), detection([Number.NaN, 5, 4], [0, 1, 0])], 'mean-rank')
    expect([...joined]).toEqual([Number.NaN, 0.75, 0.75])
    expect([...flagged]).toEqual([0, 0, 0])
    expect(() => aggregateDetections([], 'mean-rank')).toThrow(/no detector/)
  })

  it('are better together than each alone where their errors differ', () => {
    const draws = stream(2, 'detectors')
    const wrong = Uint8Array.from({ length: 2000 }, () => Number(draws.bernoulli(0.2)))
    const single = Array.from({ length: 4 }, () => detection(Array.from(wrong, (mark) => draws.normal() - 1.2 * mark)))
    const best = Math.max(...single.map(({ scores: own }) => averagePrecision(own, wrong)))
    for (const method of ['mean-rank', 'median-rank', 'robust-rank'] as const) {
      expect(averagePrecision(aggregateDetections(single, method).scores, wrong), method).toBeGreaterThan(best + 0.1)
    }
  })
})

describe('splitting scores in two', () => {
  it('flags the lower group, and nothing where all are alike', () => {
    expect([...flaggedBySplit(Float64Array.of(0.9, 0.1, 0.92, 0.88, 0.12, Number.NaN, 0.91))]).toEqual([0, 1, 0, 0, 1, 0, 0])
    expect([...flaggedBySplit(new Float64Array(3).fill(0.5))]).toEqual([0, 0, 0])
    expect([...flaggedBySplit(Float64Array.of(Number.NaN))]).toEqual([0])
  })
})
