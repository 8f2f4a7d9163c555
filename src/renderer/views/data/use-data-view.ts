import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import type { DatasetColumn } from '../../../shared/domain/column.ts'
import type { Dataset, LabelSource } from '../../../shared/domain/dataset.ts'
import { everything, type Filter, type Sort } from '../../../shared/domain/filter.ts'
import { currentPlace } from '../../location.ts'
import { type DataViewState, useDataViews } from '../../stores/data-views.ts'
import { type Matching, useDatasets } from '../../stores/datasets.ts'
import { useNotices } from '../../stores/notices.ts'
import { isOneOf, useSettings } from '../../stores/settings.ts'
import { strings } from '../../strings.ts'
import { imageSize } from './draw-example.ts'
import { dependsOnLabels } from './filter-tree.ts'
import { RowPages, type RowQuery, type ViewRow } from './row-pages.ts'
import { mostPicked, nothingSelected, onlyRow, rowsOf, type RowSelection, toggleRow } from './row-selection.ts'
import { shownColumns } from './table-columns.ts'

const sortsByLabels = (sort: Sort | null): boolean => sort?.by === 'label' || sort?.by === 'confidence'

/** Other annotators shown where nobody has chosen. */
const firstSources = 2

/** The source shown where nobody has chosen: what came with the data, else the first one. */
const firstSource = (sources: readonly LabelSource[]): LabelSource | null =>
  sources.find((one) => one.kind === 'given' || one.kind === 'truth') ?? sources[0] ?? null

/** Keys held during a click or a move. */
export interface HeldKeys {
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
}

