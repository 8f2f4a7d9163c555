import { computed, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { Dataset } from '../../../shared/domain/dataset.ts'
import { useClient } from '../../connection.ts'
import { useDatasets } from '../../stores/datasets.ts'
import { useNotices } from '../../stores/notices.ts'
import { shownColumns } from '../label/example-columns.ts'
import type { ExampleDetail } from '../data/use-example-detail.ts'

/** Reads the whole content of a row; an answer that comes after the next row was chosen is dropped. */
export function useRowDetail(dataset: () => Dataset, row: Readonly<Ref<number | null>>): ShallowRef<ExampleDetail | null> {
  const [datasets, notices] = [useDatasets(), useNotices()]
  const detail = shallowRef<ExampleDetail | null>(null)
  const columns = computed(() => shownColumns(dataset(), datasets.columnsOf(dataset().id).filter(({ role }) => role !== 'score')))
  watch([row, columns], async ([asked]) => {
    const { id } = dataset()
    if (asked === null) return void (detail.value = null)
    const found = await notices.attempt(() => useClient().call('datasets.view', { datasetId: id, filter: { kind: 'rows', from: asked, to: asked }, limit: 1, columns: columns.value.map(({ position }) => position), features: true }))
    if (found === null || asked !== row.value || id !== dataset().id) return
    detail.value = {
      row: asked,
      features: found.features,
      values: columns.value.map((column, place) => {
        const value = found.columns[place]?.values[0] ?? null
        return { column, value: typeof value === 'number' && Number.isNaN(value) ? null : value }
      })
    }
  }, { immediate: true })
  return detail
}
