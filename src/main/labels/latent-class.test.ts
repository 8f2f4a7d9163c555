import { describe, expect, it } from 'vitest'
import { stream } from '../learn/random.ts'
import { fitDawidSkene } from './dawid-skene.ts'
import { fitLatentClasses } from './latent-class.ts'
import { generateVotes } from './vote-generators.ts'
import { voteMatrix } from './vote-matrix.ts'
import { votePatterns } from './vote-patterns.ts'

/** Dawid and Skene's EM as it is written down, row by row, with the same priors: 4 votes a class of which 70% are right, one row a class. */
function plainDawidSkene(columns: readonly (readonly number[])[], k: number, iterations: number): number[][] {
  const rows = columns[0]?.length ?? 0
  let beliefs = Array.from({ length: rows }, (_, i) => {
    const votes = columns.map((column) => column[i] ?? -1).filter((vote) => vote >= 0)
    return Array.from({ length: k }, (_class, c) => (votes.length > 0 ? votes.filter((vote) => vote === c).length / votes.length : 1 / k))
  })
  for (let round = 0; round < iterations; round++) {
    const balance = Array.from({ length: k }, (_, c) => (1 + beliefs.reduce((sum, belief) => sum + (belief[c] ?? 0), 0)) / (rows + k))
    const confusion = columns.map((column) =>
      Array.from({ length: k }, (_, c) => {
        const counts = Array.from({ length: k }, (_vote, v) => (v === c ? 2.8 : 1.2 / (k - 1)) + beliefs.reduce((sum, belief, i) => sum + (column[i] === v ? (belief[c] ?? 0) : 0), 0))
        const total = counts.reduce((sum, count) => sum + count, 0)
        return counts.map((count) => count / total)
      })
    )
    beliefs = beliefs.map((_, i) => {
      const weights = balance.map((share, c) => columns.reduce((product, column, j) => product * ((column[i] ?? -1) < 0 ? 1 : (confusion[j]?.[c]?.[column[i] ?? 0] ?? 0)), share))
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      return weights.map((weight) => weight / total)
    })
  }
  return beliefs
}

describe("Dawid and Skene's model", () => {
  it.each([2, 3])('agrees with a plain implementation on a small problem (%i classes)', (classes) => {
    const { votes } = generateVotes('independent', { rows: 120, seed: 8, classes })
    const columns = votes.names.map((_, j) => Array.from(votes.votes.subarray(j * 120, (j + 1) * 120)))
    const patterns = votePatterns(votes)
    const { posteriors } = fitLatentClasses(patterns, { tolerance: -1, maximumIterations: 25 })
    for (const [i, belief] of plainDawidSkene(columns, classes, 26).entries()) {
      for (const [c, p] of belief.entries()) expect(posteriors[(patterns.patternOf[i] ?? 0) * classes + c]).toBeCloseTo(p, 9)
    }
  })

  it('finds the confusion matrices behind the votes', () => {
    const { votes, truth } = generateVotes('independent', { rows: 40_000, seed: 5, classes: 3 })
    const { confusions, classBalance } = fitDawidSkene(votePatterns(votes), 'estimate')
    for (let j = 0; j < 5; j++) {
      for (let c = 0; c < 3; c++) {
        for (let v = 0; v < 3; v++) {
          let voted = 0
          let matching = 0
          for (let i = 0; i < votes.rows; i++) {
            const vote = votes.votes[j * votes.rows + i] ?? -1
            if (vote < 0 || truth[i] !== c) continue
            voted++
            if (vote === v) matching++
          }
          expect(Math.abs((confusions[(j * 3 + c) * 3 + v] ?? 0) - matching / voted)).toBeLessThan(0.035)
        }
      }
    }
    for (const share of classBalance) expect(share).toBeCloseTo(1 / 3, 1.5)
  })
})

