import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { BenchError } from '../../shared/contract/errors.ts'
import { type Bench, openBench } from './bench.ts'
import { addDataset } from './fixtures/sample-bench.ts'
import { temporaryFolder } from './fixtures/temporary-folder.ts'

/** Appends labels, a thousand a transaction, until the disk is full; returns how many were stored. */
function fill(bench: Bench, sourceId: string): number {
  const labels = new Array<number>(1000).fill(4)
  for (let stored = 0; ; stored += labels.length) {
    try {
      bench.labels.append(sourceId, labels.map((_, index) => stored + index), labels)
    } catch (error) {
      expect(error).toBeInstanceOf(BenchError)
      expect((error as BenchError).code).toBe('bench-full')
      return stored
    }
  }
}

function expectKept(path: string, sourceId: string, stored: number): void {
  const bench = openBench(path)
  expect(bench.check()).toEqual([])
  expect(bench.labels.current(sourceId, stored + 1000)).toEqual(new Int32Array(stored + 1000).fill(4, 0, stored).fill(-1, stored))
  bench.close()
}

test('a file that may not grow says so and keeps everything committed', () => {
  const path = join(temporaryFolder(), 'a.weakbench')
  const bench = openBench(path, { create: true })
  const source = bench.labels.ensureSource(addDataset(bench, { count: 60_000, shape: [1] }).id, 'given', 'given')
  bench.connection.raw.pragma('max_page_count = 200')
  const stored = fill(bench, source.id)
  expect(stored).toBeGreaterThan(0)
  expect(bench.labels.source(source.id)?.labelled).toBe(stored)
  const outer = (): void => bench.transaction(() => void fill(bench, source.id))
  expect(outer).not.toThrow()
  expect(bench.labels.source(source.id)?.labelled).toBe(stored)
  bench.close()
  expectKept(path, source.id, stored)
})

const disk = temporaryDisk()

/** A mounted file system of 2 MiB, where the system lets this process mount one. */
function temporaryDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const probe = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', '/mnt'])
  return probe.status === 0 ? 'size=2m' : undefined
}

test.runIf(disk !== undefined)('a disk that is really full says so, closes, and keeps everything committed', async () => {
  const folder = join(temporaryFolder(), 'disk')
  mkdirSync(folder)
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', disk ?? '', 'tmpfs', folder]).status).toBe(0)
  onTestFinished(() => void spawnSync('umount', [folder]))
  const path = join(folder, 'a.weakbench')
  const bench = openBench(path, { create: true })
  const source = bench.labels.ensureSource(addDataset(bench, { count: 60_000, shape: [1] }).id, 'given', 'given')
  const stored = fill(bench, source.id)
  expect(stored).toBeGreaterThan(0)
  const outside = temporaryFolder()
  await bench.backup(join(outside, 'rescue.weakbench'))
  await expect(bench.backup(join(folder, 'copy.weakbench'))).rejects.toThrow(expect.objectContaining({ code: 'bench-full' }))
  bench.close()
  expectKept(join(outside, 'rescue.weakbench'), source.id, stored)
  expect(() => writeFileSync(join(folder, 'rest'), Buffer.alloc(4 * 1024 * 1024))).toThrow(/ENOSPC/)
  expect(() => openBench(join(folder, 'b.weakbench'), { create: true })).toThrow(expect.objectContaining({ code: 'bench-full' }))
  spawnSync('mount', ['-o', 'remount,size=16m', folder])
  expectKept(path, source.id, stored)
})
