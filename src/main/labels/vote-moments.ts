import { observedSymbols } from './observed-symbols.ts'
import type { VotePatterns } from './vote-patterns.ts'

/** First and second moments of one-hot votes; index of function j's vote v: j * classes + v. */
export interface VoteMoments {
  /** Share of rows with each vote. */
  readonly first: Float64Array
  /** Share of rows with both votes, size x size, row-major, symmetric (the overlaps matrix O of Ratner et al. 2019). */
  readonly second: Float64Array
  readonly size: number
  /** functions x functions: 1 where the second moments of a pair can be compared with a model, 0 on the diagonal and where two never meet. */
  readonly comparable: Uint8Array
}

/**
 * Moments of the one-hot votes over all rows. Two functions that abstain for reasons of their own (see `observedSymbols`) may meet
 * more or less often than chance, as annotators of the same batch do; their second moments are those of the rows where both
 * vote, scaled to the meetings that chance would bring.
 */
export function voteMoments(patterns: VotePatterns): VoteMoments {
  const { rows, count, names, classes, votes, weights } = patterns
  const m = names.length
  const size = m * classes
  const second = new Float64Array(size * size)
  const cast = new Int32Array(m)
  for (let p = 0; p < count; p++) {
    const weight = (weights[p] as number) / rows
    let voters = 0
    for (let j = 0; j < m; j++) {
      const vote = votes[p * m + j] as number
      if (vote >= 0) cast[voters++] = j * classes + vote
    }
    for (let a = 0; a < voters; a++) {
      const row = (cast[a] as number) * size
      for (let b = 0; b <= a; b++) second[row + (cast[b] as number)] = (second[row + (cast[b] as number)] as number) + weight
    }
  }
  for (let a = 0; a < size; a++) for (let b = 0; b < a; b++) second[b * size + a] = second[a * size + b] as number
  const first = Float64Array.from({ length: size }, (_, a) => second[a * size + a] as number)
  return { first, second, size, comparable: scaleMeetings(first, second, observedSymbols(patterns).abstentionsCount) }
}

/** Scales the second moments of pairs in place and tells which pairs are comparable. */
function scaleMeetings(first: Float64Array, second: Float64Array, abstentionsCount: Uint8Array): Uint8Array {
  const m = abstentionsCount.length
  const size = first.length
  const k = size / m
  const voting = Float64Array.from(abstentionsCount, (_, j) => first.subarray(j * k, (j + 1) * k).reduce((sum, share) => sum + share, 0))
  const comparable = new Uint8Array(m * m)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      if (i === j || voting[i] === 0 || voting[j] === 0) continue
      comparable[i * m + j] = 1
      if (abstentionsCount[i] === 1 || abstentionsCount[j] === 1) continue
      let meeting = 0
      for (let v = 0; v < k; v++) for (let w = 0; w < k; w++) meeting += second[(i * k + v) * size + j * k + w] as number
      if (meeting === 0) comparable[i * m + j] = 0
      const scale = meeting > 0 ? ((voting[i] as number) * (voting[j] as number)) / meeting : 0
      for (let v = 0; v < k; v++) for (let w = 0; w < k; w++) second[(i * k + v) * size + j * k + w] = scale * (second[(i * k + v) * size + j * k + w] as number)
    }
  }
  return comparable
}
