import type { AgreementReport, AnnotationQueue, SuggestedLabels } from '../../shared/domain/annotation.ts'
import { BenchError } from '../../shared/contract/errors.ts'
import type { Dataset } from '../../shared/domain/dataset.ts'
import { noiseColumn } from '../../shared/domain/noise-check.ts'
import { annotationQueue } from '../labels/annotation-queue.ts'
import type { CoreState } from './core-state.ts'
import { datasetOf, requireRows, sourceOf } from './dataset-lookup.ts'
import type { AreaHandlers } from './dispatcher.ts'

const agreementLimit = 60_000

/** The column of the newest check for wrong labels. */
function noiseScores(state: CoreState, dataset: Dataset): Float64Array {
  const column = state.session().bench.columns.list(dataset.id).find(({ role, name }) => role === 'score' && (name === noiseColumn || name === `${noiseColumn}-score`))
  if (column === undefined) throw new BenchError('conflict', `The labels of "${dataset.name}" were not checked yet.`, { field: 'order', hint: 'Check them in the Noise view first, or choose another order.' })
  return state.views.data(state.session(), dataset, null).numbers(column.name)
}

export const annotationHandlers = (state: CoreState): AreaHandlers<'annotation'> => ({
  'annotation.queue': ({ datasetId, sourceId, filter, annotator, order, sourceIds, seed, limit }): AnnotationQueue => {
    const session = state.session()
    const { labels } = session.bench
    const dataset = datasetOf(session, datasetId)
    const { mask, total } = state.views.view(session, dataset, sourceId, filter)
    const own = labels.sourceNames(datasetId).find((source) => source.kind === 'annotator' && source.name === annotator)
    const sources = sourceIds.map((id) => sourceOf(session, dataset, id, 'sourceIds').id)
    const queue = annotationQueue({
      mask,
      done: own === undefined ? null : labels.inForce(own.id),
      order,
      seed,
      limit,
      confidences: sources.map((id) => labels.confidences(id)),
      soft: sources.map((id) => labels.soft(id) ?? null),
      votes: sources.map((id) => labels.inForce(id)),
      noise: order === 'noise' ? noiseScores(state, dataset) : null
    })
    return { ...queue, total }
  },
  'annotation.suggestions': ({ datasetId, sourceId, rows }): SuggestedLabels => {
    const session = state.session()
    const dataset = datasetOf(session, datasetId)
    requireRows(dataset, rows)
    const { id } = sourceOf(session, dataset, sourceId)
    const [labels, confidences] = [session.bench.labels.inForce(id), session.bench.labels.confidences(id)]
    return { labels: Int32Array.from(rows, (row) => labels[row] ?? -1), confidences: Float32Array.from(rows, (row) => confidences[row] ?? Number.NaN) }
  },
  'annotation.agreement': (input) => {
    const session = state.session()
    const dataset = datasetOf(session, input.datasetId)
    for (const id of input.sourceIds) sourceOf(session, dataset, id, 'sourceIds')
    return state.tasks.ask('agreement', input, session.bench.path, agreementLimit) as Promise<AgreementReport>
  }
})
