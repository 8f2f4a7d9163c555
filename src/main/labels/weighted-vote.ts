import { BenchError } from '../../shared/contract/errors.ts'
import { type ClassBalanceChoice, fillSilentPatterns, type LabelModelFit, softmaxInPlace, voteCounts } from './label-model-fit.ts'
import { chosenBalance } from './dawid-skene.ts'
import { leastRatio, ruleClasses } from './observed-symbols.ts'
import type { VotePatterns } from './vote-patterns.ts'

const firstAccuracy = 0.7
const maximumIterations = 30
const tolerance = 1e-3
/** Votes' worth of belief in the first accuracy. */
const strength = 4

/**
 * Weighted vote: a function of accuracy a counts log(a (classes - 1) / (1 - a)), the log odds of its vote; with the log class
 * balance the weights of the classes give P(class | votes) by softmax. Accuracies are given, or found by self-consistency:
 * each function is judged by the weighted vote of the others, its expected agreement e corrected for the error of that
 * reference (right with probability r: e = a r + (1 - a)(1 - r) / (classes - 1), solved for a), until nothing moves. A rule for one class is taken to be
 * evidence for it (see `leastRatio`).
 *
 * @param given an accuracy a function, strictly between 0 and 1
 * @throws BenchError `invalid-input` for accuracies that cannot be
 */
export function fitWeightedVote(patterns: VotePatterns, balance: ClassBalanceChoice, given?: readonly number[]): LabelModelFit {
  const { names, classes: k } = patterns
  if (given !== undefined) checkAccuracies(given, names)
  const classBalance = chosenBalance(patterns, balance)
  const total = voteCounts(patterns)
  let accuracies: Float64Array = Float64Array.from(names, (_, j) => ((total[j] as number) > 0 ? (given?.[j] ?? firstAccuracy) : NaN))
  const least = Float64Array.from(ruleClasses(patterns), (c) => (c < 0 ? 0 : leastRatio / (leastRatio + k - 1)))
  let iterations = 0
  let converged = given !== undefined
  while (!converged && iterations < maximumIterations) {
    const next = judgedByOthers(patterns, accuracies, classBalance).map((a, j) => Math.max(a, least[j] as number))
    converged = next.every((a, j) => Number.isNaN(a) || Math.abs(a - (accuracies[j] as number)) < tolerance)
    accuracies = next
    iterations++
  }
  const weights = logOdds(accuracies, k)
  const posteriors = new Float64Array(patterns.count * k)
  const logBalance = classBalance.map((share) => Math.log(share))
  const m = names.length
  for (let p = 0; p < patterns.count; p++) {
    posteriors.set(logBalance, p * k)
    for (let j = 0; j < m; j++) {
      const vote = patterns.votes[p * m + j] as number
      if (vote >= 0) posteriors[p * k + vote] = (posteriors[p * k + vote] as number) + (weights[j] as number)
    }
    softmaxInPlace(posteriors, p * k, k)
  }
  fillSilentPatterns(patterns, posteriors, classBalance)
  return { posteriors, classBalance, accuracies, iterations, converged }
}

const logOdds = (accuracies: Float64Array, k: number): Float64Array => accuracies.map((a) => (Number.isNaN(a) ? 0 : Math.log((a * (k - 1)) / (1 - a))))

/** Accuracy of each function by the weighted vote of the others, over rows where somebody else votes. */
function judgedByOthers({ count, names, classes: k, votes, weights: rows }: VotePatterns, accuracies: Float64Array, balance: Float64Array): Float64Array {
  const m = names.length
  const weights = logOdds(accuracies, k)
  const agreement = new Float64Array(m)
  const reference = new Float64Array(m)
  const met = new Float64Array(m)
  const score = new Float64Array(k)
  const others = new Float64Array(k)
  const logBalance = balance.map((share) => Math.log(share))
  for (let p = 0; p < count; p++) {
    const weight = rows[p] as number
    score.set(logBalance)
    let voters = 0
    for (let j = 0; j < m; j++) {
      const vote = votes[p * m + j] as number
      if (vote < 0) continue
      voters++
      score[vote] = (score[vote] as number) + (weights[j] as number)
    }
    if (voters < 2) continue
    for (let j = 0; j < m; j++) {
      const vote = votes[p * m + j] as number
      if (vote < 0) continue
      others.set(score)
      others[vote] = (others[vote] as number) - (weights[j] as number)
      softmaxInPlace(others, 0, k)
      let surest = 0
      for (let c = 1; c < k; c++) if ((others[c] as number) > (others[surest] as number)) surest = c
      met[j] = (met[j] as number) + weight
      reference[j] = (reference[j] as number) + weight * (others[surest] as number)
      if (vote === surest) agreement[j] = (agreement[j] as number) + weight
    }
  }
  return accuracies.map((a, j) => {
    if (Number.isNaN(a)) return a
    const n = met[j] as number
    if (n === 0) return firstAccuracy
    const r = (reference[j] as number) / n
    const chance = (1 - r) / (k - 1)
    const solved = r > chance ? ((agreement[j] as number) / n - chance) / (r - chance) : firstAccuracy
    return (n * Math.min(1, Math.max(0, solved)) + strength * firstAccuracy) / (n + strength)
  })
}

function checkAccuracies(given: readonly number[], names: readonly string[]): void {
  if (given.length !== names.length) throw new BenchError('invalid-input', `There are ${given.length} accuracies for ${names.length} functions.`, { field: 'accuracies', hint: 'Give one accuracy a function.' })
  for (const [j, a] of given.entries()) {
    if (!(a > 0 && a < 1)) throw new BenchError('invalid-input', `The accuracy ${a} of ${names[j] ?? ''} is not between 0 and 1.`, { field: `accuracies.${j}`, hint: 'Give a share above 0 and below 1.' })
  }
}
