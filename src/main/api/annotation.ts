import type { AgreementReport, AnnotationQueue, SuggestedLabels } from '../../shared/domain/annotation.ts'
import { annotationQueue } from '../labels/annotation-queue.ts'
import type { CoreState } from './core-state.ts'
import { datasetOf, requireRows, sourceOf } from './dataset-lookup.ts'
import type { AreaHandlers } from './dispatcher.ts'

const agreementLimit = 60_000

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
      votes: sources.map((id) => labels.inForce(id))
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
