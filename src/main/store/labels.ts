import { randomUUID } from 'node:crypto'
import type { LabelEvent, LabelSource, LabelSourceKind } from '../../shared/domain/dataset.ts'
import type { Connection } from './connection.ts'

interface SourceRow {
  readonly id: string
  readonly dataset_id: string
  readonly kind: LabelSourceKind
  readonly name: string
  readonly created_at: number
  readonly labelled: number
}

const selectSource = `SELECT s.id, s.dataset_id, s.kind, s.name, s.created_at,
  (SELECT count(*) FROM label_in_force f WHERE f.source_key = s.key AND f.class IS NOT NULL) AS labelled
  FROM label_source s`
const keyOfSource = '(SELECT key FROM label_source WHERE id = ?)'

/** Labels: appended events of named sources, never overwritten; the newest event of a row is in force. */
export class LabelRepository {
  readonly #connection: Connection

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
    const row = this.#connection.get<SourceRow>(`${selectSource} WHERE s.dataset_id = ? AND s.kind = ? AND s.name = ?`, datasetId, kind, name)
    if (row === undefined) throw new Error(`The label source ${name} was not stored.`)
    return sourceOf(row)
  }

  /** In the order they were made. */
  sources(datasetId: string): readonly LabelSource[] {
    return this.#connection.all<SourceRow>(`${selectSource} WHERE s.dataset_id = ? ORDER BY s.created_at, s.key`, datasetId).map(sourceOf)
  }

  source(id: string): LabelSource | undefined {
    const row = this.#connection.get<SourceRow>(`${selectSource} WHERE s.id = ?`, id)
    return row && sourceOf(row)
  }

  /** Appends one event a row, all or none; null (or -1, as `current` writes it) is an abstention or a withdrawn label. */
  append(sourceId: string, rows: ArrayLike<number>, labels: ArrayLike<number | null>, at = Date.now()): void {
    if (rows.length !== labels.length) throw new Error(`There are ${rows.length} rows and ${labels.length} labels.`)
    this.#connection.transaction(() => {
      const source = this.#connection.get<{ key: number }>('SELECT key FROM label_source WHERE id = ?', sourceId)
      if (source === undefined) throw new Error(`There is no label source ${sourceId}.`)
      const pairs = Array.from(rows, (row, index) => [row, labels[index] === -1 ? null : (labels[index] ?? null)])
      // One statement for all rows: main waits for it, and thousands of statements take twice the time.
      this.#connection.run('INSERT INTO label (source_key, row, class, confidence, at) SELECT ?, value ->> 0, value ->> 1, NULL, ? FROM json_each(?)', source.key, at, JSON.stringify(pairs))
    })
  }

  /** Labels in force of a source for all `count` rows; -1 where there is none. */
  current(sourceId: string, count: number): Int32Array {
    const labels = new Int32Array(count).fill(-1)
    const inForce = this.#connection.arrays<readonly [number, number]>(
      `SELECT row, class FROM label_in_force WHERE source_key = ${keyOfSource} AND row < ? AND class IS NOT NULL`,
      sourceId,
      count
    )
    for (const [row, label] of inForce) labels[row] = label
    return labels
  }

  /** Labels in force of some rows, in the order asked; null where there is none. */
  currentOf(sourceId: string, rows: readonly number[]): (number | null)[] {
    return this.#connection
      .arrays<readonly [number | null]>(
        `SELECT f.class FROM json_each(?) asked LEFT JOIN label_in_force f ON f.source_key = ${keyOfSource} AND f.row = asked.value ORDER BY asked.key`,
        JSON.stringify(rows),
        sourceId
      )
      .map(([label]) => label)
  }

  /** Rows whose label in force is `label` (-1: those without one), ascending; a page of them and how many there are. */
  rowsWithLabel(sourceId: string, count: number, label: number, offset: number, limit: number): { readonly rows: Int32Array; readonly total: number } {
    if (label < 0) return this.#rowsWithoutLabel(sourceId, count, offset, limit)
    const condition = `FROM label_in_force WHERE source_key = ${keyOfSource} AND class = ? AND row < ?`
    const total = this.#connection.get<{ n: number }>(`SELECT count(*) AS n ${condition}`, sourceId, label, count)?.n ?? 0
    const page = this.#connection.arrays<readonly [number]>(`SELECT row ${condition} ORDER BY row LIMIT ? OFFSET ?`, sourceId, label, count, limit, offset)
    return { rows: Int32Array.from(page, ([row]) => row), total }
  }

  #rowsWithoutLabel(sourceId: string, count: number, offset: number, limit: number): { readonly rows: Int32Array; readonly total: number } {
    const labels = this.current(sourceId, count)
    const rows = Int32Array.from(labels.keys()).filter((row) => labels[row] === -1)
    return { rows: rows.slice(offset, offset + limit), total: rows.length }
  }

  /** Everything ever said about one example, newest first. */
  history(datasetId: string, row: number): readonly LabelEvent[] {
    return this.#connection.all<LabelEvent>(
      `SELECT s.id AS sourceId, s.name AS sourceName, l.class AS label, l.confidence, l.at
       FROM label_source s JOIN label l ON l.source_key = s.key WHERE s.dataset_id = ? AND l.row = ? ORDER BY l.id DESC`,
      datasetId,
      row
    )
  }
}

const sourceOf = (row: SourceRow): LabelSource => ({
  id: row.id,
  datasetId: row.dataset_id,
  kind: row.kind,
  name: row.name,
  createdAt: row.created_at,
  labelled: row.labelled
})
