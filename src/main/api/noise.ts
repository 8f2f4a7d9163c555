import { BenchError } from '../../shared/contract/errors.ts'
import { detectorNames, ensembleName, mainScore, outOfSampleName, type NoiseCheck, type NoiseDataMap, type ScoreName, type SuspectRow } from '../../shared/domain/noise-check.ts'
import { referenceModel } from '../jobs/engine-choice.ts'
import type { CoreState } from './core-state.ts'
import { datasetOf, examples, requireRows, sourceOf } from './dataset-lookup.ts'
import type { AreaHandlers } from './dispatcher.ts'
import { change } from './journal.ts'
import type { Session } from './session.ts'

function checkOf(session: Session, id: string): NoiseCheck {
  const check = session.bench.noiseChecks.get(id)
  if (check === undefined) throw new BenchError('not-found', `There is no check ${id}.`, { field: 'checkId', hint: 'It may have been deleted.' })
  return check
}

/** Finding wrong labels: everything that computes is a job. */
export const noiseHandlers = (state: CoreState): AreaHandlers<'noise'> => ({
  'noise.checks': ({ datasetId }) => state.session().bench.noiseChecks.list(datasetOf(state.session(), datasetId).id),
  'noise.start-check': async ({ request }) => {
    const dataset = datasetOf(state.writable(), request.datasetId)
    const source = sourceOf(state.session(), dataset, request.sourceId)
    const engine = request.engine === 'auto' ? (await state.engines.choose(referenceModel)).id : request.engine
    const session = state.writable()
    return { jobId: session.jobs.enqueue({ kind: 'noise-check', name: `Check ${source.name} of ${dataset.name}`, input: { request, engine } }).id }
  },
  'noise.delete-check': ({ checkId }) => {
    const session = state.writable()
    const { datasetId } = checkOf(session, checkId)
    session.bench.noiseChecks.delete(checkId)
    session.publish('datasets.changed', { datasetIds: [datasetId] })
    return null
  },
  'noise.scores': ({ checkId }) => {
    const { noiseChecks, labels, datasets, splits } = state.session().bench
    const check = checkOf(state.session(), checkId)
    const { id, datasetId, sourceId } = check
    const { count } = datasets.require(datasetId)
    const truthId = truthIdOf(state.session(), check)
    const names = scoreNames(noiseChecks.arrayNames(id))
    return {
      names,
      scores: names.map((name) => noiseChecks.array(id, `score ${name}`, Float32Array)?.data ?? new Float32Array(0)),
      flagged: names.map((name) => noiseChecks.array(id, `flag ${name}`, Uint8Array)?.data ?? new Uint8Array(0)),
      suggested: noiseChecks.array(id, 'suggested', Int32Array)?.data ?? new Int32Array(0),
      given: labels.current(sourceId, count),
      truth: truthId === undefined ? null : labels.current(truthId, count),
      pinned: splits.pinned(datasetId, count)
    }
  },
  'noise.data-map': ({ checkId }) => {
    const dynamics = state.session().bench.noiseChecks.array(checkOf(state.session(), checkId).id, 'dynamics', Float32Array)
    return dynamics === undefined ? null : dataMapOf(dynamics.data, dynamics.width)
  },
  'noise.decide': ({ checkId, rows, label, annotator }) => {
    const session = state.writable()
    const { id, datasetId, sourceId } = checkOf(session, checkId)
    const { labels, noiseChecks } = session.bench
    requireRows(datasetOf(session, datasetId), rows)
    const found = label === 'given' ? labels.currentOf(sourceId, rows) : noiseChecks.rowsOf(id, 'suggested', rows, Int32Array)?.data
    const decided = rows.map((row, place) => ({ row, label: found?.[place] ?? -1 })).filter((one) => one.label >= 0)
    if (decided.length === 0) throw new BenchError('conflict', label === 'given' ? 'None of these examples has a given label.' : 'The check suggests no class for any of these examples.', { field: 'rows', hint: 'Label them by the keys of the classes.' })
    const source = labels.ensureSource(datasetId, 'annotator', annotator)
    const title = label === 'given' ? `Mark ${examples(decided.length)} as correct` : `Accept the suggestion for ${examples(decided.length)}`
    return change(session, title, { do: 'labels', datasetId, sourceId: source.id, rows: decided.map((one) => one.row), labels: decided.map((one) => one.label) })
  },
  'noise.suspects': ({ checkId, rows }) => suspects(state.session(), checkOf(state.session(), checkId), rows),
  'noise.projection': ({ datasetId }) => state.session().bench.noiseChecks.projection(datasetOf(state.session(), datasetId).id) ?? null,
  'noise.start-projection': ({ datasetId, method, seed }) => {
    const session = state.writable()
    const dataset = datasetOf(session, datasetId)
    return { jobId: session.jobs.enqueue({ kind: 'project-examples', name: `Map of ${dataset.name}`, input: { datasetId, method, seed } }).id }
  },
  'noise.merge-corrections': ({ datasetId, sourceId, annotator }) => {
    const session = state.writable()
    const dataset = datasetOf(session, datasetId)
    const source = sourceOf(session, dataset, sourceId)
    const own = session.bench.labels.sourceNames(datasetId).find(({ kind, name }) => kind === 'annotator' && name === annotator)
    if (own === undefined) throw new BenchError('conflict', `${annotator} has not labelled anything of "${dataset.name}" yet.`, { field: 'annotator', hint: 'Accept a suggestion or relabel an example first.' })
    return { jobId: session.jobs.enqueue({ kind: 'merge-corrections', name: `Correct ${source.name} of ${dataset.name}`, input: { datasetId, sourceId, correctionsId: own.id } }).id }
  },
  'noise.inject': ({ injection }) => {
    const session = state.writable()
    const dataset = datasetOf(session, injection.datasetId)
    sourceOf(session, dataset, injection.sourceId)
    const taken = session.bench.labels.sourceNames(dataset.id).some(({ kind, name }) => kind === 'given' && name === injection.name)
    if (taken) throw new BenchError('conflict', `"${dataset.name}" has given labels called "${injection.name}" already.`, { field: 'injection.name', hint: 'Choose another name.' })
    return { jobId: session.jobs.enqueue({ kind: 'inject-noise', name: `Noise on ${dataset.name}`, input: injection }).id }
  }
})

