import { dataMigration } from './001-data.ts'
import { runsAndJobsMigration } from './002-runs-and-jobs.ts'
import { journalAndSettingsMigration } from './003-journal-and-settings.ts'
import { columnsAndWeakLabelsMigration } from './004-columns-and-weak-labels.ts'
import { noiseChecksMigration } from './005-noise-checks.ts'

/** In order; number n (from 1) brings a file from `user_version` n - 1 to n. A shipped migration is never edited. */
export const migrations: readonly string[] = [dataMigration, runsAndJobsMigration, journalAndSettingsMigration, columnsAndWeakLabelsMigration, noiseChecksMigration]

export const schemaVersion = migrations.length
