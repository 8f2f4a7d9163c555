import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import type { DatasetVersion } from '../../shared/domain/dataset.ts'
import type { Bench } from '../store/bench.ts'
import type { JobContext } from './job-context.ts'
import { sendSoftLabels } from './soft-label-source.ts'

const Input = v.object({ runId: v.string(), source: v.string() })

/**
 * Makes what a run predicts a label source of kind `model`: the most probable class as label, its probability as confidence, and all
 * probabilities as soft labels. Rows that the run has no prediction for stay without a label.
 *
 * @returns how many rows were labelled
 */
export async function labelWithRun(context: JobContext): Promise<{ readonly labelled: number }> {
  const { runId, source } = v.parse(Input, context.input)
  const { bench } = context
  const run = bench.runs.get(runId)
  const version = versionOf(bench, run?.datasetVersionId ?? null)
  const dataset = version === undefined ? undefined : bench.datasets.get(version.datasetId)
  if (run === undefined || dataset === undefined) throw new BenchError('not-found', 'The run or its data set is not in this bench file any more.', { hint: 'Undo the deletion, then try again.' })
  const found = bench.runs.allPredictions(runId)
  const classes = found[0]?.classes
  if (classes === undefined) throw new BenchError('bad-data', `"${run.name}" has no predictions.`, { hint: 'Train it again: a finished run predicts every example.' })
  const probabilities = new Float32Array(dataset.count * classes).fill(Number.NaN)
  for (const predictions of found) {
    predictions.rows.forEach((row, place) => {
      if (row < dataset.count) probabilities.set(predictions.probabilities.subarray(place * classes, (place + 1) * classes), row * classes)
    })
    await context.breathe()
  }
  const to = { datasetId: dataset.id, kind: 'model', source } as const
  const labelled = sendSoftLabels(context, to, { classes, probabilities, labelled: (row) => !Number.isNaN(probabilities[row * classes]) }, { runId, run: run.name })
  context.send({ type: 'dataset-changed', datasetId: dataset.id })
  return { labelled }
}

const versionOf = (bench: Bench, id: string | null): DatasetVersion | undefined => (id === null ? undefined : bench.versions.content(id)?.version)
