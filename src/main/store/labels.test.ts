import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDataset, temporaryBench } from './fixtures/sample-bench.ts'

test('a source is made once a kind and name', () => {
  const bench = temporaryBench()
  const dataset = addDataset(bench)
  const first = bench.labels.ensureSource(dataset.id, 'annotator', 'me')
  expect(bench.labels.ensureSource(dataset.id, 'annotator', 'me')).toEqual(first)
  const model = bench.labels.ensureSource(dataset.id, 'model', 'me')
  expect(bench.labels.sources(dataset.id)).toEqual([first, model])
  expect(bench.labels.source(model.id)).toMatchObject({ datasetId: dataset.id, kind: 'model', name: 'me', labelled: 0 })
  expect(bench.labels.source('none')).toBeUndefined()
})

test('the newest event of a row is in force, whatever way it is asked for', () => {
  const bench = temporaryBench()
  const count = 12
  const dataset = addDataset(bench, { count })
  const other = bench.labels.ensureSource(dataset.id, 'given', 'other')
  bench.labels.append(other.id, Array.from({ length: count }, (_, row) => row), new Array<number>(count).fill(1))
  let name = 0
  const events = fc.array(fc.array(fc.tuple(fc.nat(count - 1), fc.option(fc.nat(2), { nil: null })), { maxLength: 8 }), { maxLength: 6 })
  fc.assert(
    fc.property(events, (batches) => {
      const source = bench.labels.ensureSource(dataset.id, 'annotator', String(name++))
      const expected = new Array<number | null>(count).fill(null)
      for (const batch of batches) {
        bench.labels.append(source.id, batch.map(([row]) => row), batch.map(([, label]) => label))
        for (const [row, label] of batch) expected[row] = label
      }
      expect(Array.from(bench.labels.current(source.id, count))).toEqual(expected.map((label) => label ?? -1))
      const asked = [3, 0, 11, 3, 7]
      expect(bench.labels.currentOf(source.id, asked)).toEqual(asked.map((row) => expected[row]))
      expect(bench.labels.source(source.id)?.labelled).toBe(expected.filter((label) => label !== null).length)
    }),
    { numRuns: 60 }
  )
})

test('nothing is overwritten: the history tells every event of all sources, newest first', () => {
  const bench = temporaryBench()
  const dataset = addDataset(bench)
  const me = bench.labels.ensureSource(dataset.id, 'annotator', 'me')
  const model = bench.labels.ensureSource(dataset.id, 'model', 'small')
  bench.labels.append(me.id, [4, 5], [0, 0], 10)
  bench.labels.append(model.id, [4], [1], 5)
  bench.labels.append(me.id, [4], [null], 30)
  const event = { confidence: null }
  expect(bench.labels.history(dataset.id, 4)).toEqual([
    { ...event, sourceId: me.id, sourceName: 'me', label: null, at: 30 },
    { ...event, sourceId: model.id, sourceName: 'small', label: 1, at: 5 },
    { ...event, sourceId: me.id, sourceName: 'me', label: 0, at: 10 }
  ])
  expect(bench.labels.history(addDataset(bench).id, 4)).toEqual([])
})

test('-1, as current() writes it, is stored as no label', () => {
  const bench = temporaryBench()
  const source = bench.labels.ensureSource(addDataset(bench).id, 'given', 'given')
  bench.labels.append(source.id, Int32Array.of(0, 1), Int32Array.of(-1, 3))
  expect(bench.labels.currentOf(source.id, [0, 1])).toEqual([null, 3])
  expect(bench.labels.source(source.id)?.labelled).toBe(1)
})

test('rows beyond the count asked for are left out, empty inputs are harmless', () => {
  const bench = temporaryBench()
  const source = bench.labels.ensureSource(addDataset(bench).id, 'given', 'given')
  bench.labels.append(source.id, [], [])
  bench.labels.append(source.id, [1, 9], [2, 2])
  expect(Array.from(bench.labels.current(source.id, 3))).toEqual([-1, 2, -1])
  expect(bench.labels.current(source.id, 0)).toHaveLength(0)
  expect(bench.labels.currentOf(source.id, [])).toEqual([])
})

test('what is no label event is refused whole', () => {
  const bench = temporaryBench()
  const source = bench.labels.ensureSource(addDataset(bench).id, 'given', 'given')
  expect(() => bench.labels.append(source.id, [0, 1], [1])).toThrow('2 rows and 1 labels')
  expect(() => bench.labels.append(source.id, [0, -1], [1, 1])).toThrow(/CHECK constraint/)
  expect(() => bench.labels.append(source.id, [0, 1], [1, -2])).toThrow(/CHECK constraint/)
  expect(() => bench.labels.append(source.id, [0, 1], [1, 0.5])).toThrow(/cannot store REAL value in INTEGER column/)
  expect(() => bench.labels.append('none', [0], [1])).toThrow('no label source')
  expect(() => bench.labels.ensureSource('none', 'given', 'given')).toThrow(/FOREIGN KEY/)
  expect(bench.labels.current(source.id, 2)).toEqual(Int32Array.of(-1, -1))
})
