import { type ClassBalanceChoice, expectedAccuracies, fillSilentPatterns, type LabelModelFit, normalised, softmaxInPlace, startingBalance, voteCounts } from './label-model-fit.ts'
import { fitMajorityVote } from './majority-vote.ts'
import { leastRatio, ruleClasses } from './observed-symbols.ts'
import type { VotePatterns } from './vote-patterns.ts'

/** Votes' worth of prior belief in a function, and the accuracy believed in. */
const strength = 4
const priorAccuracy = 0.7
const maximumIterations = 300
const tolerance = 1e-7

export interface OneCoinFit extends LabelModelFit {
  /** Log likelihood plus log prior by iteration; never falls. */
  readonly objective: readonly number[]
}

/**
 * The one-coin model of Dawid and Skene: function j votes for the true class with probability a_j whatever the class, and
 * for each other class with (1 - a_j) / (classes - 1). Fitted by EM to the maximum a posteriori under a Beta prior worth 4 votes
 * of which 70% are right, starting at majority vote. Abstentions say nothing. A rule for one class is taken to be evidence for it
 * (see `leastRatio`).
 */
export function fitOneCoin(patterns: VotePatterns, balance: ClassBalanceChoice): OneCoinFit {
  const { names, classes: k } = patterns
  const counts = voteCounts(patterns)
  const posteriors = fitMajorityVote(patterns, 'uniform').posteriors
  let classBalance = balance === 'estimate' ? meanPosterior(patterns, posteriors) : startingBalance(balance, k)
  const least = Float64Array.from(ruleClasses(patterns), (c) => (c < 0 ? 0 : leastRatio / (leastRatio + k - 1)))
  const objective: number[] = []
  let converged = false
  let accuracies = new Float64Array(names.length)
  while (objective.length < maximumIterations && !converged) {
    accuracies = expectedAccuracies(patterns, posteriors).map((a, j) => {
      const n = counts[j] as number
      return n > 0 ? Math.max(least[j] as number, (n * a + strength * priorAccuracy) / (n + strength)) : NaN
    })
    if (balance === 'estimate') classBalance = meanPosterior(patterns, posteriors)
    const reached = weigh(patterns, accuracies, classBalance, posteriors) + logPrior(accuracies, balance === 'estimate' ? classBalance : null)
    converged = reached - (objective.at(-1) ?? -Infinity) < tolerance * patterns.rows
    objective.push(reached)
  }
  fillSilentPatterns(patterns, posteriors, classBalance)
  return { posteriors, classBalance, accuracies, iterations: objective.length, converged, objective }
}

/** P(class | votes) from accuracies alone, into `posteriors`; returns the log likelihood of the votes. */
function weigh({ count, names, classes: k, votes, weights }: VotePatterns, accuracies: Float64Array, balance: Float64Array, posteriors: Float64Array): number {
  const m = names.length
  const right = accuracies.map((a) => Math.log(a))
  const wrong = accuracies.map((a) => Math.log((1 - a) / (k - 1)))
  const logBalance = balance.map((share) => Math.log(share))
  let logLikelihood = 0
  for (let p = 0; p < count; p++) {
    posteriors.set(logBalance, p * k)
    let shared = 0
    for (let j = 0; j < m; j++) {
      const vote = votes[p * m + j] as number
      if (vote < 0) continue
      shared += wrong[j] as number
      posteriors[p * k + vote] = (posteriors[p * k + vote] as number) + (right[j] as number) - (wrong[j] as number)
    }
    logLikelihood += (weights[p] as number) * (shared + softmaxInPlace(posteriors, p * k, k))
  }
  return logLikelihood
}

/** Expected class balance with one pseudo-row a class. */
function meanPosterior({ count, classes: k, weights }: VotePatterns, posteriors: Float64Array): Float64Array {
  const sums = new Float64Array(k).fill(1)
  for (let p = 0; p < count; p++) {
    for (let c = 0; c < k; c++) sums[c] = (sums[c] as number) + (weights[p] as number) * (posteriors[p * k + c] as number)
  }
  return normalised(sums)
}

function logPrior(accuracies: Float64Array, balance: Float64Array | null): number {
  let sum = 0
  for (const a of accuracies) if (!Number.isNaN(a)) sum += strength * (priorAccuracy * Math.log(a) + (1 - priorAccuracy) * Math.log(1 - a))
  for (const share of balance ?? []) sum += Math.log(share)
  return sum
}
