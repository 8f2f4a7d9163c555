import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { DatasetColumn } from '../../shared/domain/column.ts'
import type { Dataset, DatasetClass, DatasetVersion, LabelSource, Split } from '../../shared/domain/dataset.ts'
import type { Filter, SavedFilter, Sort } from '../../shared/domain/filter.ts'
import type { SampleName } from '../../shared/domain/sample.ts'
import type { QueryVocabulary } from '../../shared/query/vocabulary.ts'
import { useClient } from '../connection.ts'
import { strings } from '../strings.ts'
import { useJournal } from './journal.ts'
import { useNotices } from './notices.ts'

/** Everything that a filter matches of a data set; `sourceId` is the source that `label:` means. */
export interface Matching {
  readonly datasetId: string
  readonly sourceId: string | null
  readonly filter: Filter
}
/** The same, or a range of places of that list in an order. */
export interface MatchingRange extends Matching {
  readonly sort?: Sort | null
  readonly range?: { readonly offset: number; readonly count: number }
}

/** Data sets with their label sources, versions, columns and saved filters; pages of examples are read by the views themselves. */
export const useDatasets = defineStore('datasets', () => {
  const list = shallowRef<readonly Dataset[]>([])
  const loaded = shallowRef(false)
  const sources = shallowRef<ReadonlyMap<string, readonly LabelSource[]>>(new Map())
  const versions = shallowRef<ReadonlyMap<string, readonly DatasetVersion[]>>(new Map())
  const columns = shallowRef<ReadonlyMap<string, readonly DatasetColumn[]>>(new Map())
  const filters = shallowRef<ReadonlyMap<string, readonly SavedFilter[]>>(new Map())
  /** Counts up when labels may have changed, so that open pages are read again in place. */
  const revision = shallowRef(0)
  const notices = useNotices()
  const journal = useJournal()

  async function load(): Promise<void> {
    list.value = await useClient().call('datasets.list', {})
    loaded.value = true
    await Promise.all(list.value.map((dataset) => loadDetails(dataset.id)))
    revision.value += 1
  }

  async function loadDetails(datasetId: string): Promise<void> {
    const client = useClient()
    const [found, versioned, saved] = await Promise.all([
      client.call('datasets.sources', { datasetId }),
      client.call('datasets.versions', { datasetId }),
      client.call('filters.list', { datasetId })
    ])
    sources.value = new Map(sources.value).set(datasetId, found)
    versions.value = new Map(versions.value).set(datasetId, versioned)
    filters.value = new Map(filters.value).set(datasetId, saved)
  }

  /** Columns of a data set with their statistics, read once: they never change, but a check for wrong labels adds some. */
  async function loadColumns(datasetId: string, fresh = false): Promise<void> {
    if (!fresh && columns.value.has(datasetId)) return
    const found = await notices.attempt(() => useClient().call('datasets.columns', { datasetId }))
    if (found !== null) columns.value = new Map(columns.value).set(datasetId, found)
  }

  const find = (id: string | null): Dataset | null => list.value.find((dataset) => dataset.id === id) ?? null
  const sourcesOf = (id: string): readonly LabelSource[] => sources.value.get(id) ?? []
  const versionsOf = (id: string): readonly DatasetVersion[] => versions.value.get(id) ?? []
  const columnsOf = (id: string): readonly DatasetColumn[] => columns.value.get(id) ?? []
  const filtersOf = (id: string): readonly SavedFilter[] => filters.value.get(id) ?? []
  /** The names that a query line can use for this data set. */
  const vocabularyOf = (dataset: Dataset): QueryVocabulary => ({ classes: dataset.classes, columns: columnsOf(dataset.id), sources: sourcesOf(dataset.id) })

  /** Brings a shipped sample into the bench: its data set where it is there already, else the job that adds it; null when refused. */
  async function addSample(sample: SampleName = 'mnist-10k'): Promise<{ readonly jobId: string | null; readonly datasetId: string | null } | null> {
    const added = await notices.attempt(() => useClient().call('datasets.add-sample', { sample }))
    if (added === null) return null
    if (added.datasetId !== null && added.jobId === null) await load()
    else notices.info(strings.data.sampleStarted)
    return added
  }

  const rename = (datasetId: string, name: string): Promise<boolean> =>
    journal.change(() => useClient().call('datasets.rename', { datasetId, name }))

  async function remove(dataset: Dataset): Promise<void> {
    if (!(await journal.change(() => useClient().call('datasets.set-deleted', { datasetId: dataset.id, deleted: true })))) return
    list.value = list.value.filter((other) => other.id !== dataset.id)
    notices.info(strings.data.deleted(dataset.name))
  }

  /** Labels rows as the person's own annotator; null withdraws the label. */
  const setLabels = (datasetId: string, rows: readonly number[], label: number | null): Promise<boolean> =>
    journal.change(() => useClient().call('datasets.set-labels', { datasetId, rows: [...rows], label }))

  /** Pins rows to a split; null leaves them to the experiments' seeds. */
  const setSplit = (datasetId: string, rows: readonly number[], split: Split | null): Promise<boolean> =>
    journal.change(() => useClient().call('datasets.set-split', { datasetId, rows: [...rows], split }))

  /** Labels everything that a filter matches, as one step of undo. */
  const labelMatching = (matching: MatchingRange, label: number | null): Promise<boolean> =>
    journal.change(() => useClient().call('datasets.label-matching', { ...matching, label }))

  const splitMatching = (matching: MatchingRange, split: Split | null): Promise<boolean> =>
    journal.change(() => useClient().call('datasets.split-matching', { ...matching, split }))

  const setClasses = (datasetId: string, classes: readonly DatasetClass[]): Promise<boolean> =>
    journal.change(() => useClient().call('datasets.set-classes', { datasetId, classes: [...classes] }))

  /** Saves a filter under a name; with an id, in the place of that one. */
  async function saveFilter(saved: { readonly datasetId: string; readonly filterId?: string; readonly name: string; readonly filter: Filter; readonly sort: Sort | null }): Promise<void> {
    if ((await notices.attempt(() => useClient().call('filters.save', saved))) !== null) await loadDetails(saved.datasetId)
  }

  async function deleteFilter({ id, datasetId, name }: SavedFilter): Promise<void> {
    if (!(await journal.change(() => useClient().call('filters.delete', { filterId: id })))) return
    await loadDetails(datasetId)
    notices.info(strings.data.filters.deleted(name))
  }

  return {
    list, loaded, sources, versions, columns, filters, revision, load, loadDetails, loadColumns, find, sourcesOf, versionsOf, columnsOf, filtersOf, vocabularyOf, addSample, rename, remove, setLabels, setSplit,
    labelMatching, splitMatching, setClasses, saveFilter, deleteFilter
  }
})
