import { shallowRef, type ShallowRef } from 'vue'
import { toErrorPayload, type ErrorPayload } from '../../../shared/contract/errors.ts'
import type { DatasetView } from '../../../shared/domain/data-view.ts'
import { splits, type Split } from '../../../shared/domain/dataset.ts'
import type { Filter, Sort } from '../../../shared/domain/filter.ts'
import { useClient } from '../../connection.ts'
import type { Matching } from '../../stores/datasets.ts'
import { rowsFilter } from './filter-tree.ts'

/** Which examples are wanted, in what order, and what of them. */
export interface RowQuery extends Matching {
  readonly sort: Sort | null
  readonly sourceIds: readonly string[]
  /** Positions of data columns. */
  readonly columns: readonly number[]
  readonly features: boolean
}

/** A page as it was read, with the question it answers. */
export interface RowPage extends DatasetView {
  readonly query: RowQuery
}

/** One example at a place of the list. */
export interface ViewRow {
  readonly index: number
  readonly row: number
  /** The split it is pinned to, or null where the experiments' seeds decide. */
  readonly split: Split | null
  readonly page: RowPage
  /** Place within its page. */
  readonly offset: number
}

export const pageSize = 200
/** Requests on the way at a time; what else is needed waits and may be given up for what is needed later. */
const mostRequests = 2

/** Label in force of an example by a source, -1 for none or where the source was not asked for. */
export function labelBy({ page, offset }: ViewRow, sourceId: string | null): number {
  const at = sourceId === null ? -1 : page.query.sourceIds.indexOf(sourceId)
  return page.labels[at]?.[offset] ?? -1
}

/** Value of a data column: null is missing, undefined was not read. */
export function valueOf({ page, offset }: ViewRow, position: number): number | string | null | undefined {
  const slice = page.columns[page.query.columns.indexOf(position)]
  const value = slice?.values[offset]
  return typeof value === 'number' && Number.isNaN(value) ? null : value
}

/** Pages of examples read as they come into view; at most `kept` pages stay in memory, the ones read longest ago go first. */
export class RowPages {
  readonly total = shallowRef<number | null>(null)
  readonly failure: ShallowRef<ErrorPayload | null> = shallowRef(null)
  /** Counts up when a page arrives. */
  readonly version = shallowRef(0)
  readonly #pages = new Map<number, { readonly page: RowPage; readonly rows: (ViewRow | undefined)[] }>()
  readonly #reading = new Map<number, AbortController>()
  readonly #old = new Set<number>()
  readonly #kept: number
  #waiting: number[] = []
  #settled: (() => void)[] = []
  #query: RowQuery | null = null
  #range: readonly [number, number] = [0, 0]

  constructor(kept = 60) {
    this.#kept = kept
  }

  get query(): RowQuery | null {
    return this.#query
  }

  /** Starts over with another question. Where only sources or columns differ, what is shown stays until its successor arrives. */
  async ask(query: RowQuery | null): Promise<void> {
    const sameRows = query !== null && this.#query !== null && placesOf(query) === placesOf(this.#query)
    this.#abort()
    this.#query = query
    if (sameRows) return this.refresh()
    this.#pages.clear()
    this.#old.clear()
    this.total.value = null
    this.failure.value = null
    this.version.value += 1
    if (query !== null) await this.need(0, 0)
  }

  /** Reads the pages that hold the places from `first` to `last`, both included, before anything asked for earlier. */
  async need(first: number, last: number): Promise<void> {
    this.#range = [first, last]
    const wanted: number[] = []
    for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page += 1)
      if (!this.#pages.has(page) || this.#old.has(page)) wanted.push(page)
    this.#waiting = wanted.filter((page) => !this.#reading.has(page))
    this.#start()
    await this.#rest(wanted)
  }

