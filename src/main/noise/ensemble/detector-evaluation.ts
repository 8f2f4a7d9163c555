import { BenchError } from '../../../shared/contract/errors.ts'
import { bySuspicion, forEachTie } from './ranks.ts'

/** Precision and recall of flagging everything up to a score, one entry a distinct score, ascending. */
export interface PrecisionRecallCurve {
  readonly thresholds: Float64Array
  readonly precision: Float64Array
  readonly recall: Float64Array
  /** How many examples are flagged. */
  readonly flagged: Int32Array
}

/**
 * The precision-recall curve of scores against the truth: wrong labels are the positive ones, and low scores call them. Equal scores
 * are flagged together. Recall is NaN where no label is wrong.
 *
 * @param isWrong 1 where the label is wrong
 * @throws BenchError `bad-data` for a score that is NaN, naming its row (from 1)
 */
export function precisionRecallCurve(scores: Float64Array, isWrong: Uint8Array): PrecisionRecallCurve {
  const order = ordered(scores, isWrong)
  const positives = countOf(isWrong)
  const [thresholds, precision, recall, flagged]: [number[], number[], number[], number[]] = [[], [], [], []]
  let found = 0
  forEachTie(scores, order, (start, end) => {
    for (let i = start; i < end; i++) found += isWrong[order[i] as number] as number
    thresholds.push(scores[order[start] as number] as number)
    precision.push(found / end)
    recall.push(positives === 0 ? Number.NaN : found / positives)
    flagged.push(end)
  })
  return { thresholds: Float64Array.from(thresholds), precision: Float64Array.from(precision), recall: Float64Array.from(recall), flagged: Int32Array.from(flagged) }
}

/** Average precision: `sum_n (R_n - R_(n-1)) P_n` over the curve, without interpolation. NaN where no label is wrong. */
export function averagePrecision(scores: Float64Array, isWrong: Uint8Array): number {
  const { precision, recall } = precisionRecallCurve(scores, isWrong)
  let [sum, before] = [0, 0]
  recall.forEach((value, i) => {
    sum += (value - before) * (precision[i] as number)
    before = value
  })
  return recall.length === 0 ? Number.NaN : sum
}

/**
 * Share of wrong labels among the k lowest scores. Where the k-th score is shared by more examples than fit, they count by their
 * mean: what a random choice among them gives on average.
 */
export function precisionAtK(scores: Float64Array, isWrong: Uint8Array, k: number): number {
  if (!Number.isInteger(k) || k < 1 || k > scores.length) {
    throw new BenchError('invalid-input', `Of ${scores.length} examples, ${k} cannot be looked at.`, { field: 'k', hint: `Choose a k from 1 to ${scores.length}.` })
  }
  const order = ordered(scores, isWrong)
  let found = 0
  forEachTie(scores, order, (start, end) => {
    if (start >= k) return
    let wrong = 0
    for (let i = start; i < end; i++) wrong += isWrong[order[i] as number] as number
    found += (wrong * (Math.min(end, k) - start)) / (end - start)
  })
  return found / k
}

export interface FlaggedQuality {
  readonly flagged: number
  readonly wrong: number
  /** Flagged labels that are wrong. */
  readonly found: number
  /** NaN where nothing is flagged. */
  readonly precision: number
  /** NaN where no label is wrong. */
  readonly recall: number
}

/** Precision and recall of a flagged set. */
export function flaggedQuality(flagged: Uint8Array, isWrong: Uint8Array): FlaggedQuality {
  checkTruth(flagged.length, isWrong)
  const [marked, wrong] = [countOf(flagged), countOf(isWrong)]
  const found = flagged.reduce((sum, mark, i) => sum + mark * (isWrong[i] as number), 0)
  const share = (all: number): number => (all === 0 ? Number.NaN : found / all)
  return { flagged: marked, wrong, found, precision: share(marked), recall: share(wrong) }
}

function ordered(scores: Float64Array, isWrong: Uint8Array): Int32Array {
  checkTruth(scores.length, isWrong)
  const unknown = scores.findIndex((score) => Number.isNaN(score))
  if (unknown >= 0) throw new BenchError('bad-data', `The example in row ${unknown + 1} has no score.`, { field: `row ${unknown + 1}`, hint: 'Leave out examples that the detector did not score.' })
  return bySuspicion(scores)
}

function checkTruth(examples: number, isWrong: Uint8Array): void {
  if (isWrong.length !== examples) throw new BenchError('bad-data', `The truth is known of ${isWrong.length} examples, not of ${examples}.`, { field: 'truth', hint: 'Give the truth of every example.' })
}

const countOf = (marks: Uint8Array): number => marks.reduce((sum, mark) => sum + mark, 0)
