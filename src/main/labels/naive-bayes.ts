import { fillSilentPatterns, softmaxInPlace } from './label-model-fit.ts'
import type { VotePatterns } from './vote-patterns.ts'

/**
 * P(class | votes) in proportion to P(class) times the product of P(vote | class) over the functions that vote:
 * abstentions are no evidence, as in Snorkel's label model.
 *
 * @param rates P(function j votes v | class c) at [(j * classes + v) * classes + c], positive
 */
export function naiveBayes(patterns: VotePatterns, rates: Float64Array, balance: Float64Array): Float64Array {
  const { count, names, classes: k, votes } = patterns
  const m = names.length
  const logRates = rates.map((rate) => Math.log(rate))
  const logBalance = balance.map((share) => Math.log(share))
  const posteriors = new Float64Array(count * k)
  for (let p = 0; p < count; p++) {
    posteriors.set(logBalance, p * k)
    for (let j = 0; j < m; j++) {
      const vote = votes[p * m + j] as number
      if (vote < 0) continue
      const at = (j * k + vote) * k
      for (let c = 0; c < k; c++) posteriors[p * k + c] = (posteriors[p * k + c] as number) + (logRates[at + c] as number)
    }
    softmaxInPlace(posteriors, p * k, k)
  }
  fillSilentPatterns(patterns, posteriors, balance)
  return posteriors
}

/** Probability that a vote is right: the sum over classes of P(class) P(vote = class | class), divided by P(a vote). NaN without votes. */
export function accuraciesFromRates(functions: number, classes: number, rates: Float64Array, balance: Float64Array): Float64Array {
  return Float64Array.from({ length: functions }, (_, j) => {
    let right = 0
    let voting = 0
    for (let v = 0; v < classes; v++) {
      for (let c = 0; c < classes; c++) {
        const joint = (balance[c] as number) * (rates[(j * classes + v) * classes + c] as number)
        voting += joint
        if (c === v) right += joint
      }
    }
    return right / voting
  })
}
