import type { FunctionAnalysis, FunctionSummary } from '../../shared/domain/weak-labels.ts'
import { checkTruth, type VoteMatrix } from './vote-matrix.ts'

/**
 * The labeling-function table with the meanings of Snorkel's LFAnalysis: polarity, coverage, overlaps and conflicts of
 * each function as shares of all examples, correct and incorrect as counts where the truth is known, the same for the
 * whole data set, and how often each pair meets, agrees and conflicts. One pass over the rows; among the votes of a row
 * either all agree or every voter has somebody who disagrees, so conflicts need no comparison of pairs.
 *
 * @param truth the class of each row, -1 where unknown
 * @throws BenchError `bad-data` when the truth does not fit the votes
 */
export function analyseFunctions(matrix: VoteMatrix, truth?: ArrayLike<number>): FunctionAnalysis {
  const { rows, names, classes, votes } = matrix
  if (truth !== undefined) checkTruth(truth, rows, classes)
  const m = names.length
  const voted = new Float64Array(m)
  const overlapping = new Float64Array(m)
  const conflicting = new Float64Array(m)
  const correct = new Float64Array(m)
  const judged = new Float64Array(m)
  const byClass = new Float64Array(m * classes)
  const bothVote = new Float64Array(m * m)
  const agree = new Float64Array(m * m)
  const total = { covered: 0, overlapping: 0, conflicting: 0 }
  const voters = new Int32Array(m)
  const cast = new Int32Array(m)
  for (let i = 0; i < rows; i++) {
    let count = 0
    let differ = 0
    for (let j = 0; j < m; j++) {
      const vote = votes[j * rows + i] as number
      if (vote < 0) continue
      voters[count] = j
      cast[count] = vote
      if (vote !== cast[0]) differ = 1
      count++
    }
    if (count === 0) continue
    const overlap = count > 1 ? 1 : 0
    total.covered++
    total.overlapping += overlap
    total.conflicting += differ
    const known = truth === undefined ? -1 : (truth[i] as number)
    for (let a = 0; a < count; a++) {
      const j = voters[a] as number
      const vote = cast[a] as number
      voted[j] = (voted[j] as number) + 1
      overlapping[j] = (overlapping[j] as number) + overlap
      conflicting[j] = (conflicting[j] as number) + differ
      byClass[j * classes + vote] = (byClass[j * classes + vote] as number) + 1
      if (known >= 0) {
        judged[j] = (judged[j] as number) + 1
        if (vote === known) correct[j] = (correct[j] as number) + 1
      }
      for (let b = 0; b < a; b++) {
        const pair = j * m + (voters[b] as number)
        bothVote[pair] = (bothVote[pair] as number) + 1
        if (cast[b] === vote) agree[pair] = (agree[pair] as number) + 1
      }
    }
  }
  const functions = names.map((name, j): FunctionSummary => {
    const right = correct[j] as number
    const known = judged[j] as number
    return {
      name,
      polarity: Array.from({ length: classes }, (_, c) => c).filter((c) => (byClass[j * classes + c] as number) > 0),
      coverage: (voted[j] as number) / rows,
      overlaps: (overlapping[j] as number) / rows,
      conflicts: (conflicting[j] as number) / rows,
      correct: truth === undefined ? null : right,
      incorrect: truth === undefined ? null : known - right,
      empiricalAccuracy: known > 0 ? right / known : null
    }
  })
  const pairs = mirrored(bothVote, agree, voted, rows)
  return { rows, functions, coverage: total.covered / rows, overlap: total.overlapping / rows, conflict: total.conflicting / rows, pairs }
}

/** Fills the upper halves and diagonals of the pair counts, and the share of conflicts. */
function mirrored(bothVote: Float64Array, agree: Float64Array, voted: Float64Array, rows: number): FunctionAnalysis['pairs'] {
  const m = voted.length
  const conflict = new Float64Array(m * m)
  for (let j = 0; j < m; j++) {
    bothVote[j * m + j] = voted[j] as number
    agree[j * m + j] = voted[j] as number
    for (let l = 0; l < j; l++) {
      const met = bothVote[j * m + l] as number
      const alike = agree[j * m + l] as number
      bothVote[l * m + j] = met
      agree[l * m + j] = alike
      conflict[j * m + l] = conflict[l * m + j] = (met - alike) / rows
    }
  }
  return { bothVote, agree, conflict }
}
