import { BenchError } from '../../shared/contract/errors.ts'
import { chosenBalance } from './dawid-skene.ts'
import { type ClassBalanceChoice, type LabelModelFit, voteCounts } from './label-model-fit.ts'
import { fitMajorityVote } from './majority-vote.ts'
import { accuraciesFromRates, naiveBayes } from './naive-bayes.ts'
import { type VoteMoments, voteMoments } from './vote-moments.ts'
import type { VotePatterns } from './vote-patterns.ts'

export interface MatrixCompletionFit extends LabelModelFit {
  /** P(function j votes v | class c) at [(j * classes + v) * classes + c]. */
  readonly rates: Float64Array
  /** The objective by sweep; never rises. */
  readonly losses: readonly number[]
}

/** One-hot votes (functions x classes) that the overlaps matrix may have, and multiplications that a fit may take. */
const largestSize = 2000
const mostWork = 2e10
const maximumSweeps = 2000
const tolerance = 1e-8
/** Weight of staying near the start, beside that of the overlaps. */
const closeness = 0.03
/** Smallest rate, so that no vote excludes a class. */
const floor = 1e-4

/**
 * The matrix completion model of Ratner et al., "Training Complex Models with Multi-Task Weak Supervision" (2019), as in
 * Snorkel's LabelModel. With mu the rates P(vote | class) and P the diagonal class balance, votes independent given the
 * class have overlaps O = mu P mu^T outside the blocks of single functions (and of pairs that never meet), and shares mu p. This minimises
 * |O - mu P mu^T|^2 outside the blocks plus |shares - mu p|^2 over mu >= 0 by exact coordinate descent, function by function:
 * deterministic, and no step to choose. With two classes the minimum is unique up to exchanging them; with more, mu is free to
 * turn. The squared distance to the start, the rates under majority vote, is added with 3% of the weight that the overlaps give a
 * rate: of all answers that fit the overlaps it picks the nearest, and it settles which class is which.
 *
 * @throws BenchError `invalid-input` when functions x classes exceeds 2000
 */
export function fitMatrixCompletion(patterns: VotePatterns, balance: ClassBalanceChoice): MatrixCompletionFit {
  const { names, classes } = patterns
  if (names.length * classes > largestSize) {
    const message = `The matrix completion model takes at most ${largestSize} one-hot votes, not ${names.length} functions x ${classes} classes.`
    throw new BenchError('invalid-input', message, { field: 'method', hint: 'Use dawid-skene or one-coin, or fewer functions.' })
  }
  const moments = voteMoments(patterns)
  const classBalance = chosenBalance(patterns, balance)
  const start = ratesUnderMajority(patterns, classBalance)
  const { rates, losses, converged } = completeMatrix(moments, classBalance, start)
  const total = voteCounts(patterns)
  const accuracies = accuraciesFromRates(names.length, classes, rates, classBalance).map((a, j) => ((total[j] as number) > 0 ? a : NaN))
  return { posteriors: naiveBayes(patterns, rates, classBalance), classBalance, accuracies, iterations: losses.length, converged, rates, losses }
}

/**
 * The coordinate descent itself, on moments.
 *
 * @param start rates to begin at, size x classes
 */
export function completeMatrix(moments: VoteMoments, balance: Float64Array, start: Float64Array): { rates: Float64Array; losses: number[]; converged: boolean } {
  const { first, second, size, comparable } = moments
  const k = balance.length
  const m = size / k
  const rates = start.slice()
  // Gram matrices of mu P, a function each: their sum is what the least squares of one function need of the others.
  const grams = Array.from({ length: m }, (_, j) => gramOf(rates, balance, j))
  const losses: number[] = []
  let converged = false
  const quadratic = new Float64Array(k * k)
  const linear = new Float64Array(k)
  const gather = (j: number): void => {
    for (let c = 0; c < k; c++) for (let d = 0; d < k; d++) quadratic[c * k + d] = (balance[c] as number) * (balance[d] as number)
    for (let i = 0; i < m; i++) if (comparable[j * m + i] === 1) addTo(quadratic, grams[i] as Float64Array)
  }
  const stay = Float64Array.from({ length: m }, (_, j) => {
    gather(j)
    return (closeness * balance.reduce((sum, _share, c) => sum + (quadratic[c * k + c] as number), 0)) / k
  })
  const sweeps = Math.min(maximumSweeps, Math.ceil(mostWork / (size * size * k)))
  while (losses.length < sweeps && !converged) {
    let moved = 0
    for (let j = 0; j < m; j++) {
      gather(j)
      const near = stay[j] as number
      for (let c = 0; c < k; c++) quadratic[c * k + c] = (quadratic[c * k + c] as number) + near
      for (let v = 0; v < k; v++) {
        const a = j * k + v
        for (let c = 0; c < k; c++) {
          let sum = first[a] as number
          for (let b = 0; b < size; b++) if (comparable[j * m + Math.floor(b / k)] === 1) sum += (second[a * size + b] as number) * (rates[b * k + c] as number)
          linear[c] = sum * (balance[c] as number) + near * (start[a * k + c] as number)
        }
        moved = Math.max(moved, descendRow(rates, a * k, quadratic, linear, k, (first[a] as number) > 0 ? floor * (first[a] as number) : floor))
      }
      grams[j] = gramOf(rates, balance, j)
    }
    const distance = rates.reduce((sum, rate, at) => sum + (stay[Math.floor(at / (k * k))] as number) * (rate - (start[at] as number)) ** 2, 0)
    losses.push(lossOf(moments, balance, rates) + distance)
    converged = moved < tolerance
  }
  return { rates, losses, converged }
}

