import { randomUUID } from 'node:crypto'
import type { Filter, SavedFilter, Sort } from '../../shared/domain/filter.ts'
import type { Connection } from './connection.ts'

interface Row {
  readonly id: string
  readonly dataset_id: string
  readonly name: string
  readonly filter: string
  readonly sort: string | null
  readonly created_at: number
}

const columns = 'id, dataset_id, name, filter, sort, created_at'

/** Filters that a person gave a name, used alike by grid, annotation, charts and training. */
export class SavedFilterRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** A new filter, hidden until `setDeleted(id, null)`: so that making one is a change that can be undone like any other. */
  insert(datasetId: string, name: string, filter: Filter, sort: Sort | null): string {
    const id = randomUUID()
    const now = Date.now()
    this.#connection.run(
      'INSERT INTO saved_filter (id, dataset_id, name, filter, sort, created_at, deleted_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      id,
      datasetId,
      name,
      JSON.stringify(filter),
      sort && JSON.stringify(sort),
      now,
      now
    )
    return id
  }

  list(datasetId: string): readonly SavedFilter[] {
    return this.#connection.all<Row>(`SELECT ${columns} FROM saved_filter WHERE dataset_id = ? AND deleted_at IS NULL ORDER BY created_at, rowid`, datasetId).map(savedFilterOf)
  }

  get(id: string): SavedFilter | undefined {
    const row = this.#connection.get<Row>(`SELECT ${columns} FROM saved_filter WHERE id = ?`, id)
    return row && savedFilterOf(row)
  }

  set(id: string, name: string, filter: Filter, sort: Sort | null): void {
    this.#connection.run('UPDATE saved_filter SET name = ?, filter = ?, sort = ? WHERE id = ?', name, JSON.stringify(filter), sort && JSON.stringify(sort), id)
  }

  setDeleted(id: string, at: number | null): void {
    this.#connection.run('UPDATE saved_filter SET deleted_at = ? WHERE id = ?', at, id)
  }
}

const savedFilterOf = (row: Row): SavedFilter => ({
  id: row.id,
  datasetId: row.dataset_id,
  name: row.name,
  filter: JSON.parse(row.filter) as Filter,
  sort: row.sort === null ? null : (JSON.parse(row.sort) as Sort),
  createdAt: row.created_at
})
