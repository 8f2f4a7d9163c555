import { randomUUID } from 'node:crypto'
import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import Database from 'better-sqlite3'
import type { BenchInfo } from '../../shared/domain/bench.ts'
import { BenchError } from '../../shared/contract/errors.ts'
import { backUp } from './backup.ts'
import { checkUntouched, inspectBenchFile, refuseNewer, verify } from './bench-file.ts'
import { Connection } from './connection.ts'
import { ColumnRepository } from './columns.ts'
import { NoiseCheckRepository } from './noise-checks.ts'
import { DatasetRepository } from './datasets.ts'
import { ExperimentRepository } from './experiments.ts'
import { makeFolder } from './folders.ts'
import { acquireInstanceLock, type InstanceLock } from './instance-lock.ts'
import { JobRepository } from './jobs.ts'
import { JournalRepository } from './journal.ts'
import { LabelingFunctionRepository } from './labeling-functions.ts'
import { LabelRepository } from './labels.ts'
import { schemaVersion } from './migrations/index.ts'
import { migrate, versionOf } from './migrations/migrate.ts'
import { markOpen, sideSuffixes } from './open-files.ts'
import { ImportReportRepository } from './import-reports.ts'
import { RunRepository, visibleRun } from './runs.ts'
import { SavedFilterRepository } from './saved-filters.ts'
import { SearchRepository } from './search.ts'
import { SettingRepository } from './settings.ts'
import { SplitRepository } from './splits.ts'
import { benchErrorOf, damaged } from './sqlite-errors.ts'
import { VersionRepository } from './versions.ts'

export interface OpenOptions {
  /** Neither lock nor migration nor any write; also what workers use beside the main process that holds the lock. */
  readonly readOnly?: boolean
  /** Make the file (and its folder) when there is none. */
  readonly create?: boolean
}

/** An open bench file: the repositories over one connection. Close it to release the file. */
export class Bench {
  readonly path: string
  readonly readOnly: boolean
  readonly connection: Connection
  readonly datasets: DatasetRepository
  readonly columns: ColumnRepository
  readonly noiseChecks: NoiseCheckRepository
  readonly search: SearchRepository
  readonly importReports: ImportReportRepository
  readonly filters: SavedFilterRepository
  readonly functions: LabelingFunctionRepository
  readonly labels: LabelRepository
  readonly splits: SplitRepository
  readonly versions: VersionRepository
  readonly experiments: ExperimentRepository
  readonly runs: RunRepository
  readonly jobs: JobRepository
  readonly journal: JournalRepository
  readonly settings: SettingRepository
  readonly #release: () => void

  constructor(path: string, database: Database.Database, readOnly: boolean, lock: InstanceLock | undefined) {
    this.path = path
    this.readOnly = readOnly
    const markClosed = markOpen(path)
    this.#release = () => {
      markClosed()
      lock?.release()
    }
    this.connection = new Connection(database, path)
    this.datasets = new DatasetRepository(this.connection)
    this.columns = new ColumnRepository(this.connection)
    this.noiseChecks = new NoiseCheckRepository(this.connection)
    this.search = new SearchRepository(this.connection)
    this.importReports = new ImportReportRepository(this.connection)
    this.filters = new SavedFilterRepository(this.connection)
    this.functions = new LabelingFunctionRepository(this.connection)
    this.labels = new LabelRepository(this.connection)
    this.splits = new SplitRepository(this.connection)
    this.versions = new VersionRepository(this.connection)
    this.experiments = new ExperimentRepository(this.connection)
    this.runs = new RunRepository(this.connection)
    this.jobs = new JobRepository(this.connection)
    this.journal = new JournalRepository(this.connection)
    this.settings = new SettingRepository(this.connection)
  }

  /** All or nothing, across repositories. */
  transaction<T>(work: () => T): T {
    return this.connection.transaction(work)
  }

  info(): BenchInfo {
    const count = (sql: string): number => this.connection.get<{ n: number }>(sql)?.n ?? 0
    return {
      path: this.path,
      name: basename(this.path, extname(this.path)),
      readOnly: this.readOnly,
      schemaVersion: versionOf(this.connection.raw),
      createdAt: Number(this.connection.get<{ value: string }>(`SELECT value FROM meta WHERE key = 'created_at'`)?.value ?? 0),
      sizeBytes: statSync(this.path, { throwIfNoEntry: false })?.size ?? 0,
      counts: {
        datasets: count('SELECT count(*) AS n FROM dataset WHERE complete = 1 AND deleted_at IS NULL'),
        experiments: count('SELECT count(*) AS n FROM experiment WHERE deleted_at IS NULL'),
        runs: count(`SELECT count(*) AS n FROM run WHERE ${visibleRun}`),
        jobs: count('SELECT count(*) AS n FROM job')
      },
      interrupted: count(`SELECT count(*) AS n FROM job WHERE status = 'interrupted'`)
    }
  }

  /** From now on commits only append to the write-ahead log; `checkpointFile` in another process carries it over. */
  holdCheckpoints(): void {
    this.connection.raw.pragma('wal_autocheckpoint = 0')
  }

  /** Commits carry the log over again whenever it has grown by SQLite's usual 1000 pages. */
  resumeCheckpoints(): void {
    this.connection.raw.pragma('wal_autocheckpoint = 1000')
  }

  /** Writes a complete copy while the file stays in use; a half-written copy is never left under the final name. */
  async backup(target: string): Promise<void> {
    await backUp(this.connection.raw, this.path, target)
  }

  /** SQLite's full integrity check and the foreign keys; the problems found, none for a sound file. Long on a large file. */
  check(): readonly string[] {
    try {
      const integrity = (this.connection.raw.pragma('integrity_check') as { integrity_check: string }[]).map((row) => row.integrity_check)
      const foreign = this.connection.raw.pragma('foreign_key_check') as { table: string; rowid: number; parent: string }[]
      return [...integrity.filter((text) => text !== 'ok'), ...foreign.map((row) => `${row.table} row ${row.rowid} refers to a missing ${row.parent}`)]
    } catch (error) {
      // Some damage ends the check itself.
      const known = benchErrorOf(error, this.path)
      if (known?.code !== 'bench-damaged') throw known ?? error
      return [known.payload.details ?? known.message]
    }
  }

  /** Releases the file. A bench closed cleanly is one file that opens anywhere, also read-only; closing twice is harmless. */
  close(): void {
    if (!this.connection.raw.open) return
    if (!this.readOnly) this.#settle()
    this.connection.raw.close()
    this.#release()
  }

  /** Leaves no write-ahead log behind. Where that fails (a full disk, a reader still there), the next opening copes. */
  #settle(): void {
    const { raw } = this.connection
    try {
      raw.pragma('busy_timeout = 0')
      raw.exec(setCleanClose('1'))
      raw.pragma('journal_mode = DELETE')
    } catch (error) {
      if (benchErrorOf(error, this.path) === undefined) throw error
    }
  }
}

