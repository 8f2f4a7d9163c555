import * as v from 'valibot'
import { BenchError } from '../../../shared/contract/errors.ts'
import { type DetectorName, detectorForms, ensembleName, mainScore, noiseColumn, type NoiseCheckRequest, type NoiseReport, representatives, type ScoreName } from '../../../shared/domain/noise-check.ts'
import { TrainingConfig } from '../../../shared/domain/training.ts'
import { accuracy, predictedClasses } from '../../learn/evaluators.ts'
import { crossValidatedProbabilities, type LabelledRows, watchTraining } from '../../runs/training/cross-validation.ts'
import { TrainingData } from '../../runs/training/training-data.ts'
import { stepsOf } from '../../runs/training/training-plan.ts'
import type { TrainingContext } from '../../runs/training-context.ts'
import type { Bench } from '../../store/bench.ts'
import type { NoiseArray } from '../../store/noise-checks.ts'
import { outliersOf } from '../data-issues/outliers.ts'
import { testRowOrder } from '../data-issues/row-order.ts'
import type { Detection } from '../detection.ts'
import { type DynamicsRecord, emptyRecord, recordBatch } from '../dynamics/dynamics-record.ts'
import { jaccard } from '../ensemble/detector-agreement.ts'
import { aggregateDetections } from '../ensemble/rank-aggregation.ts'
import { checkFolds, checkSeveralClasses, countLabels } from '../inputs.ts'
import { type NeighbourGraph, nearestNeighbours } from '../neighbours/nearest-neighbours.ts'
import { detect, type DetectorInputs, suggestedClasses } from './detectors.ts'
import { featureRows } from './feature-rows.ts'
import { type GivenProbabilities, givenProbabilities } from './given-probabilities.ts'
import { countedTransition, detectorReport, estimateOf, labelIssues } from './noise-report.ts'
import { leakCount, weakSlicesOf } from './slices.ts'

/** What a check found, ready to be stored. Arrays have an entry for every row of the data set. */
export interface NoiseCheckOutcome {
  readonly name: string
  readonly report: NoiseReport
  readonly arrays: readonly NoiseArray[]
  /** How likely each label is wrong, 1 less the score, by column name. */
  readonly columns: readonly { readonly name: string; readonly values: Float64Array }[]
  /** Cross-validated probabilities of the labelled rows, to be kept as a source of their own; null where none were made. */
  readonly probabilities: { readonly rows: Int32Array; readonly classes: number; readonly values: Float32Array } | null
}

/**
 * Looks for wrong labels: gets probabilities, watches a training and finds neighbours as far as the detectors asked for need them,
 * scores every label, and reports what it found. A detector whose input is missing is left out with the reason; the others run.
 *
 * @throws BenchError where nothing can be checked: no labels, one class only, fewer examples than folds
 */
