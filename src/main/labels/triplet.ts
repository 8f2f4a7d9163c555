import { stream } from '../learn/random.ts'
import { chosenBalance } from './dawid-skene.ts'
import { type ClassBalanceChoice, type LabelModelFit, voteCounts, votesByClass } from './label-model-fit.ts'
import { accuraciesFromRates, naiveBayes } from './naive-bayes.ts'
import { type VoteMoments, voteMoments } from './vote-moments.ts'
import type { VotePatterns } from './vote-patterns.ts'

/** Triplets a function takes the median of; beyond so many pairs of partners a seeded sample stands for all. */
const largestPairs = 2000
/** An agreement this near zero tells nothing about a third function. */
const leastAgreement = 1e-4
const leastRate = 1e-4
/** Effect of a function that no triplet speaks of: right 70% of the time with two even classes. */
const unknownEffect = 0.4

/**
 * The triplet method of Fu et al., "Fast and Three-rious: Speeding Up Weak Supervision with Triplet Methods" (2020, FlyingSquid):
 * accuracies in closed form, no iteration. Where votes a, b, c are independent given the class, E[ab] = E[a] E[b] in units in which
 * each is its agreement with the class, so |E[a]| = sqrt(|E[ab] E[ac] / E[bc]|); the median over all partners b, c is taken.
 *
 * Sign assumption: every function is better than chance, so the positive root is taken.
 *
 * With two classes and functions that vote for both, votes are -1 and +1, expectations run over the rows where both
 * vote, and a function is as accurate on either class. Otherwise each class is taken against the rest: E[ab] becomes the covariance
 * of "votes for this class", equal to p (1 - p) d_a d_b with d = P(vote | class) - P(vote | rest), so that rates follow from d, the
 * share of votes and the class balance. Classes are then weighed by Bayes' rule.
 */
export function fitTriplets(patterns: VotePatterns, balance: ClassBalanceChoice, seed = 0): LabelModelFit {
  const { names, classes } = patterns
  const total = voteCounts(patterns)
  const byClass = votesByClass(patterns)
  const classBalance = chosenBalance(patterns, balance)
  const symmetric = classes === 2 && names.every((_, j) => total[j] === 0 || ((byClass[j * 2] as number) > 0 && (byClass[j * 2 + 1] as number) > 0))
  const moments = voteMoments(patterns)
  const rates = symmetric ? symmetricRates(moments, classBalance, seed) : oneVersusRestRates(moments, classBalance, seed)
  const posteriors = naiveBayes(patterns, rates, classBalance)
  const accuracies = accuraciesFromRates(names.length, classes, rates, classBalance).map((a, j) => ((total[j] as number) > 0 ? a : NaN))
  return { posteriors, classBalance, accuracies, iterations: 1, converged: true }
}

/** Rates of two-sided functions among two classes: right with (1 + E[a]) / 2 on either class whenever they vote. */
export function symmetricRates({ first, second, size }: VoteMoments, balance: Float64Array, seed: number): Float64Array {
  const m = size / 2
  const agreement = new Float64Array(m * m)
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < m; b++) {
      const at = (v: number, w: number): number => second[(2 * a + v) * size + 2 * b + w] as number
      const met = at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)
      agreement[a * m + b] = met > 0 ? (at(0, 0) + at(1, 1) - at(0, 1) - at(1, 0)) / met : 0
    }
  }
  const effects = medianEffects(agreement, m, 1, seed)
  const rates = new Float64Array(size * balance.length)
  for (let j = 0; j < m; j++) {
    const coverage = (first[2 * j] as number) + (first[2 * j + 1] as number)
    const right = (1 + Math.min(1 - 2 * leastRate, effects[j] as number)) / 2
    for (let v = 0; v < 2; v++) for (let c = 0; c < 2; c++) rates[(2 * j + v) * 2 + c] = Math.max(leastRate, coverage * (v === c ? right : 1 - right))
  }
  return rates
}

/** Rates P(vote = class | class) and P(vote = class | rest), one class after the other. */
export function oneVersusRestRates({ first, second, size, comparable }: VoteMoments, balance: Float64Array, seed: number): Float64Array {
  const k = balance.length
  const m = size / k
  const rates = new Float64Array(size * k)
  for (let v = 0; v < k; v++) {
    const p = balance[v] as number
    const covariance = new Float64Array(m * m)
    for (let a = 0; a < m; a++) {
      for (let b = 0; b < m; b++) if (comparable[a * m + b] === 1) covariance[a * m + b] = (second[(a * k + v) * size + b * k + v] as number) - (first[a * k + v] as number) * (first[b * k + v] as number)
    }
    const effects = medianEffects(covariance, m, p * (1 - p), seed)
    for (let j = 0; j < m; j++) {
      const share = first[j * k + v] as number
      // No rate leaves 0 .. 1: the effect is at most what the share of votes allows.
      const effect = Math.min(effects[j] as number, share / Math.max(p, leastRate), (1 - share) / Math.max(1 - p, leastRate))
      for (let c = 0; c < k; c++) rates[(j * k + v) * k + c] = Math.min(1, Math.max(leastRate * Math.max(share, leastRate), share + (c === v ? 1 - p : -p) * effect))
    }
  }
  return rates
}

/**
 * The median over triplets of sqrt(|x_ab x_ac / (x_bc scale)|): the effect of each function where x_ab = scale d_a d_b.
 *
 * @param products m x m, row-major
 */
export function medianEffects(products: Float64Array, m: number, scale: number, seed: number): Float64Array {
  return Float64Array.from({ length: m }, (_, a) => {
    const partners = Array.from({ length: m }, (_, b) => b).filter((b) => b !== a && Math.abs(products[a * m + b] as number) > 0)
    const found: number[] = []
    for (const [b, c] of pairsOf(partners, seed)) {
      const third = products[b * m + c] as number
      if (Math.abs(third) > leastAgreement * scale) found.push(Math.sqrt(Math.abs(((products[a * m + b] as number) * (products[a * m + c] as number)) / (third * scale))))
    }
    return found.length > 0 ? median(found) : unknownEffect
  })
}

function pairsOf(partners: readonly number[], seed: number): [number, number][] {
  const n = partners.length
  if ((n * (n - 1)) / 2 <= largestPairs) return partners.flatMap((b, at) => partners.slice(at + 1).map((c): [number, number] => [b, c]))
  const draws = stream(seed, 'triplets')
  return Array.from({ length: largestPairs }, () => {
    const b = draws.integer(n)
    const c = (b + 1 + draws.integer(n - 1)) % n
    return [partners[b] as number, partners[c] as number]
  })
}

function median(values: number[]): number {
  values.sort((a, b) => a - b)
  const half = values.length >> 1
  return values.length % 2 === 1 ? (values[half] as number) : ((values[half - 1] as number) + (values[half] as number)) / 2
}
