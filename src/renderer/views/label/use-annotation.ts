import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { everything } from '../../../shared/domain/filter.ts'
import type { Dataset, LabelSource } from '../../../shared/domain/dataset.ts'
import { useClient } from '../../connection.ts'
import { useDatasets } from '../../stores/datasets.ts'
import { useDataViews } from '../../stores/data-views.ts'
import { useJournal } from '../../stores/journal.ts'
import { useNotices } from '../../stores/notices.ts'
import { imageSize } from '../data/draw-example.ts'
import { AnnotationSession, type AnnotationSetup } from './annotation-session.ts'
import { useAnnotateSettings, useAnnotatorName } from './annotate-settings.ts'
import { shownColumns } from './example-columns.ts'

/** Sources that an order can look at: everything that is not the annotator. */
export const isOther = (source: LabelSource, annotator: string): boolean => !(source.kind === 'annotator' && source.name === annotator)

/** The annotation of a data set: what was chosen, the session that follows from it, and the counts by class. */
export function useAnnotation(dataset: () => Dataset) {
  const [datasets, views, journal, notices] = [useDatasets(), useDataViews(), useJournal(), useNotices()]
  const settings = useAnnotateSettings(dataset().id)
  const annotator = useAnnotatorName()
  const sources = computed(() => datasets.sourcesOf(dataset().id))
  const others = computed(() => sources.value.filter((one) => isOther(one, annotator.value)))
  const columns = computed(() => shownColumns(dataset(), datasets.columnsOf(dataset().id)))
  const session = shallowRef<AnnotationSession | null>(null)
  const baseCounts = shallowRef<readonly number[]>([])

  const own = (): LabelSource | null => sources.value.find((one) => one.kind === 'annotator' && one.name === annotator.value) ?? null
  const filterSource = (): string | null => {
    const chosen = views.stateOf(dataset().id).value.sourceId
    return (sources.value.find((one) => one.id === chosen) ?? sources.value.find((one) => one.kind === 'given' || one.kind === 'truth') ?? sources.value[0])?.id ?? null
  }

  const setup = (): AnnotationSetup => {
    const { order, orderSource, filter, suggestion } = settings.value
    const known = (id: string): boolean => others.value.some((one) => one.id === id)
    return {
      datasetId: dataset().id,
      annotator: annotator.value,
      order,
      orderSources: order === 'row' || order === 'random' ? [] : known(orderSource) ? [orderSource] : others.value.map((one) => one.id),
      filter: datasets.filtersOf(dataset().id).find((one) => one.id === filter)?.filter ?? everything,
      filterSource: filterSource(),
      seed: 0,
      ownId: own()?.id ?? null,
      suggestionId: known(suggestion) ? suggestion : null,
      columns: columns.value.map((column) => column.position),
      features: dataset().kind === 'image' && imageSize(dataset().shape) !== null
    }
  }
  // The annotator's own source appears with the first label; that is no reason to begin anew.
  const wanted = computed(() => JSON.stringify({ ...setup(), ownId: null, orderSources: settings.value.orderSource }))
  const ready = computed(() => datasets.loaded && datasets.columns.has(dataset().id) && datasets.sources.has(dataset().id))

  async function begin(): Promise<void> {
    await session.value?.settled()
    session.value?.end()
    const made = new AnnotationSession(setup(), session.value)
    session.value = made
    const id = own()?.id
    baseCounts.value = []
    await made.start()
    if (id === undefined || session.value !== made) return
    const balance = await notices.attempt(() => useClient().call('datasets.balance', { datasetId: dataset().id, sourceId: id, filter: everything }))
    if (balance !== null && session.value === made) baseCounts.value = balance.classes
  }
  watch([wanted, ready], () => { if (ready.value) void begin() }, { immediate: true })
  watch(() => journal.state, (state) => session.value?.follow(state))
  watch(() => datasets.revision, () => void session.value?.reread())
  onScopeDispose(() => session.value?.end())

  /** Takes back the last label once everything before it is stored. */
  async function undo(): Promise<void> {
    await session.value?.settled()
    if (journal.canUndo) await journal.undo()
  }
  async function redo(): Promise<void> {
    await session.value?.settled()
    if (!journal.canRedo) return
    await journal.redo()
    await session.value?.reread()
  }

  return { settings, annotator, sources, others, columns, session, baseCounts, undo, redo, begin }
}
