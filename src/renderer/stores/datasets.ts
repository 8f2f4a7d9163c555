import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Dataset, DatasetVersion, LabelSource, Split } from '../../shared/domain/dataset.ts'
import { useClient } from '../connection.ts'
import { strings } from '../strings.ts'
import { useJournal } from './journal.ts'
import { useNotices } from './notices.ts'

/** Data sets with their label sources and versions; pages of examples are read by the gallery itself. */
export const useDatasets = defineStore('datasets', () => {
  const list = shallowRef<readonly Dataset[]>([])
  const loaded = shallowRef(false)
  const sources = shallowRef<ReadonlyMap<string, readonly LabelSource[]>>(new Map())
  const versions = shallowRef<ReadonlyMap<string, readonly DatasetVersion[]>>(new Map())
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
    const [found, versioned] = await Promise.all([
      client.call('datasets.sources', { datasetId }),
      client.call('datasets.versions', { datasetId })
    ])
    sources.value = new Map(sources.value).set(datasetId, found)
    versions.value = new Map(versions.value).set(datasetId, versioned)
  }

  const find = (id: string | null): Dataset | null => list.value.find((dataset) => dataset.id === id) ?? null
  const sourcesOf = (id: string): readonly LabelSource[] => sources.value.get(id) ?? []
  const versionsOf = (id: string): readonly DatasetVersion[] => versions.value.get(id) ?? []

  async function addSample(): Promise<void> {
    const added = await notices.attempt(() => useClient().call('datasets.add-sample', { sample: 'mnist-10k' }))
    if (added === null) return
    if (added.datasetId !== null && added.jobId === null) await load()
    else notices.info(strings.data.sampleStarted)
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

  return { list, loaded, sources, versions, revision, load, loadDetails, find, sourcesOf, versionsOf, addSample, rename, remove, setLabels, setSplit }
})
