import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openBench } from './bench.ts'
import { temporaryFolder } from './fixtures/temporary-folder.ts'
import { schemaVersion } from './migrations/index.ts'
import { applicationId, migrate } from './migrations/migrate.ts'

/** One row a table, as a bench of that version held it; the version is that of the migration that made the tables. */
const rows: readonly string[] = [
  `INSERT INTO dataset (id, name, kind, dtype, shape, count, feature_hash, source, license, complete, created_at) VALUES ('d', 'digits', 'image', 'uint8', '[2]', 1, 'h', 's', 'CC0', 1, 1);
   INSERT INTO dataset_class VALUES ('d', 0, 'zero', '#000000', '0');
   INSERT INTO feature_chunk VALUES ('d', 0, 1, x'0102');
   INSERT INTO label_source (id, dataset_id, kind, name, created_at) VALUES ('s', 'd', 'given', 'given', 1);
   INSERT INTO label (source_key, row, class, at) SELECT key, 0, 7, 1 FROM label_source;
   INSERT INTO dataset_version VALUES ('v', 'd', 'all', 'hash', 's', x'00000000', x'04', x'07000000', 1);
   INSERT INTO split_assignment (dataset_id, row, split) VALUES ('d', 0, 'test');`,
  `INSERT INTO experiment (id, kind, name, config, created_at) VALUES ('e', 'weak-to-strong', 'first', '{}', 1);
   INSERT INTO job (id, kind, name, input, experiment_id, status, progress, created_at) VALUES ('j', 'k', 'job', '{}', 'e', 'done', '{}', 1);
   INSERT INTO job_log VALUES ('j', 1, 1, 'info', 'hello');
   INSERT INTO checkpoint VALUES ('j', 1, x'00');
   INSERT INTO run (id, experiment_id, job_id, key, name, arm, role, seed, config, dataset_version_id, engine, code_version, status, created_at)
     VALUES ('r', 'e', 'j', 'k', 'run', 'naive', 'student', 1, '{}', 'v', 'wasm', '1', 'done', 1);
   INSERT INTO metric_series (run_id, name) VALUES ('r', 'loss');
   INSERT INTO metric SELECT key, 1, 0.5, NULL FROM metric_series;
   INSERT INTO prediction VALUES ('r', 'test', 2, x'00000000', x'0000000000000000');
   INSERT INTO artifact VALUES ('r', 'note', 'text/plain', x'61');`,
  `INSERT INTO journal (at, title, forward, inverse) VALUES (1, 'Rename', '{}', '{}');
   INSERT INTO setting VALUES ('theme', '"dark"');`,
  `INSERT INTO dataset_column VALUES ('d', 0, 'body', 'text', 'text', '{}');
   INSERT INTO column_chunk VALUES ('d', 0, 0, 1, x'00');
   INSERT INTO column_order VALUES ('d', 0, x'00000000');
   INSERT INTO search_key (dataset_id) VALUES ('d');
   INSERT INTO search_index (rowid, body) VALUES (4294967296, 'free money');
   INSERT INTO quarantine VALUES ('d', 0, 3, 4, 'price', '"abc" is no number.', 'abc');
   INSERT INTO dataset_report VALUES ('d', 'import', 1, '{}');
   INSERT INTO label_batch (source_key, start, count, labels, after_label, at) SELECT key, 0, 1, x'00000000', 0, 1 FROM label_source;
   INSERT INTO soft_label SELECT key, 0, 1, 2, x'0000000000000000' FROM label_source;
   INSERT INTO split_vector VALUES ('d', x'04');
   INSERT INTO saved_filter (id, dataset_id, name, filter, created_at) VALUES ('f', 'd', 'spam', '{}', 1);
   INSERT INTO labeling_function (id, dataset_id, name, version, definition, created_at) VALUES ('l', 'd', 'money', 1, '{}', 1);`,
  `INSERT INTO noise_check (id, dataset_id, source_id, name, request, report, complete, created_at) VALUES ('n', 'd', 's', 'first', '{}', '{}', 1, 1);
   INSERT INTO noise_array VALUES ('n', 'suggested', 0, 1, 1, x'00000000');
   INSERT INTO projection VALUES ('d', 'pca', x'0000000000000000', 1);`
]

const tablesOf = (database: Database.Database): string[] =>
  database.prepare<[], { name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'meta' ORDER BY name`).all().map((row) => row.name)
const schemaOf = (database: Database.Database): unknown[] => database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all()

function read<T>(path: string, work: (database: Database.Database) => T): T {
  const database = new Database(path, { readonly: true })
  try {
    return work(database)
  } finally {
    database.close()
  }
}

const dump = (database: Database.Database): Record<string, unknown[]> => Object.fromEntries(tablesOf(database).map((table) => [table, database.prepare(`SELECT * FROM ${table}`).all()]))

test('the rows above cover every table of every version', () => {
  expect(rows).toHaveLength(schemaVersion)
  const database = new Database(':memory:')
  database.pragma('foreign_keys = ON')
  rows.forEach((sql, index) => {
    migrate(database, index + 1)
    database.exec(sql)
    for (const [table, content] of Object.entries(dump(database))) expect(content.length, `${table} at version ${index + 1}`).toBeGreaterThan(0)
  })
  database.close()
})

test.each(Array.from({ length: schemaVersion }, (_, index) => index + 1))('a file of version %i opens with everything it held and the schema of a new one', (version) => {
  const folder = temporaryFolder()
  const path = join(folder, 'old.weakbench')
  const old = new Database(path)
  old.pragma('foreign_keys = ON')
  migrate(old, version)
  for (const sql of rows.slice(0, version)) old.exec(sql)
  const before = dump(old)
  old.close()

  const bench = openBench(path)
  expect(bench.info().schemaVersion).toBe(schemaVersion)
  expect(bench.check()).toEqual([])
  bench.close()
  const fresh = join(folder, 'fresh.weakbench')
  openBench(fresh, { create: true }).close()
  expect(read(path, dump)).toMatchObject(before)
  expect(read(path, schemaOf)).toEqual(read(fresh, schemaOf))
  expect(read(path, (database) => database.pragma('application_id', { simple: true }))).toBe(applicationId)
})

test('an older file is not opened read-only, nor changed by trying', () => {
  const path = join(temporaryFolder(), 'old.weakbench')
  const old = new Database(path)
  migrate(old, schemaVersion - 1)
  old.close()
  expect(() => openBench(path, { readOnly: true })).toThrow(/older version/)
  expect(read(path, (database) => database.pragma('user_version', { simple: true }))).toBe(schemaVersion - 1)
})

test('a migration that fails leaves the version and the tables of before', () => {
  const database = new Database(':memory:')
  migrate(database, 1)
  database.exec('CREATE TABLE run (a)')
  expect(() => migrate(database)).toThrow(/already exists/)
  expect(database.pragma('user_version', { simple: true })).toBe(1)
  expect(tablesOf(database)).not.toContain('experiment')
  database.close()
})
