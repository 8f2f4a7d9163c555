import { BenchError } from '../../shared/contract/errors.ts'
import { scaledToUnit, twoGaussians } from '../learn/robust/two-components.ts'

/** What a detector says of every example's given label. */
export interface Detection {
  /** In [0, 1], lower: more likely wrong. NaN where the detector has nothing to say. */
  readonly scores: Float64Array
  /** 1 where the label is flagged as wrong. */
  readonly flagged: Uint8Array
}

/**
 * Flags by the scores alone: those more probably of the lower one of two Gaussians, below the border between them. It divides
 * whatever it is given, also where all labels are right.
 */
export function flaggedBySplit(scores: Float64Array): Uint8Array {
  const known = scores.filter((score) => !Number.isNaN(score))
  if (known.length === 0) return new Uint8Array(scores.length)
  const { low } = twoGaussians(scaledToUnit(known))
  let border = -Infinity
  known.forEach((score, i) => {
    if ((low[i] as number) > 0.5 && score > border) border = score
  })
  // Of equal scores there are no two kinds.
  const isOne = known.every((score) => score === known[0])
  return Uint8Array.from(scores, (score) => Number(!isOne && score <= border))
}

/**
 * Checks given labels: class positions 0 .. classes - 1.
 *
 * @throws BenchError `bad-data` naming the first row (from 1) that has another
 */
export function checkGivenLabels(labels: Int32Array, examples: number, classes: number): void {
  if (labels.length !== examples) throw new BenchError('bad-data', `There are ${labels.length} labels for ${examples} examples.`, { field: 'labels', hint: 'Give one label an example.' })
  const wrong = labels.findIndex((label) => label < 0 || label >= classes)
  if (wrong >= 0) {
    throw new BenchError('bad-data', `The label ${labels[wrong]} in row ${wrong + 1} is not one of the ${classes} classes.`, { field: `row ${wrong + 1}`, hint: `Labels are whole numbers from 0 to ${classes - 1}.` })
  }
}
