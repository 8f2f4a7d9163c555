import { randomUUID } from 'node:crypto'
import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { BenchError } from '../../shared/contract/errors.ts'
import { makeFolder } from './folders.ts'
import { acquireInstanceLock } from './instance-lock.ts'
import { isOpenHere, realPathOf, sideSuffixes } from './open-files.ts'
import { benchErrorOf } from './sqlite-errors.ts'

/**
 * Copies an open bench file to `target` while it stays in use. The copy gets its name when it is complete; on failure
 * nothing is left. Throws `conflict` for a target that is this or another open bench file, `bench-full`, `bench-unwritable`.
 */
export async function backUp(database: Database.Database, path: string, target: string): Promise<void> {
  const file = resolve(target)
  refuseOpenTarget(path, file)
  const partial = `${file}.${randomUUID().slice(0, 8)}.partial`
  makeFolder(dirname(file))
  try {
    await database.backup(partial)
    settle(partial)
    replace(partial, file)
  } catch (error) {
    for (const suffix of ['', ...sideSuffixes]) rmSync(partial + suffix, { force: true })
    throw benchErrorOf(error, file) ?? unwritable(file, error)
  }
}

function refuseOpenTarget(path: string, target: string): void {
  const name = realPathOf(target)
  const own = realPathOf(path)
  if (name !== own && !sideSuffixes.some((suffix) => name === own + suffix) && !isOpenHere(target)) return
  throw new BenchError('conflict', `${target} is in use; a backup needs a file of its own.`, { field: 'path', hint: 'Choose another name.' })
}

/** A copy carries its original's state of being open; settled, it is one file that opens anywhere, also read-only. */
function settle(partial: string): void {
  const copy = new Database(partial)
  try {
    copy.pragma('journal_mode = DELETE')
    copy.exec(`INSERT INTO meta (key, value) VALUES ('clean_close', '1') ON CONFLICT (key) DO UPDATE SET value = '1'`)
  } finally {
    copy.close()
  }
}

/** Moves the copy over an older file, together with what that one's last process left beside it, which would else be applied to the copy. */
function replace(partial: string, file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat !== undefined && !stat.isFile()) throw new BenchError('bench-unwritable', `${file} is a folder, so the backup could not be written.`, { hint: 'Choose a file name in it.' })
  const lock = existsSync(file) ? acquireInstanceLock(file) : undefined
  try {
    for (const suffix of sideSuffixes) rmSync(file + suffix, { force: true })
    renameSync(partial, file)
  } finally {
    lock?.release()
  }
}

const unwritable = (file: string, error: unknown): BenchError =>
  new BenchError('bench-unwritable', `The backup ${file} could not be written.`, { hint: 'Choose another folder.', details: String(error) }, error)
