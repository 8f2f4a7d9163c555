import Database from 'better-sqlite3'
import { BenchError } from '../../shared/contract/errors.ts'
import { benchErrorOf } from './sqlite-errors.ts'

type Statement = Database.Statement<unknown[], unknown>

/**
 * The SQLite connection of one bench file, with every statement prepared once. What SQLite refuses (a full disk, a
 * damaged page, a read-only file) is thrown as a BenchError that names the file.
 */
export class Connection {
  readonly raw: Database.Database
  readonly #path: string
  readonly #statements = new Map<string, Statement>()
  readonly #arrayStatements = new Map<string, Statement>()

  #rollbacks = 0

  constructor(raw: Database.Database, path: string = raw.name) {
    this.raw = raw
    this.#path = path
  }

  /** Runs a statement that changes rows; returns how many. */
  run(sql: string, ...parameters: unknown[]): number {
    return this.#attempt(() => this.#statement(sql).run(...parameters).changes)
  }

  /** The first row, typed by the caller, who wrote the SQL. */
  get<Row>(sql: string, ...parameters: unknown[]): Row | undefined {
    return this.#attempt(() => this.#statement(sql).get(...parameters)) as Row | undefined
  }

  all<Row>(sql: string, ...parameters: unknown[]): Row[] {
    return this.#attempt(() => this.#statement(sql).all(...parameters)) as Row[]
  }

  /** Like all, each row an array of its columns: half the time of objects where there are hundreds of thousands. */
  arrays<Row extends readonly unknown[]>(sql: string, ...parameters: unknown[]): Row[] {
    return this.#attempt(() => this.#arrayStatement(sql).all(...parameters)) as Row[]
  }

  /** All or nothing; may be nested (savepoints). */
  transaction<T>(work: () => T): T {
    try {
      return this.#attempt(() => this.raw.transaction(work)())
    } catch (error) {
      this.#rollbacks++
      throw error
    }
  }

  /** Changes whenever what was read before may no longer be what the file holds: another connection wrote, or a transaction was rolled back. */
  get epoch(): string {
    return `${String(this.raw.pragma('data_version', { simple: true }))}.${this.#rollbacks}`
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.raw.prepare<unknown[], unknown>(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #arrayStatement(sql: string): Statement {
    let statement = this.#arrayStatements.get(sql)
    if (statement === undefined) {
      statement = this.raw.prepare<unknown[], unknown>(sql).raw()
      this.#arrayStatements.set(sql, statement)
    }
    return statement
  }

  #attempt<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw this.#readOnlyError(error) ?? benchErrorOf(error, this.#path) ?? error
    }
  }

  #readOnlyError(error: unknown): BenchError | undefined {
    if (!this.raw.readonly || !(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_READONLY')) return undefined
    return new BenchError('read-only', `${this.#path} is open read-only.`, { hint: 'Open the file for writing, or a copy of it.', details: error.message }, error)
  }
}
