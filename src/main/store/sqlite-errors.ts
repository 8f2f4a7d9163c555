import Database from 'better-sqlite3'
import { BenchError } from '../../shared/contract/errors.ts'

/**
 * Says in the bench's words what SQLite's result code means for the person whose file it is.
 * Returns undefined for anything that is not an SQLite error.
 */
export function benchErrorOf(error: unknown, path: string): BenchError | undefined {
  if (error instanceof BenchError) return error
  if (!(error instanceof Database.SqliteError)) return undefined
  const details = { details: `${error.code}: ${error.message}` }
  const primary = error.code.split('_').slice(0, 2).join('_')
  switch (primary) {
    case 'SQLITE_FULL':
      return new BenchError('bench-full', `The disk that holds ${path} is full; the last change was not stored, everything before it is.`, { hint: 'Free some space, then try again.', ...details }, error)
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
      return new BenchError('bench-unwritable', `${path} cannot be written: the file or its folder is read-only or missing.`, { hint: 'Copy the file to a folder you may write to, or open it with --read-only.', ...details }, error)
    case 'SQLITE_IOERR':
      return new BenchError('bench-unwritable', `Reading or writing ${path} failed on the disk itself.`, { hint: 'Check the disk and its free space, then open the file again; committed work is kept.', ...details }, error)
    case 'SQLITE_ERROR':
      return isSchemaDamage(error.message) ? damaged(path, error.message, error) : internal(error)
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return damaged(path, error.message, error)
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return new BenchError('bench-locked', `${path} is in use by another program.`, { hint: 'Close the other program, or open the file read-only.', ...details }, error)
    default:
      return internal(error)
  }
}

// The store's statements are fixed, so what they name is missing only where the stored schema is no longer what was written.
const isSchemaDamage = (message: string): boolean => /^(no such (table|column)|unsupported file format|malformed)/.test(message)

const internal = (error: InstanceType<typeof Database.SqliteError>): BenchError =>
  new BenchError('internal', `The bench file refused a change: ${error.message}.`, { hint: 'Copy the details into a report; the file is unharmed.', details: `${error.code}: ${error.message}` }, error)

/** The answer to a file that began as a bench file and is no longer whole. */
export const damaged = (path: string, details: string, cause?: unknown): BenchError =>
  new BenchError('bench-damaged', `${path} is damaged or only half written; it was left as it is.`, { hint: 'Open a backup instead, or copy the file and try `sqlite3 FILE .recover`.', details }, cause)
