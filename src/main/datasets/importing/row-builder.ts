import type { ColumnValues } from '../formats/source-file.ts'
import { GatheredTexts } from '../formats/text-column.ts'
import { type FeatureLayout, fillingsOf, fillMissing, writeFeatures } from './feature-layout.ts'

/** Values of one stored column. */
export type BlockColumn = Exclude<ColumnValues, { readonly type: 'array' }>

/** A block of rows as the bench file takes it: features, and the values of each stored column. */
export interface RowBlock {
  readonly start: number
  readonly count: number
  readonly features: Uint8Array | Float32Array
  readonly columns: readonly BlockColumn[]
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
  /** What each stored column has gathered, piece by piece. */
  #columns: BlockColumn[][] = []
  #missing = false
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
    if (this.#count === 0) this.#columns = this.#stored.map(() => [])
    if (writeFeatures(this.#layout, columns, from, count, this.#features, this.#count)) this.#missing = true
    this.#stored.forEach((index, place) => {
      const values = columns[index]
      if (values !== undefined && values.type !== 'array') this.#columns[place]?.push(sliceOf(values, from, from + count))
    })
  }

  /** The features gathered, with the means of the first block in place of missing values. */
  #filled(): Uint8Array | Float32Array {
    const features = this.#features.subarray(0, this.#count * this.#layout.width)
    if (features instanceof Float32Array && this.#layout.width > 0) {
      this.#fillings ??= fillingsOf(features, this.#layout.width)
      if (this.#missing) this.missingFeatures += fillMissing(features, this.#fillings)
    }
    this.#missing = false
    return features
  }

  /** Hands over what has gathered. */
  finish(): void {
    if (this.#count === 0) return
    this.#flush({ start: this.#start, count: this.#count, features: this.#filled(), columns: this.#columns.map(joined) })
    this.#start += this.#count
    this.#count = 0
    this.#features = this.#emptyFeatures()
  }
}

/** The whole of a batch is taken as it is: its arrays are its receiver's. */
function sliceOf(values: BlockColumn, from: number, to: number): BlockColumn {
  if (values.type === 'number') return from === 0 && to === values.values.length ? values : { type: 'number', values: values.values.slice(from, to) }
  if (values.texts !== undefined) return values.slice(from, to)
  return from === 0 && to === values.values.length ? values : { type: 'text', values: values.values.slice(from, to) }
}

function joined(pieces: readonly BlockColumn[]): BlockColumn {
  const [first, ...others] = pieces
  if (first === undefined) return { type: 'text', values: [] }
  if (others.length === 0) return first
  if (first.type === 'number') return { type: 'number', values: joinedNumbers(pieces) }
  if (first.texts !== undefined) return first.followedBy(others.filter((piece) => piece instanceof GatheredTexts))
  return { type: 'text', values: pieces.flatMap((piece) => (piece.type === 'text' ? piece.values : [])) }
}

function joinedNumbers(pieces: readonly BlockColumn[]): Float64Array {
  const values = new Float64Array(pieces.reduce((sum, piece) => sum + piece.values.length, 0))
  let at = 0
  for (const piece of pieces) {
    if (piece.type === 'number') values.set(piece.values, at)
    at += piece.values.length
  }
  return values
}
