import type { PruningMethod } from '../../../shared/domain/noise.ts'
import type { LabelledProbabilities } from '../inputs.ts'
import { networkLength } from './bitonic-order.ts'
import { type ConfidentJoint, tolerance } from './confident-joint.ts'
import { normalizedMargins, selfConfidences } from './label-scores.ts'
import { isTied, markSmallest } from './smallest-rows.ts'

/**
 * Rows whose labels are flagged, ascending (Northcutt et al. 2021, section 3.2), always without the rows whose given class no
 * other class exceeds in probability:
 *
 * - prune by class: of each class i, as many as its calibrated row counts off the diagonal, lowest p_i first
 * - prune by noise rate: for each pair i != j, C[i][j] (calibrated) rows given i, largest p_j - p_i first
 * - both: what both of them flag
 * - confident learning: what the confident joint counts off its diagonal
 * - predicted differs from given: the most probable class is another
 * - low self-confidence, low normalized margin: as many as there are label issues, lowest score first
 *
 * The first three leave every class an example, as in the reference implementation: the only one of a class is not flagged, and where
 * the calibrated diagonal of a class is empty, by class flags one less, and by noise rate one less of each of its pairs.
 *
 * Of rows with equal values those are taken that the reference implementation takes on a processor with vector instructions, where
 * there are up to 256 to choose among (see `bitonicOrder`); of more, the first.
 */
export function flaggedRows(input: LabelledProbabilities, joint: ConfidentJoint, methods: readonly PruningMethod[]): Partial<Record<PruningMethod, Int32Array>> {
  const marks = marksOf(input, joint)
  return Object.fromEntries(methods.map((method) => [method, rowsOf(marks(method))]))
}

/** How many labels are estimated to be wrong: rows counted off the diagonal, less those whose given class no other exceeds. */
export function labelIssueCount(input: LabelledProbabilities, joint: ConfidentJoint): number {
  return countOf(offDiagonal(input, joint))
}

/** Marks the rows that a method flags; each method is computed once, also where another one needs it. */
function marksOf(input: LabelledProbabilities, joint: ConfidentJoint): (method: PruningMethod) => Uint8Array {
  const known = new Map<PruningMethod, Uint8Array>()
  const marks = (method: PruningMethod): Uint8Array => {
    const found = known.get(method) ?? compute(method)
    known.set(method, found)
    return found
  }
  const compute = (method: PruningMethod): Uint8Array => {
    switch (method) {
      case 'prune-by-class':
        return withoutSupported(byClass(input, joint), joint)
      case 'prune-by-noise-rate':
        return withoutSupported(byNoiseRate(input, joint), joint)
      case 'both':
        return inBoth(marks('prune-by-class'), marks('prune-by-noise-rate'))
      case 'confident-learning':
        return offDiagonal(input, joint)
      case 'predicted-neq-given':
        return withoutSupported(new Uint8Array(input.rows).fill(1), joint)
      case 'low-self-confidence':
        return lowest(selfConfidences(input), countOf(marks('confident-learning')))
      case 'low-normalized-margin':
        return lowest(normalizedMargins(input), countOf(marks('confident-learning')))
    }
  }
  return marks
}

function inBoth(first: Uint8Array, second: Uint8Array): Uint8Array {
  const marks = new Uint8Array(first.length)
  for (let row = 0; row < marks.length; row++) marks[row] = (first[row] as number) & (second[row] as number)
  return marks
}

function lowest(scores: Float64Array, count: number): Uint8Array {
  const marks = new Uint8Array(scores.length)
  const rows = new Int32Array(scores.length)
  for (let row = 0; row < rows.length; row++) rows[row] = row
  markSmallest(scores, rows, count, marks)
  return marks
}

function byClass(input: LabelledProbabilities, joint: ConfidentJoint): Uint8Array {
  const { classes, probabilities } = input
  const marks = new Uint8Array(input.rows)
  const members = rowsByClass(input, joint.labelCounts)
  for (let i = 0; i < classes; i++) {
    const rows = members[i] as Int32Array
    if (rows.length < 2) continue
    const keys = new Float64Array(rows.length)
    for (let at = 0; at < rows.length; at++) keys[at] = probabilities[(rows[at] as number) * classes + i] as number
    markSmallest(keys, rows, rows.length - Math.max(1, joint.calibrated[i * classes + i] as number), marks)
  }
  return marks
}

