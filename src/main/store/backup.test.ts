import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openBench } from './bench.ts'
import { Child } from './fixtures/child-process.ts'
import { addDataset, temporaryBench } from './fixtures/sample-bench.ts'
import { contentsOf, temporaryFolder } from './fixtures/temporary-folder.ts'

const filesOf = (folder: string): string[] => readdirSync(folder).filter((name) => !name.endsWith('.lock'))

test('a backup taken while rows are written is whole, settled and opens', async () => {
  const bench = temporaryBench()
  const dataset = addDataset(bench, { count: 8000, shape: [28, 28] })
  const source = bench.labels.ensureSource(dataset.id, 'given', 'given')
  bench.labels.append(source.id, [0, 1], [5, 6])
  const folder = temporaryFolder()
  const target = join(folder, 'made', 'copy.weakbench')
  let writing = true
  let written = 2
  const done = bench.backup(target).finally(() => (writing = false))
  while (writing) {
    bench.labels.append(source.id, [written++], [1])
    await new Promise((resolve) => setImmediate(resolve))
  }
  await done
  expect(written).toBeGreaterThan(3)
  expect(filesOf(join(folder, 'made'))).toEqual(['copy.weakbench'])
  const before = contentsOf(join(folder, 'made'))
  const readOnly = openBench(target, { readOnly: true })
  expect(readOnly.check()).toEqual([])
  readOnly.close()
  expect(contentsOf(join(folder, 'made'))).toEqual(before)
  const copy = openBench(target)
  expect(copy.labels.currentOf(source.id, [0, 1])).toEqual([5, 6])
  expect(copy.labels.source(source.id)?.labelled).toBeGreaterThanOrEqual(2)
  expect(copy.datasets.features(dataset, [7999])).toEqual(bench.datasets.features(dataset, [7999]))
  copy.close()
})

test('a backup replaces an older one, and not with what the older one had beside it', async () => {
  const bench = temporaryBench()
  addDataset(bench)
  const folder = temporaryFolder()
  const target = join(folder, 'copy.weakbench')
  const older = openBench(target, { create: true })
  addDataset(older, { name: 'older' })
  const log = readFileSync(`${target}-wal`)
  older.close()
  writeFileSync(`${target}-wal`, log)
  await bench.backup(target)
  expect(filesOf(folder)).toEqual(['copy.weakbench'])
  const copy = openBench(target)
  expect(copy.datasets.list().map((dataset) => dataset.name)).toEqual(['digits'])
  copy.close()
})

test('a backup is never written over the open file itself, nor over one that is open elsewhere', async () => {
  const bench = temporaryBench()
  addDataset(bench)
  for (const target of [bench.path, `${bench.path}-wal`, join(bench.path, '..', '.', 'test.weakbench')]) {
    await expect(bench.backup(target), target).rejects.toThrow(expect.objectContaining({ code: 'conflict' }))
  }
  const folder = temporaryFolder()
  const other = join(folder, 'other.weakbench')
  openBench(other, { create: true }).close()
  const holder = new Child('./hold-bench.ts', other)
  await holder.message()
  await expect(bench.backup(other)).rejects.toThrow(expect.objectContaining({ code: 'bench-locked' }))
  await holder.kill()
  expect(filesOf(folder).filter((name) => name.endsWith('.partial'))).toEqual([])
  expect(bench.datasets.list()).toHaveLength(1)
  expect(bench.check()).toEqual([])
})

test('a backup that fails leaves nothing and says why', async () => {
  const bench = temporaryBench()
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'taken'))
  writeFileSync(join(folder, 'file'), 'text')
  for (const target of [join(folder, 'taken'), join(folder, 'file', 'below')]) {
    await expect(bench.backup(target), target).rejects.toThrow(expect.objectContaining({ code: 'bench-unwritable' }))
  }
  expect(readdirSync(folder).sort()).toEqual(['file', 'taken'])
})

test('a bench closed during its backup leaves no part of one', async () => {
  const folder = temporaryFolder()
  const bench = openBench(join(folder, 'a.weakbench'), { create: true })
  addDataset(bench, { count: 8000, shape: [28, 28] })
  const backup = bench.backup(join(folder, 'copy.weakbench'))
  await new Promise((resolve) => setImmediate(resolve))
  bench.close()
  await expect(backup).rejects.toThrow(expect.objectContaining({ code: 'bench-unwritable' }))
  expect(filesOf(folder)).toEqual(['a.weakbench'])
  openBench(join(folder, 'a.weakbench')).close()
})
