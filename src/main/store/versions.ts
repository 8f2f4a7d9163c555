import { createHash, randomUUID } from 'node:crypto'
import { type DatasetVersion, type Split, splits } from '../../shared/domain/dataset.ts'
import type { Connection } from './connection.ts'

export interface NewVersion {
  readonly datasetId: string
  readonly name: string
  readonly labelSourceId: string
  /** Rows of the data set, and for each the index of its split in `splits` and its label (-1: none). */
  readonly rows: Int32Array
  readonly splits: Uint8Array
  readonly labels: Int32Array
}

/** A version with its arrays, as training reads it. */
export interface VersionContent {
  readonly version: DatasetVersion
  readonly rows: Int32Array
  readonly splits: Uint8Array
  readonly labels: Int32Array
}

interface Row {
  readonly id: string
  readonly dataset_id: string
  readonly name: string
  readonly hash: string
  readonly label_source_id: string
  readonly rows: Buffer
  readonly splits: Buffer
  readonly labels: Buffer
  readonly created_at: number
}

const bytesOf = (array: Int32Array | Uint8Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength)
const int32Of = (bytes: Buffer): Int32Array => new Int32Array(new Uint8Array(bytes).buffer)

/** Immutable selections of a data set; the same content is stored once and has the same hash in every bench. */
export class VersionRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Stores a version, or returns the one with the same content. */
  ensure(version: NewVersion): DatasetVersion {
    const { rows, splits: rowSplits, labels } = version
    if (rows.length !== rowSplits.length || rows.length !== labels.length) throw new Error(`The version ${version.name} has ${rows.length} rows, ${rowSplits.length} splits and ${labels.length} labels.`)
    const hash = this.#hash(version)
    this.#connection.run(
      'INSERT INTO dataset_version (id, dataset_id, name, hash, label_source_id, rows, splits, labels, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (dataset_id, hash) DO NOTHING',
      randomUUID(),
      version.datasetId,
      version.name,
      hash,
      version.labelSourceId,
      bytesOf(version.rows),
      bytesOf(version.splits),
      bytesOf(version.labels),
      Date.now()
    )
    const row = this.#connection.get<Row>('SELECT * FROM dataset_version WHERE dataset_id = ? AND hash = ?', version.datasetId, hash)
    if (row === undefined) throw new Error(`The version ${version.name} was not stored.`)
    return versionOf(row)
  }

  /** In the order they were made. */
  list(datasetId: string): readonly DatasetVersion[] {
    return this.#connection
      .all<Omit<Row, 'rows' | 'labels'>>('SELECT id, dataset_id, name, hash, label_source_id, splits, created_at FROM dataset_version WHERE dataset_id = ? ORDER BY created_at, rowid', datasetId)
      .map(versionOf)
  }

  /** SHA-256 over features (by their hash, dtype and shape), rows, splits and labels; no id of this bench file is in it. */
  #hash(version: NewVersion): string {
    const dataset = this.#connection.get<{ dtype: string; shape: string; feature_hash: string }>('SELECT dtype, shape, feature_hash FROM dataset WHERE id = ?', version.datasetId)
    if (dataset === undefined) throw new Error(`There is no data set ${version.datasetId}.`)
    return createHash('sha256')
      .update(`${dataset.dtype} ${dataset.shape} ${dataset.feature_hash} ${version.rows.length}\n`)
      .update(bytesOf(version.rows))
      .update(bytesOf(version.splits))
      .update(bytesOf(version.labels))
      .digest('hex')
  }

  content(id: string): VersionContent | undefined {
    const row = this.#connection.get<Row>('SELECT * FROM dataset_version WHERE id = ?', id)
    return row && { version: versionOf(row), rows: int32Of(row.rows), splits: new Uint8Array(row.splits), labels: int32Of(row.labels) }
  }
}

function versionOf(row: Omit<Row, 'rows' | 'labels'>): DatasetVersion {
  const counts: Record<Split, number> = { none: 0, pretrain: 0, teacher: 0, student: 0, test: 0 }
  for (const index of row.splits) counts[splits[index] ?? 'none']++
  return { id: row.id, datasetId: row.dataset_id, hash: row.hash, labelSourceId: row.label_source_id, name: row.name, counts, createdAt: row.created_at }
}
