import { shallowRef, type ShallowRef } from 'vue'
import { toErrorPayload, type ErrorPayload } from '../../../shared/contract/errors.ts'
import { splits, type ExamplePage, type Split } from '../../../shared/domain/dataset.ts'
import { useClient } from '../../connection.ts'

export interface PageQuery {
  readonly datasetId: string
  readonly sourceId: string
  /** Class in force, -1 for none, null for all. */
  readonly label: number | null
}

export interface Example {
  readonly index: number
  readonly row: number
  readonly label: number
  /** The split it is pinned to, or null where the experiments' seeds decide. */
  readonly split: Split | null
  readonly page: ExamplePage
  /** Place within its page. */
  readonly offset: number
}

export const pageSize = 200

/** Pages of examples read as they come into view; at most `kept` pages stay in memory, the ones read longest ago go first. */
export class ExamplePages {
  readonly total = shallowRef<number | null>(null)
  readonly failure: ShallowRef<ErrorPayload | null> = shallowRef(null)
  /** Counts up when a page arrives. */
  readonly version = shallowRef(0)
  readonly #pages = new Map<number, ExamplePage>()
  readonly #pending = new Map<number, Promise<void>>()
  readonly #kept: number
  #query: PageQuery | null = null
  #controller = new AbortController()

  constructor(kept = 60) {
    this.#kept = kept
  }

  /** Starts over with another data set, source or filter. */
  async ask(query: PageQuery | null): Promise<void> {
    this.#controller.abort()
    this.#controller = new AbortController()
    this.#query = query
    this.#pages.clear()
    this.#pending.clear()
    this.total.value = null
    this.failure.value = null
    this.version.value += 1
    if (query !== null) await this.need(0, 0)
  }

  /** Reads the pages that hold the examples from `first` to `last`, both included. */
  async need(first: number, last: number): Promise<void> {
    const wanted: Promise<void>[] = []
    for (let page = Math.floor(first / pageSize); page <= Math.floor(last / pageSize); page += 1)
      if (!this.#pages.has(page)) wanted.push(this.#read(page))
    await Promise.all(wanted)
  }

  /** Reads the pages in memory again without emptying them first: labels changed, places did not. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#pages.keys()].map((page) => this.#read(page)))
  }

  /** The example at a place of the list, or null while its page is on the way. */
  at(index: number): Example | null {
    const page = this.#pages.get(Math.floor(index / pageSize))
    const offset = index % pageSize
    const row = page?.rows[offset]
    return page === undefined || row === undefined ? null : { index, row, label: page.labels[offset] ?? -1, split: splits[page.splits[offset] ?? -1] ?? null, page, offset }
  }

  #read(page: number): Promise<void> {
    const running = this.#pending.get(page)
    if (running !== undefined) return running
    const query = this.#query
    if (query === null) return Promise.resolve()
    const { signal } = this.#controller
    const reading = useClient()
      .call('datasets.page', { ...query, offset: page * pageSize, limit: pageSize }, { signal })
      .then((found) => {
        if (signal.aborted) return
        this.#pages.delete(page)
        this.#pages.set(page, found)
        for (const oldest of this.#pages.keys()) if (this.#pages.size > this.#kept) this.#pages.delete(oldest)
        this.total.value = found.total
        this.failure.value = null
        this.version.value += 1
      })
      .catch((error: unknown) => {
        const payload = toErrorPayload(error)
        if (payload.code !== 'cancelled') this.failure.value = payload
      })
      .finally(() => {
        if (this.#pending.get(page) === reading) this.#pending.delete(page)
      })
    this.#pending.set(page, reading)
    return reading
  }
}
