import { createHash } from 'node:crypto'
import type { ColumnStatistics } from '../../../shared/domain/column.ts'
import { packColumn, type PackedColumn } from '../../store/columns.ts'
import { ColumnSummary } from '../view/column-statistics.ts'
import type { RowBlock } from './row-builder.ts'

/** What a digest begins with: what the blocks hold, as text for the hash, and the type of each stored column. */
export interface DigestStart {
  readonly description: string
  readonly types: readonly ('number' | 'text')[]
}

/** What is known once all blocks have been seen. */
export interface DigestEnd {
  /** SHA-256 over the description, each block's features and packed columns, and the names of the classes; hexadecimal. */
  readonly hash: string
  readonly statistics: readonly ColumnStatistics[]
}

/** Packs the blocks of an import for the bench file, and gathers the content hash and the statistics of the columns. */
export class BlockDigest {
  readonly #hash = createHash('sha256')
  readonly #summaries: readonly ColumnSummary[]

  constructor({ description, types }: DigestStart) {
    this.#hash.update(description)
    this.#summaries = types.map((type) => new ColumnSummary(type))
  }

  /** The bytes of the features, then of each column, in the layout of the file. */
  add({ features, columns }: Pick<RowBlock, 'features' | 'columns'>): readonly Uint8Array[] {
    const parts = [bytesOf(features), ...columns.map((column) => bytesOfPacked(packColumn(column)))]
    for (const part of parts) this.#hash.update(part)
    columns.forEach((column, place) => this.#summaries[place]?.add(column))
    return parts
  }

  /** @param classNames in their order */
  end(classNames: readonly string[]): DigestEnd {
    this.#hash.update(JSON.stringify(classNames))
    return { hash: this.#hash.digest('hex'), statistics: this.#summaries.map((summary) => summary.finish()) }
  }
}

const bytesOf = (array: Uint8Array | Float32Array | Float64Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
const bytesOfPacked = (column: PackedColumn): Uint8Array => bytesOf(column.type === 'text' ? column.packed : column.values)