function byNoiseRate(input: LabelledProbabilities, { classes, calibrated, labelCounts, supported }: ConfidentJoint): Uint8Array {
  const marks = new Uint8Array(input.rows)
  const { keys, rows, starts } = exceedingDifferences(input, supported)
  let members: readonly Int32Array[] | null = null
  for (let i = 0; i < classes; i++) {
    if ((labelCounts[i] as number) < 2) continue
    const spared = calibrated[i * classes + i] === 0 ? 1 : 0
    for (let j = 0; j < classes; j++) {
      const count = (calibrated[i * classes + j] as number) - spared
      if (j === i || count <= 0) continue
      const start = starts[i * classes + j] as number
      const end = starts[i * classes + j + 1] as number
      const part = keys.subarray(start, end)
      // The largest differences are those of rows that another class exceeds; the rest are looked at only where these are too few, or
      // where equal ones stand in the order of a sort of all of them.
      const enough = part.length >= count && !((labelCounts[i] as number) <= networkLength && isTied(part, count))
      if (enough) markSmallest(part, rows.subarray(start, end), count, marks)
      else markAmongAll(input, (members ??= rowsByClass(input, labelCounts))[i] as Int32Array, i, j, count, marks)
    }
  }
  return marks
}

/** p_i - p_j below -1e-6 with the rows (ascending) they are of, by pair: those of given i and other j from `starts[i * classes + j]`. */
interface PairDifferences {
  readonly keys: Float64Array
  readonly rows: Int32Array
  readonly starts: Int32Array
}

function exceedingDifferences({ rows: n, classes, labels, probabilities }: LabelledProbabilities, supported: Uint8Array): PairDifferences {
  const starts = new Int32Array(classes * classes + 1)
  for (let row = 0; row < n; row++) {
    if (supported[row] === 1) continue
    const i = labels[row] as number
    const own = probabilities[row * classes + i] as number
    for (let j = 0; j < classes; j++) if (own - (probabilities[row * classes + j] as number) < -tolerance) starts[i * classes + j + 1] = (starts[i * classes + j + 1] as number) + 1
  }
  for (let pair = 0; pair < classes * classes; pair++) starts[pair + 1] = (starts[pair + 1] as number) + (starts[pair] as number)
  const next = starts.slice()
  const keys = new Float64Array(starts[classes * classes] as number)
  const rows = new Int32Array(keys.length)
  for (let row = 0; row < n; row++) {
    if (supported[row] === 1) continue
    const i = labels[row] as number
    const own = probabilities[row * classes + i] as number
    for (let j = 0; j < classes; j++) {
      const difference = own - (probabilities[row * classes + j] as number)
      if (difference >= -tolerance) continue
      const at = next[i * classes + j] as number
      next[i * classes + j] = at + 1
      keys[at] = difference
      rows[at] = row
    }
  }
  return { keys, rows, starts }
}

/** Marks those of the rows given i with the `count` largest p_j - p_i, whatever their sign. */
function markAmongAll({ classes, probabilities }: LabelledProbabilities, rows: Int32Array, i: number, j: number, count: number, marks: Uint8Array): void {
  const keys = new Float64Array(rows.length)
  for (let at = 0; at < rows.length; at++) {
    const start = (rows[at] as number) * classes
    keys[at] = (probabilities[start + i] as number) - (probabilities[start + j] as number)
  }
  markSmallest(keys, rows, count, marks)
}

/** Rows of each class, ascending. */
function rowsByClass({ rows, labels }: LabelledProbabilities, counts: Int32Array): readonly Int32Array[] {
  const members = Array.from(counts, (count) => new Int32Array(count))
  const filled = new Int32Array(counts.length)
  for (let row = 0; row < rows; row++) {
    const label = labels[row] as number
    const at = filled[label] as number
    ;(members[label] as Int32Array)[at] = row
    filled[label] = at + 1
  }
  return members
}

function withoutSupported(marks: Uint8Array, { supported }: ConfidentJoint): Uint8Array {
  for (let row = 0; row < marks.length; row++) if (supported[row] === 1) marks[row] = 0
  return marks
}

/** Rows that the confident joint counts off its diagonal, less those whose given class no other exceeds. */
function offDiagonal({ labels }: LabelledProbabilities, { likely, supported }: ConfidentJoint): Uint8Array {
  const marks = new Uint8Array(likely.length)
  for (let row = 0; row < marks.length; row++) {
    const counted = likely[row] as number
    if (counted >= 0 && counted !== labels[row] && supported[row] === 0) marks[row] = 1
  }
  return marks
}

function countOf(marks: Uint8Array): number {
  let count = 0
  for (let row = 0; row < marks.length; row++) count += marks[row] as number
  return count
}

function rowsOf(marks: Uint8Array): Int32Array {
  const rows = new Int32Array(countOf(marks))
  for (let row = 0, at = 0; row < marks.length; row++) if (marks[row] === 1) rows[at++] = row
  return rows
}
