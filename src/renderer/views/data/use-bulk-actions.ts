import { computed, ref } from 'vue'
import { type Dataset, type DatasetClass, type Split, splits } from '../../../shared/domain/dataset.ts'
import { useBench } from '../../stores/bench.ts'
import { type Matching, type MatchingRange, useDatasets } from '../../stores/datasets.ts'
import { useNotices } from '../../stores/notices.ts'
import { strings } from '../../strings.ts'
import { type RowSelection, selectedCount } from './row-selection.ts'
import type { DataView } from './use-data-view.ts'

const texts = strings.data.bulk

/** What a selection by filter stands for. */
const matched = (matching: Matching, selection: Exclude<RowSelection, { kind: 'rows' }>): MatchingRange => ({
  ...matching, filter: selection.filter, ...(selection.kind === 'range' ? { sort: selection.sort, range: { offset: selection.first, count: selection.count } } : {})
})

/** What is done to the selected examples: labels and splits, each one step of undo however many they are. */
export function useBulkActions(view: DataView) {
  const [datasets, bench, notices] = [useDatasets(), useBench(), useNotices()]
  const count = computed(() => selectedCount(view.selection.value))
  const enabled = computed(() => count.value > 0 && !bench.readOnly && view.dataset.value !== null)
  /** What waits for a yes: an action by key on everything that matches, whose count is shown first. */
  const asked = ref<{ readonly title: string; readonly text: string; readonly run: () => Promise<void> } | null>(null)

  const classAt = (dataset: Dataset, position: number | null): DatasetClass | null => dataset.classes.find((one) => one.position === position) ?? null

  async function setLabel(label: number | null): Promise<void> {
    const [dataset, selection, matching, total] = [view.dataset.value, view.selection.value, view.matching.value, count.value]
    if (dataset === null || matching === null || !enabled.value) return
    const done = selection.kind === 'rows' ? await datasets.setLabels(dataset.id, [...selection.rows], label) : await datasets.labelMatching(matched(matching, selection), label)
    if (done) notices.info(label === null ? strings.data.withdrawn(total) : strings.data.labelled(total, classAt(dataset, label)?.name ?? ''))
  }

  async function setSplit(split: Split | null): Promise<void> {
    const [dataset, selection, matching, total] = [view.dataset.value, view.selection.value, view.matching.value, count.value]
    if (dataset === null || matching === null || !enabled.value) return
    const done = selection.kind === 'rows' ? await datasets.setSplit(dataset.id, [...selection.rows], split) : await datasets.splitMatching(matched(matching, selection), split)
    if (done) notices.info(split === null ? strings.data.unpinned(total) : strings.data.pinned(total, strings.data.splitNames[split]))
  }

  const labelTitle = (label: number | null): string => {
    const name = view.dataset.value === null ? undefined : classAt(view.dataset.value, label)?.name
    return name === undefined ? texts.withdrawOf(count.value) : texts.labelAs(count.value, name)
  }

  /** The same by key, where nothing has shown how many it is about. */
  function labelByKey(label: number | null): void {
    if (!enabled.value) return
    const { kind } = view.selection.value
    if (kind === 'rows') void setLabel(label)
    else asked.value = { title: labelTitle(label), text: kind === 'range' ? texts.rangeText : texts.text, run: () => setLabel(label) }
  }

  function answer(yes: boolean): void {
    const waiting = asked.value
    asked.value = null
    if (yes) void waiting?.run()
  }

  /** Labels by the key of a class; false where the key belongs to none. */
  function onClassKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey || !enabled.value) return false
    const assigned = view.dataset.value?.classes.find((one) => one.key !== '' && one.key === event.key)
    if (assigned === undefined) return false
    labelByKey(assigned.position)
    return true
  }

  const splitTitle = (split: Split | null): string =>
    split === null ? texts.release(count.value) : split === 'none' ? texts.leaveOutOf(count.value) : texts.pinTo(count.value, strings.data.splitNames[split])

  return { count, enabled, asked, answer, setLabel, setSplit, labelByKey, onClassKey, labelTitle, splitTitle, splits }
}

export type BulkActions = ReturnType<typeof useBulkActions>
