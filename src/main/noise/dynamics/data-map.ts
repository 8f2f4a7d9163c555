import { flaggedBySplit } from '../detection.ts'
import type { Detection } from '../detection.ts'
import { meansOverEpochs, visitSeen } from './dynamics-record.ts'
import type { DynamicsRecord, EpochRange } from './dynamics-record.ts'

/** The coordinates of each example on a data map. */
export interface DataMap {
  /** Mean over epochs of the probability of the given label. */
  readonly confidence: Float64Array
  /** Standard deviation (population) over epochs of that probability. */
  readonly variability: Float64Array
  /** Share of the epochs in which the example was classified as labelled. */
  readonly correctness: Float64Array
}

/**
 * Places examples on a data map (Swayamdipta et al., EMNLP 2020): easy ones have high confidence, ambiguous ones high
 * variability, and wrong labels are found among the hard ones, of low confidence and low variability.
 */
export function dataMap(record: DynamicsRecord, range: EpochRange = {}): DataMap {
  const confidence = meansOverEpochs(record, record.probability, range)
  const squares = new Float64Array(record.examples)
  const seen = visitSeen(record, record.probability, (row, p) => (squares[row] = (squares[row] as number) + (p - (confidence[row] as number)) ** 2), range)
  const right = new Float64Array(record.examples)
  visitSeen(record, record.margin, (row, margin) => (right[row] = (right[row] as number) + Number(margin > 0)), range)
  return {
    confidence,
    variability: squares.map((sum, row) => Math.sqrt(sum / (seen[row] as number))),
    correctness: right.map((sum, row) => sum / (seen[row] as number))
  }
}

/** Detector: the score is the confidence; flagged are the lower of two Gaussians of it. */
export function dataMapDetection({ confidence }: DataMap): Detection {
  return { scores: confidence.slice(), flagged: flaggedBySplit(confidence) }
}
