import { computed, watch } from 'vue'
import { useDatasets } from '../../stores/datasets.ts'
import { imageSize } from '../data/draw-example.ts'
import { useAnnotatorName } from '../label/annotate-settings.ts'
import { shownColumns } from '../label/example-columns.ts'
import { type Suspect, SuspectBuffer, type SuspectWish } from './suspect-buffer.ts'
import type { Exploration } from './use-exploration.ts'

/** Columns that a row of the list is told by. */
const listed = 8

/** Content and findings of the rows of the list, and the content of their neighbours, read as they are needed. */
export function useSuspects(exploration: Exploration) {
  const datasets = useDatasets()
  const annotator = useAnnotatorName()
  const [suspects, neighbours] = [new SuspectBuffer(), new SuspectBuffer()]
  const dataset = exploration.dataset
  const isImage = computed(() => dataset.value?.kind === 'image' && imageSize(dataset.value.shape) !== null)
  const own = computed(() => (dataset.value === null ? null : (datasets.sourcesOf(dataset.value.id).find((one) => one.kind === 'annotator' && one.name === annotator.value) ?? null)))

  const wish = computed<SuspectWish | null>(() => {
    const [one, check] = [dataset.value, exploration.check.value]
    if (one === null || check === null || !datasets.columns.has(one.id)) return null
    return { datasetId: one.id, checkId: check.id, ownId: own.value?.id ?? null, givenId: check.sourceId, columns: shownColumns(one, datasets.columnsOf(one.id).filter(({ role }) => role !== 'score')).slice(0, listed), features: isImage.value }
  })
  watch(wish, (now) => {
    suspects.ask(now)
    neighbours.ask(now === null ? null : { ...now, checkId: null })
  }, { immediate: true })
  watch(() => datasets.revision, () => suspects.refresh())

  const read = (buffer: SuspectBuffer) => (row: number): Suspect | null => {
    void buffer.version.value
    return buffer.get(row)
  }
  return { annotator, isImage, own, at: read(suspects), need: (rows: readonly number[]) => suspects.need(rows), neighbour: read(neighbours), needNeighbours: (rows: readonly number[]) => neighbours.need(rows) }
}

export type Suspects = ReturnType<typeof useSuspects>
