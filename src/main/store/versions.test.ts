import { expect, test } from 'vitest'
import { addDataset, newDataset, temporaryBench } from './fixtures/sample-bench.ts'
import type { Bench } from './bench.ts'
import type { NewDataset } from './datasets.ts'
import type { NewVersion } from './versions.ts'

function addVersion(bench: Bench, changes: Partial<NewVersion> = {}, dataset: Partial<NewDataset> = {}): ReturnType<Bench['versions']['ensure']> {
  const { id } = addDataset(bench, dataset)
  const source = bench.labels.ensureSource(id, 'given', 'given')
  return bench.versions.ensure({ datasetId: id, name: 'all', labelSourceId: source.id, rows: Int32Array.of(0, 1, 2), splits: Uint8Array.of(2, 4, 4), labels: Int32Array.of(1, 0, -1), ...changes })
}

test('the same content has the same hash in every bench file', () => {
  const first = addVersion(temporaryBench())
  const second = addVersion(temporaryBench(), { name: 'another name' })
  expect(second.id).not.toBe(first.id)
  expect(second.hash).toBe(first.hash)
  expect(first.hash).toMatch(/^[0-9a-f]{64}$/)
})

test('one row, split, label, feature, shape or type makes another hash', () => {
  const hashes = [
    addVersion(temporaryBench()),
    addVersion(temporaryBench(), { rows: Int32Array.of(0, 1, 3) }),
    addVersion(temporaryBench(), { splits: Uint8Array.of(2, 4, 3) }),
    addVersion(temporaryBench(), { labels: Int32Array.of(1, 0, 0) }),
    addVersion(temporaryBench(), {}, { featureHash: `b${newDataset.featureHash.slice(1)}` }),
    addVersion(temporaryBench(), {}, { shape: [4] }),
    addVersion(temporaryBench(), {}, { dtype: 'float32' })
  ].map((version) => version.hash)
  expect(new Set(hashes).size).toBe(hashes.length)
})

test('the same content is stored once; content and counts come back', () => {
  const bench = temporaryBench()
  const dataset = addDataset(bench)
  const source = bench.labels.ensureSource(dataset.id, 'given', 'given')
  const content = { rows: Int32Array.of(5, 1, 9), splits: Uint8Array.of(0, 4, 4), labels: Int32Array.of(1, -1, 0) }
  const version = bench.versions.ensure({ datasetId: dataset.id, name: 'first', labelSourceId: source.id, ...content })
  expect(bench.versions.ensure({ datasetId: dataset.id, name: 'second', labelSourceId: source.id, ...content })).toEqual(version)
  expect(version.counts).toEqual({ none: 1, pretrain: 0, teacher: 0, student: 0, test: 2 })
  expect(bench.versions.content(version.id)).toEqual({ version, ...content })
  const empty = bench.versions.ensure({ datasetId: dataset.id, name: 'empty', labelSourceId: source.id, rows: new Int32Array(0), splits: new Uint8Array(0), labels: new Int32Array(0) })
  expect(bench.versions.content(empty.id)?.rows).toEqual(new Int32Array(0))
  expect(bench.versions.list(dataset.id)).toEqual([version, empty])
  expect(bench.versions.content('none')).toBeUndefined()
})

test('arrays that are part of a larger one are stored as that part', () => {
  const bench = temporaryBench()
  const version = addVersion(bench, { rows: Int32Array.of(9, 9, 5, 6, 7, 9).subarray(2, 5) })
  expect(bench.versions.content(version.id)?.rows).toEqual(Int32Array.of(5, 6, 7))
})

test('arrays of different lengths and unknown references are refused', () => {
  const bench = temporaryBench()
  expect(() => addVersion(bench, { labels: Int32Array.of(1) })).toThrow('3 rows, 3 splits and 1 labels')
  expect(() => addVersion(bench, { labelSourceId: 'none' })).toThrow(/FOREIGN KEY/)
  expect(() => addVersion(bench, { datasetId: 'none' })).toThrow(/no data set/)
})
