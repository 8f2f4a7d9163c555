import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import { correctedName, NoiseCheckRequest, NoiseInjection, outOfSampleName } from '../../shared/domain/noise-check.ts'
import { TrainingConfig } from '../../shared/domain/training.ts'
import { engineIds } from '../../shared/domain/engine.ts'
import { useEngine } from '../compute/engine.ts'
import { orderOfNumbers } from '../datasets/view/argsort.ts'
import { ColumnSummary } from '../datasets/view/column-statistics.ts'
import { checkLabels } from '../noise/check/noise-check.ts'
import { featureRows } from '../noise/check/feature-rows.ts'
import { givenProbabilities } from '../noise/check/given-probabilities.ts'
import { injectInstanceNoise } from '../noise/injection/instance-noise.ts'
import { injectFromModel } from '../noise/injection/model-noise.ts'
import { injectByMatrix, type NoisyLabels } from '../noise/injection/noisy-labels.ts'
import { annotatorMatrix, pairMatrix, symmetricMatrix } from '../noise/injection/transition-matrix.ts'
import { TrainingData } from '../runs/training/training-data.ts'
import { noiseArrayRows } from '../store/noise-checks.ts'
import type { JobContext } from './job-context.ts'
import { sendSoftLabels } from './soft-label-source.ts'
import { trainingContext } from './training-job.ts'

const CheckInput = v.object({ request: NoiseCheckRequest, engine: v.picklist(engineIds) })

/** Looks for wrong labels and stores what it found: a report, scores of every row, and columns that filters and sorts can use. */
export async function noiseCheck(context: JobContext): Promise<null> {
  const { request, engine: wanted } = v.parse(CheckInput, context.input)
  const engine = await useEngine(wanted)
  context.log('info', `Checks labels on ${engine.describe()}.`)
  const { name, report, arrays, columns, probabilities } = await checkLabels(trainingContext(context, engine), context.bench, request)
  const { datasetId, sourceId } = request
  if (probabilities !== null) sendProbabilities(context, datasetId, outOfSampleName(sourceName(context, sourceId)), probabilities)
  context.send({ type: 'noise-begin', check: { datasetId, sourceId, name, request, report } })
  for (const { name: of, width, data } of arrays) {
    for (let start = 0; start * width < data.length; start += noiseArrayRows) context.send({ type: 'noise-array', start, array: { name: of, width, data: data.slice(start * width, (start + noiseArrayRows) * width) } })
  }
  const imported = new Set(context.bench.columns.list(datasetId).filter(({ role }) => role !== 'score').map(({ name: of }) => of))
  for (const { name: of, values } of columns) {
    const summary = new ColumnSummary('number')
    summary.add({ type: 'number', values })
    context.send({ type: 'score-column', datasetId, name: imported.has(of) ? `${of}-score` : of, values, order: orderOfNumbers(values), statistics: summary.finish() })
  }
  context.send({ type: 'noise-complete', datasetId })
  return null
}

const sourceName = (context: JobContext, id: string): string => context.bench.labels.source(id)?.name ?? 'labels'

/** Keeps cross-validated probabilities as a source: other checks, suggestions and the query line can use them. */
function sendProbabilities(context: JobContext, datasetId: string, source: string, { rows, classes, values }: { readonly rows: Int32Array; readonly classes: number; readonly values: Float32Array }): void {
  const count = context.bench.datasets.require(datasetId).count
  const all = new Float32Array(count * classes).fill(Number.NaN)
  rows.forEach((row, place) => all.set(values.subarray(place * classes, (place + 1) * classes), row * classes))
  sendSoftLabels(context, { datasetId, kind: 'model', source }, { classes, probabilities: all, labelled: (row) => !Number.isNaN(all[row * classes]) }, { outOfSample: true })
}

