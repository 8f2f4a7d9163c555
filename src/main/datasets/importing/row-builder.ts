import type { ColumnSlice } from '../../../shared/domain/column.ts'
import type { ColumnValues } from '../formats/source-file.ts'
import { type FeatureLayout, fillingsOf, fillMissing, writeFeatures } from './feature-layout.ts'

/** A block of rows as the bench file takes it: features, and the values of each stored column. */
export interface RowBlock {
  readonly start: number
  readonly count: number
  readonly features: Uint8Array | Float32Array
  readonly columns: readonly ColumnSlice[]
}

/**
 * Gathers the rows that an import keeps into blocks of a fixed size, whatever the batches of the file and the rows left out: so
 * the same rows make the same blocks, and the same content hash, from any format.
 */
export class RowBuilder {
  readonly #layout: FeatureLayout
  /** Places in the file of the columns that are stored. */
  readonly #stored: readonly number[]
  readonly #blockRows: number
  readonly #flush: (block: RowBlock) => void
  #features: Uint8Array | Float32Array
  #columns: (Float64Array | (string | null)[])[] = []
  #start = 0
  #count = 0
  #fillings: Float64Array | undefined
  /** Missing feature values so far. */
  missingFeatures = 0

  constructor(layout: FeatureLayout, stored: readonly number[], blockRows: number, flush: (block: RowBlock) => void) {
    this.#layout = layout
    this.#stored = stored
    this.#blockRows = blockRows
    this.#flush = flush
    this.#features = this.#emptyFeatures()
  }

  /** Rows taken so far. */
  get rows(): number {
    return this.#start + this.#count
  }

  #emptyFeatures(): Uint8Array | Float32Array {
    const size = this.#blockRows * this.#layout.width
    return this.#layout.dtype === 'uint8' ? new Uint8Array(size) : new Float32Array(size)
  }

  /** Takes the rows from `from` up to `to` of a batch, column by column: a row at a time would be several times slower. */
  take(columns: readonly ColumnValues[], from: number, to: number): void {
    for (let at = from; at < to; ) {
      const count = Math.min(to - at, this.#blockRows - this.#count)
      this.#copy(columns, at, count)
      this.#count += count
      at += count
      if (this.#count === this.#blockRows) this.finish()
    }
  }

  #copy(columns: readonly ColumnValues[], from: number, count: number): void {
    if (this.#count === 0) this.#columns = this.#stored.map((index) => (columns[index]?.type === 'number' ? new Float64Array(this.#blockRows) : []))
    writeFeatures(this.#layout, columns, from, count, this.#features, this.#count)
    this.#stored.forEach((index, place) => {
      const values = columns[index]
      const into = this.#columns[place]
      if (values?.type === 'number' && into instanceof Float64Array) into.set(values.values.subarray(from, from + count), this.#count)
      else if (values?.type === 'text' && Array.isArray(into)) for (let row = from; row < from + count; row++) into.push(values.values[row] ?? null)
    })
  }

  /** The features gathered, with the means of the first block in place of missing values. */
  #filled(): Uint8Array | Float32Array {
    const features = this.#features.slice(0, this.#count * this.#layout.width)
    if (features instanceof Float32Array && this.#layout.width > 0) {
      this.#fillings ??= fillingsOf(features, this.#layout.width)
      this.missingFeatures += fillMissing(features, this.#fillings)
    }
    return features
  }

  /** Hands over what has gathered. */
  finish(): void {
    if (this.#count === 0) return
    const columns = this.#columns.map((values): ColumnSlice => (values instanceof Float64Array ? { type: 'number', values: values.slice(0, this.#count) } : { type: 'text', values }))
    this.#flush({ start: this.#start, count: this.#count, features: this.#filled(), columns })
    this.#start += this.#count
    this.#count = 0
    this.#features = this.#emptyFeatures()
  }
}
