import { computed, shallowRef, watch, type ShallowRef } from 'vue'
import type { ColumnSlice, DatasetColumn } from '../../../shared/domain/column.ts'
import type { Dataset, LabelEvent } from '../../../shared/domain/dataset.ts'
import { useClient } from '../../connection.ts'
import { useDatasets } from '../../stores/datasets.ts'
import { useNotices } from '../../stores/notices.ts'
import type { ViewRow } from './row-pages.ts'

/** Everything about one example. */
export interface ExampleDetail {
  readonly row: number
  readonly features: Uint8Array | Float32Array | null
  readonly values: readonly { readonly column: DatasetColumn; readonly value: number | string | null }[]
}

/** Columns that one answer holds at most. */
const columnsAtATime = 100

const valueAt = (slice: ColumnSlice | undefined): number | string | null => {
  const value = slice?.values[0] ?? null
  return typeof value === 'number' && Number.isNaN(value) ? null : value
}

/** Reads content and label history of the current example; an answer that comes after the next example was chosen is dropped. */
export function useExampleDetail(dataset: () => Dataset | null, example: () => ViewRow | null): {
  readonly detail: ShallowRef<ExampleDetail | null>
  readonly history: ShallowRef<readonly LabelEvent[]>
} {
  const [datasets, notices] = [useDatasets(), useNotices()]
  const detail = shallowRef<ExampleDetail | null>(null)
  const history = shallowRef<readonly LabelEvent[]>([])
  const row = computed(() => example()?.row ?? null)
  const datasetId = computed(() => dataset()?.id ?? null)
  const columns = computed(() => (datasetId.value === null ? [] : datasets.columnsOf(datasetId.value)))

  async function readDetail(asked: number, one: Dataset, at: ViewRow): Promise<ExampleDetail> {
    const { sourceId, filter, sort } = at.page.query
    const read = (positions: readonly number[], features: boolean, exact: boolean) =>
      useClient().call('datasets.view', {
        datasetId: one.id, sourceId, limit: 1, columns: [...positions], features,
        // The list on screen is known to main already; one that has changed meanwhile is asked for the row itself.
        ...(exact ? { filter: { kind: 'rows', from: asked, to: asked } } : { filter, sort, offset: at.index })
      })
    const values: ExampleDetail['values'][number][] = []
    let features: ExampleDetail['features'] = null
    for (let start = 0; start === 0 || start < columns.value.length; start += columnsAtATime) {
      const some = columns.value.slice(start, start + columnsAtATime)
      const positions = some.map((column) => column.position)
      let page = await read(positions, start === 0, false)
      if (page.rows[0] !== asked) page = await read(positions, start === 0, true)
      if (start === 0) features = page.features
      some.forEach((column, place) => values.push({ column, value: valueAt(page.columns[place]) }))
    }
    return { row: asked, features, values }
  }

  watch([row, datasetId, columns], async ([asked]) => {
    const [one, at] = [dataset(), example()]
    if (asked === null || one === null || at === null) return void (detail.value = null)
    const found = await notices.attempt(() => readDetail(asked, one, at))
    if (asked === row.value && one.id === datasetId.value) detail.value = found
  }, { immediate: true })
  watch([row, datasetId, () => datasets.revision], async ([asked, id]) => {
    if (asked === null || id === null) return void (history.value = [])
    const found = await notices.attempt(() => useClient().call('datasets.label-history', { datasetId: id, row: asked }))
    if (asked === row.value && id === datasetId.value && found !== null) history.value = found
  }, { immediate: true })

  return { detail, history }
}

/** The newest word of each source, newest source first: what is in force. Withdrawn labels and abstentions are left out. */
export function labelsInForce(history: readonly LabelEvent[]): readonly LabelEvent[] {
  const seen = new Set<string>()
  return history.filter(({ sourceId, label }) => {
    if (seen.has(sourceId)) return false
    seen.add(sourceId)
    return label !== null
  })
}
