import { BenchError } from '../../shared/contract/errors.ts'
import type { ImportRequest } from '../../shared/domain/import.ts'
import type { SampleName } from '../../shared/domain/sample.ts'
import { fileSampleSource, sampleImport } from '../datasets/file-samples.ts'
import { sampleSources } from '../datasets/samples.ts'
import type { CoreState } from './core-state.ts'
import { curationHandlers } from './dataset-curation.ts'
import { datasetOf, examples, requireRows } from './dataset-lookup.ts'
import { viewHandlers } from './dataset-view.ts'
import type { AreaHandlers } from './dispatcher.ts'
import { ensureSample } from './experiments.ts'
import { change } from './journal.ts'
import type { Session } from './session.ts'

/** Name of a data set that is deleted, so that it can be restored; throws for one that never was. */
function deletedName(session: Session, id: string): string {
  const dataset = session.bench.datasets.deleted(id)
  if (dataset === undefined) throw new BenchError('not-found', `There is no data set ${id}.`, { field: 'datasetId', hint: 'It may belong to another bench file.' })
  return dataset.name
}

export const datasetHandlers = (state: CoreState): AreaHandlers<'datasets'> => ({
  ...viewHandlers(state),
  ...curationHandlers(state),
  'datasets.list': () => state.session().bench.datasets.list(),
  'datasets.sources': ({ datasetId }) => state.session().bench.labels.sources(datasetOf(state.session(), datasetId).id),
  'datasets.versions': ({ datasetId }) => state.session().bench.versions.list(datasetOf(state.session(), datasetId).id),
  'datasets.label-history': ({ datasetId, row }) => {
    requireRows(datasetOf(state.session(), datasetId), [row])
    return state.session().bench.labels.history(datasetId, row)
  },
  'datasets.rename': ({ datasetId, name }) => {
    const session = state.writable()
    const dataset = datasetOf(session, datasetId)
    return change(session, `Rename data set "${dataset.name}" to "${name}"`, { do: 'dataset-name', id: datasetId, name })
  },
  'datasets.set-deleted': ({ datasetId, deleted }) => {
    const session = state.writable()
    const present = session.bench.datasets.get(datasetId)
    const name = present?.name ?? deletedName(session, datasetId)
    if ((present !== undefined) !== deleted) return session.bench.journal.state()
    return change(session, `${deleted ? 'Delete' : 'Restore'} data set "${name}"`, { do: 'dataset-deleted', id: datasetId, at: deleted ? Date.now() : null })
  },
  'datasets.set-labels': ({ datasetId, annotator, rows, label }) => {
    const session = state.writable()
    const dataset = datasetOf(session, datasetId)
    requireRows(dataset, rows)
    const assigned = label === null ? undefined : dataset.classes.find((item) => item.position === label)
    if (label !== null && assigned === undefined) throw new BenchError('invalid-input', `"${dataset.name}" has no class ${label}.`, { field: 'label' })
    const source = session.bench.labels.ensureSource(datasetId, 'annotator', annotator)
    const title = label === null ? `Withdraw the label of ${examples(rows.length)}` : `Label ${examples(rows.length)} as ${assigned?.name}`
    return change(session, title, { do: 'labels', datasetId, sourceId: source.id, rows, labels: rows.map(() => label) })
  },
  'datasets.set-split': ({ datasetId, rows, split }) => {
    const session = state.writable()
    requireRows(datasetOf(session, datasetId), rows)
    const title = split === null ? `Release the split of ${examples(rows.length)}` : split === 'none' ? `Leave out ${examples(rows.length)}` : `Pin ${examples(rows.length)} to the ${split} split`
    return change(session, title, { do: 'splits', datasetId, rows, splits: rows.map(() => split) })
  },
  'datasets.add-sample': ({ sample }) => {
    const session = state.writable()
    const existing = session.bench.datasets.findBySource(sample === 'mnist-10k' ? sampleSources[sample] : fileSampleSource(sample))
    if (existing !== undefined) return { jobId: null, datasetId: existing.id }
    return { jobId: sample === 'mnist-10k' ? ensureSample(session, sample) : importSampleFile(session, sample), datasetId: null }
  }
})

/** The import of a shipped file: the one under way, or a new one. */
function importSampleFile(session: Session, sample: Exclude<SampleName, 'mnist-10k'>): string {
  const request = sampleImport(sample)
  const underWay = session.bench.jobs.withStatus('queued', 'running').find((job) => job.kind === 'import-file' && (session.bench.jobs.input(job.id) as ImportRequest).source === request.source)
  return (underWay ?? session.jobs.enqueue({ kind: 'import-file', name: `Import ${request.name}`, input: request })).id
}
