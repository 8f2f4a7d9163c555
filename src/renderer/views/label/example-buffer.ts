import type { SuggestedLabels } from '../../../shared/domain/annotation.ts'
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

/** Examples read before they are needed, so that the next one is there when a key is pressed. */
export class ExampleBuffer {
  readonly #wish: ExampleWish
  readonly #arrived: () => void
  readonly #examples = new Map<number, AnnotationExample>()
  readonly #reading = new Set<number>()
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
      for (const row of this.#examples.keys()) if (!kept.has(row)) this.#examples.delete(row)
    }
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
    const [page, suggested] = await Promise.all([
      useNotices().attempt(() => useClient().call('datasets.view', { datasetId, filter: rowsFilter(rows).filter, limit: 500, sourceIds: ownId === null ? [] : [ownId], columns: [...columns], features })),
      suggestionId === null ? null : useNotices().attempt(() => useClient().call('annotation.suggestions', { datasetId, sourceId: suggestionId, rows: [...rows] }))
    ])
    for (const row of rows) this.#reading.delete(row)
    if (this.#ended || page === null) return
    const suggestions = new Map(rows.map((row, place) => [row, suggestionOf(suggested, place)]))
    page.rows.forEach((row, place) => this.#examples.set(row, this.#exampleOf(page, row, place, suggestions.get(row) ?? null)))
    this.#arrived()
  }

  #exampleOf(page: DatasetView, row: number, place: number, suggestion: AnnotationExample['suggestion']): AnnotationExample {
    return {
      row,
      features: page.features === null ? null : { values: page.features, place },
      values: page.columns.map((slice) => cellOf(slice, place)),
      own: this.#wish.ownId === null ? -1 : (page.labels[0]?.[place] ?? -1),
      suggestion
    }
  }
}

function suggestionOf(suggested: SuggestedLabels | null, place: number): AnnotationExample['suggestion'] {
  const label = suggested?.labels[place] ?? -1
  const confidence = suggested?.confidences[place] ?? Number.NaN
  return label < 0 ? null : { label, confidence: Number.isNaN(confidence) ? null : confidence }
}

function cellOf(slice: ColumnSlice, place: number): number | string | null {
  const value = slice.values[place] ?? null
  return typeof value === 'number' && Number.isNaN(value) ? null : value
}
