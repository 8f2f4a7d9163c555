import { randomUUID } from 'node:crypto'
import type { NoiseCheck, NoiseCheckRequest, NoiseReport } from '../../shared/domain/noise-check.ts'
import type { Connection } from './connection.ts'

/** Rows a chunk of a check's array holds. */
export const noiseArrayRows = 65_536

interface Row {
  readonly id: string
  readonly dataset_id: string
  readonly source_id: string
  readonly name: string
  readonly request: string
  readonly report: string
  readonly created_at: number
}

export interface NewNoiseCheck {
  readonly datasetId: string
  readonly sourceId: string
  readonly name: string
  readonly request: NoiseCheckRequest
  readonly report: NoiseReport
}

/** Numbers a check has for some rows, rows x width, row-major. */
export interface NoiseArray {
  readonly name: string
  readonly width: number
  readonly data: Float32Array | Int32Array | Uint8Array
}

/** Checks for wrong labels, with what they found a row. */
export class NoiseCheckRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Inserts a check, hidden until `complete`; its arrays follow. */
  insert({ datasetId, sourceId, name, request, report }: NewNoiseCheck): string {
    const id = randomUUID()
    this.#connection.run(
      'INSERT INTO noise_check (id, dataset_id, source_id, name, request, report, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      id,
      datasetId,
      sourceId,
      name,
      JSON.stringify(request),
      JSON.stringify(report),
      Date.now()
    )
    return id
  }

  complete(id: string): void {
    this.#connection.run('UPDATE noise_check SET complete = 1 WHERE id = ?', id)
  }

  /** Removes what checks that did not finish have left. */
  removeIncomplete(): void {
    this.#connection.run('DELETE FROM noise_check WHERE complete = 0')
  }

  /** Newest first. */
  list(datasetId: string): readonly NoiseCheck[] {
    return this.#connection.all<Row>('SELECT * FROM noise_check WHERE dataset_id = ? AND complete = 1 ORDER BY created_at DESC, rowid DESC', datasetId).map(checkOf)
  }

  get(id: string): NoiseCheck | undefined {
    const row = this.#connection.get<Row>('SELECT * FROM noise_check WHERE id = ? AND complete = 1', id)
    return row && checkOf(row)
  }

  delete(id: string): void {
    this.#connection.run('DELETE FROM noise_check WHERE id = ?', id)
  }

  /** Stores the part of an array from row `start`, a multiple of `noiseArrayRows`, at most that many rows long. */
  setArray(checkId: string, start: number, { name, width, data }: NoiseArray): void {
    if (start % noiseArrayRows !== 0 || data.length > noiseArrayRows * width) throw new Error(`Rows from ${start} do not fit the chunks of ${name}.`)
    this.#connection.run(
      'INSERT OR REPLACE INTO noise_array (check_id, name, start, count, width, data) VALUES (?, ?, ?, ?, ?, ?)',
      checkId,
      name,
      start,
      data.length / width,
      width,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    )
  }

  arrayNames(checkId: string): readonly string[] {
    return this.#connection.arrays<readonly [string]>('SELECT DISTINCT name FROM noise_array WHERE check_id = ? ORDER BY name', checkId).map(([name]) => name)
  }

  /** An array of every row as it was stored, undefined where the check has none of this name. */
  array<T extends Float32Array | Int32Array | Uint8Array>(checkId: string, name: string, type: { new (buffer: ArrayBuffer): T }): { readonly width: number; readonly data: T } | undefined {
    const chunks = this.#connection.all<{ width: number; data: Buffer }>('SELECT width, data FROM noise_array WHERE check_id = ? AND name = ? ORDER BY start', checkId, name)
    const [first] = chunks
    if (first === undefined) return undefined
    return { width: first.width, data: new type(new Uint8Array(Buffer.concat(chunks.map(({ data }) => data))).buffer) }
  }

  /** Entries of some rows, rows x width, in the order asked; undefined where the check has no such array. */
  rowsOf<T extends Float32Array | Int32Array | Uint8Array>(checkId: string, name: string, rows: readonly number[], type: { new (buffer: ArrayBuffer): T; readonly BYTES_PER_ELEMENT: number }): { readonly width: number; readonly data: T } | undefined {
    const width = this.#connection.get<{ width: number }>('SELECT width FROM noise_array WHERE check_id = ? AND name = ? LIMIT 1', checkId, name)?.width
    if (width === undefined) return undefined
    const bytes = width * type.BYTES_PER_ELEMENT
    const out = new Uint8Array(rows.length * bytes)
    rows.forEach((row, place) => {
      const start = Math.floor(row / noiseArrayRows) * noiseArrayRows
      const found = this.#connection.get<{ data: Buffer }>('SELECT substr(data, ?, ?) AS data FROM noise_array WHERE check_id = ? AND name = ? AND start = ?', (row - start) * bytes + 1, bytes, checkId, name, start)
      if (found !== undefined) out.set(found.data, place * bytes)
    })
    return { width, data: new type(out.buffer) }
  }

  setProjection(datasetId: string, method: string, points: Float32Array): void {
    this.#connection.run('INSERT OR REPLACE INTO projection (dataset_id, method, points, created_at) VALUES (?, ?, ?, ?)', datasetId, method, Buffer.from(points.buffer, points.byteOffset, points.byteLength), Date.now())
  }

  projection(datasetId: string): { readonly method: string; readonly points: Float32Array } | undefined {
    const row = this.#connection.get<{ method: string; points: Buffer }>('SELECT method, points FROM projection WHERE dataset_id = ?', datasetId)
    return row && { method: row.method, points: new Float32Array(new Uint8Array(row.points).buffer) }
  }
}

const checkOf = (row: Row): NoiseCheck => ({
  id: row.id,
  datasetId: row.dataset_id,
  sourceId: row.source_id,
  name: row.name,
  request: JSON.parse(row.request) as NoiseCheckRequest,
  report: JSON.parse(row.report) as NoiseReport,
  createdAt: row.created_at
})
