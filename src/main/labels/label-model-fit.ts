import type { VotePatterns } from './vote-patterns.ts'

/** The class balance a label model works with: given, uniform, or estimated from the votes. */
export type ClassBalanceChoice = 'uniform' | 'estimate' | readonly number[]

/** What every label model finds, over patterns of votes instead of rows. */
export interface LabelModelFit {
  /** patterns x classes, row-major: P(class | votes). Patterns without a vote hold the class balance. */
  readonly posteriors: Float64Array
  readonly classBalance: Float64Array
  /** Probability that a vote of each function is right; NaN for a function that never votes. */
  readonly accuracies: Float64Array
  readonly iterations: number
  readonly converged: boolean
  /** Groups of functions counted as one opinion. */
  readonly dependent?: readonly (readonly number[])[]
}

/** Rows on which each function votes. */
export function voteCounts({ count, names, votes, weights }: VotePatterns): Float64Array {
  const m = names.length
  const counts = new Float64Array(m)
  for (let p = 0; p < count; p++) {
    for (let j = 0; j < m; j++) if ((votes[p * m + j] as number) >= 0) counts[j] = (counts[j] as number) + (weights[p] as number)
  }
  return counts
}

/** Votes for each class a function: functions x classes, row-major. */
export function votesByClass({ count, names, classes, votes, weights }: VotePatterns): Float64Array {
  const m = names.length
  const counts = new Float64Array(m * classes)
  for (let p = 0; p < count; p++) {
    for (let j = 0; j < m; j++) {
      const vote = votes[p * m + j] as number
      if (vote >= 0) counts[j * classes + vote] = (counts[j * classes + vote] as number) + (weights[p] as number)
    }
  }
  return counts
}

/** Expected accuracy of each function's votes under posteriors: the mean of P(class = vote | votes) over its votes; NaN without votes. */
export function expectedAccuracies(patterns: VotePatterns, posteriors: Float64Array): Float64Array {
  const { count, names, classes, votes, weights } = patterns
  const m = names.length
  const right = new Float64Array(m)
  for (let p = 0; p < count; p++) {
    for (let j = 0; j < m; j++) {
      const vote = votes[p * m + j] as number
      if (vote >= 0) right[j] = (right[j] as number) + (weights[p] as number) * (posteriors[p * classes + vote] as number)
    }
  }
  const total = voteCounts(patterns)
  return right.map((sum, j) => sum / (total[j] as number))
}

/** The class balance to start from or to keep: as given (normalised), else uniform. */
export const startingBalance = (choice: ClassBalanceChoice, classes: number): Float64Array =>
  typeof choice === 'string' ? new Float64Array(classes).fill(1 / classes) : normalised(Float64Array.from(choice))

/** Non-negative numbers scaled to the sum 1. */
export function normalised(values: Float64Array): Float64Array {
  const sum = values.reduce((total, value) => total + value, 0)
  return values.map((value) => value / sum)
}

/** Puts the class balance where nobody votes: a row that no function has seen says nothing about its class. */
export function fillSilentPatterns({ count, names, classes, votes }: VotePatterns, posteriors: Float64Array, balance: Float64Array): void {
  const m = names.length
  for (let p = 0; p < count; p++) {
    let silent = true
    for (let j = 0; j < m && silent; j++) silent = (votes[p * m + j] as number) < 0
    if (silent) posteriors.set(balance, p * classes)
  }
}

/** Turns the log weights at `offset .. offset + k - 1` into probabilities in place and returns the log of their sum. */
export function softmaxInPlace(values: Float64Array, offset: number, k: number): number {
  let highest = -Infinity
  for (let c = 0; c < k; c++) if ((values[offset + c] as number) > highest) highest = values[offset + c] as number
  let sum = 0
  for (let c = 0; c < k; c++) sum += values[offset + c] = Math.exp((values[offset + c] as number) - highest)
  for (let c = 0; c < k; c++) values[offset + c] = (values[offset + c] as number) / sum
  return highest + Math.log(sum)
}
