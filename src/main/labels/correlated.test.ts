import { describe, expect, it } from 'vitest'
import { labelModelMethods } from '../../shared/domain/weak-labels.ts'
import { stream } from '../learn/random.ts'
import { findDependence } from './dependence-structure.ts'
import { answerAccuracy, runLabelModel } from './label-model.ts'
import { type GeneratedVotes, generateVotes, type VoteFamily, voteFamilies } from './vote-generators.ts'
import { voteMatrix } from './vote-matrix.ts'
import { votePatterns } from './vote-patterns.ts'

const seeds = [0, 1, 2]
const plain = labelModelMethods.filter((method) => method !== 'correlated')
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

const drawn = (family: VoteFamily, classes: number): GeneratedVotes[] => seeds.map((seed) => generateVotes(family, { rows: 1000, seed, classes }))
const accuracyOf = (method: (typeof labelModelMethods)[number], draws: readonly GeneratedVotes[]): number =>
  mean(draws.map(({ votes, truth }) => answerAccuracy(runLabelModel(method, votes), truth) ?? 0))

/** What the model is ahead of the best plain one by, at least, in mean accuracy over seeds. */
const margins: Partial<Record<VoteFamily, number>> = {
  'exact-duplicates': 0.12,
  'near-duplicates': 0.12,
  'common-mistakes': 0.05,
  chain: 0.08,
  'class-conditional-copying': 0.05,
  'imbalanced-block': 0.12,
  'two-blocks': 0.015
}

describe('on dependent functions', () => {
  const cases = [...voteFamilies.filter((family) => family !== 'independent').map((family) => [family, 2] as const), ['near-duplicates', 3] as const, ['imbalanced-block', 4] as const]

  it.each(cases)('%s with %i classes it is ahead of every plain model', (family, classes) => {
    const draws = drawn(family, classes)
    const best = Math.max(...plain.map((method) => accuracyOf(method, draws)))
    expect(accuracyOf('correlated', draws)).toBeGreaterThan(best + (margins[family] ?? 1))
  })

  it.each(['chain', 'two-blocks', 'class-conditional-copying'] as const)('%s: it finds the groups', (family) => {
    const { votes, blocks } = generateVotes(family, { rows: 2500, seed: 21 })
    expect(findDependence(votePatterns(votes))).toEqual(blocks)
  })
})

describe('on independent functions', () => {
  it.each([2, 3])('it answers as Dawid and Skene do (%i classes)', (classes) => {
    const draws = drawn('independent', classes)
    expect(accuracyOf('correlated', draws)).toBeGreaterThan(accuracyOf('dawid-skene', draws) - 0.005)
  })

  it('it takes agreement of good functions for what it is', () => {
    const { truth } = generateVotes('independent', { rows: 2000, seed: 3 })
    const noise = generateVotes('independent', { rows: 2000, seed: 90, coverage: 1 })
    const wrong = noise.votes.votes.map((vote, at) => (vote === noise.truth[at % 2000] ? 0 : 1))
    // Five functions that err on about one row in twelve, each where two unrelated draws both do.
    const experts = Array.from({ length: 5 }, (_, j) => truth.map((c, i) => ((wrong[j * 2000 + i] ?? 0) === 1 && (wrong[((j + 1) % 5) * 2000 + ((i * 7) % 2000)] ?? 0) === 1 ? 1 - c : c)))
    expect(findDependence(votePatterns(voteMatrix(['a', 'b', 'c', 'd', 'e'], experts)))).toEqual([])
  })
})

describe('among very many functions', () => {
  it('it finds two copies of one, and no more', () => {
    const random = stream(50, 'wide')
    const truth = Int8Array.from({ length: 5000 }, () => random.integer(2))
    const columns = Array.from({ length: 50 }, (_, j) => truth.map((c) => (random.bernoulli(0.7) ? -1 : random.bernoulli(0.6 + 0.005 * j) ? c : 1 - c)))
    columns.splice(48, 2, columns[0]!, columns[0]!)
    expect(findDependence(votePatterns(voteMatrix(columns.map((_, j) => `f${j}`), columns, 2)))).toEqual([[0, 48, 49]])
  })
})

describe('a function given again', () => {
  it('counts once', () => {
    const { votes, truth } = generateVotes('independent', { rows: 1500, seed: 6 })
    const columns = votes.names.map((_, j) => votes.votes.subarray(j * 1500, (j + 1) * 1500))
    const worst = columns[4] ?? new Int8Array(0)
    const repeated = voteMatrix(['a', 'b', 'c', 'd', 'e', 'e2', 'e3', 'e4', 'e5'], [...columns, worst, worst, worst, worst])
    const once = runLabelModel('correlated', votes)
    const again = runLabelModel('correlated', repeated)
    expect(again.dependent).toEqual([[4, 5, 6, 7, 8]])
    expect(answerAccuracy(again, truth) ?? 0).toBeGreaterThan((answerAccuracy(once, truth) ?? 1) - 0.01)
    const change = Math.max(...Array.from(again.probabilities, (p, at) => Math.abs(p - (once.probabilities[at] ?? 0))))
    expect(change).toBeLessThan(0.12)
    expect(answerAccuracy(runLabelModel('dawid-skene', repeated), truth) ?? 1).toBeLessThan((answerAccuracy(again, truth) ?? 0) - 0.05)
  })

  it('is told of where it is declared', () => {
    const { votes, truth, blocks } = generateVotes('chain', { rows: 1500, seed: 6 })
    const result = runLabelModel('correlated', votes, { dependent: blocks })
    expect(result.dependent).toEqual(blocks)
    expect(answerAccuracy(result, truth) ?? 0).toBeGreaterThan(0.8)
    expect(runLabelModel('correlated', votes, { dependent: [] }).probabilities).toEqual(runLabelModel('dawid-skene', votes).probabilities)
  })

  it('leaves a warning where too few opinions are left', () => {
    const { votes } = generateVotes('exact-duplicates', { rows: 800, seed: 2 })
    expect(runLabelModel('correlated', votes, { dependent: [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9, 10]] }).warnings.map(({ code }) => code)).toContain('few-opinions')
  })
})