  /** Reads what is in view again in place and forgets the rest: labels changed, places did not. */
  async refresh(): Promise<void> {
    const [first, last] = this.#range.map((index) => Math.floor(index / pageSize)) as [number, number]
    for (const page of [...this.#pages.keys()]) {
      if (page < first || page > last) this.#pages.delete(page)
      else this.#old.add(page)
    }
    await this.need(...this.#range)
  }

  /**
   * Reads labels and splits of the examples in view again without moving any, though the filter may no longer match them. True
   * where any of them, or the number of examples that match, is another than before.
   */
  async refreshLabels(): Promise<boolean> {
    const query = this.#query
    const count = query === null ? null : await this.#count(query)
    let changed = count !== this.total.value
    const shown: ViewRow[] = []
    for (let index = this.#range[0]; index <= this.#range[1]; index += 1) {
      const row = this.at(index)
      if (row !== null) shown.push(row)
    }
    for (let rest = shown; query !== null && rest.length > 0; ) {
      const { filter, left } = rowsFilter(rest.map((one) => one.row))
      const found = await this.#read(query, filter)
      if (query !== this.#query || found === null) return changed
      const place = new Map([...found.rows].map((row, at) => [row, at]))
      for (const one of rest) changed = this.#patch(one, found, place.get(one.row)) || changed
      rest = left === 0 ? [] : rest.filter((one) => !place.has(one.row))
      if (place.size === 0) break
    }
    if (changed) this.version.value += 1
    return changed
  }

  /** The example at a place of the list, or null while its page is on the way; the same object until its page is read again. */
  at(index: number): ViewRow | null {
    const known = this.#pages.get(Math.floor(index / pageSize))
    const offset = index % pageSize
    const row = known?.page.rows[offset]
    if (known === undefined || row === undefined) return null
    return (known.rows[offset] ??= { index, row, split: splits[known.page.splits[offset] ?? -1] ?? null, page: known.page, offset })
  }

  /** Row numbers of a range of places, read without anything else of them. */
  async rowsBetween(first: number, last: number, most: number): Promise<readonly number[]> {
    const query = this.#query
    const rows: number[] = []
    for (let offset = first; query !== null && offset <= Math.min(last, first + most - 1); offset += 500) {
      const { datasetId, sourceId, filter, sort } = query
      const page = await useClient().call('datasets.view', { datasetId, sourceId, filter, sort, offset, limit: Math.min(500, last - offset + 1), features: false })
      rows.push(...page.rows)
      if (page.rows.length === 0) break
    }
    return rows
  }

  async #count({ datasetId, sourceId, filter }: RowQuery): Promise<number | null> {
    try {
      return await useClient().call('datasets.count', { datasetId, sourceId, filter })
    } catch (error) {
      this.failure.value = toErrorPayload(error)
      return null
    }
  }

  async #read({ datasetId, sourceId, sourceIds }: RowQuery, filter: Filter): Promise<DatasetView | null> {
    try {
      return await useClient().call('datasets.view', { datasetId, sourceId, filter, limit: 500, sourceIds: [...sourceIds], features: false })
    } catch (error) {
      this.failure.value = toErrorPayload(error)
      return null
    }
  }

  #patch({ index, offset }: ViewRow, found: DatasetView, place: number | undefined): boolean {
    const number = Math.floor(index / pageSize)
    const known = this.#pages.get(number)
    if (known === undefined || place === undefined) return false
    const { page } = known
    const split = found.splits[place] ?? -1
    if (split === page.splits[offset] && page.labels.every((own, at) => own[offset] === (found.labels[at]?.[place] ?? -1))) return false
    const labels = page.labels.map((own, at) => own.with(offset, found.labels[at]?.[place] ?? -1))
    this.#pages.set(number, { page: { ...page, labels, splits: page.splits.with(offset, split) }, rows: [] })
    return true
  }

  #start(): void {
    while (this.#reading.size < mostRequests && this.#query !== null) {
      const page = this.#waiting.shift()
      if (page === undefined) return
      void this.#fetch(page, this.#query)
    }
  }

  async #fetch(page: number, query: RowQuery): Promise<void> {
    const controller = new AbortController()
    this.#reading.set(page, controller)
    try {
      const { datasetId, sourceId, filter, sort, sourceIds, columns, features } = query
      const found = await useClient().call(
        'datasets.view',
        { datasetId, sourceId, filter, sort, sourceIds: [...sourceIds], columns: [...columns], features, offset: page * pageSize, limit: pageSize },
        { signal: controller.signal }
      )
      if (!controller.signal.aborted) this.#take(page, { ...found, query })
    } catch (error) {
      const payload = toErrorPayload(error)
      if (payload.code !== 'cancelled' && !controller.signal.aborted) {
        this.failure.value = payload
        this.#waiting = []
      }
    } finally {
      if (this.#reading.get(page) === controller) this.#reading.delete(page)
      this.#start()
      this.#settled.splice(0).forEach((settle) => settle())
    }
  }

  #take(page: number, found: RowPage): void {
    this.#old.delete(page)
    this.#pages.delete(page)
    this.#pages.set(page, { page: found, rows: [] })
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.#kept) break
      this.#pages.delete(oldest)
    }
    this.total.value = found.total
    this.failure.value = null
    this.version.value += 1
  }

  /** Waits until none of these pages is on the way or waiting any more. */
  async #rest(pages: readonly number[]): Promise<void> {
    while (pages.some((page) => this.#reading.has(page) || this.#waiting.includes(page))) await new Promise<void>((resolve) => this.#settled.push(resolve))
  }

  #abort(): void {
    this.#waiting = []
    this.#reading.forEach((controller) => controller.abort())
    this.#reading.clear()
    this.#settled.splice(0).forEach((settle) => settle())
  }
}

/** What decides which example stands where. */
const placesOf = ({ datasetId, sourceId, filter, sort }: RowQuery): string => JSON.stringify([datasetId, sourceId, filter, sort])
