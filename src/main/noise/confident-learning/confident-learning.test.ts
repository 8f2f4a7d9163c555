import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type LabelScore, labelScores, type PruningMethod, pruningMethods } from '../../../shared/domain/noise.ts'
import type { LabelledProbabilities } from '../inputs.ts'
import { confidentCases, drawConfidentCase, testStream } from '../testing/reference-cases.ts'
import { confidentLearning } from './confident-learning.ts'
import { scoreLabels } from './label-scores.ts'

interface Answer {
  readonly name: string
  readonly thresholds: number[]
  readonly calibrated: number[]
  readonly uncalibrated: number[]
  readonly joint: number[]
  readonly noiseMatrix: number[]
  readonly inverseNoiseMatrix: number[]
  readonly prior: number[]
  readonly numLabelIssues: number
  readonly issues: Record<PruningMethod, number[]>
  readonly scores: Record<LabelScore, number[]>
  readonly adjusted: Record<'self-confidence' | 'normalized-margin', number[]>
}

const { cases } = JSON.parse(readFileSync(new URL('../testing/confident-learning.json', import.meta.url), 'utf8')) as { cases: Answer[] }

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  for (const [at, value] of expected.entries()) if (Math.abs((actual[at] as number) - value) > 1e-9) expect(actual[at]).toBe(value)
}

describe.each(cases)('as the reference implementation: $name', (answer) => {
  const input = drawConfidentCase(confidentCases.find(({ name }) => name === answer.name)!)
  const result = confidentLearning(input)

  it('thresholds, counts and scores', () => {
    expectClose(result.thresholds, answer.thresholds)
    expect([...result.uncalibrated]).toEqual(answer.uncalibrated)
    expect(result.numLabelIssues).toBe(answer.numLabelIssues)
    for (const score of labelScores) expectClose(result.scores[score]!, answer.scores[score])
    const adjusted = confidentLearning(input, { adjust: true, methods: [] })
    for (const score of ['self-confidence', 'normalized-margin'] as const) expectClose(adjusted.scores[score]!, answer.adjusted[score])
    expectClose(adjusted.scores['confidence-weighted-entropy']!, answer.scores['confidence-weighted-entropy'])
  })

  it('calibrated joint, matrices and prior', () => {
    expect([...result.calibrated]).toEqual(answer.calibrated)
    for (const field of ['joint', 'noiseMatrix', 'inverseNoiseMatrix', 'prior'] as const) {
      expect(result[field]).toHaveLength(answer[field].length)
      expectClose(result[field], answer[field])
    }
  })

  it.each(pruningMethods)('%s', (method) => expect([...result.issues[method]!]).toEqual(answer.issues[method]))
})

describe('confident learning', () => {
  it('estimates the noise that was put in', () => {
    const [rows, classes] = [20_000, 3]
    const random = testStream('known-noise')
    const transition = [0.8, 0.2, 0, 0, 0.9, 0.1, 0.3, 0, 0.7]
    const labels = new Int32Array(rows)
    const probabilities = new Float64Array(rows * classes)
    for (let i = 0; i < rows; i++) {
      const truth = random.integer(classes)
      const u = random.uniform()
      labels[i] = u < transition[3 * truth]! ? 0 : u < transition[3 * truth]! + transition[3 * truth + 1]! ? 1 : 2
      // A calibrated model that knows the truth but for one row in fifty.
      const seen = random.bernoulli(0.98) ? truth : random.integer(classes)
      for (let c = 0; c < classes; c++) probabilities[i * classes + c] = c === seen ? 0.96 : 0.02
    }
    const { noiseMatrix, prior, numLabelIssues } = confidentLearning({ rows, classes, labels, probabilities })
    for (let s = 0; s < classes; s++) for (let y = 0; y < classes; y++) expect(Math.abs(noiseMatrix[s * classes + y]! - transition[y * classes + s]!)).toBeLessThan(0.03)
    for (const p of prior) expect(p).toBeCloseTo(1 / 3, 1)
    expect(numLabelIssues / rows).toBeCloseTo(0.2, 1)
  })

  it('keeps the sums that define its matrices', () => {
    for (const shape of confidentCases) {
      const { calibrated, labelCounts, joint, noiseMatrix, inverseNoiseMatrix, prior, classes } = confidentLearning(drawConfidentCase(shape), { methods: [], scores: [] })
      for (let i = 0; i < classes; i++) expect(calibrated.subarray(i * classes, (i + 1) * classes).reduce((sum, count) => sum + count, 0)).toBe(labelCounts[i])
      expect(joint.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
      expect(prior.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
      for (const matrix of [noiseMatrix, inverseNoiseMatrix]) {
        for (let column = 0; column < classes; column++) {
          const sum = Array.from({ length: classes }, (_, row) => matrix[row * classes + column]!).reduce((total, p) => total + p, 0)
          expect(sum === 0 || Math.abs(sum - 1) < 1e-12).toBe(true)
        }
      }
    }
  })

  it('says the same of 32-bit probabilities but for their rounding', () => {
    const input = drawConfidentCase(confidentCases[0]!)
    const single = confidentLearning({ ...input, probabilities: Float32Array.from(input.probabilities) })
    expect(single.issues).toEqual(confidentLearning(input).issues)
  })

  it('refuses an adjusted entropy and unsound input', () => {
    const input: LabelledProbabilities = drawConfidentCase(confidentCases[0]!)
    expect(() => scoreLabels(input, 'confidence-weighted-entropy', { adjust: true })).toThrow('cannot be adjusted')
    expect(() => confidentLearning({ ...input, labels: input.labels.map((label, row) => (row === 4 ? 9 : label)) })).toThrow('Row 5: the label 9 is no class from 0 to 2.')
  })
})
