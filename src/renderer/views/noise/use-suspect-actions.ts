import { computed } from 'vue'
import { useCommand } from '../../commands.ts'
import { useClient } from '../../connection.ts'
import { goTo } from '../../location.ts'
import { useBench } from '../../stores/bench.ts'
import { useDatasets } from '../../stores/datasets.ts'
import { useNoise } from '../../stores/noise.ts'
import { useNotices } from '../../stores/notices.ts'
import { isOneOf, useSettings } from '../../stores/settings.ts'
import { strings } from '../../strings.ts'
import { outOfSampleName } from '../../../shared/domain/noise-check.ts'
import { rowsFilter } from '../data/filter-tree.ts'
import { useAnnotateSettings } from '../label/annotate-settings.ts'
import type { Exploration } from './use-exploration.ts'
import type { Suspects } from './use-suspects.ts'

const texts = strings.noise.suspects
const onePerson = { shiftKey: false, ctrlKey: false, metaKey: false }

/** What is done about the selected suspects: each a step of undo, whatever their number. */
export function useSuspectActions(exploration: Exploration, suspects: Suspects) {
  const [noise, datasets, bench, notices, settings] = [useNoise(), useDatasets(), useBench(), useNotices(), useSettings()]
  const count = computed(() => exploration.selection.value.count)
  const enabled = computed(() => count.value > 0 && !bench.readOnly && exploration.check.value !== null)
  let busy = false

  /** Does something with the selected rows; a single one gives way to the next of the list, so that a list is worked through by keys. */
  async function act(send: (rows: readonly number[]) => Promise<boolean>, said: (count: number) => string): Promise<void> {
    if (!enabled.value || busy) return
    busy = true
    const rows = exploration.selectedRows()
    try {
      if (!(await send(rows))) return
      notices.info(said(rows.length))
      if (rows.length === 1 && rows[0] === exploration.row.value) exploration.go(exploration.current.value + 1, onePerson)
    } finally {
      busy = false
    }
  }
  const checkId = (): string => exploration.check.value?.id ?? ''
  const datasetId = (): string => exploration.dataset.value?.id ?? ''

  const accept = (): Promise<void> => act((rows) => noise.decide(checkId(), rows, 'suggested', suspects.annotator.value), texts.accepted)
  const correct = (): Promise<void> => act((rows) => noise.decide(checkId(), rows, 'given', suspects.annotator.value), texts.marked)
  const leaveOut = (): Promise<void> => act((rows) => noise.leaveOut(datasetId(), rows), texts.left)
  function relabel(label: number): Promise<void> {
    const name = exploration.dataset.value?.classes.find((one) => one.position === label)?.name ?? String(label)
    return act((rows) => noise.relabel(datasetId(), rows, label, suspects.annotator.value), (found) => texts.relabelled(found, name))
  }

  /** Relabels by the key of a class; false where the key belongs to none. */
  function onClassKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey || !enabled.value) return false
    const assigned = exploration.dataset.value?.classes.find((one) => one.key !== '' && one.key === event.key)
    if (assigned === undefined) return false
    void relabel(assigned.position)
    return true
  }

  /** Saves the selected rows as a filter and goes to annotate them, most suspicious first. */
  async function queue(): Promise<void> {
    const check = exploration.check.value
    if (!enabled.value || check === null) return
    const inOrder = Array.from(exploration.list.value).filter((row) => exploration.selection.value.mask[row] === 1)
    const rows = inOrder.length === count.value ? inOrder : exploration.selectedRows()
    const { filter, left } = rowsFilter(rows)
    const saved = await notices.attempt(() => useClient().call('filters.save', { datasetId: check.datasetId, name: texts.queueName(rows.length - left, check.name), filter }))
    if (saved === null) return
    await datasets.loadDetails(check.datasetId)
    const suggestion = datasets.sourcesOf(check.datasetId).find((one) => one.kind === 'model' && one.name === outOfSampleName(datasets.sourcesOf(check.datasetId).find(({ id }) => id === check.sourceId)?.name ?? ''))
    useAnnotateSettings(check.datasetId).value = { order: 'noise', orderSource: '', filter: saved.id, suggestion: suggestion?.id ?? '' }
    settings.remember('label.tab', 'annotate', isOneOf('annotate', 'functions', 'models')).value = 'annotate'
    notices.info(left === 0 ? texts.queued(rows.length) : texts.queuedSome(rows.length - left, rows.length))
    goTo('label', check.datasetId)
  }

  // Enter on a button presses the button.
  const isPressing = (): boolean => document.activeElement !== null && /^(BUTTON|A|SUMMARY)$/.test(document.activeElement.tagName)
  useCommand('noise.accept', accept, () => enabled.value && !isPressing())
  useCommand('noise.correct', correct, enabled)
  useCommand('noise.leave-out', leaveOut, enabled)
  useCommand('noise.queue', queue, enabled)
  useCommand('noise.select-all', () => exploration.selectAll(), () => exploration.list.value.length > 0)
  useCommand('noise.clear-selection', () => exploration.clear(), () => count.value > 0)

  return { count, enabled, accept, correct, leaveOut, relabel, queue, onClassKey }
}

export type SuspectActions = ReturnType<typeof useSuspectActions>
