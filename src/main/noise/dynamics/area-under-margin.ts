import { BenchError } from '../../../shared/contract/errors.ts'
import type { Stream } from '../../learn/random.ts'
import type { Detection } from '../detection.ts'
import { meansOverEpochs } from './dynamics-record.ts'
import type { DynamicsRecord, EpochRange } from './dynamics-record.ts'

/**
 * The area under the margin of each example: the mean over epochs of its margin, the logit of the given label minus the largest
 * other one (Pleiss et al., NeurIPS 2020). Wrong labels fight the generalisation of the right ones, which keeps it low.
 */
export function areaUnderMargin(record: DynamicsRecord, range: EpochRange = {}): Float64Array {
  return meansOverEpochs(record, record.margin, range)
}

/**
 * Chooses threshold examples: `floor(n / (K + 1))` random ones, at least one, that are to be trained on as a class K of their own,
 * which none of them is. They show what the area under the margin of a wrong label looks like, but are not assessed
 * themselves, so that a second training takes others.
 *
 * @param without examples not to choose, such as those of the first training
 * @returns positions, ascending
 */
export function thresholdExamples(examples: number, classes: number, stream: Stream, without: Int32Array = new Int32Array()): Int32Array {
  const excluded = new Set(without)
  const count = Math.max(1, Math.floor(examples / (classes + 1)))
  if (examples - excluded.size < count || examples < 2) {
    throw new BenchError('bad-data', `${examples} examples are too few to set ${count + excluded.size} of them aside.`, { hint: 'Area under the margin needs more examples.' })
  }
  return stream.permutation(examples).filter((row) => !excluded.has(row)).slice(0, count).sort()
}

/** The labels of a training with threshold examples: K for those, the given ones for the others. The model needs K + 1 classes. */
export function labelsWithThreshold(labels: Int32Array, classes: number, rows: Int32Array): Int32Array {
  const changed = labels.slice()
  for (const row of rows) changed[row] = classes
  return changed
}

/** A training with threshold examples. */
export interface MarginRun {
  /** See {@link areaUnderMargin}. */
  readonly areas: Float64Array
  readonly thresholdRows: Int32Array
}

export interface MarginDetection extends Detection {
  /** Of each run: the area up to which labels are flagged. */
  readonly thresholds: readonly number[]
}

/**
 * Detector: an example is flagged whose area is at most the threshold, the 99th percentile (interpolated linearly) of the areas of
 * the threshold examples. The score is `1 / (1 + exp(-(area - threshold) / sd))` with sd the spread of all areas, so that
 * one half is the threshold; its mean over the runs in which the example was not a threshold example itself.
 *
 * @throws BenchError `bad-data` for an example that no run assessed: make a second run with other threshold examples
 */
export function marginDetection(runs: readonly MarginRun[], percentile = 0.99): MarginDetection {
  const examples = runs[0]?.areas.length ?? 0
  const sums = new Float64Array(examples)
  const counts = new Int32Array(examples)
  const thresholds = runs.map(({ areas, thresholdRows }) => {
    const threshold = quantile(thresholdRows, areas, percentile)
    const spread = deviation(areas) || 1
    const own = new Set(thresholdRows)
    areas.forEach((area, row) => {
      if (own.has(row)) return
      sums[row] = (sums[row] as number) + 1 / (1 + Math.exp((threshold - area) / spread))
      counts[row] = (counts[row] as number) + 1
    })
    return threshold
  })
  const missing = counts.indexOf(0)
  if (missing >= 0) {
    throw new BenchError('bad-data', `The example in row ${missing + 1} was a threshold example in every training.`, { field: `row ${missing + 1}`, hint: 'Train once more with other threshold examples.' })
  }
  const scores = sums.map((sum, row) => sum / (counts[row] as number))
  return { scores, flagged: Uint8Array.from(scores, (score) => Number(score <= 0.5)), thresholds }
}

function quantile(rows: Int32Array, areas: Float64Array, share: number): number {
  const sorted = Float64Array.from(rows, (row) => areas[row] as number).sort()
  const position = share * (sorted.length - 1)
  const below = Math.floor(position)
  const low = sorted[below] as number
  return low + ((sorted[Math.min(sorted.length - 1, below + 1)] as number) - low) * (position - below)
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}
