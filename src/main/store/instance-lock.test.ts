import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openBench } from './bench.ts'
import { Child } from './fixtures/child-process.ts'
import { contentsOf, temporaryFolder } from './fixtures/temporary-folder.ts'

function newBench(): string {
  const path = join(temporaryFolder(), 'a.weakbench')
  openBench(path, { create: true }).close()
  return path
}

test('a second opening in another process is refused, naming the first', async () => {
  const path = newBench()
  const bench = openBench(path)
  const answer = await new Child('./hold-bench.ts', path).message()
  expect(answer).toMatchObject({ code: 'bench-locked' })
  expect((answer as { message: string }).message).toContain(`process ${process.pid}`)
  bench.close()
  expect(await new Child('./hold-bench.ts', path).message()).toHaveProperty('pid')
})

test('a holder that is killed lets go at once', async () => {
  const path = newBench()
  const holder = new Child('./hold-bench.ts', path)
  await holder.message()
  expect(() => openBench(path)).toThrow(new RegExp(`process ${holder.process.pid},`))
  await holder.kill()
  const bench = openBench(path)
  expect(bench.check()).toEqual([])
  bench.close()
})

test('reading is allowed while another process writes, and does not write', async () => {
  const path = newBench()
  const holder = new Child('./hold-bench.ts', path)
  await holder.message()
  const before = contentsOf(join(path, '..'))
  const reader = openBench(path, { readOnly: true })
  expect(reader.datasets.list()).toEqual([])
  expect(() => reader.journal.append('no', '', '')).toThrow(expect.objectContaining({ code: 'read-only' }))
  reader.close()
  const after = contentsOf(join(path, '..'))
  expect([after['a.weakbench'], after['a.weakbench-wal']]).toEqual([before['a.weakbench'], before['a.weakbench-wal']])
  expect(() => openBench(path)).toThrow(expect.objectContaining({ code: 'bench-locked' }))
})

test('a second opening refused in this process does not loosen the hold of the first', async () => {
  const path = newBench()
  const bench = openBench(path)
  expect(() => openBench(path)).toThrow(expect.objectContaining({ code: 'bench-locked' }))
  openBench(path, { readOnly: true }).close()
  // SQLite's own lock on the file, lost if this process had opened and closed the file beside SQLite, is what keeps others from removing the log.
  expect(await new Child('./take-over.ts', path).message()).toBe('SQLITE_BUSY')
  bench.close()
  expect(await new Child('./take-over.ts', path).message()).toBe('exclusive')
})

test('of several processes that open at the same moment, exactly one gets the file', async () => {
  const path = newBench()
  const answers = await Promise.all(Array.from({ length: 4 }, () => new Child('./hold-bench.ts', path).message()))
  expect(answers.filter((answer) => 'pid' in (answer as object))).toHaveLength(1)
  expect(answers.filter((answer) => (answer as { code?: string }).code === 'bench-locked')).toHaveLength(3)
})

test('a lock file that is garbage keeps nobody out', () => {
  const path = newBench()
  writeFileSync(join(path, '..', '.a.weakbench.lock'), 'not a lock'.repeat(1000))
  const bench = openBench(path)
  expect(() => openBench(path)).toThrow(expect.objectContaining({ code: 'bench-locked' }))
  bench.close()
})