/** The Data view's state: the data set shown, what is wanted of it, its pages, and what is selected. */
export function useDataView() {
  const [datasets, views, notices] = [useDatasets(), useDataViews(), useNotices()]
  const layout = useSettings().remember<'gallery' | 'table'>('data.layout', 'gallery', isOneOf('gallery', 'table'))

  const dataset = computed<Dataset | null>(() => datasets.find(currentPlace.value.id) ?? datasets.list[0] ?? null)
  const datasetId = computed(() => dataset.value?.id ?? null)
  const remembered = shallowRef<{ readonly state: Ref<DataViewState> } | null>(null)
  watch(datasetId, (id) => {
    remembered.value = id === null ? null : { state: views.stateOf(id) }
    if (id !== null) void datasets.loadColumns(id)
  }, { immediate: true })
  const state = computed(() => remembered.value?.state.value ?? null)
  const filter = computed<Filter>(() => state.value?.filter ?? everything)
  const sort = computed<Sort | null>(() => state.value?.sort ?? null)
  const change = (fields: Partial<DataViewState>): void => { if (datasetId.value !== null) views.change(datasetId.value, fields) }

  const sources = computed(() => (dataset.value === null ? [] : datasets.sourcesOf(dataset.value.id)))
  const source = computed<LabelSource | null>(() => sources.value.find((one) => one.id === state.value?.sourceId) ?? firstSource(sources.value))
  const others = computed<readonly LabelSource[]>(() => {
    const rest = sources.value.filter((one) => one !== source.value)
    const chosen = state.value?.sources ?? null
    return chosen === null ? rest.filter((one) => one.kind === 'annotator').slice(0, firstSources) : rest.filter((one) => chosen.includes(one.id))
  })
  const columns = computed<readonly DatasetColumn[]>(() => (dataset.value === null ? [] : shownColumns(datasets.columnsOf(dataset.value.id), state.value?.columns ?? null)))
  const hasImages = computed(() => dataset.value?.kind === 'image' && imageSize(dataset.value.shape) !== null)
  const shownLayout = computed(() => (hasImages.value ? layout.value : 'table'))

  const matching = computed<Matching | null>(() => (datasetId.value === null ? null : { datasetId: datasetId.value, sourceId: source.value?.id ?? null, filter: filter.value }))
  const query = computed<RowQuery | null>(() => {
    if (matching.value === null) return null
    const isTable = shownLayout.value === 'table'
    return {
      ...matching.value, sort: sort.value, sourceIds: source.value === null ? [] : [source.value, ...others.value].map((one) => one.id),
      columns: isTable ? columns.value.map((one) => one.position) : [], features: !isTable
    }
  })
  const listKey = computed(() => JSON.stringify([matching.value, sort.value]))

  const pages = new RowPages()
  const selection = shallowRef<RowSelection>(nothingSelected)
  const current = ref(0)
  let anchor = 0
  /** Labels changed under a filter or order that depends on them: the list is read again only when asked, so that nothing jumps. */
  const stale = ref(false)

  watch(() => JSON.stringify(query.value), () => void pages.ask(query.value), { immediate: true })
  watch(listKey, () => {
    selection.value = nothingSelected
    current.value = anchor = 0
    stale.value = false
  })
  watch(() => datasets.revision, () => {
    if (pages.failure.value !== null) void reread()
    else if (dependsOnLabels(filter.value) || sortsByLabels(sort.value)) void pages.refreshLabels().then((changed) => (stale.value ||= changed))
    else void pages.refresh()
  })
  onScopeDispose(() => void pages.ask(null))

  async function reread(): Promise<void> {
    stale.value = false
    selection.value = nothingSelected
    current.value = anchor = 0
    await pages.ask(null)
    await pages.ask(query.value)
  }

  const at = (index: number): ViewRow | null => {
    void pages.version.value
    return pages.at(index)
  }
  const hasSelection = computed(() => selection.value.kind !== 'rows' || selection.value.rows.size > 0)
  const example = computed(() => (hasSelection.value ? at(current.value) : null))

  /** Moves to a place of the list, and selects as the keys say; `select` false moves alone. */
  async function go(index: number, keys: HeldKeys, select = true): Promise<void> {
    const last = (pages.total.value ?? 0) - 1
    if (last < 0) return
    const next = Math.min(last, Math.max(0, index))
    current.value = next
    if (!select) return
    if (keys.shiftKey) return extendTo(next)
    anchor = next
    if (pages.at(next) === null) await pages.need(next, next)
    const row = pages.at(next)?.row
    if (row === undefined || current.value !== next) return
    selection.value = keys.ctrlKey || keys.metaKey ? toggleRow(selection.value, row) : onlyRow(row)
  }

  async function extendTo(index: number): Promise<void> {
    const [from, to] = [Math.min(anchor, index), Math.max(anchor, index)]
    if (to - from + 1 > mostPicked) {
      // Places of a list that labels decide may have moved since it was read.
      if (dependsOnLabels(filter.value) || sortsByLabels(sort.value)) notices.push('warning', strings.data.bulk.tooMany(mostPicked))
      else selection.value = { kind: 'range', filter: filter.value, sort: sort.value, first: from, count: to - from + 1 }
      return
    }
    const here = Array.from({ length: to - from + 1 }, (_, offset) => pages.at(from + offset)?.row)
    const rows = here.every((row) => row !== undefined) ? here : await notices.attempt(() => pages.rowsBetween(from, to, mostPicked))
    if (rows !== null && current.value === index) selection.value = rowsOf(rows)
  }
  function toggleCurrent(): void {
    const row = pages.at(current.value)?.row
    if (row !== undefined) selection.value = toggleRow(selection.value, row)
  }
  function selectMatching(): void {
    const count = pages.total.value
    if (count !== null && count > 0) selection.value = { kind: 'matching', filter: filter.value, count }
  }
  const setLayout = (next: 'gallery' | 'table'): void => void (layout.value = next)
  const clearSelection = (): void => void (selection.value = nothingSelected)

  return {
    dataset, state, filter, sort, sources, source, others, columns, hasImages, layout, shownLayout, matching, listKey, pages, selection, hasSelection, current, stale, example,
    change, reread, at, go, toggleCurrent, selectMatching, clearSelection, setLayout
  }
}

export type DataView = ReturnType<typeof useDataView>
