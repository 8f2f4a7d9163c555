import { randomUUID } from 'node:crypto'
import type { LabelEvent, LabelSource, LabelSourceKind } from '../../shared/domain/dataset.ts'
import type { Connection } from './connection.ts'
import { bytesOf, float32Of, foldLabels, int32Of, type LabelBatch } from './label-batches.ts'

interface SourceRow {
  readonly id: string
  readonly dataset_id: string
  readonly kind: LabelSourceKind
  readonly name: string
  readonly created_at: number
  readonly detail: string | null
}

const selectSource = 'SELECT id, dataset_id, kind, name, created_at, detail FROM label_source'
const keyOfSource = '(SELECT key FROM label_source WHERE id = ?)'

/** Label vectors kept in memory, most recently used last. */
const keptVectors = 64

/**
 * Labels: appended events of named sources, never overwritten; the newest event of a row is in force. A person's labels are
 * a row an event; what an import, a labeling function or a bulk action says of many rows is one batch.
 */
export class LabelRepository {
  readonly #connection: Connection
  /** Labels in force of whole sources; what this connection writes is applied to them, all else drops them. */
  readonly #vectors = new Map<string, Int32Array>()
  #epoch = ''

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The source of this kind and name, made when it does not exist. */
  ensureSource(datasetId: string, kind: LabelSourceKind, name: string): LabelSource {
    this.#connection.run(
      'INSERT INTO label_source (id, dataset_id, kind, name, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (dataset_id, kind, name) DO NOTHING',
      randomUUID(),
      datasetId,
      kind,
      name,
      Date.now()
    )
    const row = this.#connection.get<SourceRow>(`${selectSource} WHERE dataset_id = ? AND kind = ? AND name = ?`, datasetId, kind, name)
    if (row === undefined) throw new Error(`The label source ${name} was not stored.`)
    return this.#sourceOf(row)
  }

  /** In the order they were made. */
  sources(datasetId: string): readonly LabelSource[] {
    return this.#connection.all<SourceRow>(`${selectSource} WHERE dataset_id = ? ORDER BY created_at, key`, datasetId).map((row) => this.#sourceOf(row))
  }

  /** Like `sources`, without counting labels. */
  sourceNames(datasetId: string): readonly { readonly id: string; readonly kind: LabelSourceKind; readonly name: string }[] {
    return this.#connection.all('SELECT id, kind, name FROM label_source WHERE dataset_id = ? ORDER BY created_at, key', datasetId)
  }

  source(id: string): LabelSource | undefined {
    const row = this.#connection.get<SourceRow>(`${selectSource} WHERE id = ?`, id)
    return row && this.#sourceOf(row)
  }

  /** Says what made a source and what it found, as JSON text. */
  setDetail(sourceId: string, detail: string): void {
    this.#connection.run('UPDATE label_source SET detail = ? WHERE id = ?', detail, sourceId)
  }

  /** Appends one event a row, all or none; null (or -1, as `current` writes it) is an abstention or a withdrawn label. */
  append(sourceId: string, rows: ArrayLike<number>, labels: ArrayLike<number | null>, at = Date.now()): void {
    if (rows.length !== labels.length) throw new Error(`There are ${rows.length} rows and ${labels.length} labels.`)
    this.#connection.transaction(() => {
      const pairs = Array.from(rows, (row, index) => [row, labels[index] === -1 ? null : (labels[index] ?? null)])
      // One statement for all rows: main waits for it, and thousands of statements take twice the time.
      this.#connection.run('INSERT INTO label (source_key, row, class, confidence, at) SELECT ?, value ->> 0, value ->> 1, NULL, ? FROM json_each(?)', this.#keyOf(sourceId), at, JSON.stringify(pairs))
    })
    this.#remember(sourceId, (vector) => {
      for (let index = 0; index < rows.length; index++) vector[rows[index] ?? 0] = labels[index] ?? -1
    })
  }

  /**
   * Appends labels of many rows as one event. For thousands of rows and more: a million take milliseconds.
   *
   * @param rows the rows, or the first of consecutive ones
   * @param labels class positions, -1 abstains
   * @param confidence of each label, NaN where there is none
   */
  appendBatch(sourceId: string, rows: Int32Array | number, labels: Int32Array, confidence: Float32Array | null = null, at = Date.now()): void {
    if (labels.length === 0) return
    if (typeof rows !== 'number' && rows.length !== labels.length) throw new Error(`There are ${rows.length} rows and ${labels.length} labels.`)
    const start = typeof rows === 'number' ? rows : 0
    this.#connection.transaction(() => {
      const key = this.#keyOf(sourceId)
      this.#connection.run(
        `INSERT INTO label_batch (source_key, start, count, rows, labels, confidence, after_label, at)
         VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(max(id), 0) FROM label), ?)`,
        key,
        start,
        labels.length,
        typeof rows === 'number' ? null : bytesOf(rows),
        bytesOf(labels),
        confidence && bytesOf(confidence),
        at
      )
      // What single events said of these rows is no longer in force.
      if (typeof rows === 'number') this.#connection.run('DELETE FROM label_in_force WHERE source_key = ? AND row BETWEEN ? AND ?', key, rows, rows + labels.length - 1)
      else this.#connection.run('DELETE FROM label_in_force WHERE source_key = ? AND row IN (SELECT value FROM json_each(?))', key, this.#rowsInForce(key, rows))
    })
    this.#remember(sourceId, (vector) => foldLabels(vector, { start, rows: typeof rows === 'number' ? null : rows, labels }))
  }

  /** Those of the rows that single events have in force, as JSON: usually few, however large the batch. */
  #rowsInForce(key: number, rows: Int32Array): string {
    const held = new Set(this.#connection.arrays<readonly [number]>('SELECT row FROM label_in_force WHERE source_key = ?', key).map(([row]) => row))
    return JSON.stringify(held.size === 0 ? [] : Array.from(rows).filter((row) => held.has(row)))
  }

  /** Labels in force of a source for all `count` rows, the caller's own; -1 where there is none. */
  current(sourceId: string, count: number): Int32Array {
    const vector = this.inForce(sourceId)
    if (vector.length === count) return vector.slice()
    const labels = new Int32Array(count).fill(-1)
    labels.set(vector.subarray(0, count))
    return labels
  }

  /** Labels in force of every row of the source's data set; -1 where there is none. Shared: read it, never write it. */
  inForce(sourceId: string): Int32Array {
    this.#dropStale()
    const known = this.#vectors.get(sourceId)
    const vector = known ?? this.#readVector(sourceId)
    this.#vectors.delete(sourceId)
    this.#vectors.set(sourceId, vector)
    for (const oldest of this.#vectors.keys()) {
      if (this.#vectors.size <= keptVectors) break
      this.#vectors.delete(oldest)
    }
    return vector
  }

  #readVector(sourceId: string): Int32Array {
    const count = this.#connection.get<{ count: number }>('SELECT d.count FROM dataset d JOIN label_source s ON s.dataset_id = d.id WHERE s.id = ?', sourceId)?.count ?? 0
    const vector = new Int32Array(count).fill(-1)
    for (const batch of this.#batches(sourceId)) foldLabels(vector, batch)
    const single = this.#connection.arrays<readonly [number, number | null]>(`SELECT row, class FROM label_in_force WHERE source_key = ${keyOfSource} AND row < ?`, sourceId, count)
    for (const [row, label] of single) vector[row] = label ?? -1
    return vector
  }

  #batches(sourceId: string): readonly LabelBatch[] {
    return this.#connection
      .all<{ start: number; rows: Buffer | null; labels: Buffer }>(`SELECT start, rows, labels FROM label_batch WHERE source_key = ${keyOfSource} ORDER BY id`, sourceId)
      .map(({ start, rows, labels }) => ({ start, rows: rows && int32Of(rows), labels: int32Of(labels) }))
  }

  /** Confidence of the labels in force of every row; NaN where none was given. */
  confidences(sourceId: string): Float32Array {
    const out = new Float32Array(this.inForce(sourceId).length).fill(Number.NaN)
    const batches = this.#connection.all<{ start: number; count: number; rows: Buffer | null; confidence: Buffer | null }>(
      `SELECT start, count, rows, confidence FROM label_batch WHERE source_key = ${keyOfSource} ORDER BY id`,
      sourceId
    )
    for (const { start, count, rows, confidence } of batches) {
      const values = confidence === null ? new Float32Array(count).fill(Number.NaN) : float32Of(confidence)
      if (rows === null) out.set(values.subarray(0, Math.max(0, out.length - start)), start)
      else int32Of(rows).forEach((row, index) => row < out.length && out.fill(values[index] ?? Number.NaN, row, row + 1))
    }
    const single = this.#connection.arrays<readonly [number, number | null]>(
      `SELECT f.row, (SELECT l.confidence FROM label l WHERE l.source_key = f.source_key AND l.row = f.row ORDER BY l.id DESC LIMIT 1)
       FROM label_in_force f WHERE f.source_key = ${keyOfSource} AND f.row < ?`,
      sourceId,
      out.length
    )
    for (const [row, confidence] of single) out[row] = confidence ?? Number.NaN
    return out
  }

  /** Labels in force of some rows, in the order asked; null where there is none. */
  currentOf(sourceId: string, rows: ArrayLike<number>): (number | null)[] {
    const vector = this.inForce(sourceId)
    return Array.from(rows, (row) => {
      const label = vector[row] ?? -1
      return label < 0 ? null : label
    })
  }

  /** Stores class probabilities (rows x classes, row-major) of consecutive rows from `start`, in place of earlier ones of these rows. */
  setSoft(sourceId: string, start: number, classes: number, probabilities: Float32Array): void {
    this.#connection.run(
      'INSERT OR REPLACE INTO soft_label (source_key, start, count, classes, probabilities) VALUES (?, ?, ?, ?, ?)',
      this.#keyOf(sourceId),
      start,
      probabilities.length / classes,
      classes,
      bytesOf(probabilities)
    )
  }

  /** Class probabilities of every row (NaN where there are none), or undefined for a source without soft labels. */
  soft(sourceId: string): { readonly classes: number; readonly probabilities: Float32Array } | undefined {
    const chunks = this.#connection.all<{ start: number; classes: number; probabilities: Buffer }>(`SELECT start, classes, probabilities FROM soft_label WHERE source_key = ${keyOfSource} ORDER BY start`, sourceId)
    const classes = chunks[0]?.classes
    if (classes === undefined) return undefined
    const probabilities = new Float32Array(this.inForce(sourceId).length * classes).fill(Number.NaN)
    for (const chunk of chunks) probabilities.set(float32Of(chunk.probabilities), chunk.start * classes)
    return { classes, probabilities }
  }

  /** Class probabilities of some rows (null where there are none), reading no more than those; undefined for a source without soft labels. */
  softOf(sourceId: string, rows: readonly number[]): { readonly classes: number; readonly rows: readonly (Float32Array | null)[] } | undefined {
    const chunks = this.#connection.all<{ start: number; count: number; classes: number }>(`SELECT start, count, classes FROM soft_label WHERE source_key = ${keyOfSource} ORDER BY start`, sourceId)
    const classes = chunks[0]?.classes
    if (classes === undefined) return undefined
    const bytes = 4 * classes
    return {
      classes,
      rows: rows.map((row) => {
        const chunk = chunks.find(({ start, count }) => row >= start && row < start + count)
        if (chunk === undefined) return null
        const found = this.#connection.get<{ own: Buffer }>(`SELECT substr(probabilities, ?, ?) AS own FROM soft_label WHERE source_key = ${keyOfSource} AND start = ?`, (row - chunk.start) * bytes + 1, bytes, sourceId, chunk.start)
        const own = found === undefined ? null : float32Of(found.own)
        return own === null || Number.isNaN(own[0]) ? null : own
      })
    }
  }

  /** Everything ever said about one example, newest first. */
  history(datasetId: string, row: number): readonly LabelEvent[] {
    type Event = LabelEvent & { readonly after: number; readonly batch: number }
    const single = this.#connection.all<Event>(
      `SELECT s.id AS sourceId, s.name AS sourceName, l.class AS label, l.confidence, l.at, l.id AS after, 0 AS batch
       FROM label_source s JOIN label l ON l.source_key = s.key WHERE s.dataset_id = ? AND l.row = ?`,
      datasetId,
      row
    )
    return [...single, ...this.#batchEvents(datasetId, row)]
      .sort((a, b) => b.after - a.after || b.batch - a.batch)
      .map(({ sourceId, sourceName, label, confidence, at }) => ({ sourceId, sourceName, label, confidence, at }))
  }

  #batchEvents(datasetId: string, row: number): (LabelEvent & { readonly after: number; readonly batch: number })[] {
    const batches = this.#connection.all<{ id: number; sourceId: string; sourceName: string; start: number; count: number; rows: Buffer | null; after: number; at: number }>(
      `SELECT b.id, s.id AS sourceId, s.name AS sourceName, b.start, b.count, b.rows, b.after_label AS after, b.at
       FROM label_source s JOIN label_batch b ON b.source_key = s.key WHERE s.dataset_id = ? AND (b.rows IS NOT NULL OR ? BETWEEN b.start AND b.start + b.count - 1)`,
      datasetId,
      row
    )
    return batches.flatMap(({ id, sourceId, sourceName, start, rows, after, at }) => {
      const place = rows === null ? row - start : int32Of(rows).lastIndexOf(row)
      if (place < 0) return []
      const said = this.#connection.get<{ label: Buffer; confidence: Buffer | null }>('SELECT substr(labels, ?, 4) AS label, substr(confidence, ?, 4) AS confidence FROM label_batch WHERE id = ?', 4 * place + 1, 4 * place + 1, id)
      const label = said === undefined ? -1 : (int32Of(said.label)[0] ?? -1)
      const confidence = said === undefined || said.confidence === null ? Number.NaN : (float32Of(said.confidence)[0] ?? Number.NaN)
      return [{ sourceId, sourceName, label: label < 0 ? null : label, confidence: Number.isNaN(confidence) ? null : confidence, at, after, batch: id }]
    })
  }

  #keyOf(sourceId: string): number {
    const source = this.#connection.get<{ key: number }>('SELECT key FROM label_source WHERE id = ?', sourceId)
    if (source === undefined) throw new Error(`There is no label source ${sourceId}.`)
    return source.key
  }

  #sourceOf(row: SourceRow): LabelSource {
    let labelled = 0
    for (const label of this.inForce(row.id)) if (label >= 0) labelled++
    return { id: row.id, datasetId: row.dataset_id, kind: row.kind, name: row.name, createdAt: row.created_at, labelled, detail: row.detail }
  }

  /** Applies what was just written to the vector in memory, should there be one. */
  #remember(sourceId: string, apply: (vector: Int32Array) => void): void {
    this.#dropStale()
    const vector = this.#vectors.get(sourceId)
    if (vector === undefined) return
    // A new array: whoever was given the old one keeps what was in force then.
    const next = vector.slice()
    apply(next)
    this.#vectors.set(sourceId, next)
  }

  #dropStale(): void {
    const { epoch } = this.#connection
    if (epoch !== this.#epoch) this.#vectors.clear()
    this.#epoch = epoch
  }
}
