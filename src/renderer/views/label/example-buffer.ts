import type { ColumnSlice } from '../../../shared/domain/column.ts'
import type { DatasetView } from '../../../shared/domain/data-view.ts'
import { useClient } from '../../connection.ts'
import { useNotices } from '../../stores/notices.ts'
import { rowsFilter } from '../data/filter-tree.ts'

/** What is read of each example. */
export interface ExampleWish {
  readonly datasetId: string
  /** The annotator's own source; null before the first label. */
  readonly ownId: string | null
  /** The source whose labels are suggested. */
  readonly suggestionId: string | null
  /** Positions of the columns shown. */
  readonly columns: readonly number[]
  readonly features: boolean
}

/** One example, ready to be shown. */
export interface AnnotationExample {
  readonly row: number
  /** The page's features and the example's place in them, or null where they are not shown. */
  readonly features: { readonly values: Uint8Array | Float32Array; readonly place: number } | null
  /** Values in the order of the columns wished for; null is missing. */
  readonly values: readonly (number | string | null)[]
  /** The annotator's label when it was read, -1 for none. */
  readonly own: number
  readonly suggestion: { readonly label: number; readonly confidence: number | null } | null
}

/** Examples read at a time, and how many are kept ready ahead and behind. */
const chunk = 24
const ahead = 40
const behind = 30
/** Examples ahead whose suggestion's confidence is looked up. */
const confident = 8

/** Examples read before they are needed, so that the next one is there when a key is pressed. */
export class ExampleBuffer {
  readonly #wish: ExampleWish
  readonly #arrived: () => void
  readonly #examples = new Map<number, AnnotationExample>()
  readonly #reading = new Set<number>()
  readonly #asked = new Set<number>()
  #ended = false

  constructor(wish: ExampleWish, arrived: () => void) {
    this.#wish = wish
    this.#arrived = arrived
  }

  get(row: number): AnnotationExample | null {
    return this.#examples.get(row) ?? null
  }

  end(): void {
    this.#ended = true
    this.#examples.clear()
  }

  /** Reads the examples around a place of the queue and forgets those far from it. */
  want(rows: readonly number[], at: number): void {
    const near = rows.slice(Math.max(0, at - behind), at + ahead)
    const missing = rows.slice(at, at + ahead).concat(rows.slice(Math.max(0, at - 3), at)).filter((row) => !this.#examples.has(row) && !this.#reading.has(row))
    const current = rows[at]
    // Small requests one by one would wait for each other: a chunk is asked for once half of it is used up.
    const urgent = current !== undefined && !this.#examples.has(current)
    if (this.#reading.size === 0 && (urgent || missing.length >= chunk / 2 || (missing.length > 0 && at + ahead >= rows.length))) void this.#read(missing.slice(0, chunk))
    if (this.#examples.size > near.length + 2 * chunk) {
      const kept = new Set(near)
      for (const row of this.#examples.keys()) if (!kept.has(row) && this.#examples.delete(row)) this.#asked.delete(row)
    }
    if (this.#wish.suggestionId !== null) for (const row of rows.slice(at, at + confident)) void this.#confidence(row)
  }

  /** The annotator's labels in force of some rows, -1 for none. */
  async ownLabels(rows: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const { datasetId, ownId } = this.#wish
    if (rows.length === 0 || ownId === null) return new Map()
    const found = await useNotices().attempt(() => useClient().call('datasets.view', { datasetId, filter: rowsFilter(rows).filter, limit: 500, sourceIds: [ownId], features: false }))
    return new Map([...(found?.rows ?? [])].map((row, place) => [row, found?.labels[0]?.[place] ?? -1]))
  }

  async #read(rows: readonly number[]): Promise<void> {
    const { datasetId, ownId, suggestionId, columns, features } = this.#wish
    for (const row of rows) this.#reading.add(row)
    const sourceIds = [ownId, suggestionId].filter((id) => id !== null)
    const page = await useNotices().attempt(() =>
      useClient().call('datasets.view', { datasetId, filter: rowsFilter(rows).filter, limit: 500, sourceIds, columns: [...columns], features })
    )
    for (const row of rows) this.#reading.delete(row)
    if (this.#ended || page === null) return
    page.rows.forEach((row, place) => this.#examples.set(row, this.#exampleOf(page, row, place)))
    this.#arrived()
  }

  #exampleOf(page: DatasetView, row: number, place: number): AnnotationExample {
    const { ownId, suggestionId } = this.#wish
    const labels = page.labels.map((each) => each[place] ?? -1)
    const suggested = suggestionId === null ? -1 : (labels.at(-1) ?? -1)
    return {
      row,
      features: page.features === null ? null : { values: page.features, place },
      values: page.columns.map((slice) => cellOf(slice, place)),
      own: ownId === null ? -1 : (labels[0] ?? -1),
      suggestion: suggested < 0 ? null : { label: suggested, confidence: null }
    }
  }

  /** Looks up how sure the suggesting source is of a row, once. */
  async #confidence(row: number): Promise<void> {
    const before = this.#examples.get(row)
    if (before === undefined || before.suggestion === null || this.#asked.has(row)) return
    this.#asked.add(row)
    const history = await useNotices().attempt(() => useClient().call('datasets.label-history', { datasetId: this.#wish.datasetId, row }))
    const event = history?.find(({ sourceId }) => sourceId === this.#wish.suggestionId)
    const present = this.#examples.get(row)
    const confidence = event?.confidence ?? null
    if (present === undefined || present.suggestion === null || confidence === null || Number.isNaN(confidence)) return
    this.#examples.set(row, { ...present, suggestion: { ...present.suggestion, confidence } })
    this.#arrived()
  }
}

function cellOf(slice: ColumnSlice, place: number): number | string | null {
  const value = slice.values[place] ?? null
  return typeof value === 'number' && Number.isNaN(value) ? null : value
}
