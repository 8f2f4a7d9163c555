import { describe, expect, it } from 'vitest'
import { completeMatrix, fitMatrixCompletion } from './matrix-completion.ts'
import { fitTriplets, medianEffects, oneVersusRestRates, symmetricRates } from './triplet.ts'
import { generateVotes } from './vote-generators.ts'
import { voteMatrix } from './vote-matrix.ts'
import { type VoteMoments, voteMoments } from './vote-moments.ts'
import { votePatterns } from './vote-patterns.ts'

/** Moments of an infinite number of rows: votes independent given the class, rates at [(j k + v) k + c]. */
function populationMoments(rates: Float64Array, balance: readonly number[]): VoteMoments {
  const k = balance.length
  const size = rates.length / k
  const m = size / k
  const rate = (a: number, c: number): number => rates[a * k + c] ?? 0
  const sum = (term: (c: number) => number): number => balance.reduce((total, share, c) => total + share * term(c), 0)
  const first = Float64Array.from({ length: size }, (_, a) => sum((c) => rate(a, c)))
  const second = Float64Array.from({ length: size * size }, (_, at) => {
    const [a, b] = [Math.floor(at / size), at % size]
    if (Math.floor(a / k) === Math.floor(b / k)) return a === b ? (first[a] ?? 0) : 0
    return sum((c) => rate(a, c) * rate(b, c))
  })
  return { first, second, size, comparable: Uint8Array.from({ length: m * m }, (_, at) => (Math.floor(at / m) === at % m ? 0 : 1)) }
}

const coin = (accuracies: readonly number[], coverage: number, k: number): Float64Array =>
  Float64Array.from({ length: accuracies.length * k * k }, (_, at) => {
    const accuracy = accuracies[Math.floor(at / (k * k))] ?? 0
    return coverage * (Math.floor(at / k) % k === at % k ? accuracy : (1 - accuracy) / (k - 1))
  })

describe('moments', () => {
  it('are shares of rows with one vote and with two', () => {
    const { first, second, size } = voteMoments(votePatterns(voteMatrix(['a', 'b'], [[0, 1, 1, 0], [0, 0, 1, 1]])))
    expect([...first]).toEqual([0.5, 0.5, 0.5, 0.5])
    expect(second[0 * size + 2]).toBe(0.25)
    expect(second[3 * size + 1]).toBe(0.25)
  })

  it('of functions that meet seldom are scaled to chance, and those of functions that never meet are left out', () => {
    const moments = voteMoments(votePatterns(voteMatrix(['a', 'b', 'c'], [[0, 1, 0, 1, -1, -1, -1, -1], [0, 1, -1, -1, 0, 1, -1, -1], [-1, -1, -1, -1, -1, -1, 0, 1]])))
    // Both vote on a quarter of the rows, as chance would have it for halves; they always agree there.
    expect(moments.second[0 * 6 + 2]).toBeCloseTo(0.125)
    expect([...moments.comparable]).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 0])
  })
})

