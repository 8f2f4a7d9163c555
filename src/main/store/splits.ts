import { type Split, splits } from '../../shared/domain/dataset.ts'
import type { Connection } from './connection.ts'

/** The splits that a person has pinned; what is not pinned is drawn by each experiment's seed. */
export class SplitRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Pinned split of every row: index into `splits`, -1 where it is not pinned. */
  pinned(datasetId: string, count: number): Int8Array {
    const pinned = new Int8Array(count).fill(-1)
    const stored = this.#connection.get<{ splits: Buffer }>('SELECT splits FROM split_vector WHERE dataset_id = ?', datasetId)
    if (stored !== undefined) {
      pinned.set(new Int8Array(stored.splits.buffer, stored.splits.byteOffset, Math.min(count, stored.splits.length)))
      return pinned
    }
    for (const { row, split } of this.#connection.all<{ row: number; split: Split }>('SELECT row, split FROM split_assignment WHERE dataset_id = ?', datasetId)) {
      if (row < count) pinned[row] = splits.indexOf(split)
    }
    return pinned
  }

  /** Pinned split of some rows, in the order asked; null where it is not pinned. */
  of(datasetId: string, rows: ArrayLike<number>): (Split | null)[] {
    const pinned = this.pinned(datasetId, this.#count(datasetId))
    return Array.from(rows, (row) => splits[pinned[row] ?? -1] ?? null)
  }

  /** Pins each row to its split; null lets it go. A million rows take milliseconds. */
  set(datasetId: string, rows: ArrayLike<number>, wanted: ArrayLike<Split | null>): void {
    this.setIndices(datasetId, rows, Int8Array.from({ length: rows.length }, (_, index) => splits.indexOf(wanted[index] ?? ('' as Split))))
  }

  /** Like `set`, each split as its index in `splits`, -1 to let go. */
  setIndices(datasetId: string, rows: ArrayLike<number>, indices: ArrayLike<number>): void {
    const pinned = this.pinned(datasetId, this.#count(datasetId))
    for (let place = 0; place < rows.length; place++) pinned[rows[place] ?? 0] = indices[place] ?? -1
    this.#connection.transaction(() => {
      this.#connection.run(
        'INSERT INTO split_vector (dataset_id, splits) VALUES (?, ?) ON CONFLICT (dataset_id) DO UPDATE SET splits = excluded.splits',
        datasetId,
        Buffer.from(pinned.buffer, pinned.byteOffset, pinned.byteLength)
      )
      this.#connection.run('DELETE FROM split_assignment WHERE dataset_id = ?', datasetId)
    })
  }

  #count(datasetId: string): number {
    return this.#connection.get<{ count: number }>('SELECT count FROM dataset WHERE id = ?', datasetId)?.count ?? 0
  }
}
