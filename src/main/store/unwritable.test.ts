import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openBench } from './bench.ts'
import { Child } from './fixtures/child-process.ts'
import { addDataset } from './fixtures/sample-bench.ts'
import { contentsOf, temporaryFolder } from './fixtures/temporary-folder.ts'

/** A folder with one closed bench file that nobody but root may write to. */
function readOnlyFolder(): { folder: string; path: string } {
  const folder = temporaryFolder()
  const path = join(folder, 'a.weakbench')
  const bench = openBench(path, { create: true })
  addDataset(bench)
  bench.close()
  chmodSync(path, 0o444)
  chmodSync(folder, 0o555)
  onTestFinished(() => chmodSync(folder, 0o755))
  return { folder, path }
}

test('a file in a read-only folder is not opened for writing, and nothing changes', async () => {
  const { folder, path } = readOnlyFolder()
  const before = contentsOf(folder)
  expect(await new Child('./hold-bench.ts', path, 'nobody-write').message()).toMatchObject({ code: 'bench-unwritable' })
  expect(contentsOf(folder)).toEqual(before)
})

test('a file in a read-only folder is opened read-only', async () => {
  const { folder, path } = readOnlyFolder()
  const before = contentsOf(folder)
  expect(await new Child('./hold-bench.ts', path, 'nobody-read').message()).toMatchObject({ datasets: 1 })
  expect(contentsOf(folder)).toEqual(before)
})

test('a file that was not closed properly says so in a read-only folder', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.weakbench')
  openBench(path, { create: true }).close()
  const child = new Child('./hold-bench.ts', path)
  await child.message()
  await child.kill()
  for (const suffix of ['', '-wal', '-shm']) chmodSync(path + suffix, 0o444)
  chmodSync(folder, 0o555)
  onTestFinished(() => chmodSync(folder, 0o755))
  const before = contentsOf(folder)
  const answer = await new Child('./hold-bench.ts', path, 'nobody-read').message()
  // SQLite may still read through the files the killed process left; where it cannot, the message tells what to do.
  expect(answer).toSatisfy((reply: object) => 'datasets' in reply || ('code' in reply && reply.code === 'bench-unwritable'))
  expect(contentsOf(folder)).toEqual(before)
})

test.runIf(process.platform === 'linux')('no file is made where the system allows none to anybody', () => {
  for (const path of ['/proc/weakbench/a.weakbench', '/proc/a.weakbench', '/sys/kernel/a.weakbench']) {
    expect(() => openBench(path, { create: true }), path).toThrow(expect.objectContaining({ code: 'bench-unwritable' }))
    expect(existsSync(path)).toBe(false)
  }
})

test('a folder cannot be made below a file', () => {
  const path = join(temporaryFolder(), 'a.weakbench')
  openBench(path, { create: true }).close()
  expect(() => openBench(join(path, 'b.weakbench'), { create: true })).toThrow(expect.objectContaining({ code: 'bench-unwritable' }))
})
