import type { ColumnRole, ColumnSlice, ColumnStatistics, DatasetColumn } from '../../shared/domain/column.ts'
import type { Connection } from './connection.ts'
import { joinTexts, packTextColumn, packTexts, type TextColumn, textAt } from './text-chunk.ts'

/** Rows a column chunk holds; a chunk starts at a multiple of it. */
export const columnChunkRows = 8192

interface Row {
  readonly position: number
  readonly name: string
  readonly type: 'number' | 'text'
  readonly role: ColumnRole
  readonly statistics: string
}

/** Values of a chunk on their way into the file: numbers as they are, texts packed by `packTexts`. */
export type PackedColumn = { readonly type: 'number'; readonly values: Float64Array } | { readonly type: 'text'; readonly packed: Uint8Array }

/** Packs values; texts that come as bytes are not made strings of. */
export function packColumn(values: ColumnSlice & { readonly texts?: TextColumn | undefined }): PackedColumn {
  if (values.type === 'number') return values
  return { type: 'text', packed: values.texts === undefined ? packTexts(values.values) : packTextColumn(values.texts) }
}

/** The columns of data sets beside the training array. */
export class ColumnRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Declares a column or brings its statistics up to date. */
  set(datasetId: string, column: DatasetColumn): void {
    this.#connection.run(
      `INSERT INTO dataset_column (dataset_id, position, name, type, role, statistics) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (dataset_id, position) DO UPDATE SET statistics = excluded.statistics`,
      datasetId,
      column.position,
      column.name,
      column.type,
      column.role,
      JSON.stringify(column.statistics)
    )
  }

  list(datasetId: string): readonly DatasetColumn[] {
    return this.#connection
      .all<Row>('SELECT position, name, type, role, statistics FROM dataset_column WHERE dataset_id = ? ORDER BY position', datasetId)
      .map((row) => ({ ...row, statistics: JSON.parse(row.statistics) as ColumnStatistics }))
  }

  /** Stores values of the rows from `start`, a multiple of `columnChunkRows`. */
  append(datasetId: string, position: number, start: number, count: number, column: PackedColumn): void {
    const data = column.type === 'text' ? column.packed : column.values
    this.#connection.run('INSERT INTO column_chunk (dataset_id, position, start, count, data) VALUES (?, ?, ?, ?, ?)', datasetId, position, start, count, Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  }

  /** All values of a number column, NaN where missing. */
  numbers(datasetId: string, position: number, count: number): Float64Array {
    const out = new Float64Array(count).fill(Number.NaN)
    for (const { start, data } of this.#chunks(datasetId, position)) out.set(float64Of(data), start)
    return out
  }

  /** All values of a text column. */
  texts(datasetId: string, position: number): TextColumn {
    return joinTexts(this.#chunks(datasetId, position).map(({ data }) => data))
  }

  #chunks(datasetId: string, position: number): readonly { readonly start: number; readonly data: Buffer }[] {
    return this.#connection.all('SELECT start, data FROM column_chunk WHERE dataset_id = ? AND position = ? ORDER BY start', datasetId, position)
  }

  /** Values of some rows, in the order asked; each chunk is read once. */
  slice(datasetId: string, column: DatasetColumn, rows: ArrayLike<number>): ColumnSlice {
    const wanted = new Map<number, number[]>()
    for (let place = 0; place < rows.length; place++) {
      const start = Math.floor((rows[place] ?? 0) / columnChunkRows) * columnChunkRows
      const known = wanted.get(start)
      if (known === undefined) wanted.set(start, [place])
      else known.push(place)
    }
    const numbers = column.type === 'number' ? new Float64Array(rows.length).fill(Number.NaN) : null
    const texts = new Array<string | null>(column.type === 'text' ? rows.length : 0).fill(null)
    for (const [start, places] of wanted) {
      const found = this.#connection.get<{ data: Buffer }>('SELECT data FROM column_chunk WHERE dataset_id = ? AND position = ? AND start = ?', datasetId, column.position, start)
      if (found === undefined) continue
      const chunk = numbers === null ? joinTexts([found.data]) : float64Of(found.data)
      for (const place of places) {
        const at = (rows[place] ?? 0) - start
        if (chunk instanceof Float64Array) numbers?.fill(chunk[at] ?? Number.NaN, place, place + 1)
        else if (at < chunk.count) texts[place] = textAt(chunk, at)
      }
    }
    return numbers === null ? { type: 'text', values: texts } : { type: 'number', values: numbers }
  }

  setOrder(datasetId: string, position: number, rows: Int32Array): void {
    this.#connection.run('INSERT OR REPLACE INTO column_order (dataset_id, position, rows) VALUES (?, ?, ?)', datasetId, position, Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength))
  }

  /**
   * Puts a column of computed scores in place of the one of that name. It gets a position of its own, for what a position holds never
   * changes: readers keep what they read.
   *
   * @param order rows in ascending order of the values, missing ones last
   * @throws Error where a column of that name was imported
   */
  replaceScores(datasetId: string, name: string, values: Float64Array, order: Int32Array, statistics: ColumnStatistics): void {
    const columns = this.list(datasetId)
    const old = columns.find((column) => column.name === name)
    if (old !== undefined && old.role !== 'score') throw new Error(`The column ${name} was imported.`)
    if (old !== undefined) this.#remove(datasetId, old.position)
    // The time, or one more where two are stored within a millisecond: no column ever had it, also none that is gone.
    const position = columns.reduce((most, column) => Math.max(most, column.position + 1), Date.now())
    this.set(datasetId, { position, name, type: 'number', role: 'score', statistics })
    for (let start = 0; start < values.length; start += columnChunkRows) {
      const part = values.subarray(start, start + columnChunkRows)
      this.append(datasetId, position, start, part.length, { type: 'number', values: part })
    }
    this.setOrder(datasetId, position, order)
  }

  /** Removes columns of scores. */
  removeScores(datasetId: string): void {
    for (const { position, role } of this.list(datasetId)) if (role === 'score') this.#remove(datasetId, position)
  }

  #remove(datasetId: string, position: number): void {
    for (const table of ['dataset_column', 'column_chunk', 'column_order']) this.#connection.run(`DELETE FROM ${table} WHERE dataset_id = ? AND position = ?`, datasetId, position)
  }

  /** Rows in ascending order of the column's values, missing ones last; undefined before it was computed. */
  order(datasetId: string, position: number): Int32Array | undefined {
    const row = this.#connection.get<{ rows: Buffer }>('SELECT rows FROM column_order WHERE dataset_id = ? AND position = ?', datasetId, position)
    return row && new Int32Array(new Uint8Array(row.rows).buffer)
  }
}

const float64Of = (data: Buffer): Float64Array => new Float64Array(new Uint8Array(data).buffer)