/** Two rounds of exact coordinate steps for one row of mu, kept above `least`; returns the largest change. */
function descendRow(rates: Float64Array, at: number, quadratic: Float64Array, linear: Float64Array, k: number, least: number): number {
  let moved = 0
  for (let round = 0; round < 2; round++) {
    for (let c = 0; c < k; c++) {
      let slope = -(linear[c] as number)
      for (let d = 0; d < k; d++) slope += (quadratic[c * k + d] as number) * (rates[at + d] as number)
      const old = rates[at + c] as number
      const value = Math.min(1, Math.max(least, old - slope / (quadratic[c * k + c] as number)))
      rates[at + c] = value
      moved = Math.max(moved, Math.abs(value - old))
    }
  }
  return moved
}

function gramOf(rates: Float64Array, balance: Float64Array, j: number): Float64Array {
  const k = balance.length
  const gram = new Float64Array(k * k)
  for (let v = 0; v < k; v++) {
    const at = (j * k + v) * k
    for (let c = 0; c < k; c++) {
      for (let d = 0; d < k; d++) gram[c * k + d] = (gram[c * k + d] as number) + (rates[at + c] as number) * (balance[c] as number) * (rates[at + d] as number) * (balance[d] as number)
    }
  }
  return gram
}

function addTo(sum: Float64Array, part: Float64Array): void {
  for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] as number) + (part[at] as number)
}

function lossOf({ first, second, size, comparable }: VoteMoments, balance: Float64Array, rates: Float64Array): number {
  const k = balance.length
  const m = size / k
  let loss = 0
  for (let a = 0; a < size; a++) {
    let share = -(first[a] as number)
    for (let c = 0; c < k; c++) share += (rates[a * k + c] as number) * (balance[c] as number)
    loss += share * share
    for (let b = 0; b < a - (a % k); b++) {
      if (comparable[Math.floor(a / k) * m + Math.floor(b / k)] === 0) continue
      let overlap = -(second[a * size + b] as number)
      for (let c = 0; c < k; c++) overlap += (rates[a * k + c] as number) * (balance[c] as number) * (rates[b * k + c] as number)
      loss += overlap * overlap
    }
  }
  return loss
}

/** P(vote | class) with majority vote in the place of the class, mixed with one vote in ten spread evenly. */
function ratesUnderMajority(patterns: VotePatterns, balance: Float64Array): Float64Array {
  const { count, names, classes: k, votes, weights } = patterns
  const m = names.length
  const { posteriors } = fitMajorityVote(patterns, [...balance])
  const joint = new Float64Array(m * k * k)
  const mass = new Float64Array(k)
  for (let p = 0; p < count; p++) {
    for (let c = 0; c < k; c++) mass[c] = (mass[c] as number) + (weights[p] as number) * (posteriors[p * k + c] as number)
    for (let j = 0; j < m; j++) {
      const vote = votes[p * m + j] as number
      if (vote < 0) continue
      for (let c = 0; c < k; c++) joint[(j * k + vote) * k + c] = (joint[(j * k + vote) * k + c] as number) + (weights[p] as number) * (posteriors[p * k + c] as number)
    }
  }
  return joint.map((sum, at) => {
    const c = at % k
    let all = 0
    for (let d = 0; d < k; d++) all += joint[at - c + d] as number
    return Math.max(floor, (0.9 * sum) / Math.max(1, mass[c] as number) + (0.1 * all) / patterns.rows)
  })
}