const setCleanClose = (value: '0' | '1'): string => `INSERT INTO meta (key, value) VALUES ('clean_close', '${value}') ON CONFLICT (key) DO UPDATE SET value = excluded.value`

/**
 * Opens (or creates) a bench file: refuses foreign, newer and damaged files untouched, takes the instance lock, brings an
 * older file up to date, each version in one transaction, and checks it. Throws a BenchError whose code says which of these it was.
 */
export function openBench(path: string, options: OpenOptions = {}): Bench {
  const file = resolve(path)
  // The binding cuts such spaces off and would open another file.
  if (file !== file.trim()) throw new BenchError('invalid-input', `The name ${JSON.stringify(basename(file))} ends in a space.`, { field: 'path', hint: 'Rename the file without it.' })
  if (options.readOnly) return openReadOnly(file)
  if (!options.create || existsSync(file)) inspectBenchFile(file)
  else makeFolder(dirname(file))
  const lock = acquireInstanceLock(file)
  try {
    // Looked at again under the lock: another instance may have made or changed the file since.
    if (existsSync(file)) inspectBenchFile(file)
    else createFile(file)
    return openForWriting(file, lock, checkUntouched(file))
  } catch (error) {
    lock.release()
    throw benchErrorOf(error, file) ?? error
  }
}

/** Makes a new file under another name first, so that there is never a half-made one under its own. */
function createFile(path: string): void {
  const partial = `${path}.${randomUUID().slice(0, 8)}.partial`
  try {
    const database = new Database(partial)
    try {
      migrate(database)
    } finally {
      database.close()
    }
    // The log of a file that was deleted would be applied to the new one.
    for (const suffix of sideSuffixes) rmSync(path + suffix, { force: true })
    renameSync(partial, path)
  } catch (error) {
    for (const suffix of ['', ...sideSuffixes]) rmSync(partial + suffix, { force: true })
    throw error
  }
}

function openForWriting(path: string, lock: InstanceLock, checked: boolean): Bench {
  const database = new Database(path, { timeout: 2000, fileMustExist: true })
  try {
    database.pragma('journal_mode = WAL')
    // NORMAL under WAL: a power cut may lose the last transactions, never the file; a killed process loses nothing committed.
    database.pragma('synchronous = NORMAL')
    database.pragma('foreign_keys = ON')
    database.pragma('trusted_schema = OFF')
    // A log that grew while a long transaction or reader held it shrinks again.
    database.pragma('journal_size_limit = 67108864')
    if (!checked) verify(path, database)
    bringUpToDate(path, database)
    database.exec(setCleanClose('0'))
    // So that the header on disk, which inspectBenchFile reads, carries the version even if this process is killed.
    database.pragma('wal_checkpoint(PASSIVE)')
    return new Bench(path, database, false, lock)
  } catch (error) {
    database.close()
    throw error
  }
}

/** A file whose tables are not those of the version it claims cannot be migrated; it keeps that version. */
function bringUpToDate(path: string, database: Database.Database): void {
  try {
    migrate(database)
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_ERROR') throw damaged(path, error.message, error)
    throw error
  }
}

/** Not checked: what can be read of a damaged file should be; reading a damaged page then says so. */
function openReadOnly(path: string): Bench {
  inspectBenchFile(path)
  try {
    const database = new Database(path, { readonly: true, timeout: 2000 })
    try {
      const version = versionOf(database)
      refuseNewer(path, version)
      if (version < schemaVersion) {
        throw new BenchError('bench-unwritable', `${path} is of an older version (${version}) and can only be brought up to date by opening it for writing.`, { hint: 'Open it without --read-only, or copy it first.' })
      }
      database.pragma('trusted_schema = OFF')
      return new Bench(path, database, true, undefined)
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    throw needsRecovery(path, error) ?? benchErrorOf(error, path) ?? error
  }
}

/** SQLite reads the log that a killed process left only where it may write beside the file. */
function needsRecovery(path: string, error: unknown): BenchError | undefined {
  if (!(error instanceof Database.SqliteError) || !/^SQLITE_(CANTOPEN|READONLY)/.test(error.code)) return undefined
  const details = `${error.code}: ${error.message}`
  return new BenchError('bench-unwritable', `${path} was not closed properly and its folder cannot be written.`, { hint: 'Copy it and the files beside it whose names begin with its name to a folder you may write to, and open the copy.', details }, error)
}
