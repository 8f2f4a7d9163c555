import { computed, ref, shallowReactive, shallowRef, watch, type Ref } from 'vue'
import type { Dataset } from '../../../shared/domain/dataset.ts'
import { mainScore, type NoiseCheck, type NoiseScores, type ScoreName } from '../../../shared/domain/noise-check.ts'
import { useNoise } from '../../stores/noise.ts'
import { isOneOf, isString, useSettings } from '../../stores/settings.ts'
import type { HeldKeys } from '../data/use-data-view.ts'
import { faintLayer, selectedLayer, usualLayer } from './point-raster.ts'
import { maskOf, noRows, type RowMask, rowsIn, toggled, union } from './row-mask.ts'
import { type Cell, type Scope, scopes, suspectList } from './suspect-list.ts'
import { ThresholdCounts, wrongLabels } from './threshold-counts.ts'

const nothing = new Float32Array(0)
const noFlags = new Uint8Array(0)

/** What is looked at of a check: the score, the threshold, the rows listed and selected. List, histogram and map all read this one state. */
export function useExploration(dataset: Readonly<Ref<Dataset | null>>, check: Readonly<Ref<NoiseCheck | null>>) {
  const [noise, settings] = [useNoise(), useSettings()]
  const chosenScore = settings.remember<string>('noise.score', '', isString)
  const scope = settings.remember<Scope>('noise.scope', 'flagged', isOneOf(...scopes))

  const checkId = computed(() => check.value?.id ?? null)
  watch(checkId, (id) => { if (id !== null) void noise.loadScores(id) }, { immediate: true })
  const scores = computed<NoiseScores | null>(() => (checkId.value === null ? null : noise.scoresOf(checkId.value)))
  const total = computed(() => scores.value?.given.length ?? 0)

  const scoreName = computed<ScoreName | null>(() => scores.value?.names.find((name) => name === chosenScore.value) ?? mainScore(scores.value?.names ?? []))
  const placeOf = (name: ScoreName | null): number => scores.value?.names.findIndex((one) => one === name) ?? -1
  const scoreOf = (name: ScoreName | null): Float32Array => scores.value?.scores[placeOf(name)] ?? nothing
  const flagsOf = (name: ScoreName | null): Uint8Array => scores.value?.flagged[placeOf(name)] ?? noFlags
  const score = computed(() => scoreOf(scoreName.value))
  const flags = computed(() => flagsOf(scoreName.value))
  const wrong = computed(() => (scores.value === null ? null : wrongLabels(scores.value.given, scores.value.truth)))
  const counts = computed(() => new ThresholdCounts(score.value, wrong.value))

  /** Thresholds that were moved, by check and score; else as many rows are below as the detector flags. */
  const moved = shallowReactive(new Map<string, number>())
  const initial = new WeakMap<Float32Array, number>()
  function initialThreshold(name: ScoreName | null): number {
    const of = scoreOf(name)
    const known = initial.get(of)
    if (known !== undefined) return known
    const flagged = flagsOf(name).reduce((sum, flag) => sum + flag, 0)
    const made = (name === scoreName.value ? counts.value : new ThresholdCounts(of, null)).thresholdFor(flagged)
    initial.set(of, made)
    return made
  }
  const thresholdOf = (name: ScoreName | null): number => moved.get(`${checkId.value} ${name}`) ?? initialThreshold(name)
  const threshold = computed(() => thresholdOf(scoreName.value))
  const setThreshold = (value: number): void => void moved.set(`${checkId.value} ${scoreName.value}`, Math.min(1, Math.max(0, value)))
  const resetThreshold = (): void => void moved.delete(`${checkId.value} ${scoreName.value}`)

  const setScore = (name: string): void => void (chosenScore.value = name)
  const setScope = (next: Scope): void => void (scope.value = next)

  const cell = shallowRef<Cell | null>(null)
  const region = shallowRef<RowMask | null>(null)
  const below = computed(() => counts.value.countAt(threshold.value))
  const list = computed(() => (scores.value === null ? new Uint32Array(0) : suspectList(counts.value.order, flags.value, scores.value, { scope: scope.value, below: scope.value === 'below' ? below.value : 0, cell: cell.value, region: region.value })))

  const selection = shallowRef<RowMask>(noRows(0))
  /** The row gone to last, and the one that Shift extends from: rows, not places, so that they stay where the list changes. */
  const currentRow = ref(-1)
  let anchorRow = -1
  const placeIn = (at: number): number => Math.max(0, list.value.indexOf(at))
  const current = computed(() => placeIn(currentRow.value))
  const row = computed<number | null>(() => (selection.value.count > 0 && currentRow.value >= 0 ? currentRow.value : null))

  watch(checkId, () => {
    cell.value = null
    region.value = null
    currentRow.value = anchorRow = -1
  })
  watch([checkId, total], () => (selection.value = noRows(total.value)), { immediate: true })

  function go(index: number, keys: HeldKeys, select = true): void {
    if (list.value.length === 0) return
    const next = Math.min(list.value.length - 1, Math.max(0, index))
    const at = list.value[next] ?? 0
    currentRow.value = at
    if (!select) return
    if (keys.shiftKey) {
      const anchor = placeIn(anchorRow)
      selection.value = maskOf(total.value, list.value.subarray(Math.min(anchor, next), Math.max(anchor, next) + 1))
      return
    }
    anchorRow = at
    selection.value = keys.ctrlKey || keys.metaKey ? toggled(selection.value, at) : maskOf(total.value, [at])
  }
  function toggleCurrent(): void {
    const at = list.value[current.value]
    if (at !== undefined) selection.value = toggled(selection.value, at)
  }
  const selectAll = (): void => void (selection.value = maskOf(total.value, list.value))
  const clear = (): void => void (selection.value = noRows(total.value))

  /** Shows the rows of a cell of the matrix, or of a class. */
  function drill(next: Cell | null): void {
    cell.value = next
    region.value = null
    clear()
    currentRow.value = anchorRow = -1
  }

  /** Selects what was drawn around on a map and lists it; nothing drawn around lists everything again. */
  function brush(found: RowMask, add: boolean): void {
    if (found.count === 0 && !add) {
      region.value = null
      clear()
      return
    }
    region.value = add && region.value !== null ? union(region.value, found) : found
    currentRow.value = anchorRow = list.value[0] ?? -1
    selectAll()
  }

  /** Goes to a row clicked on a map, and lists it where the list left it out. */
  function pick(found: number, keys: HeldKeys): void {
    let place = list.value.indexOf(found)
    if (place < 0) {
      if (keys.ctrlKey || keys.metaKey) return void (selection.value = toggled(selection.value, found))
      scope.value = 'all'
      cell.value = null
      region.value = null
      place = list.value.indexOf(found)
    }
    if (place >= 0) go(place, { shiftKey: false, ctrlKey: keys.ctrlKey, metaKey: keys.metaKey })
  }

  /** How each row is drawn on a map: faintly outside the list, on top where it is selected. */
  const layers = computed(() => {
    const made = new Uint8Array(total.value).fill(faintLayer)
    for (const at of list.value) made[at] = usualLayer
    const { mask, count } = selection.value
    if (count > 0) mask.forEach((member, at) => { if (member === 1) made[at] = selectedLayer })
    return made
  })

  const isFiltered = computed(() => cell.value !== null || region.value !== null)

  return {
    dataset, check, scores, total, scoreName, setScore, setScope, setThreshold, scoreOf, flagsOf, score, flags, wrong, counts, thresholdOf, threshold, resetThreshold, scope, cell, region, below, list, selection, current, currentRow, row, layers, isFiltered,
    go, toggleCurrent, selectAll, clear, drill, brush, pick, selectedRows: () => rowsIn(selection.value)
  }
}

export type Exploration = ReturnType<typeof useExploration>
