import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { voteMatrix } from '../../labels/vote-matrix.ts'
import { annotatorCases, drawAnnotatorCase, testStream } from '../testing/reference-cases.ts'
import { activeLabScores } from './active-lab.ts'
import { agreementConsensus } from './agreement-consensus.ts'
import { majorityLabels } from './annotator-labels.ts'
import { crowdlab } from './crowdlab.ts'
import { fitTemperature, scaleTemperature } from './temperature.ts'

interface Quality {
  readonly consensus: number[]
  readonly quality: number[]
  readonly agreement: number[]
  readonly labelQuality: (number | null)[]
  readonly annotatorQuality: number[]
  readonly agreementWithConsensus: number[]
  readonly annotatorWeights: number[]
  readonly modelWeight: number
}

interface Answer {
  readonly name: string
  readonly 'best-quality': Quality
  readonly majority: Quality
  readonly temperature: number
  readonly active: { readonly labelled: number[]; readonly unlabelled: number[] }
}

const { cases } = JSON.parse(readFileSync(new URL('../testing/annotators.json', import.meta.url), 'utf8')) as { cases: Answer[] }

function expectClose(actual: ArrayLike<number | null>, expected: readonly (number | null)[]): void {
  expect(actual).toHaveLength(expected.length)
  for (const [at, value] of expected.entries()) {
    const own = actual[at]
    if (value === null ? !Number.isNaN(own) : !(Math.abs((own as number) - value) <= 1e-9)) expect([at, own]).toEqual([at, value])
  }
}

const drawn = (name: string) => {
  const shape = annotatorCases.find((entry) => entry.name === name)!
  const { votes, model, unlabelled } = drawAnnotatorCase(shape)
  return { labels: voteMatrix(votes.map((_, j) => `a${j}`), votes, shape.classes), model, unlabelled }
}

describe.each(cases)('as the reference implementation: $name', (answer) => {
  const { labels, model, unlabelled } = drawn(answer.name)

  it.each(['best-quality', 'majority'] as const)('CROWDLAB, %s', (method) => {
    const result = crowdlab(labels, model, method)
    const theirs = answer[method]
    expect([...result.consensus]).toEqual(theirs.consensus)
    expectClose(result.quality, theirs.quality)
    expectClose(result.agreement, theirs.agreement)
    expectClose(result.labelQuality, theirs.labelQuality)
    expectClose(result.annotators.map(({ quality }) => quality), theirs.annotatorQuality)
    expectClose(result.annotators.map(({ agreementWithConsensus }) => agreementWithConsensus), theirs.agreementWithConsensus)
    expectClose(result.weights.annotators, theirs.annotatorWeights)
    expectClose([result.weights.model], [theirs.modelWeight])
  })

  it('ActiveLab at its temperature', () => {
    const scores = activeLabScores(labels, model, unlabelled, answer.temperature)
    expectClose(scores.labelled, answer.active.labelled)
    expectClose(scores.unlabelled, answer.active.unlabelled)
  })
})

