import { BenchError } from '../../../shared/contract/errors.ts'
import type { ColumnSlice, DatasetColumn } from '../../../shared/domain/column.ts'
import type { Dataset } from '../../../shared/domain/dataset.ts'
import type { SourceReference } from '../../../shared/domain/filter.ts'
import { splitReference } from '../../../shared/query/vocabulary.ts'
import type { Bench } from '../../store/bench.ts'
import { columnChunkRows } from '../../store/columns.ts'
import { isMissing, sameText, type TextColumn, textAt } from '../../store/text-chunk.ts'
import type { ViewData } from './view-data.ts'

/**
 * The id of the source that a reference names: kind and name, or the first source made of a kind alone.
 *
 * @throws BenchError `invalid-input` where the data set has none
 */
export function resolveSource(bench: Bench, dataset: Dataset, reference: SourceReference): string {
  const parts = splitReference(reference)
  const found = bench.labels.sourceNames(dataset.id).find((source) => source.kind === parts?.kind && (parts.name === null || source.name === parts.name))
  if (found === undefined) throw new BenchError('invalid-input', `"${dataset.name}" has no label source ${reference}.`, { field: 'filter' })
  return found.id
}

/** Blocks of a column that are read one by one at most. */
const fewBlocks = 4

/** What a view reads of one data set of a bench file: whole columns, kept in memory after the first reading. */
export class BenchViewData implements ViewData {
  readonly count: number
  readonly #bench: Bench
  readonly #dataset: Dataset
  /** The source that `label:` means where a filter names none. */
  readonly #shown: string | null
  readonly #kept: ColumnMemory

  constructor(bench: Bench, dataset: Dataset, shown: string | null, kept = new ColumnMemory()) {
    this.count = dataset.count
    this.#bench = bench
    this.#dataset = dataset
    this.#shown = shown
    this.#kept = kept
  }

  numbers(column: string): Float64Array {
    const position = this.#position(column, 'number')
    return this.#kept.get(`${this.#dataset.id} numbers ${position}`, () => this.#bench.columns.numbers(this.#dataset.id, position, this.count), (values) => values.byteLength)
  }

  texts(column: string): TextColumn {
    const position = this.#position(column, 'text')
    return this.#kept.get(`${this.#dataset.id} texts ${position}`, () => this.#bench.columns.texts(this.#dataset.id, position), (texts) => texts.bytes.length + texts.offsets.byteLength)
  }

  /**
   * Values of some rows. Rows of a sorted page lie all over the data set: then the whole column is read once and kept, which is less
   * than a block of it for every row.
   */
  slice(column: DatasetColumn, rows: Int32Array): ColumnSlice {
    const blocks = new Set(Array.from(rows, (row) => Math.floor(row / columnChunkRows))).size
    if (blocks <= fewBlocks) return this.#bench.columns.slice(this.#dataset.id, column, rows)
    if (column.type === 'text') {
      const texts = this.texts(column.name)
      return { type: 'text', values: Array.from(rows, (row) => textAt(texts, row)) }
    }
    const numbers = this.numbers(column.name)
    return { type: 'number', values: Float64Array.from(rows, (row) => numbers[row] ?? Number.NaN) }
  }

  equal(column: string): (a: number, b: number) => boolean {
    if (this.#holdsTexts(column)) {
      const texts = this.texts(column)
      return (a, b) => sameText(texts, a, b)
    }
    const numbers = this.numbers(column)
    return (a, b) => numbers[a] === numbers[b]
  }

  #holdsTexts(column: string): boolean {
    return this.#bench.columns.list(this.#dataset.id).find(({ name }) => name === column)?.type === 'text'
  }

  missing(column: string): (row: number) => boolean {
    if (this.#holdsTexts(column)) {
      const texts = this.texts(column)
      return (row) => isMissing(texts, row)
    }
    const numbers = this.numbers(column)
    return (row) => Number.isNaN(numbers[row])
  }

  labels(source: SourceReference | null): Int32Array {
    return this.#bench.labels.inForce(this.#source(source))
  }

  confidences(source: SourceReference): Float32Array {
    return this.#bench.labels.confidences(this.#source(source))
  }

  pinned(): Int8Array {
    return this.#bench.splits.pinned(this.#dataset.id, this.count)
  }

  search(query: string): Int32Array {
    if (!this.#bench.columns.list(this.#dataset.id).some(({ role }) => role === 'text')) throw new BenchError('invalid-input', `"${this.#dataset.name}" has no text columns to search.`, { field: 'filter', hint: 'Name a column: column~"words".' })
    const indexed = this.#bench.search.indexed(this.#dataset.id)
    // A search that leaves out what is not indexed yet would look like an answer.
    if (indexed < this.count) throw new BenchError('conflict', `The search index holds ${indexed.toLocaleString('en')} of ${this.count.toLocaleString('en')} examples so far.`, { field: 'filter', hint: 'Wait for the job that prepares the data set, then search again.' })
    return this.#bench.search.rows(this.#dataset.id, query)
  }

  order(column: string): Int32Array {
    const found = this.#bench.columns.list(this.#dataset.id).find(({ name }) => name === column)
    if (found === undefined) throw this.#noColumn(column)
    return this.#kept.get(
      `${this.#dataset.id} order ${found.position}`,
      () => {
        const order = this.#bench.columns.order(this.#dataset.id, found.position)
        if (order === undefined) throw new BenchError('conflict', `"${column}" is not sorted yet: the import is still being prepared.`, { field: 'sort', hint: 'Wait for the job that prepares the data set, then sort again.' })
        return order
      },
      (rows) => rows.byteLength
    )
  }

  #source(reference: SourceReference | null): string {
    if (reference !== null) return resolveSource(this.#bench, this.#dataset, reference)
    const shown = this.#shown ?? this.#bench.labels.sourceNames(this.#dataset.id)[0]?.id
    if (shown === undefined) throw new BenchError('invalid-input', `"${this.#dataset.name}" has no labels yet.`, { field: 'filter', hint: 'Label some examples first.' })
    return shown
  }

  #position(name: string, type: 'number' | 'text'): number {
    const column = this.#bench.columns.list(this.#dataset.id).find((each) => each.name === name)
    if (column === undefined) throw this.#noColumn(name)
    if (column.type !== type) throw new BenchError('invalid-input', `"${name}" is a ${column.type} column.`, { field: 'filter', hint: `Compare it as ${column.type}.` })
    return column.position
  }

  #noColumn(name: string): BenchError {
    return new BenchError('invalid-input', `"${this.#dataset.name}" has no column "${name}".`, { field: 'filter' })
  }
}

/** Bytes of columns kept in memory at most; beyond it the ones not asked for the longest are read again when needed. */
const mostKept = 512 * 1024 * 1024

/** Columns never change, so what was read once can be kept. */
export class ColumnMemory {
  readonly #entries = new Map<string, { readonly value: unknown; readonly bytes: number }>()
  #bytes = 0

  /** The value under this key, read when it is not kept. A key always holds the type it was first read with. */
  get<T>(key: string, read: () => T, sizeOf: (value: T) => number): T {
    const known = this.#entries.get(key)
    const value = known === undefined ? read() : (known.value as T)
    const bytes = known?.bytes ?? sizeOf(value)
    this.#entries.delete(key)
    this.#entries.set(key, { value, bytes })
    if (known === undefined) this.#bytes += bytes
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= mostKept || oldest === key) break
      this.#entries.delete(oldest)
      this.#bytes -= entry.bytes
    }
    return value
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }
}