/** Scores that a check has, in the order of the detectors, the ensemble last. */
function scoreNames(arrays: readonly string[]): readonly ScoreName[] {
  const has = new Set(arrays)
  return [...detectorNames, ensembleName].filter((name): name is ScoreName => has.has(`score ${name}`))
}

/** The source that a check is judged by; undefined where there is none. */
const truthIdOf = (session: Session, { request, datasetId, sourceId }: NoiseCheck): string | undefined =>
  request.truthSourceId ?? session.bench.labels.sourceNames(datasetId).find(({ kind, id }) => kind === 'truth' && id !== sourceId)?.id

/** Mean and standard deviation of each row of rows x epochs, over the epochs that there are. */
function dataMapOf(probabilities: Float32Array, epochs: number): NoiseDataMap {
  const rows = probabilities.length / epochs
  const [confidence, variability] = [new Float32Array(rows).fill(Number.NaN), new Float32Array(rows).fill(Number.NaN)]
  for (let row = 0; row < rows; row++) {
    let [sum, squares, seen] = [0, 0, 0]
    for (let epoch = 0; epoch < epochs; epoch++) {
      const value = probabilities[row * epochs + epoch] ?? Number.NaN
      if (Number.isNaN(value)) continue
      sum += value
      squares += value * value
      seen++
    }
    if (seen === 0) continue
    confidence[row] = sum / seen
    variability[row] = Math.sqrt(Math.max(0, squares / seen - (sum / seen) ** 2))
  }
  return { confidence, variability }
}

function suspects(session: Session, check: NoiseCheck, rows: readonly number[]): readonly SuspectRow[] {
  const { noiseChecks, labels } = session.bench
  const names = scoreNames(noiseChecks.arrayNames(check.id))
  const scores = names.map((name) => noiseChecks.rowsOf(check.id, `score ${name}`, rows, Float32Array)?.data)
  const flags = noiseChecks.rowsOf(check.id, `flag ${mainScore(names) ?? ''}`, rows, Uint8Array)?.data
  const suggested = noiseChecks.rowsOf(check.id, 'suggested', rows, Int32Array)?.data
  const neighbours = noiseChecks.rowsOf(check.id, 'neighbours', rows, Int32Array)
  const dynamics = noiseChecks.rowsOf(check.id, 'dynamics', rows, Float32Array)
  const given = labels.currentOf(check.sourceId, rows)
  const truthId = truthIdOf(session, check)
  const truth = truthId === undefined ? null : labels.currentOf(truthId, rows)
  const soft = softOf(session, check, rows)
  return rows.map((row, place) => ({
    row,
    given: given[place] ?? -1,
    suggested: suggested?.[place] ?? -1,
    scores: scores.map((of) => of?.[place] ?? Number.NaN),
    flagged: flags?.[place] === 1,
    probabilities: (soft?.rows[place] ?? null) === null ? null : Array.from(soft?.rows[place] ?? []),
    neighbours: neighbours === undefined ? [] : Array.from(neighbours.data.subarray(place * neighbours.width, (place + 1) * neighbours.width)).filter((other) => other >= 0),
    dynamics: dynamics === undefined ? [] : Array.from(dynamics.data.subarray(place * dynamics.width, (place + 1) * dynamics.width)).filter((value) => !Number.isNaN(value)),
    truth: truth?.[place] ?? null
  }))
}

/** The probabilities that a check compared with the labels, where they are a source of the data set. */
function softOf(session: Session, { datasetId, sourceId, request }: NoiseCheck, rows: readonly number[]) {
  const { labels } = session.bench
  if (request.probabilities.from === 'source') return labels.softOf(request.probabilities.sourceId, rows)
  const name = outOfSampleName(labels.source(sourceId)?.name ?? 'labels')
  const made = labels.sourceNames(datasetId).find(({ kind, name: of }) => kind === 'model' && of === name)
  return request.probabilities.from === 'run' || made === undefined ? undefined : labels.softOf(made.id, rows)
}
