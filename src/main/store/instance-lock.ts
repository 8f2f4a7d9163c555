import { rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { BenchError } from '../../shared/contract/errors.ts'
import { realPathOf } from './open-files.ts'

/**
 * One writing instance a bench file. The lock is SQLite's own (an open write transaction on a small file beside the
 * bench), so the operating system lets go of it the moment its holder dies, however it dies; a plain lock file would stay.
 */
export interface InstanceLock {
  release(): void
}

/** Long enough for another opener to read who holds the lock, short enough that a refusal feels immediate; milliseconds. */
const patience = 250

/** Beside the file itself, not beside a link to it, so that every name of a bench leads to one lock. */
function lockPathOf(path: string): string {
  const file = realPathOf(path)
  return join(dirname(file), `.${basename(file)}.lock`)
}

/** Takes the lock or throws `bench-locked`, naming the process that holds it; `bench-unwritable` where none can be made. */
export function acquireInstanceLock(path: string): InstanceLock {
  try {
    return acquire(path)
  } catch (error) {
    if (!isDamage(error)) throw refusal(path, error)
  }
  // A lock file that is not one (cut off by a power loss) cannot be held by anybody.
  for (const suffix of ['', '-journal']) rmSync(lockPathOf(path) + suffix, { force: true })
  try {
    return acquire(path)
  } catch (error) {
    throw refusal(path, error)
  }
}

function acquire(path: string): InstanceLock {
  const database = new Database(lockPathOf(path), { timeout: patience })
  try {
    database.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (pid INTEGER, since TEXT); DELETE FROM holder')
    database.prepare('INSERT INTO holder VALUES (?, ?)').run(process.pid, new Date().toISOString())
    database.exec('COMMIT; BEGIN IMMEDIATE')
  } catch (error) {
    const holder = isBusy(error) ? readHolder(database) : undefined
    database.close()
    throw isBusy(error) ? locked(path, holder) : error
  }
  return { release: () => database.close() }
}

const codeOf = (error: unknown): string => (error instanceof Database.SqliteError ? error.code : '')
const isBusy = (error: unknown): boolean => codeOf(error).startsWith('SQLITE_BUSY')
const isDamage = (error: unknown): boolean => codeOf(error) === 'SQLITE_NOTADB' || codeOf(error).startsWith('SQLITE_CORRUPT')

function locked(path: string, holder: Holder | undefined): BenchError {
  return new BenchError('bench-locked', `${path} is already open in another Weakbench${holder ? ` (process ${holder.pid}, since ${holder.since})` : ''}.`, {
    hint: 'Use that window, close it, or open the file with --read-only.'
  })
}

function refusal(path: string, error: unknown): BenchError {
  if (error instanceof BenchError) return error
  if (codeOf(error).startsWith('SQLITE_FULL')) return new BenchError('bench-full', `The disk that holds ${path} is full.`, { hint: 'Free some space, then open the file again.', details: String(error) }, error)
  return new BenchError('bench-unwritable', `The folder of ${path} cannot be written.`, { hint: 'Choose a folder you may write to, or open the file with --read-only.', details: String(error) }, error)
}

interface Holder {
  readonly pid: number
  readonly since: string
}

function readHolder(database: Database.Database): Holder | undefined {
  try {
    return database.prepare<[], Holder>('SELECT pid, since FROM holder').get()
  } catch {
    return undefined
  }
}