export async function checkLabels(context: TrainingContext, bench: Bench, request: NoiseCheckRequest): Promise<NoiseCheckOutcome> {
  const began = performance.now()
  const labelled = labelledRows(bench, request)
  const { data, rows, targets } = labelled
  const { classes } = data
  const given = rows.map((row) => targets.labels[row] ?? 0)
  checkSeveralClasses(countLabels(given, classes))
  const steps = progressOf(context, labelled, request)
  const probabilities = await probabilitiesFor(context, bench, request, labelled, steps)
  const dynamics = wants(request, 'dynamics') ? await watched(context, labelled, steps) : null
  const graph = await neighboursFor(context, request, labelled)
  const inputs: DetectorInputs = { labels: given, classes, probabilities, dynamics, graph, pruning: request.pruning, adjust: request.adjust }
  const found = request.detectors.map((name) => [name, detect(name, inputs)] as const)
  const able = found.filter((entry): entry is readonly [DetectorName, Detection] => 'scores' in entry[1])
  const scored: (readonly [ScoreName, Detection])[] = representativesAmong(able).length > 1 ? [...able, [ensembleName, aggregateDetections(representativesAmong(able).map(([, detection]) => detection), 'mean-rank')]] : [...able]
  const main = scored.find(([name]) => name === mainScore(scored.map(([of]) => of)))?.[1]
  if (main === undefined) throw new BenchError('bad-data', 'None of the detectors could run.', { field: 'detectors', hint: found.map(([, each]) => ('unavailable' in each ? each.unavailable : '')).join(' ') })
  const truth = truthOf(bench, request, data)
  const known = truth === null ? null : rows.map((row) => truth[row] ?? -1)
  const wrong = known !== null && known.every((label) => label >= 0) ? Uint8Array.from(known, (label, place) => Number(label !== given[place])) : null
  const estimated = probabilities.probabilities === null ? null : estimateOf({ rows: rows.length, classes, labels: given, probabilities: probabilities.probabilities })
  const counted = known === null ? null : countedTransition(given, known, classes)
  const predicted = probabilities.probabilities === null ? null : predictedClasses(probabilities.probabilities, classes)
  const report: NoiseReport = {
    rows: rows.length,
    classes,
    detectors: [...found, ...scored.slice(able.length)].map(([name, each]) => detectorReport(name, each, wrong)),
    estimate: estimated?.estimate ?? null,
    trueTransition: counted?.transition ?? null,
    trueRate: counted?.rate ?? null,
    agreement: scored.flatMap(([, first]) => scored.map(([, second]) => jaccardOf(first, second))),
    probabilities: predicted === null ? null : { from: probabilities.from, accuracy: accuracy(predicted, given), accuracyOfTruth: wrong === null || known === null ? null : accuracy(predicted, known) },
    issues: {
      ...labelIssues(given, classes, estimated?.joint ?? null),
      outliers: graph === null || 'unavailable' in graph ? null : outliersOf(graph.distances, graph.k).rows.length,
      orderPValue: graph === null || 'unavailable' in graph ? null : testRowOrder(graph.indices, graph.k).p,
      leaks: leakCount(bench, data),
      weakSlices: weakSlicesOf(bench, data, rows, given, main.scores)
    },
    seconds: (performance.now() - began) / 1000
  }
  return {
    name: request.name ?? `Check of ${data.source(request.sourceId).name}`,
    report,
    arrays: arraysOf(data.dataset.count, rows, scored, suggestedClasses(inputs), graph, dynamics),
    columns: [[noiseColumn, main] as const, ...able.map(([name, detection]) => [`${noiseColumn}-${name}`, detection] as const)].map(([name, { scores }]) => ({ name, values: spread(new Float64Array(data.dataset.count).fill(Number.NaN), rows, scores.map((score) => 1 - score)) })),
    probabilities: request.probabilities.from === 'cross-validation' && probabilities.probabilities !== null ? { rows, classes, values: probabilities.probabilities } : null
  }
}

const wants = (request: NoiseCheckRequest, need: 'probabilities' | 'dynamics' | 'features'): boolean => detectorForms.some((form) => form.needs === need && request.detectors.includes(form.name))

/** 1 where neither flags any: they agree. */
const jaccardOf = (first: Detection, second: Detection): number => {
  const share = jaccard(first.flagged, second.flagged)
  return Number.isNaN(share) ? 1 : share
}

/** One detector for each kind of input that any of them looked at. */
const representativesAmong = (able: readonly (readonly [DetectorName, Detection])[]): readonly (readonly [DetectorName, Detection])[] =>
  Object.values(representatives).flatMap((order) => order.flatMap((name) => able.filter(([of]) => of === name)).slice(0, 1))

function labelledRows(bench: Bench, request: NoiseCheckRequest): LabelledRows {
  const training = request.probabilities.from === 'cross-validation' ? request.probabilities : v.parse(v.object({}), {})
  const { model, epochs, batchSize, learningRate, seed } = { model: undefined, epochs: 10, batchSize: 128, learningRate: 1e-3, seed: 0, ...training }
  const config = v.parse(TrainingConfig, {
    datasetId: request.datasetId,
    arms: [{ name: 'check', labels: { from: 'source', sourceId: request.sourceId } }],
    evaluationSourceId: request.sourceId,
    ...(model === undefined ? {} : { model }),
    epochs,
    batchSize,
    learningRate
  })
  const data = new TrainingData(bench, config)
  const targets = data.targetsOf(request.sourceId, 'hard')
  const leftOut = data.facts.pinned
  const rows = Int32Array.from(targets.labels.keys()).filter((row) => (targets.labels[row] ?? -1) >= 0 && leftOut[row] !== 0)
  if (rows.length === 0) throw new BenchError('bad-data', `"${data.source(request.sourceId).name}" has no labels to check.`, { field: 'sourceId', hint: 'Choose another label source, or label some examples.' })
  return { data, config, targets, rows, seed }
}

interface Steps {
  readonly done: () => void
}