describe('the triplet method', () => {
  const accuracies = [0.9, 0.8, 0.75, 0.7, 0.6]

  it('is exact on population moments of symmetric functions, whatever the class balance', () => {
    const rates = coin(accuracies, 0.6, 2)
    const found = symmetricRates(populationMoments(rates, [0.8, 0.2]), Float64Array.of(0.5, 0.5), 0)
    for (const [at, rate] of rates.entries()) expect(found[at]).toBeCloseTo(rate, 10)
  })

  it('is exact on population moments of unequal rates, given the class balance', () => {
    const rates = Float64Array.of(0.5, 0.1, 0, 0, 0.4, 0.05, 0, 0, 0.3, 0.1, 0.1, 0.4, 0, 0, 0.02, 0.6)
    const balance = Float64Array.of(0.3, 0.7)
    const found = oneVersusRestRates(populationMoments(rates, [...balance]), balance, 0)
    // Three functions vote for class 0, two for class 1: there is no triplet for the latter.
    for (const at of [0, 1, 4, 5, 8, 9]) expect(found[at]).toBeCloseTo(rates[at] ?? NaN, 8)
  })

  it('is exact on population moments of four classes with even mistakes', () => {
    const rates = coin(accuracies, 0.5, 4)
    const balance = Float64Array.of(0.1, 0.2, 0.3, 0.4)
    const found = oneVersusRestRates(populationMoments(rates, [...balance]), balance, 0)
    for (const [at, rate] of rates.entries()) expect(found[at]).toBeCloseTo(rate, 8)
  })

  it('takes the median over triplets, so that one odd pair does no harm', () => {
    const effects = [0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]
    const products = Float64Array.from({ length: 49 }, (_, at) => (effects[Math.floor(at / 7)] ?? 0) * (effects[at % 7] ?? 0))
    products[1] = products[7] = 0.99
    const found = medianEffects(products, 7, 1, 0)
    for (const [j, effect] of effects.entries()) expect(found[j]).toBeCloseTo(effect, 10)
  })

  it('draws triplets where there are many, the same for the same seed', () => {
    const m = 90
    const effect = (j: number): number => 0.3 + (0.6 * j) / m
    const products = Float64Array.from({ length: m * m }, (_, at) => effect(Math.floor(at / m)) * effect(at % m))
    const found = medianEffects(products, m, 1, 5)
    expect(found).toEqual(medianEffects(products, m, 1, 5))
    for (let j = 0; j < m; j += 13) expect(found[j]).toBeCloseTo(effect(j), 10)
  })

  it('finds accuracies in votes', () => {
    const { votes } = generateVotes('independent', { rows: 60_000, seed: 3 })
    const fit = fitTriplets(votePatterns(votes), 'uniform')
    for (const [j, accuracy] of [0.8, 0.77, 0.74, 0.71, 0.68].entries()) expect(Math.abs((fit.accuracies[j] ?? 0) - accuracy)).toBeLessThan(0.015)
  })
})

describe('matrix completion', () => {
  it('finds unequal rates in population moments of two classes', () => {
    const rates = Float64Array.of(0.7, 0.2, 0.1, 0.6, 0.6, 0.15, 0.2, 0.7, 0.5, 0.2, 0.1, 0.5, 0.6, 0.25, 0.3, 0.6)
    const balance = Float64Array.of(0.4, 0.6)
    const found = completeMatrix(populationMoments(rates, [...balance]), balance, coin([0.7, 0.7, 0.7, 0.7], 0.8, 2))
    for (const [at, rate] of rates.entries()) expect(Math.abs((found.rates[at] ?? 0) - rate)).toBeLessThan(0.025)
    expect(found.converged).toBe(true)
  })

  it.each([2, 3])('finds the accuracies behind %i classes of votes', (classes) => {
    const { votes } = generateVotes('independent', { rows: 60_000, seed: 3, classes })
    const { accuracies } = fitMatrixCompletion(votePatterns(votes), 'uniform')
    for (const [j, accuracy] of [0.8, 0.77, 0.74, 0.71, 0.68].entries()) expect(Math.abs((accuracies[j] ?? 0) - accuracy)).toBeLessThan(0.02)
  })

  it('never raises its objective', () => {
    const { votes } = generateVotes('independent', { rows: 500, seed: 9, classes: 4 })
    const { losses } = fitMatrixCompletion(votePatterns(votes), 'estimate')
    for (let at = 1; at < losses.length; at++) expect((losses[at] ?? 0) - (losses[at - 1] ?? 0)).toBeLessThan(1e-12)
  })

  it('refuses what would not fit', () => {
    const votes = voteMatrix(Array.from({ length: 30 }, (_, j) => `f${j}`), Array.from({ length: 30 }, () => [0, 1]), 100)
    expect(() => fitMatrixCompletion(votePatterns(votes), 'uniform')).toThrow('at most 2000 one-hot votes, not 30 functions x 100 classes')
  })
})
