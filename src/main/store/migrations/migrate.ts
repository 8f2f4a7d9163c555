import type Database from 'better-sqlite3'
import { migrations, schemaVersion } from './index.ts'

/** `application_id` of a bench file: "WKBN" in ASCII. */
export const applicationId = 0x574b424e

export const versionOf = (database: Database.Database): number => database.pragma('user_version', { simple: true }) as number

/** Applies the migrations that the file lacks, up to version `upTo`; each with its version number in one transaction. */
export function migrate(database: Database.Database, upTo: number = schemaVersion): void {
  for (let version = versionOf(database) + 1; version <= upTo; version++) {
    database.transaction(() => {
      database.exec(migrations[version - 1] ?? '')
      database.pragma(`user_version = ${version}`)
      if (version > 1) return
      database.pragma(`application_id = ${applicationId}`)
      database.prepare(`INSERT INTO meta (key, value) VALUES ('created_at', ?)`).run(String(Date.now()))
    })()
  }
}