function progressOf(context: TrainingContext, { config, rows }: LabelledRows, request: NoiseCheckRequest): Steps {
  const folds = request.probabilities.from === 'cross-validation' && wants(request, 'probabilities') ? request.probabilities.folds : 0
  const steps = folds * stepsOf(Math.round((rows.length * (folds - 1)) / Math.max(1, folds)), config) + (wants(request, 'dynamics') ? stepsOf(rows.length, config) : 0)
  // Looking at neighbours and counting are no steps; they get a tenth of the bar.
  const total = Math.ceil(steps / 0.9) + 1
  let made = 0
  return { done: () => context.progress(Math.min(++made, steps), total, 'steps', made <= folds * stepsOf(rows.length, config) ? 'cross-validating' : 'watching training') }
}

async function probabilitiesFor(context: TrainingContext, bench: Bench, request: NoiseCheckRequest, labelled: LabelledRows, steps: Steps): Promise<GivenProbabilities> {
  const { probabilities } = request
  if (!wants(request, 'probabilities')) return { probabilities: null, from: 'nowhere', reason: 'No detector asked for probabilities.' }
  if (probabilities.from !== 'cross-validation') return givenProbabilities(bench, probabilities, labelled.rows, labelled.data.classes)
  checkFolds(labelled.rows.length, probabilities.folds)
  return { probabilities: await crossValidatedProbabilities(context, labelled, probabilities.folds, steps.done), from: `cross-validation, ${probabilities.folds} folds`, reason: null }
}

async function watched(context: TrainingContext, labelled: LabelledRows, steps: Steps): Promise<DynamicsRecord> {
  const { rows, config, targets } = labelled
  const labels = rows.map((row) => targets.labels[row] ?? 0)
  return context.stages.run<DynamicsRecord>('dynamics', async () => {
    const record = emptyRecord(rows.length, config.epochs)
    await watchTraining(context, labelled, (epoch, positions, logits) => recordBatch(record, epoch, positions, logits, labels), steps.done)
    return record
  })
}

async function neighboursFor(context: TrainingContext, request: NoiseCheckRequest, labelled: LabelledRows): Promise<NeighbourGraph | { readonly unavailable: string } | null> {
  if (!wants(request, 'features')) return null
  const { rows } = labelled
  if (request.neighbours >= rows.length) return { unavailable: `${rows.length} examples have at most ${rows.length - 1} neighbours each, not ${request.neighbours}.` }
  return context.stages.run('neighbours', async () => {
    const features = await featureRows(labelled, request.space, () => context.breathe())
    return nearestNeighbours(features, { k: request.neighbours }, { breathe: () => context.breathe() })
  })
}

function truthOf(bench: Bench, { truthSourceId, sourceId }: NoiseCheckRequest, data: TrainingData): Int32Array | null {
  const id = truthSourceId ?? bench.labels.sources(data.dataset.id).find(({ kind, id: of }) => kind === 'truth' && of !== sourceId)?.id
  return id === undefined ? null : data.targetsOf(id, 'hard').labels
}

function arraysOf(count: number, rows: Int32Array, scored: readonly (readonly [ScoreName, Detection])[], suggested: Int32Array, graph: NeighbourGraph | { readonly unavailable: string } | null, dynamics: DynamicsRecord | null): NoiseArray[] {
  const arrays: NoiseArray[] = scored.flatMap(([name, { scores, flagged }]): NoiseArray[] => [
    { name: `score ${name}`, width: 1, data: spread(new Float32Array(count).fill(Number.NaN), rows, scores) },
    { name: `flag ${name}`, width: 1, data: spread(new Uint8Array(count), rows, flagged) }
  ])
  arrays.push({ name: 'suggested', width: 1, data: spread(new Int32Array(count).fill(-1), rows, suggested) })
  if (graph !== null && !('unavailable' in graph)) {
    const data = new Int32Array(count * graph.k).fill(-1)
    rows.forEach((row, place) => data.set(graph.indices.subarray(place * graph.k, (place + 1) * graph.k).map((other) => rows[other] ?? -1), row * graph.k))
    arrays.push({ name: 'neighbours', width: graph.k, data })
  }
  if (dynamics !== null) {
    const data = new Float32Array(count * dynamics.epochs).fill(Number.NaN)
    rows.forEach((row, place) => {
      for (let epoch = 0; epoch < dynamics.epochs; epoch++) data[row * dynamics.epochs + epoch] = dynamics.probability[epoch * dynamics.examples + place] ?? Number.NaN
    })
    arrays.push({ name: 'dynamics', width: dynamics.epochs, data })
  }
  return arrays
}

/** Values of the checked rows in an array of all rows. */
function spread<T extends Float32Array | Float64Array | Int32Array | Uint8Array>(all: T, rows: Int32Array, values: ArrayLike<number>): T {
  rows.forEach((row, place) => (all[row] = values[place] ?? 0))
  return all
}