describe('a rule for one class', () => {
  // Rule c avoids every example on which a and b vote, as news avoids discussions; only d and e speak for class 1.
  const random = stream(4, 'rules')
  const truth = Array.from({ length: 3000 }, () => random.integer(3))
  const fires = (kinds: readonly number[], own: number, other: number, vote: number): number[] => truth.map((kind) => (random.bernoulli(kinds.includes(kind) ? own : other) ? vote : -1))
  const columns = [fires([0], 0.95, 0.02, 0), fires([0], 0.9, 0.02, 0), fires([1], 0.6, 0.01, 0), fires([2], 0.2, 0.02, 1), fires([2], 0.2, 0.02, 1)]
  const patterns = votePatterns(voteMatrix(['a', 'b', 'c', 'd', 'e'], columns, 2))
  const { model, objective } = fitLatentClasses(patterns, { tolerance: -1, maximumIterations: 80 })

  it('votes on its own class at least twice as readily', () => {
    const rate = (j: number, vote: number, c: number): number => model.emissions[(j * 3 + vote) * 2 + c] ?? NaN
    for (const [j, vote] of [0, 0, 0, 1, 1].entries()) expect(rate(j, vote, vote)).toBeGreaterThan(2 * rate(j, vote, 1 - vote) - 1e-9)
    expect(rate(2, 0, 0)).toBeCloseTo(2 * rate(2, 0, 1), 6)
  })

  it('leaves EM a climb', () => {
    for (let at = 1; at < objective.length; at++) expect((objective[at] ?? 0) - (objective[at - 1] ?? 0)).toBeGreaterThan(-1e-7)
  })
})

describe('EM', () => {
  it.each([
    ['without groups', undefined],
    ['with one group', [[5, 6, 7, 8, 9, 10]]],
    ['with two groups', [[0, 1], [5, 6, 7]]]
  ])('never loses likelihood %s', (_what, blocks) => {
    const { votes } = generateVotes('near-duplicates', { rows: 800, seed: 6, classes: 3 })
    const { objective } = fitLatentClasses(votePatterns(votes), { tolerance: -1, maximumIterations: 60, ...(blocks ? { blocks } : {}) })
    for (let at = 1; at < objective.length; at++) expect((objective[at] ?? 0) - (objective[at - 1] ?? 0)).toBeGreaterThan(-1e-7)
  })

  it('reaches over very many patterns what it reaches over few', () => {
    const { votes } = generateVotes('independent', { rows: 120_000, seed: 1, classes: 30, coverage: 0.9 })
    const patterns = votePatterns(votes)
    expect(patterns.count).toBeGreaterThan(40_000)
    const { balance, emissions } = fitLatentClasses(patterns).model
    for (const share of balance) expect(Math.abs(share - 1 / 30)).toBeLessThan(0.004)
    for (const [j, accuracy] of [0.8, 0.77, 0.74, 0.71, 0.68].entries()) for (let c = 0; c < 30; c++) expect(Math.abs((emissions[(j * 31 + c) * 30 + c] ?? 0) - accuracy)).toBeLessThan(0.05)
  })

  it('gives the likelihood of a tree that is written out', () => {
    const patterns = votePatterns(voteMatrix(['a', 'b', 'c'], [[0, 1, 0], [0, 0, 1], [1, 0, 0]], 2))
    const { model, logLikelihood } = fitLatentClasses(patterns, { blocks: [[1, 2]], maximumIterations: 7, tolerance: -1 })
    const p = (j: number, s: number, state: number): number => model.emissions[(j * 3 + s) * 2 + state] ?? 0
    let sum = 0
    for (const [a, b, c] of [[0, 0, 1], [1, 0, 0], [0, 1, 0]] as const) {
      let row = 0
      for (const y of [0, 1]) for (const z of [0, 1]) row += (model.balance[y] ?? 0) * p(0, a, y) * (model.opinions[y * 2 + z] ?? 0) * p(1, b, z) * p(2, c, z)
      sum += Math.log(row)
    }
    expect(logLikelihood).toBeCloseTo(sum, 9)
  })
})
