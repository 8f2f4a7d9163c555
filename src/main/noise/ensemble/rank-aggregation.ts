import type { Detection } from '../detection.ts'
import { checkSameExamples, midRanks } from './ranks.ts'

export const aggregationMethods = ['mean-rank', 'median-rank', 'robust-rank'] as const
export type AggregationMethod = (typeof aggregationMethods)[number]

/**
 * Joins detectors by the ranks of their scores, so that no detector's scale decides. Each rank is divided by the number of examples
 * that the detector scored.
 *
 * - `mean-rank`: mean of the ranks (Borda's count);
 * - `median-rank`: their median, which one detector gone wrong does not move;
 * - `robust-rank`: robust rank aggregation (Kolde et al., Bioinformatics 2012): the probability that, by chance, some number of the
 *   detectors would rank an example as low as they do, times the number of detectors, at most 1. It finds what a few
 *   detectors are sure of where the others know nothing.
 *
 * Flagged is what more than half of the detectors flag, of those that scored the example. An example that none scored has NaN.
 */
export function aggregateDetections(detections: readonly Detection[], method: AggregationMethod): Detection {
  const examples = checkSameExamples(detections.map(({ scores }) => scores.length))
  const shares = detections.map(({ scores }) => shareRanks(scores))
  const combine = { 'mean-rank': mean, 'median-rank': median, 'robust-rank': robustRank }[method]
  const scores = new Float64Array(examples)
  const flagged = new Uint8Array(examples)
  for (let row = 0; row < examples; row++) {
    const ranks = shares.map((share) => share[row] as number).filter((rank) => !Number.isNaN(rank))
    scores[row] = ranks.length === 0 ? Number.NaN : combine(ranks)
    const votes = detections.reduce((sum, detection) => sum + Number(!Number.isNaN(detection.scores[row]) && detection.flagged[row] === 1), 0)
    flagged[row] = Number(2 * votes > ranks.length)
  }
  return { scores, flagged }
}

function shareRanks(scores: Float64Array): Float64Array {
  const ranks = midRanks(scores)
  const known = ranks.reduce((count, rank) => count + Number(!Number.isNaN(rank)), 0)
  return ranks.map((rank) => rank / known)
}

const mean = (ranks: readonly number[]): number => ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length

function median(ranks: readonly number[]): number {
  const sorted = [...ranks].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** `min(1, m min_k P(at least k of m uniform numbers are at most r_(k)))` of the ranks in ascending order. */
function robustRank(ranks: readonly number[]): number {
  const sorted = [...ranks].sort((a, b) => a - b)
  const least = sorted.reduce((smallest, rank, i) => Math.min(smallest, atLeast(i + 1, sorted.length, rank)), 1)
  return Math.min(1, least * sorted.length)
}

/** P(X >= k) of X ~ Binomial(m, p). */
function atLeast(k: number, m: number, p: number): number {
  let [sum, choose] = [0, 1]
  for (let i = 0; i <= m; i++) {
    if (i >= k) sum += choose * p ** i * (1 - p) ** (m - i)
    choose = (choose * (m - i)) / (i + 1)
  }
  return Math.min(1, sum)
}
