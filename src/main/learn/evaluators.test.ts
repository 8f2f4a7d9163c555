import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accuracy, binaryAuroc, confusionMatrix, expectedCalibrationError, macroAuroc, macroF1, predictedClasses } from './evaluators.ts'

const classes = 4
const pairs = fc.array(fc.tuple(fc.nat(classes - 1), fc.nat(classes - 1)), { minLength: 1, maxLength: 40 })
const rows = fc.array(fc.tuple(fc.array(fc.nat(5), { minLength: classes, maxLength: classes }), fc.nat(classes - 1)), { minLength: 1, maxLength: 25 })

/** Probability rows with many ties, and their truths. */
function probabilitiesOf(drawn: readonly [number[], number][]): { p: Float64Array; truth: number[] } {
  const p = drawn.flatMap(([counts]) => {
    const sum = counts.reduce((total, n) => total + n, 0)
    return counts.map((n) => (sum === 0 ? 1 / classes : n / sum))
  })
  return { p: Float64Array.from(p), truth: drawn.map(([, label]) => label) }
}

describe('against slow oracles', () => {
  it('accuracy, confusion and macro-F1', () => {
    fc.assert(
      fc.property(pairs, (drawn) => {
        const [predicted, truth] = [drawn.map(([p]) => p), drawn.map(([, t]) => t)]
        const among = (p: number, t: number): number => drawn.filter(([a, b]) => a === p && b === t).length
        expect(accuracy(predicted, truth)).toBeCloseTo(drawn.filter(([p, t]) => p === t).length / drawn.length, 12)
        const matrix = confusionMatrix(predicted, truth, classes)
        for (let t = 0; t < classes; t++) for (let p = 0; p < classes; p++) expect(matrix[t * classes + p]).toBe(among(p, t))
        const scores: number[] = []
        for (let k = 0; k < classes; k++) {
          const tp = drawn.filter(([p, t]) => p === k && t === k).length
          const [inP, inT] = [predicted.filter((p) => p === k).length, truth.filter((t) => t === k).length]
          if (inP + inT === 0) continue
          const [precision, recall] = [inP ? tp / inP : 0, inT ? tp / inT : 0]
          scores.push(precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall))
        }
        expect(macroF1(predicted, truth, classes)).toBeCloseTo(scores.reduce((a, b) => a + b) / scores.length, 12)
      }),
      { numRuns: 100, seed: 1 }
    )
  })

  it('AUROC as the share of ordered pairs, ties half', () => {
    const scored = fc.array(fc.tuple(fc.nat(6), fc.boolean()), { maxLength: 30 })
    fc.assert(
      fc.property(scored, (drawn) => {
        const [positive, negative] = [drawn.filter(([, y]) => y), drawn.filter(([, y]) => !y)]
        const won = positive.flatMap(([p]) => negative.map(([n]): number => (p > n ? 1 : p === n ? 0.5 : 0)))
        const area = binaryAuroc(drawn.map(([s]) => s), drawn.map(([, y]) => y))
        if (won.length === 0) expect(area).toBeNaN()
        else expect(area).toBeCloseTo(won.reduce((a, b) => a + b) / won.length, 12)
      }),
      { numRuns: 150, seed: 2 }
    )
  })

  it('macro AUROC as the mean over classes that have both kinds', () => {
    fc.assert(
      fc.property(rows, (drawn) => {
        const { p, truth } = probabilitiesOf(drawn)
        const areas = Array.from({ length: classes }, (_, k) =>
          binaryAuroc(truth.map((_, i) => p[i * classes + k]!), truth.map((t) => t === k))
        ).filter((area) => !Number.isNaN(area))
        const own = macroAuroc(p, truth, classes)
        if (areas.length === 0) expect(own).toBeNaN()
        else expect(own).toBeCloseTo(areas.reduce((a, b) => a + b) / areas.length, 12)
      }),
      { numRuns: 60, seed: 3 }
    )
  })

  it('calibration error bin by bin', () => {
    fc.assert(
      fc.property(rows, (drawn) => {
        const { p, truth } = probabilitiesOf(drawn)
        const examples = truth.map((t, i) => {
          const row = [...p.slice(i * classes, (i + 1) * classes)]
          const confidence = Math.max(...row)
          return { confidence, right: row.indexOf(confidence) === t }
        })
        let error = 0
        for (let b = 0; b < 15; b++) {
          const bin = examples.filter(({ confidence }) => Math.min(14, Math.ceil(confidence * 15) - 1) === b)
          if (bin.length === 0) continue
          const right = bin.filter((e) => e.right).length / bin.length
          const confidence = bin.reduce((sum, e) => sum + e.confidence, 0) / bin.length
          error += (bin.length / examples.length) * Math.abs(right - confidence)
        }
        expect(expectedCalibrationError(p, truth, classes)).toBeCloseTo(error, 10)
      }),
      { numRuns: 100, seed: 4 }
    )
  })
})

describe('known values and edges', () => {
  it('perfect, reversed and constant scores', () => {
    expect(binaryAuroc([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])).toBe(1)
    expect(binaryAuroc([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1])).toBe(0)
    expect(binaryAuroc([0.5, 0.5, 0.5], [0, 1, 1])).toBe(0.5)
  })

  it('a class that occurs nowhere does not count, one never predicted counts as 0', () => {
    expect(macroF1([0, 1], [0, 1], 3)).toBe(1)
    expect(macroF1([0, 0], [0, 1], 2)).toBeCloseTo(1 / 3, 12)
  })

  it('two classes: macro AUROC is the area of class 1', () => {
    const p = [0.9, 0.1, 0.4, 0.6, 0.7, 0.3, 0.2, 0.8]
    expect(macroAuroc(p, [0, 1, 1, 0], 2)).toBe(binaryAuroc([0.1, 0.6, 0.3, 0.8], [0, 1, 1, 0]))
  })

  it('sure and always right is calibrated, sure and always wrong is not', () => {
    expect(expectedCalibrationError([1, 0, 1, 0], [0, 0], 2)).toBe(0)
    expect(expectedCalibrationError([1, 0, 1, 0], [1, 1], 2)).toBe(1)
  })

  it('nothing gives NaN; lengths and labels out of range are refused', () => {
    expect(accuracy([], [])).toBeNaN()
    expect(macroF1([], [], 3)).toBeNaN()
    expect(() => accuracy([1], [1, 2])).toThrow(RangeError)
    expect(() => confusionMatrix([3], [0], 3)).toThrow(RangeError)
    expect([...predictedClasses([0.5, 0.5, 0.2, 0.8], 2)]).toEqual([0, 1])
  })
})
