import type { LabelSourceKind } from '../../shared/domain/dataset.ts'
import { predictedClasses } from '../learn/evaluators.ts'
import type { JobContext } from './job-context.ts'

/** Rows of soft labels sent at a time. */
const softRows = 65_536

/** Class probabilities of every row of a data set, rows x classes, row-major. */
export interface RowProbabilities {
  readonly classes: number
  readonly probabilities: Float32Array
  /** Whether a row gets a label; without one it keeps its probabilities alone. */
  readonly labelled: (row: number) => boolean
}

/**
 * Makes (or renews) a source out of probabilities: the most probable class of each labelled row as its label, its probability as
 * confidence, and all of them as soft labels, with what made the source as its detail.
 *
 * @returns how many rows have a label
 */
export function sendSoftLabels(context: JobContext, to: { readonly datasetId: string; readonly kind: LabelSourceKind; readonly source: string }, { classes, probabilities, labelled }: RowProbabilities, detail: unknown): number {
  const labels = predictedClasses(probabilities, classes).map((label, row) => (labelled(row) ? label : -1))
  const confidence = Float32Array.from(labels, (label, row) => (label < 0 ? Number.NaN : (probabilities[row * classes + label] ?? Number.NaN)))
  context.send({ type: 'label-batch', ...to, start: 0, rows: null, labels, confidence })
  for (let start = 0; start < labels.length; start += softRows) {
    context.send({ type: 'soft-labels', ...to, start, classes, probabilities: probabilities.slice(start * classes, (start + softRows) * classes) })
  }
  context.send({ type: 'source-detail', ...to, detail: JSON.stringify(detail) })
  return labels.reduce((sum, label) => sum + (label >= 0 ? 1 : 0), 0)
}
