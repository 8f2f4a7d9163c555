import { randomUUID } from 'node:crypto'
import type { Dataset, DatasetClass, DatasetKind } from '../../shared/domain/dataset.ts'
import type { Connection } from './connection.ts'

export interface NewDataset {
  readonly name: string
  readonly kind: DatasetKind
  readonly shape: readonly number[]
  readonly dtype: 'uint8' | 'float32'
  readonly count: number
  readonly classes: readonly DatasetClass[]
  /** SHA-256 of the features in row order, hexadecimal; with labels and splits it makes a version's content hash. */
  readonly featureHash: string
  readonly source: string
  readonly license: string
}

interface Row {
  readonly id: string
  readonly name: string
  readonly kind: DatasetKind
  readonly dtype: 'uint8' | 'float32'
  readonly shape: string
  readonly count: number
  readonly source: string
  readonly license: string
  readonly created_at: number
}

/** Rows a feature chunk holds: about 1 MB of small images, so that one page of a gallery reads one or two chunks. */
export const chunkRows = 1024

/** Data sets and the features of their examples. */
export class DatasetRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Inserts the data set's row and classes, hidden until `complete`; its features follow by `appendFeatures`. */
  insert(dataset: NewDataset): Dataset {
    const id = randomUUID()
    this.#connection.transaction(() => {
      this.#connection.run(
        'INSERT INTO dataset (id, name, kind, dtype, shape, count, feature_hash, source, license, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        id,
        dataset.name,
        dataset.kind,
        dataset.dtype,
        JSON.stringify(dataset.shape),
        dataset.count,
        dataset.featureHash,
        dataset.source,
        dataset.license,
        Date.now()
      )
      this.setClasses(id, dataset.classes)
    })
    return this.require(id)
  }

  /**
   * Stores `count` rows from row `start`, a multiple of chunkRows; `data` is their features in row-major order, in the
   * data set's dtype. Throws where they do not fit the data set: read back, they would be other examples' features.
   */
  appendFeatures(datasetId: string, start: number, count: number, data: Uint8Array | Float32Array): void {
    const dataset = this.require(datasetId)
    const width = widthOf(dataset)
    if (start < 0 || start % chunkRows !== 0 || start + count > dataset.count) throw new Error(`Rows ${start} to ${start + count} do not fit the chunks of "${dataset.name}".`)
    if (data.length !== count * width || data instanceof Float32Array !== (dataset.dtype === 'float32')) throw new Error(`The features of "${dataset.name}" are not ${count} x ${width} ${dataset.dtype} numbers.`)
    this.#connection.transaction(() => {
      for (let from = 0; from < count; from += chunkRows) {
        const rows = Math.min(chunkRows, count - from)
        const part = data.subarray(from * width, (from + rows) * width)
        const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength)
        this.#connection.run('INSERT INTO feature_chunk (dataset_id, start, count, data) VALUES (?, ?, ?, ?)', datasetId, start + from, rows, bytes)
      }
    })
  }

  /**
   * Features of the given rows, in that order, as one array of rows.length x product(shape). Each chunk is read once,
   * whatever the order of the rows. Throws for a row that has no features.
   */
  features(dataset: Dataset, rows: ArrayLike<number>): Uint8Array | Float32Array {
    const width = widthOf(dataset)
    const out = dataset.dtype === 'uint8' ? new Uint8Array(rows.length * width) : new Float32Array(rows.length * width)
    // Texts have no training array.
    if (width === 0) return out
    for (const [start, places] of placesByChunk(rows)) {
      const chunk = this.#chunk(dataset, start)
      for (const place of places) {
        const row = rows[place] ?? -1
        const features = chunk.subarray((row - start) * width, (row - start + 1) * width)
        if (!Number.isInteger(row) || features.length !== width) throw new Error(`There are no features of row ${row} of "${dataset.name}".`)
        out.set(features, place * width)
      }
    }
    return out
  }

  #chunk(dataset: Dataset, start: number): Uint8Array | Float32Array {
    const row = this.#connection.get<{ data: Buffer }>('SELECT data FROM feature_chunk WHERE dataset_id = ? AND start = ?', dataset.id, start)
    if (row === undefined) throw new Error(`There are no features of rows ${start} to ${start + chunkRows} of "${dataset.name}".`)
    // Floats need a copy: the bytes of the Buffer are not promised to be aligned to four.
    return dataset.dtype === 'uint8' ? row.data : new Float32Array(new Uint8Array(row.data).buffer)
  }

  /** Makes room for rows of an import that learns their number as it reads. */
  grow(id: string, count: number): void {
    this.#connection.run('UPDATE dataset SET count = ? WHERE id = ? AND complete = 0', count, id)
  }

  /** What an import knows only at its end: the hash of what it read, and the classes. */
  settle(id: string, featureHash: string, classes: readonly DatasetClass[]): void {
    this.#connection.run('UPDATE dataset SET feature_hash = ? WHERE id = ? AND complete = 0', featureHash, id)
    this.setClasses(id, classes)
  }

  /** Puts a list of classes in place of the one before; labels hold positions, so a class that has labels keeps its own. */
  setClasses(id: string, classes: readonly DatasetClass[]): void {
    this.#connection.transaction(() => {
      this.#connection.run('DELETE FROM dataset_class WHERE dataset_id = ?', id)
      for (const item of classes) {
        this.#connection.run('INSERT INTO dataset_class (dataset_id, position, name, color, key) VALUES (?, ?, ?, ?, ?)', id, item.position, item.name, item.color, item.key)
      }
    })
  }

  /** Ends an import: the data set is visible from now on. */
  complete(id: string): void {
    this.#connection.run('UPDATE dataset SET complete = 1 WHERE id = ?', id)
  }

  /** Removes what imports that did not finish have left. */
  removeIncomplete(): void {
    this.#connection.run('DELETE FROM dataset WHERE complete = 0')
  }

  /** Removes one data set whose import did not finish; a complete one stays. */
  abandon(id: string): void {
    this.#connection.run('DELETE FROM dataset WHERE id = ? AND complete = 0', id)
  }

  get(id: string): Dataset | undefined {
    const row = this.#connection.get<Row>('SELECT * FROM dataset WHERE id = ? AND complete = 1 AND deleted_at IS NULL', id)
    return row && this.#datasetOf(row)
  }

  /** One that a person deleted; undo brings it back. */
  deleted(id: string): Dataset | undefined {
    const row = this.#connection.get<Row>('SELECT * FROM dataset WHERE id = ? AND complete = 1 AND deleted_at IS NOT NULL', id)
    return row && this.#datasetOf(row)
  }

  /** Like get, for an id that must exist: a job's or a version's. */
  require(id: string): Dataset {
    const row = this.#connection.get<Row>('SELECT * FROM dataset WHERE id = ?', id)
    if (row === undefined) throw new Error(`There is no data set ${id}.`)
    return this.#datasetOf(row)
  }

  /** The data set imported from this source, whatever it is called now. */
  findBySource(source: string): Dataset | undefined {
    const row = this.#connection.get<Row>('SELECT * FROM dataset WHERE source = ? AND complete = 1 AND deleted_at IS NULL ORDER BY created_at LIMIT 1', source)
    return row && this.#datasetOf(row)
  }

  list(): readonly Dataset[] {
    return this.#connection.all<Row>('SELECT * FROM dataset WHERE complete = 1 AND deleted_at IS NULL ORDER BY created_at, rowid').map((row) => this.#datasetOf(row))
  }

  rename(id: string, name: string): void {
    this.#connection.run('UPDATE dataset SET name = ? WHERE id = ?', name, id)
  }

  setDeleted(id: string, deletedAt: number | null): void {
    this.#connection.run('UPDATE dataset SET deleted_at = ? WHERE id = ?', deletedAt, id)
  }

  #datasetOf(row: Row): Dataset {
    return {
      id: row.id,
      name: row.name,
      kind: row.kind,
      shape: JSON.parse(row.shape) as number[],
      dtype: row.dtype,
      count: row.count,
      classes: this.#connection.all<DatasetClass>('SELECT position, name, color, key FROM dataset_class WHERE dataset_id = ? ORDER BY position', row.id),
      source: row.source,
      license: row.license,
      createdAt: row.created_at
    }
  }
}

const widthOf = (dataset: Dataset): number => dataset.shape.reduce((product, size) => product * size, 1)

/** Places in `rows` by the first row of the chunk that holds what they ask for. */
function placesByChunk(rows: ArrayLike<number>): ReadonlyMap<number, readonly number[]> {
  const places = new Map<number, number[]>()
  for (let place = 0; place < rows.length; place++) {
    const start = Math.floor((rows[place] ?? -1) / chunkRows) * chunkRows
    const known = places.get(start)
    if (known === undefined) places.set(start, [place])
    else known.push(place)
  }
  return places
}
