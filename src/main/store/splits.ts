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
    for (const { row, split } of this.#connection.all<{ row: number; split: Split }>('SELECT row, split FROM split_assignment WHERE dataset_id = ?', datasetId)) {
      if (row < count) pinned[row] = splits.indexOf(split)
    }
    return pinned
  }

  /** Pinned split of some rows, in the order asked; null where it is not pinned. */
  of(datasetId: string, rows: readonly number[]): (Split | null)[] {
    return this.#connection
      .arrays<readonly [Split | null]>('SELECT s.split FROM json_each(?) asked LEFT JOIN split_assignment s ON s.dataset_id = ? AND s.row = asked.value ORDER BY asked.key', JSON.stringify(rows), datasetId)
      .map(([split]) => split)
  }

  /** Pins each row to its split; null lets it go. */
  set(datasetId: string, rows: readonly number[], wanted: readonly (Split | null)[]): void {
    this.#connection.transaction(() => {
      rows.forEach((row, index) => {
        const split = wanted[index] ?? null
        if (split === null) this.#connection.run('DELETE FROM split_assignment WHERE dataset_id = ? AND row = ?', datasetId, row)
        else this.#connection.run('INSERT INTO split_assignment (dataset_id, row, split) VALUES (?, ?, ?) ON CONFLICT (dataset_id, row) DO UPDATE SET split = excluded.split', datasetId, row, split)
      })
    })
  }
}
