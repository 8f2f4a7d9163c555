import type { VotePatterns } from './vote-patterns.ts'

/** The 97.5% point of the standard normal. */
const z = 1.959963984540054

/**
 * Wilson's 95% interval of a share (Wilson 1927), for any positive number of trials, whole or effective; without trials [0, 1].
 *
 * @param share observed share, 0 to 1
 */
export function wilsonInterval(share: number, trials: number): [number, number] {
  if (!(trials > 0)) return [0, 1]
  const centre = (share + (z * z) / (2 * trials)) / (1 + (z * z) / trials)
  const half = (z / (1 + (z * z) / trials)) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}

/**
 * How many votes with known truth a function's votes are worth for its accuracy, by Louis' missing information principle (1982):
 * of N votes, right with probabilities q_i under the model's posterior, n = N - sum q_i (1 - q_i) / (a (1 - a)), one parameter at
 * a time, with a the mean of q_i. A posterior that is sure keeps every vote; one that knows no more than the accuracy keeps none.
 */
export function effectiveVotes({ count, names, classes, votes, weights }: VotePatterns, posteriors: Float64Array): Float64Array {
  const m = names.length
  const total = new Float64Array(m)
  const right = new Float64Array(m)
  const unsure = new Float64Array(m)
  for (let p = 0; p < count; p++) {
    for (let j = 0; j < m; j++) {
      const vote = votes[p * m + j] as number
      if (vote < 0) continue
      const q = posteriors[p * classes + vote] as number
      total[j] = (total[j] as number) + (weights[p] as number)
      right[j] = (right[j] as number) + (weights[p] as number) * q
      unsure[j] = (unsure[j] as number) + (weights[p] as number) * q * (1 - q)
    }
  }
  return total.map((n, j) => {
    if (n === 0) return 0
    const a = (right[j] as number) / n
    return a > 0 && a < 1 ? Math.max(0, n - (unsure[j] as number) / (a * (1 - a))) : n
  })
}
