import { closeSync, existsSync, openSync, readSync, rmSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { BenchError } from '../../shared/contract/errors.ts'
import { schemaVersion } from './migrations/index.ts'
import { applicationId, versionOf } from './migrations/migrate.ts'
import { isOpenHere, sideSuffixes } from './open-files.ts'
import { damaged } from './sqlite-errors.ts'

const magic = 'SQLite format 3\0'
const headerBytes = 100

/** Above this size the check on open is only made after an unclean end; Settings can run the full one at any time. */
const quickCheckBytes = 256 * 1024 * 1024

/**
 * Looks at a file's first 100 bytes without opening it as a database, so that a foreign, newer or damaged file is
 * refused untouched (opening with SQLite could already replay a journal). Layout: sqlite.org/fileformat.html, section 1.3.
 * A file that this process has open is known to be sound and is not read. Throws `bench-not-found`, `bench-foreign`,
 * `bench-newer`, `bench-damaged` or `bench-unwritable` (unreadable).
 */
export function inspectBenchFile(path: string): { readonly schemaVersion: number } {
  if (isOpenHere(path)) return { schemaVersion }
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new BenchError('bench-not-found', `There is no file ${path}.`, { hint: 'Check the path, or create a new bench file there.' })
  if (!stat.isFile()) throw new BenchError('bench-foreign', `${path} is not a file.`, { hint: 'Name a bench file, not a folder.' })
  const header = readHeader(path)
  if (header.length === 0) throw damaged(path, 'the file is empty')
  if (header.toString('latin1', 0, magic.length) !== magic.slice(0, header.length)) {
    throw new BenchError('bench-foreign', `${path} is not a Weakbench file; it was left as it is.`, { hint: 'Open a file that ends in .weakbench, or create a new one.' })
  }
  if (header.length < headerBytes) throw damaged(path, 'the file ends inside its header')
  if (header.readUInt32BE(68) !== applicationId) {
    throw new BenchError('bench-foreign', `${path} is an SQLite database of another program; it was left as it is.`, { hint: 'Open a file that ends in .weakbench, or create a new one.' })
  }
  // Read and write version, 1 or 2. SQLite takes a larger write version for a file that must not be written.
  // SQLite writes both format bytes alike, and the bench reserves no space in its pages; other values make SQLite leave a log behind.
  if ((header[18] !== 1 && header[18] !== 2) || header[19] !== header[18] || header[20] !== 0) throw damaged(path, 'its header names no known file format')
  const version = header.readUInt32BE(60)
  refuseNewer(path, version)
  if (version < 1) throw damaged(path, 'its header names no version')
  return { schemaVersion: version }
}

/** A file of a later version may mean things this one would break. */
export function refuseNewer(path: string, version: number): void {
  if (version <= schemaVersion) return
  throw new BenchError('bench-newer', `${path} was written by a newer Weakbench (file version ${version}, this one reads up to ${schemaVersion}); it was left as it is.`, {
    hint: 'Update Weakbench to open it.'
  })
}

/**
 * Checks version and structure through a connection that cannot write, so that a file refused here keeps every byte, and
 * what a killed process left in its write-ahead log is neither applied nor lost. Only with the instance lock held.
 * Returns false where a rollback journal must be played back first, which only `verify` on a writing connection can.
 */
export function checkUntouched(path: string): boolean {
  const added = sideSuffixes.filter((suffix) => !existsSync(path + suffix))
  const database = new Database(path, { readonly: true, timeout: 2000 })
  try {
    verify(path, database)
  } catch (error) {
    database.close()
    for (const suffix of added) rmSync(path + suffix, { force: true })
    const code = error instanceof Database.SqliteError ? error.code : ''
    if (code === 'SQLITE_ERROR') throw damaged(path, String(error), error)
    if (code !== 'SQLITE_READONLY_ROLLBACK') throw error
    return false
  }
  database.close()
  return true
}

/** Throws `bench-newer` or `bench-damaged`; reads the whole file, where it is not so large that a clean end must do. */
export function verify(path: string, database: Database.Database): void {
  const version = versionOf(database)
  refuseNewer(path, version)
  if (version < 1 || !hasMeta(database)) throw damaged(path, 'its tables are missing')
  // A cut inside the last page is no fault in the structure, yet its bytes are gone. With a log, they may be in there.
  const size = statSync(path).size
  if (!hasLog(path) && size < pragmaNumber(database, 'page_count') * pragmaNumber(database, 'page_size')) throw damaged(path, `the file has only ${size} bytes`)
  const clean = database.prepare<[], { value: string }>(`SELECT value FROM meta WHERE key = 'clean_close'`).get()?.value === '1'
  if (clean && size > quickCheckBytes) return
  const problems = database.pragma('quick_check(5)') as { quick_check: string }[]
  const found = problems.map((row) => row.quick_check).filter((text) => text !== 'ok')
  if (found.length > 0) throw damaged(path, found.join('\n'))
}

const pragmaNumber = (database: Database.Database, name: 'page_count' | 'page_size'): number => database.pragma(name, { simple: true }) as number
const hasLog = (path: string): boolean => (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
const hasMeta = (database: Database.Database): boolean => database.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'`).get() !== undefined

function readHeader(path: string): Buffer {
  try {
    const descriptor = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(headerBytes)
      return buffer.subarray(0, readSync(descriptor, buffer, 0, headerBytes, 0))
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw new BenchError('bench-unwritable', `${path} cannot be read.`, { hint: 'Check the permissions of the file and its folder.', details: String(error) }, error)
  }
}