describe('the consensus', () => {
  const votes = (...rows: number[][]) => voteMatrix((rows[0] as number[]).map((_, j) => `a${j}`), (rows[0] as number[]).map((_, j) => rows.map((row) => row[j]!)), 3)

  it('without a model: the majority, then the rarer class, then the better annotators, then the first class', () => {
    expect([...majorityLabels(votes([0, 0, 1], [-1, -1, -1], [2, 1, -1], [0, -1, 1]))]).toEqual([0, -1, 2, 0])
    // 1 and 2 are as frequent; a0 is right where the majority is clear, a1 is not.
    expect([...majorityLabels(votes([0, 1, 0, 0], [1, 2, -1, -1], [2, 1, 2, 2], [1, -1, -1, -1]))]).toEqual([0, 1, 2, 1])
    expect([...majorityLabels(votes([1, 2, -1]))]).toEqual([1])
  })

  it('with a model: among the most frequent, the class it prefers', () => {
    expect([...majorityLabels(votes([1, 2, -1], [0, 0, 1]), { rows: 2, classes: 3, probabilities: Float64Array.of(0.8, 0.05, 0.15, 0, 0, 1) })]).toEqual([2, 0])
  })

  it('counts shares of labels without a model', () => {
    const { consensus, quality, labelQuality, annotators, counts } = agreementConsensus(votes([0, 0, 1], [2, 2, 2], [-1, 1, -1], [-1, -1, -1]))
    expect([[...consensus], [...counts]]).toEqual([[0, 2, 1, -1], [3, 3, 1, 0]])
    expectClose(quality, [2 / 3, 1, 1, null])
    expectClose(labelQuality.subarray(8), [1 / 3, 1, null, null])
    expect(annotators.map((annotator) => [annotator.quality, annotator.agreementWithConsensus, annotator.labelled, annotator.worstClass])).toEqual([[1, 1, 2, 0], [1, 1, 3, 0], [0.5, 0.5, 2, 1]])
  })

  it('leaves examples without a label out, and rates somebody without shared examples by the quality of the labels', () => {
    const model = { rows: 4, classes: 3, probabilities: Float64Array.of(0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8, 0.3, 0.3, 0.4) }
    const result = crowdlab(votes([0, 0, -1, -1], [1, 2, -1, -1], [-1, -1, 2, -1], [-1, -1, -1, -1]), model)
    expect([...result.consensus]).toEqual([0, 1, 2, -1])
    expect(result.quality[3]).toBeNaN()
    expect(result.annotators[2]?.quality).toBe(result.labelQuality[2 * 4 + 2])
    expect(result.annotators[3]).toEqual({ name: 'a3', labelled: 0, quality: null, agreementWithConsensus: null, worstClass: null })
    expect(result.posterior.slice(0, 9).every((p) => p >= 0 && p <= 1)).toBe(true)
  })

  it('refuses a model of other examples', () => {
    expect(() => crowdlab(votes([0, 1, 2]), { rows: 2, classes: 3, probabilities: new Float64Array(6).fill(1 / 3) })).toThrow('The model has 2 rows of 3 classes, the annotators 1 of 3.')
    expect(() => crowdlab(votes([0, 1, 2]), { rows: 1, classes: 3, probabilities: Float64Array.of(0.5, 0.5, 0.5) })).toThrow('Row 1: the probabilities sum to 1.5, not to one.')
  })
})

describe('ActiveLab', () => {
  it('asks first for examples that are disputed or unknown', () => {
    const labels = voteMatrix(['a', 'b', 'c'], [[0, 0, 1, 1], [0, 1, 1, 1], [0, 1, 1, -1]], 2)
    const model = { rows: 4, classes: 2, probabilities: Float64Array.of(0.9, 0.1, 0.6, 0.4, 0.1, 0.9, 0.2, 0.8) }
    const { labelled, unlabelled } = activeLabScores(labels, model, { rows: 2, classes: 2, probabilities: Float64Array.of(0.99, 0.01, 0.55, 0.45) })
    expect(labelled[1]).toBeLessThan(labelled[0]!)
    expect(labelled[3]).toBeLessThan(labelled[2]!)
    expect(unlabelled[1]).toBeLessThan(unlabelled[0]!)
  })

  it('finds the temperature that labels were drawn with', () => {
    const random = testStream('temperature')
    const [rows, classes] = [4000, 3]
    const truth = { rows, classes, probabilities: new Float64Array(rows * classes) }
    const votes = Array.from({ length: 3 }, () => new Int32Array(rows))
    for (let i = 0; i < rows; i++) {
      const exponentials = Array.from({ length: classes }, () => Math.exp(random.normal()))
      const sum = exponentials.reduce((total, value) => total + value, 0)
      for (let c = 0; c < classes; c++) truth.probabilities[i * classes + c] = exponentials[c]! / sum
      for (const column of votes) {
        const u = random.uniform() * sum
        column[i] = u < exponentials[0]! ? 0 : u < exponentials[0]! + exponentials[1]! ? 1 : 2
      }
    }
    const labels = voteMatrix(['a', 'b', 'c'], votes, classes)
    expect(fitTemperature(labels, truth)).toBeCloseTo(1, 1)
    const overconfident = scaleTemperature(truth, 1 / 3)
    expect(fitTemperature(labels, overconfident) / 3).toBeCloseTo(fitTemperature(labels, truth), 3)
  })

  it('scales probabilities of zero and one, and refuses a temperature of zero', () => {
    expect([...scaleTemperature({ rows: 1, classes: 3, probabilities: Float64Array.of(0.64, 0.36, 0) }, 2).probabilities].map((p) => Number(p.toFixed(12)))).toEqual([0.571428571429, 0.428571428571, 0])
    expect(() => scaleTemperature({ rows: 1, classes: 2, probabilities: Float64Array.of(0, 1) }, 0)).toThrow('A temperature must be above 0, not 0.')
  })
})
