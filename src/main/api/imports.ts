import { basename } from 'node:path'
import type { ImportPreview } from '../../shared/domain/import.ts'
import type { CoreState } from './core-state.ts'
import { datasetOf, sourceOf } from './dataset-lookup.ts'
import type { AreaHandlers } from './dispatcher.ts'

/** How long a file may take to show its beginning, in milliseconds; a folder of many images is the slow case. */
const inspectLimit = 60_000

export const importHandlers = (state: CoreState): AreaHandlers<'imports'> => ({
  'imports.choose': ({ mode, name }) => (state.host.nativeDialogs ? state.host.chooseFile(mode, name ?? null) : null),
  'imports.inspect': (input) => state.tasks.ask('inspect-import', input, state.session().bench.path, inspectLimit) as Promise<ImportPreview>,
  'imports.start': (request) => {
    const job = state.writable().jobs.enqueue({ kind: 'import-file', name: `Import ${basename(request.path)}`, input: request })
    return { jobId: job.id }
  },
  'imports.votes': (request) => {
    const session = state.writable()
    const into = request.datasetId === null ? 'a new data set' : datasetOf(session, request.datasetId).name
    return { jobId: session.jobs.enqueue({ kind: 'import-votes', name: `Import votes of ${basename(request.path)} into ${into}`, input: request }).id }
  }
})

export const exportHandlers = (state: CoreState): AreaHandlers<'exports'> => ({
  'exports.start': (request) => {
    const session = state.writable()
    const dataset = datasetOf(session, request.datasetId)
    for (const id of request.sourceIds) sourceOf(session, dataset, id, 'sourceIds')
    const job = session.jobs.enqueue({ kind: 'export-file', name: `Export ${dataset.name} to ${basename(request.path)}`, input: request })
    return { jobId: job.id }
  },
  'exports.votes': (request) => {
    const session = state.writable()
    const dataset = datasetOf(session, request.datasetId)
    for (const id of request.sourceIds ?? []) sourceOf(session, dataset, id, 'sourceIds')
    if (request.truthSourceId !== null) sourceOf(session, dataset, request.truthSourceId, 'truthSourceId')
    return { jobId: session.jobs.enqueue({ kind: 'export-votes', name: `Export votes of ${dataset.name} to ${basename(request.path)}`, input: request }).id }
  }
})
