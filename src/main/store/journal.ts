import type { JournalEntry, JournalState } from '../../shared/domain/journal.ts'
import type { Connection } from './connection.ts'

/** A change and its inverse, as data that `src/main/api/changes.ts` knows how to apply. */
export interface JournalRecord extends JournalEntry {
  readonly forward: string
  readonly inverse: string
}

const columns = 'id, at, title, forward, inverse, undone'
type Row = Omit<JournalRecord, 'undone'> & { readonly undone: number }
const recordOf = (row: Row): JournalRecord => ({ ...row, undone: row.undone === 1 })

/**
 * The undo history. Entries are ordered by id; undone ones are always the newest, and a new change drops them
 * (the redo branch), as in any editor.
 */
export class JournalRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  append(title: string, forward: string, inverse: string): void {
    this.#connection.transaction(() => {
      this.#connection.run('DELETE FROM journal WHERE undone = 1')
      this.#connection.run('INSERT INTO journal (at, title, forward, inverse) VALUES (?, ?, ?, ?)', Date.now(), title, forward, inverse)
    })
  }

  nextUndo(): JournalRecord | undefined {
    const row = this.#connection.get<Row>(`SELECT ${columns} FROM journal WHERE undone = 0 ORDER BY id DESC LIMIT 1`)
    return row && recordOf(row)
  }

  nextRedo(): JournalRecord | undefined {
    const row = this.#connection.get<Row>(`SELECT ${columns} FROM journal WHERE undone = 1 ORDER BY id LIMIT 1`)
    return row && recordOf(row)
  }

  mark(id: number, undone: boolean): void {
    this.#connection.run('UPDATE journal SET undone = ? WHERE id = ?', undone ? 1 : 0, id)
  }

  state(): JournalState {
    const depth = (undone: number): number => this.#connection.get<{ n: number }>('SELECT count(*) AS n FROM journal WHERE undone = ?', undone)?.n ?? 0
    return {
      undo: { depth: depth(0), title: this.nextUndo()?.title ?? null },
      redo: { depth: depth(1), title: this.nextRedo()?.title ?? null }
    }
  }

  /** Newest first. */
  list(limit: number): readonly JournalEntry[] {
    return this.#connection
      .all<{ id: number; at: number; title: string; undone: number }>('SELECT id, at, title, undone FROM journal ORDER BY id DESC LIMIT ?', limit)
      .map((row) => ({ ...row, undone: row.undone === 1 }))
  }
}
