import { type ClassBalanceChoice, expectedAccuracies, fillSilentPatterns, type LabelModelFit, normalised, startingBalance } from './label-model-fit.ts'
import type { VotePatterns } from './vote-patterns.ts'

/**
 * Majority vote: the classes with the most votes share the probability 1 evenly. A function's accuracy is its expected
 * agreement with that answer, which flatters every function because each takes part in the vote it is judged by.
 */
export function fitMajorityVote(patterns: VotePatterns, balance: ClassBalanceChoice): LabelModelFit {
  const { count, names, classes, votes, weights } = patterns
  const m = names.length
  const posteriors = new Float64Array(count * classes)
  const mean = new Float64Array(classes)
  const tally = new Float64Array(classes)
  for (let p = 0; p < count; p++) {
    tally.fill(0)
    let most = 0
    for (let j = 0; j < m; j++) {
      const vote = votes[p * m + j] as number
      if (vote >= 0) most = Math.max(most, (tally[vote] = (tally[vote] as number) + 1))
    }
    if (most === 0) continue
    let winners = 0
    for (let c = 0; c < classes; c++) if (tally[c] === most) winners++
    for (let c = 0; c < classes; c++) {
      if (tally[c] !== most) continue
      posteriors[p * classes + c] = 1 / winners
      mean[c] = (mean[c] as number) + (weights[p] as number) / winners
    }
  }
  const classBalance = balance === 'estimate' && mean.some((share) => share > 0) ? normalised(mean) : startingBalance(balance, classes)
  fillSilentPatterns(patterns, posteriors, classBalance)
  return { posteriors, classBalance, accuracies: expectedAccuracies(patterns, posteriors), iterations: 0, converged: true }
}
