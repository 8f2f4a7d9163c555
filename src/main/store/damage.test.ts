import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BenchError } from '../../shared/contract/errors.ts'
import { openBench } from './bench.ts'
import { addDataset, addRun } from './fixtures/sample-bench.ts'
import { contentsOf, temporaryFolder } from './fixtures/temporary-folder.ts'

/** A bench file with rows in most tables and a few hundred pages, closed. */
function soundFile(): Buffer {
  const path = join(temporaryFolder(), 'sound.weakbench')
  const bench = openBench(path, { create: true })
  const dataset = addDataset(bench, { count: 3000, shape: [28, 2] })
  const source = bench.labels.ensureSource(dataset.id, 'given', 'given')
  const rows = Array.from({ length: 3000 }, (_, row) => row)
  bench.labels.append(source.id, rows, rows.map((row) => row % 10))
  const run = addRun(bench)
  bench.runs.appendMetrics(run.id, [{ name: 'loss', steps: Int32Array.from(rows), values: Float64Array.from(rows, (row) => row / 7) }])
  bench.journal.append('Rename', '{}', '{}')
  bench.close()
  return readFileSync(path)
}

/**
 * Opens the bytes as a file. Refused: with a typed error, and every byte as before. Opened: it can be read, where not
 * whole with a typed error. Returns the code of the refusal, if any.
 */
function openBytes(bytes: Uint8Array): string | undefined {
  const folder = temporaryFolder()
  const path = join(folder, 'damaged.weakbench')
  writeFileSync(path, bytes)
  const before = contentsOf(folder)
  for (const options of [{ readOnly: true }, {}]) {
    try {
      const bench = openBench(path, options)
      try {
        bench.info()
        bench.check()
        for (const dataset of bench.datasets.list()) bench.labels.sources(dataset.id)
        bench.journal.list(10)
      } finally {
        bench.close()
      }
    } catch (error) {
      // Text that is no longer JSON is found by who parses it; the file itself is sound to SQLite.
      if (error instanceof SyntaxError) continue
      if (!(error instanceof BenchError)) throw error
      expect(['bench-damaged', 'bench-foreign', 'bench-newer']).toContain(error.code)
      if (!options.readOnly) {
        expect(contentsOf(folder)).toEqual(before)
        return error.code
      }
    }
  }
  return undefined
}

test('a file cut off anywhere is refused as damaged, unchanged', () => {
  const sound = soundFile()
  expect(openBytes(sound)).toBeUndefined()
  for (const length of [1, 15, 16, 60, 99, 100, 101, 511, 4095, 4096, 4097, 8192, sound.length - 4096, sound.length - 1]) {
    expect(openBytes(sound.subarray(0, length)), `cut at ${length}`).toBe('bench-damaged')
  }
  fc.assert(
    fc.property(fc.integer({ min: 1, max: sound.length - 1 }), (length) => {
      expect(openBytes(sound.subarray(0, length))).toBe('bench-damaged')
    }),
    { numRuns: 40 }
  )
})

test('a file with overwritten bytes is opened or refused with a typed error, unchanged', () => {
  const sound = soundFile()
  const outcomes = new Set<string | undefined>()
  const damage = fc.record({ at: fc.integer({ min: 0, max: sound.length - 1 }), bytes: fc.uint8Array({ minLength: 1, maxLength: 600 }) })
  const headerDamage = fc.record({ at: fc.integer({ min: 0, max: 120 }), bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }) })
  fc.assert(
    fc.property(fc.oneof(damage, headerDamage), ({ at, bytes }) => {
      const copy = Buffer.from(sound)
      copy.set(bytes.subarray(0, copy.length - at), at)
      outcomes.add(openBytes(copy))
    }),
    { numRuns: 120 }
  )
  expect(outcomes).toContain('bench-damaged')
})

test('every damaged byte of the header is met with a typed error or does no harm', () => {
  const sound = soundFile()
  for (let at = 0; at < 100; at++) {
    const copy = Buffer.from(sound)
    copy[at] = (copy[at] ?? 0) ^ 0x03
    openBytes(copy)
  }
  for (const at of [18, 19]) expect(openBytes(Buffer.from(sound).fill(3, at, at + 1)), `byte ${at}`).toBe('bench-damaged')
})

test('whole pages of zeros in the middle, as a crash of the disk leaves, are found', () => {
  const sound = soundFile()
  const refused = [1, 2, 3, 5, 8, 13].filter((page) => openBytes(Buffer.from(sound).fill(0, page * 4096, (page + 1) * 4096)) === 'bench-damaged')
  expect(refused).toEqual([1, 2, 3, 5, 8, 13])
})

test('reading a damaged page read-only says so, in the words for it', () => {
  const sound = soundFile()
  const path = join(temporaryFolder(), 'damaged.weakbench')
  // The root page of the first table after the schema: `meta`, which info() reads.
  writeFileSync(path, Buffer.from(sound).fill(0xff, 4096, 8192))
  const bench = openBench(path, { readOnly: true })
  expect(() => bench.info()).toThrow(expect.objectContaining({ code: 'bench-damaged' }))
  bench.close()
})
