import Database from 'better-sqlite3'

/**
 * Carries what the write-ahead log of a bench file holds over into the file, beside the process that has it open and goes on
 * writing: for a process of its own, which may wait for the disk. Changes nothing that a reader sees.
 */
export function checkpointFile(path: string): void {
  const database = new Database(path, { fileMustExist: true, timeout: 2000 })
  try {
    database.pragma('wal_checkpoint(PASSIVE)')
  } finally {
    database.close()
  }
}