/** Makes a noisy copy of labels, seeded; the labels it was made of are kept as the truth. */
export async function injectNoise(context: JobContext): Promise<{ readonly changed: number; readonly rate: number }> {
  const { datasetId, sourceId, name, noise, seed } = v.parse(NoiseInjection, context.input)
  const config = v.parse(TrainingConfig, { datasetId, arms: [{ name: 'noise', labels: { from: 'source', sourceId } }], evaluationSourceId: sourceId })
  const data = new TrainingData(context.bench, config)
  const { labels } = data.targetsOf(sourceId, 'hard')
  const rows = Int32Array.from(labels.keys()).filter((row) => (labels[row] ?? -1) >= 0)
  if (rows.length === 0) throw new BenchError('bad-data', 'There are no labels to add noise to.', { field: 'sourceId', hint: 'Choose another label source.' })
  const truth = rows.map((row) => labels[row] ?? 0)
  context.progress(0, 1, 'steps', 'adding noise')
  if (noise.type === 'instance') await useEngine('wasm')
  const noisy = await draw()
  const all = new Int32Array(labels.length).fill(-1)
  rows.forEach((row, place) => (all[row] = noisy.labels[place] ?? 0))
  context.send({ type: 'label-batch', datasetId, kind: 'given', source: name, start: 0, rows: null, labels: all, confidence: null })
  const hasTruth = context.bench.labels.sources(datasetId).some(({ kind, labelled }) => kind === 'truth' && labelled > 0)
  if (!hasTruth) context.send({ type: 'label-batch', datasetId, kind: 'truth', source: 'truth', start: 0, rows: null, labels, confidence: null })
  context.send({ type: 'source-detail', datasetId, kind: 'given', source: name, detail: JSON.stringify({ noise, seed, of: sourceId, rate: noisy.rate, transition: Array.from(noisy.matrix) }) })
  context.send({ type: 'dataset-changed', datasetId })
  const changed = truth.reduce((sum, label, place) => sum + Number(label !== noisy.labels[place]), 0)
  context.log('info', `${changed} of ${rows.length} labels were changed (${(100 * noisy.rate).toFixed(1)}%).`)
  context.progress(1, 1, 'steps', 'done')
  return { changed, rate: noisy.rate }

  async function draw(): Promise<NoisyLabels> {
    const { classes } = data
    switch (noise.type) {
      case 'symmetric':
        return injectByMatrix(truth, symmetricMatrix(classes, noise.rate), classes, seed)
      case 'pair':
        return injectByMatrix(truth, pairMatrix(classes, noise.rate), classes, seed)
      case 'matrix':
        return injectByMatrix(truth, noise.matrix, classes, seed)
      case 'annotator':
        return injectByMatrix(truth, annotatorMatrix(noise.confusion, classes), classes, seed)
      case 'instance': {
        const { points } = await featureRows({ data, rows }, 'features', () => context.breathe())
        return injectInstanceNoise(truth, points, classes, noise.rate, seed)
      }
      case 'model': {
        const found = givenProbabilities(context.bench, { from: 'source', sourceId: noise.sourceId }, rows, classes)
        if (found.probabilities === null) throw new BenchError('bad-data', found.reason, { field: 'noise.sourceId' })
        return injectFromModel(truth, { rows: rows.length, classes, probabilities: found.probabilities }, seed, noise.rate ?? undefined)
      }
    }
  }
}

const MergeInput = v.object({ datasetId: v.string(), sourceId: v.string(), correctionsId: v.string() })

/** Labels of a source with another's in place of them where it has any: an aggregate source, made anew each time. */
export function mergeCorrections(context: JobContext): Promise<{ readonly source: string; readonly corrected: number }> {
  const { datasetId, sourceId, correctionsId } = v.parse(MergeInput, context.input)
  const { labels: store, datasets } = context.bench
  const { count } = datasets.require(datasetId)
  const labels = store.current(sourceId, count)
  const corrections = store.inForce(correctionsId)
  let corrected = 0
  for (let row = 0; row < count; row++) {
    const correction = corrections[row] ?? -1
    if (correction < 0 || correction === labels[row]) continue
    labels[row] = correction
    corrected++
  }
  const source = correctedName(sourceName(context, sourceId))
  context.send({ type: 'label-batch', datasetId, kind: 'aggregate', source, start: 0, rows: null, labels, confidence: null })
  context.send({ type: 'source-detail', datasetId, kind: 'aggregate', source, detail: JSON.stringify({ corrects: sourceId, by: correctionsId, corrected }) })
  context.send({ type: 'dataset-changed', datasetId })
  context.log('info', `${corrected} labels are corrected.`)
  return Promise.resolve({ source, corrected })
}
