import { shallowRef } from 'vue'
import type { DatasetColumn } from '../../../shared/domain/column.ts'
import type { DatasetView } from '../../../shared/domain/data-view.ts'
import { type Split, splits } from '../../../shared/domain/dataset.ts'
import type { SuspectRow } from '../../../shared/domain/noise-check.ts'
import { useClient } from '../../connection.ts'
import { useNotices } from '../../stores/notices.ts'
import { rowsFilter } from '../data/filter-tree.ts'

/** What is read of each row. */
export interface SuspectWish {
  readonly datasetId: string
  /** null: the rows of no check, whose content alone is shown. */
  readonly checkId: string | null
  /** The annotator's own source; null before the first label. */
  readonly ownId: string | null
  /** The source that was checked. */
  readonly givenId: string
  readonly columns: readonly DatasetColumn[]
  readonly features: boolean
}

/** One row of the list with its content. */
export interface Suspect {
  readonly row: number
  /** What the check says of it; null where only the content was asked for. */
  readonly facts: SuspectRow | null
  /** The annotator's own label, -1 for none. */
  readonly own: number
  readonly given: number
  readonly split: Split | null
  readonly features: { readonly values: Uint8Array | Float32Array; readonly place: number } | null
  readonly values: readonly { readonly column: DatasetColumn; readonly value: number | string | null }[]
}

/** Rows read at a time, and kept. */
const chunk = 48
const kept = 1500

/** Rows of the list read as they come into view; what was read stays until something newer arrives. */
export class SuspectBuffer {
  /** Counts up when rows arrive. */
  readonly version = shallowRef(0)
  readonly #rows = new Map<number, Suspect>()
  readonly #reading = new Set<number>()
  #stale = new Set<number>()
  #wanted: readonly number[] = []
  #wish: SuspectWish | null = null
  #generation = 0

  /** Starts over where other things are wanted; the annotator's first label alone only makes what is there old. */
  ask(wish: SuspectWish | null): void {
    const key = (of: SuspectWish | null): string => JSON.stringify(of && [of.datasetId, of.checkId, of.givenId, of.features, of.columns.map((one) => one.position)])
    const same = key(wish) === key(this.#wish)
    this.#wish = wish
    if (same) return this.refresh()
    this.#generation += 1
    this.#rows.clear()
    this.#reading.clear()
    this.#stale.clear()
    this.version.value += 1
    this.#next()
  }

  get(row: number): Suspect | null {
    return this.#rows.get(row) ?? null
  }

  /** Reads these rows before all that was wanted earlier. */
  need(rows: readonly number[]): void {
    this.#wanted = rows
    this.#next()
  }

  /** Reads what is wanted again, in place: labels or splits changed. */
  refresh(): void {
    this.#stale = new Set(this.#rows.keys())
    this.#next()
  }

  #next(): void {
    if (this.#wish === null || this.#reading.size > 0) return
    const missing = this.#wanted.filter((row) => !this.#rows.has(row) || this.#stale.has(row)).slice(0, chunk)
    if (missing.length > 0) void this.#read(missing, this.#wish, this.#generation)
  }

  async #read(rows: readonly number[], wish: SuspectWish, generation: number): Promise<void> {
    for (const row of rows) {
      this.#reading.add(row)
      this.#stale.delete(row)
    }
    const { datasetId, checkId, ownId, givenId, columns, features } = wish
    const sourceIds = ownId === null ? [givenId] : [givenId, ownId]
    const [view, facts] = await Promise.all([
      useNotices().attempt(() => useClient().call('datasets.view', { datasetId, filter: rowsFilter(rows).filter, limit: 500, sourceIds, columns: columns.map((one) => one.position), features })),
      checkId === null ? [] : useNotices().attempt(() => useClient().call('noise.suspects', { checkId, rows: [...rows] }))
    ])
    if (generation !== this.#generation) return
    this.#reading.clear()
    if (view === null || facts === null) return
    const byRow = new Map(facts.map((one) => [one.row, one]))
    view.rows.forEach((row, place) => {
      this.#rows.delete(row)
      this.#rows.set(row, suspectOf(view, place, row, byRow.get(row) ?? null, wish))
    })
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= kept) break
      this.#rows.delete(oldest)
    }
    this.version.value += 1
    this.#next()
  }
}

function suspectOf(view: DatasetView, place: number, row: number, facts: SuspectRow | null, { columns }: SuspectWish): Suspect {
  return {
    row,
    facts,
    given: view.labels[0]?.[place] ?? -1,
    own: view.labels[1]?.[place] ?? -1,
    split: splits[view.splits[place] ?? -1] ?? null,
    features: view.features === null ? null : { values: view.features, place },
    values: columns.map((column, at) => {
      const value = view.columns[at]?.values[place] ?? null
      return { column, value: typeof value === 'number' && Number.isNaN(value) ? null : value }
    })
  }
}
