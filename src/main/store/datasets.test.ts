import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunkRows } from './datasets.ts'
import { addDataset, newDataset, temporaryBench } from './fixtures/sample-bench.ts'

test('a data set comes back as it was inserted, hidden until it is complete', () => {
  const bench = temporaryBench()
  const dataset = bench.datasets.insert(newDataset)
  const { featureHash: _, ...visible } = newDataset
  expect(dataset).toMatchObject(visible)
  expect(bench.datasets.list()).toEqual([])
  expect(bench.datasets.get(dataset.id)).toBeUndefined()
  bench.datasets.complete(dataset.id)
  expect(bench.datasets.get(dataset.id)).toEqual(dataset)
  expect(bench.datasets.list()).toEqual([dataset])
  expect(bench.info().counts.datasets).toBe(1)
})

test.each(['uint8', 'float32'] as const)('%s features of any rows in any order, across chunk borders', (dtype) => {
  const bench = temporaryBench()
  const count = chunkRows * 2 + 100
  const dataset = addDataset(bench, { dtype, count, shape: [3], kind: 'table' })
  const all = dtype === 'uint8' ? Uint8Array.from({ length: count * 3 }, (_, index) => index) : Float32Array.from({ length: count * 3 }, (_, index) => index / 3)
  expect(bench.datasets.features(dataset, Array.from({ length: count }, (_, row) => row))).toEqual(all)
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(count - 1), fc.constantFrom(0, chunkRows - 1, chunkRows, 2 * chunkRows - 1, 2 * chunkRows, count - 1)), { maxLength: 20 }), (rows) => {
      const features = bench.datasets.features(dataset, rows)
      expect(features.constructor).toBe(all.constructor)
      expect(Array.from(features)).toEqual(rows.flatMap((row) => Array.from(all.subarray(row * 3, row * 3 + 3))))
    }),
    { numRuns: 40 }
  )
})

test('a row that does not exist is an error, not zeros', () => {
  const bench = temporaryBench()
  const dataset = addDataset(bench)
  for (const row of [10, -1, chunkRows, 0.5]) expect(() => bench.datasets.features(dataset, [0, row]), String(row)).toThrow(/no features/)
})

test('features that do not fit the data set are refused', () => {
  const bench = temporaryBench()
  const { id } = bench.datasets.insert({ ...newDataset, count: chunkRows + 10 })
  const append = (start: number, count: number, data: Uint8Array | Float32Array) => () => bench.datasets.appendFeatures(id, start, count, data)
  expect(append(0, 2, new Uint8Array(7))).toThrow(/are not 2 x 4 uint8/)
  expect(append(0, 2, new Float32Array(8))).toThrow(/are not 2 x 4 uint8/)
  expect(append(5, 1, new Uint8Array(4))).toThrow(/do not fit/)
  expect(append(chunkRows, 11, new Uint8Array(44))).toThrow(/do not fit/)
  append(0, 0, new Uint8Array(0))()
  append(0, 10, new Uint8Array(40))()
  expect(append(0, 10, new Uint8Array(40))).toThrow(/UNIQUE/)
  expect(() => bench.datasets.appendFeatures('none', 0, 1, new Uint8Array(4))).toThrow(/no data set/)
})

test('an import given up leaves nothing, a complete one stays', () => {
  const bench = temporaryBench()
  const complete = addDataset(bench)
  const half = (): string => {
    const { id } = bench.datasets.insert(newDataset)
    bench.datasets.appendFeatures(id, 0, 5, new Uint8Array(20))
    bench.labels.append(bench.labels.ensureSource(id, 'given', 'given').id, [0], [1])
    return id
  }
  bench.datasets.abandon(half())
  half()
  bench.datasets.abandon(complete.id)
  bench.datasets.removeIncomplete()
  for (const table of ['dataset', 'feature_chunk']) expect(bench.connection.get(`SELECT count(*) AS n FROM ${table}`), table).toEqual({ n: 1 })
  for (const table of ['label_source', 'label', 'label_in_force']) expect(bench.connection.get(`SELECT count(*) AS n FROM ${table}`), table).toEqual({ n: 0 })
})

test('a deleted data set is hidden, can be required, and comes back', () => {
  const bench = temporaryBench()
  const dataset = addDataset(bench)
  bench.datasets.rename(dataset.id, 'renamed')
  bench.datasets.setDeleted(dataset.id, 5)
  expect(bench.datasets.list()).toEqual([])
  expect(bench.datasets.get(dataset.id)).toBeUndefined()
  expect(bench.datasets.require(dataset.id).name).toBe('renamed')
  expect(bench.info().counts.datasets).toBe(0)
  bench.datasets.setDeleted(dataset.id, null)
  expect(bench.datasets.list().map((item) => item.name)).toEqual(['renamed'])
})

test('types are enforced', () => {
  const bench = temporaryBench()
  expect(() => bench.datasets.insert({ ...newDataset, count: 1.5 })).toThrow(/cannot store REAL value in INTEGER column/)
  expect(() => bench.datasets.insert({ ...newDataset, count: -1 })).toThrow(/CHECK constraint/)
  expect(() => bench.connection.run(`INSERT INTO setting (key, value) VALUES ('a', x'00')`)).toThrow(/cannot store BLOB value in TEXT column/)
  expect(bench.connection.get('SELECT count(*) AS n FROM dataset')).toEqual({ n: 0 })
})
