import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { BenchError, type ErrorCode } from '../../shared/contract/errors.ts'
import { openBench } from './bench.ts'
import { Child } from './fixtures/child-process.ts'
import { addDataset } from './fixtures/sample-bench.ts'
import { contentsOf, temporaryFolder } from './fixtures/temporary-folder.ts'
import { schemaVersion } from './migrations/index.ts'

function codeOf(work: () => unknown): ErrorCode | undefined {
  try {
    work()
  } catch (error) {
    if (error instanceof BenchError) return error.code
    throw error
  }
  return undefined
}

/** Opening for writing, creating and reading all refuse with this code, and no byte of the folder changes. */
function expectRefusedUntouched(folder: string, path: string, code: ErrorCode): void {
  const before = contentsOf(folder)
  for (const options of [{}, { create: true }, { readOnly: true }]) expect(codeOf(() => openBench(path, options)), JSON.stringify(options)).toBe(code)
  expect(contentsOf(folder)).toEqual(before)
}

test('creates a file in a folder that did not exist, and opens it again with what was stored', () => {
  const path = join(temporaryFolder(), 'new', 'folder', 'a.weakbench')
  const bench = openBench(path, { create: true })
  addDataset(bench)
  bench.close()
  bench.close()
  expect(readdirSync(join(path, '..')).filter((name) => !name.endsWith('.lock'))).toEqual(['a.weakbench'])
  const again = openBench(path)
  expect(again.datasets.list().map((dataset) => dataset.name)).toEqual(['digits'])
  expect(again.info()).toMatchObject({ path, name: 'a', readOnly: false, schemaVersion, counts: { datasets: 1, experiments: 0, runs: 0, jobs: 0 }, interrupted: 0 })
  expect(again.info().createdAt).toBeGreaterThan(Date.now() - 60_000)
  expect(again.check()).toEqual([])
  again.close()
})

test('does not create without being asked to, nor when reading', () => {
  const folder = temporaryFolder()
  expect(codeOf(() => openBench(join(folder, 'none')))).toBe('bench-not-found')
  expect(codeOf(() => openBench(join(folder, 'none'), { readOnly: true, create: true }))).toBe('bench-not-found')
  expect(readdirSync(folder)).toEqual([])
})

test('refuses what is not a bench file and leaves it as it is', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'text'), 'a,b,c\n1,2,3\n'.repeat(100))
  writeFileSync(join(folder, 'short'), 'hi')
  const other = new Database(join(folder, 'other'))
  other.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)')
  other.close()
  const wal = new Database(join(folder, 'other-in-wal-mode'))
  wal.pragma('journal_mode = WAL')
  wal.exec('CREATE TABLE t (a)')
  wal.close()
  for (const name of ['text', 'short', 'other', 'other-in-wal-mode']) expectRefusedUntouched(folder, join(folder, name), 'bench-foreign')
  mkdirSync(join(folder, 'folder'))
  expectRefusedUntouched(folder, join(folder, 'folder'), 'bench-foreign')
  writeFileSync(join(folder, 'empty'), '')
  expectRefusedUntouched(folder, join(folder, 'empty'), 'bench-damaged')
})

test('refuses a file of a newer version and leaves it as it is', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'newer.weakbench')
  openBench(path, { create: true }).close()
  const database = new Database(path)
  database.pragma(`user_version = ${schemaVersion + 1}`)
  database.close()
  expectRefusedUntouched(folder, path, 'bench-newer')
})

test('refuses a newer version that only the log of a killed process tells of, and keeps the log', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'newer.weakbench')
  openBench(path, { create: true }).close()
  const child = new Child('./hold-bench.ts', path)
  await child.message()
  const database = new Database(path)
  database.pragma(`user_version = ${schemaVersion + 1}`)
  await child.kill()
  // Copied while open: the state of a file whose last process was killed.
  const copies = temporaryFolder()
  for (const suffix of ['', '-wal', '-shm']) writeFileSync(join(copies, `newer.weakbench${suffix}`), readFileSync(path + suffix))
  database.close()
  const before = contentsOf(copies)
  expect(before['newer.weakbench-wal']?.length).toBeGreaterThan(0)
  expect(codeOf(() => openBench(join(copies, 'newer.weakbench')))).toBe('bench-newer')
  const after = contentsOf(copies)
  expect([after['newer.weakbench'], after['newer.weakbench-wal']]).toEqual([before['newer.weakbench'], before['newer.weakbench-wal']])
})

test('says damaged where the claimed version and the tables do not fit, and does not half migrate', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.weakbench')
  openBench(path, { create: true }).close()
  const database = new Database(path)
  database.pragma('user_version = 1')
  database.close()
  expect(codeOf(() => openBench(path))).toBe('bench-damaged')
  const again = new Database(path, { readonly: true })
  expect(again.pragma('user_version', { simple: true })).toBe(1)
  again.close()
})

test('refuses a name that ends in a space, which the binding would cut off', () => {
  expect(codeOf(() => openBench(join(temporaryFolder(), 'a.weakbench '), { create: true }))).toBe('invalid-input')
})

test('never applies the log of a deleted file to a new one of the same name', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.weakbench')
  const first = openBench(path, { create: true })
  addDataset(first)
  const log = readFileSync(`${path}-wal`)
  first.close()
  renameSync(path, join(folder, 'elsewhere'))
  writeFileSync(`${path}-wal`, log)
  const second = openBench(path, { create: true })
  expect(second.datasets.list()).toEqual([])
  expect(second.check()).toEqual([])
  second.close()
})

test('a read-only opening beside the writer sees what is committed and cannot write', () => {
  const path = join(temporaryFolder(), 'a.weakbench')
  const writer = openBench(path, { create: true })
  const reader = openBench(path, { readOnly: true })
  addDataset(writer)
  expect(reader.datasets.list()).toHaveLength(1)
  expect(reader.info().readOnly).toBe(true)
  writer.transaction(() => {
    addDataset(writer, { name: 'not committed yet' })
    expect(reader.datasets.list()).toHaveLength(1)
  })
  expect(reader.datasets.list()).toHaveLength(2)
  expect(codeOf(() => reader.settings.set('a', '1'))).toBe('read-only')
  writer.close()
  expect(reader.datasets.list()).toHaveLength(2)
  reader.close()
  expect(existsSync(path)).toBe(true)
})

test('reading a file that was closed cleanly changes nothing and leaves nothing beside it', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.weakbench')
  const writer = openBench(path, { create: true })
  addDataset(writer)
  writer.close()
  const before = contentsOf(folder)
  const reader = openBench(path, { readOnly: true })
  reader.datasets.list()
  expect(reader.check()).toEqual([])
  expect(contentsOf(folder)).toEqual(before)
  reader.close()
  expect(contentsOf(folder)).toEqual(before)
})

test('every name of a file leads to the same lock', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.weakbench')
  const bench = openBench(path, { create: true })
  symlinkSync(path, join(folder, 'link.weakbench'))
  symlinkSync(folder, join(folder, 'here'))
  for (const name of ['a.weakbench', 'link.weakbench', 'here/a.weakbench', 'here/../a.weakbench']) expect(codeOf(() => openBench(join(folder, name))), name).toBe('bench-locked')
  bench.close()
})
