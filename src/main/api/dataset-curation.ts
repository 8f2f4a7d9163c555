import { BenchError } from '../../shared/contract/errors.ts'
import { type Dataset, type DatasetClass, type Split, splits } from '../../shared/domain/dataset.ts'
import { stratifiedSplits } from '../datasets/stratified-splits.ts'
import { versionDifference } from '../datasets/version-difference.ts'
import { encodeInt32 } from './change-arrays.ts'
import type { CoreState } from './core-state.ts'
import { datasetOf, examples, sourceOf } from './dataset-lookup.ts'
import type { Handlers } from './dispatcher.ts'
import { change } from './journal.ts'
import type { Session } from './session.ts'

type CurationProcedures =
  | 'datasets.label-matching'
  | 'datasets.split-matching'
  | 'datasets.make-splits'
  | 'datasets.set-classes'
  | 'datasets.find-duplicates'
  | 'datasets.create-version'
  | 'datasets.version-difference'

/** Changing many examples at once, class lists, and freezing versions. */
export const curationHandlers = (state: CoreState): Pick<Handlers, CurationProcedures> => ({
  'datasets.label-matching': ({ datasetId, sourceId, filter, sort, range, annotator, label }) => {
    const session = state.writable()
    const dataset = datasetOf(session, datasetId)
    const assigned = label === null ? null : requireClass(dataset, label)
    const rows = state.views.view(session, dataset, sourceId, filter, sort).rowsAt(range?.offset ?? 0, range?.count ?? dataset.count)
    if (rows.length === 0) return session.bench.journal.state()
    const source = session.bench.labels.ensureSource(datasetId, 'annotator', annotator)
    const title = assigned === null ? `Withdraw the label of ${examples(rows.length)}` : `Label ${examples(rows.length)} as ${assigned.name}`
    return change(session, title, { do: 'label-batch', datasetId, sourceId: source.id, rows: encodeInt32(rows), labels: encodeInt32(new Int32Array(rows.length).fill(label ?? -1)) })
  },
  'datasets.split-matching': ({ datasetId, sourceId, filter, sort, range, split }) => {
    const session = state.writable()
    const dataset = datasetOf(session, datasetId)
    const rows = state.views.view(session, dataset, sourceId, filter, sort).rowsAt(range?.offset ?? 0, range?.count ?? dataset.count)
    if (rows.length === 0) return session.bench.journal.state()
    const title = split === null ? `Release the split of ${examples(rows.length)}` : split === 'none' ? `Leave out ${examples(rows.length)}` : `Pin ${examples(rows.length)} to the ${split} split`
    return pin(session, dataset, title, rows, new Int32Array(rows.length).fill(split === null ? -1 : splits.indexOf(split)))
  },
  'datasets.make-splits': ({ datasetId, sourceId, shares, seed }) => {
    const session = state.writable()
    const dataset = datasetOf(session, datasetId)
    const labels = session.bench.labels.inForce(sourceOf(session, dataset, sourceId).id)
    const total = Object.values(shares).reduce((sum, share) => sum + share, 0)
    if (total <= 0 || total > 1 + 1e-9) throw new BenchError('invalid-input', `The shares add up to ${total.toFixed(2)}.`, { field: 'shares', hint: 'They must be above 0 and at most 1 together.' })
    const names = (Object.keys(shares) as (keyof typeof shares)[]).filter((name) => shares[name] > 0)
    const dealt = stratifiedSplits(labels, names.map((name) => shares[name]), seed)
    const indices = Int32Array.from(dealt, (part) => (part < 0 ? -1 : splits.indexOf(names[part] as Split)))
    return pin(session, dataset, `Make splits of "${dataset.name}" with seed ${seed}`, Int32Array.from(labels.keys()), indices)
  },
  'datasets.set-classes': ({ datasetId, classes }) => {
    const session = state.writable()
    const dataset = datasetOf(session, datasetId)
    refuseClasses(session, dataset, classes)
    return change(session, `Change the classes of "${dataset.name}"`, { do: 'classes', datasetId, classes })
  },
  'datasets.find-duplicates': ({ datasetId }) => {
    const session = state.writable()
    const dataset = datasetOf(session, datasetId)
    return { jobId: session.jobs.enqueue({ kind: 'find-duplicates', name: `Duplicates of ${dataset.name}`, input: { datasetId } }).id }
  },
  'datasets.create-version': ({ datasetId, name, sourceId }) => {
    const session = state.writable()
    const dataset = datasetOf(session, datasetId)
    const source = sourceOf(session, dataset, sourceId)
    const pinned = session.bench.splits.pinned(datasetId, dataset.count)
    const version = session.bench.versions.ensure({
      datasetId,
      name,
      labelSourceId: source.id,
      rows: Int32Array.from({ length: dataset.count }, (_, row) => row),
      // Rows that nobody pinned are the student's: what an experiment trains on by default.
      splits: Uint8Array.from(pinned, (split) => (split < 0 ? splits.indexOf('student') : split)),
      labels: session.bench.labels.current(sourceId, dataset.count)
    })
    session.publish('datasets.changed', { datasetIds: [datasetId] })
    return version
  },
  'datasets.version-difference': ({ datasetId, before, after }) => {
    const { bench } = state.session()
    datasetOf(state.session(), datasetId)
    const [first, second] = [bench.versions.content(before), bench.versions.content(after)]
    for (const [field, content] of [['before', first], ['after', second]] as const) {
      if (content?.version.datasetId !== datasetId) throw new BenchError('not-found', 'There is no such version of this data set.', { field })
    }
    if (first === undefined || second === undefined) throw new BenchError('not-found', 'There is no such version of this data set.')
    return versionDifference(first, second)
  }
})

const pin = (session: Session, dataset: Dataset, title: string, rows: Int32Array, indices: Int32Array) =>
  change(session, title, { do: 'split-batch', datasetId: dataset.id, rows: encodeInt32(rows), splits: encodeInt32(indices) })

/** The class at this position. Throws `invalid-input`. */
export function requireClass(dataset: Dataset, label: number): DatasetClass {
  const found = dataset.classes.find(({ position }) => position === label)
  if (found === undefined) throw new BenchError('invalid-input', `"${dataset.name}" has no class ${label}.`, { field: 'label' })
  return found
}

/** Positions are what labels hold: each once, and none away that still has labels. */
function refuseClasses(session: Session, dataset: Dataset, classes: readonly DatasetClass[]): void {
  for (const [field, of] of [['position', (each: DatasetClass) => each.position], ['name', (each: DatasetClass) => each.name]] as const) {
    const seen = new Set<number | string>()
    classes.forEach((each, index) => {
      if (seen.has(of(each))) throw new BenchError('invalid-input', `Two classes have the ${field} "${of(each)}".`, { field: `classes.${index}.${field}` })
      seen.add(of(each))
    })
  }
  const kept = new Set(classes.map(({ position }) => position))
  const removed = dataset.classes.filter(({ position }) => !kept.has(position))
  for (const source of removed.length === 0 ? [] : session.bench.labels.sourceNames(dataset.id)) {
    const labels = session.bench.labels.inForce(source.id)
    const used = removed.find(({ position }) => labels.includes(position))
    if (used !== undefined) throw new BenchError('conflict', `The class "${used.name}" still has labels (${source.name}).`, { field: 'classes', hint: 'Relabel those examples first, or rename the class.' })
  }
}
