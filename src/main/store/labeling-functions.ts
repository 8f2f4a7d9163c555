import { randomUUID } from 'node:crypto'
import type { LabelingFunction } from '../../shared/domain/labeling-function.ts'
import type { Connection } from './connection.ts'

interface Row {
  readonly id: string
  readonly dataset_id: string
  readonly name: string
  readonly version: number
  readonly definition: string
  readonly source_id: string | null
  readonly enabled: number
  readonly created_at: number
}

const columns = 'id, dataset_id, name, version, definition, source_id, enabled, created_at'

/** Labeling functions, every version of them. */
export class LabelingFunctionRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The next version of a function of this name (the first of a new one), hidden until `setDeleted(id, null)`. */
  insert(datasetId: string, name: string, definition: LabelingFunction['definition']): LabelingFunction {
    const id = randomUUID()
    const now = Date.now()
    this.#connection.run(
      `INSERT INTO labeling_function (id, dataset_id, name, version, definition, created_at, deleted_at)
       VALUES (?, ?, ?, (SELECT coalesce(max(version), 0) + 1 FROM labeling_function WHERE dataset_id = ? AND name = ?), ?, ?, ?)`,
      id,
      datasetId,
      name,
      datasetId,
      name,
      JSON.stringify(definition),
      now,
      now
    )
    return this.require(id)
  }

  /** The newest version of each function that is not deleted, in the order the functions were first made. */
  list(datasetId: string): readonly LabelingFunction[] {
    return this.#connection
      .all<Row>(
        `SELECT ${columns} FROM labeling_function f WHERE dataset_id = ? AND deleted_at IS NULL AND version =
           (SELECT max(version) FROM labeling_function n WHERE n.dataset_id = f.dataset_id AND n.name = f.name AND n.deleted_at IS NULL)
         ORDER BY (SELECT min(rowid) FROM labeling_function n WHERE n.dataset_id = f.dataset_id AND n.name = f.name)`,
        datasetId
      )
      .map(functionOf)
  }

  /** Versions of one function that are not deleted, newest first. */
  versions(datasetId: string, name: string): readonly LabelingFunction[] {
    return this.#connection.all<Row>(`SELECT ${columns} FROM labeling_function WHERE dataset_id = ? AND name = ? AND deleted_at IS NULL ORDER BY version DESC`, datasetId, name).map(functionOf)
  }

  /** Every version of that name, deleted ones too. */
  allVersionIds(datasetId: string, name: string): readonly string[] {
    return this.#connection.all<{ id: string }>('SELECT id FROM labeling_function WHERE dataset_id = ? AND name = ? ORDER BY version', datasetId, name).map(({ id }) => id)
  }

  get(id: string): LabelingFunction | undefined {
    const row = this.#connection.get<Row>(`SELECT ${columns} FROM labeling_function WHERE id = ?`, id)
    return row && functionOf(row)
  }

  require(id: string): LabelingFunction {
    const found = this.get(id)
    if (found === undefined) throw new Error(`There is no labeling function ${id}.`)
    return found
  }

  /** Says which source holds the votes of this version. */
  setSource(id: string, sourceId: string): void {
    this.#connection.run('UPDATE labeling_function SET source_id = ? WHERE id = ?', sourceId, id)
  }

  setEnabled(id: string, enabled: boolean): void {
    this.#connection.run('UPDATE labeling_function SET enabled = ? WHERE id = ?', enabled ? 1 : 0, id)
  }

  setDeleted(ids: readonly string[], at: number | null): void {
    for (const id of ids) this.#connection.run('UPDATE labeling_function SET deleted_at = ? WHERE id = ?', at, id)
  }
}

const functionOf = (row: Row): LabelingFunction => ({
  id: row.id,
  datasetId: row.dataset_id,
  name: row.name,
  version: row.version,
  definition: JSON.parse(row.definition) as LabelingFunction['definition'],
  sourceId: row.source_id,
  enabled: row.enabled === 1,
  createdAt: row.created_at
})
