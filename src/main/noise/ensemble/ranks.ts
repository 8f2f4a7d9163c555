import { BenchError } from '../../../shared/contract/errors.ts'

/** Positions by score, lowest (most suspect) first; equal scores by position. Scores that are NaN are left out. */
export function bySuspicion(scores: Float64Array): Int32Array {
  const known = Int32Array.from(scores.keys()).filter((row) => !Number.isNaN(scores[row]))
  return known.sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b)
}

/** Ranks 1 .. n of the scores, ascending, equal scores sharing the mean of their ranks; NaN where the score is. */
export function midRanks(scores: Float64Array): Float64Array {
  const order = bySuspicion(scores)
  const ranks = new Float64Array(scores.length).fill(Number.NaN)
  forEachTie(scores, order, (start, end) => {
    for (let i = start; i < end; i++) ranks[order[i] as number] = (start + 1 + end) / 2
  })
  return ranks
}

/** Visits runs of equal scores in an order: positions start .. end - 1 of it. */
export function forEachTie(scores: Float64Array, order: Int32Array, visit: (start: number, end: number) => void): void {
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && scores[order[end] as number] === scores[order[start] as number]) end++
    visit(start, end)
    start = end
  }
}

/** @throws BenchError `bad-data` unless all detectors speak of as many examples */
export function checkSameExamples(lengths: readonly number[]): number {
  const [first = 0] = lengths
  if (lengths.length === 0) throw new BenchError('bad-data', 'There is no detector.', { field: 'detectors', hint: 'Choose at least one detector.' })
  const other = lengths.find((length) => length !== first)
  if (other !== undefined) throw new BenchError('bad-data', `Detectors of ${first} and of ${other} examples cannot be compared.`, { field: 'detectors', hint: 'Choose detectors that ran on the same version.' })
  return first
}
