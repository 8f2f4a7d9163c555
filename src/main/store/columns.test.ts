import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnChunkRows, packColumn } from './columns.ts'
import { addDataset, temporaryBench } from './fixtures/sample-bench.ts'
import { isMissing, joinTexts, packTexts, textAt } from './text-chunk.ts'

test('texts come back as they were packed, whatever they hold', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }), { nil: null })), fc.nat(), (values, cut) => {
      const at = values.length === 0 ? 0 : cut % values.length
      const column = joinTexts([packTexts(values.slice(0, at)), packTexts(values.slice(at))])
      expect(values.map((_, row) => textAt(column, row))).toEqual(values)
      expect(values.map((_, row) => isMissing(column, row))).toEqual(values.map((value) => value === null))
    })
  )
  expect(() => joinTexts([packTexts(['abc']).subarray(0, 9)])).toThrow(/cut short/)
})

test('columns are read whole or by rows, over the bounds of their chunks', () => {
  const bench = temporaryBench()
  const count = columnChunkRows + 10
  const { id } = addDataset(bench, { count, shape: [1] })
  const statistics = { type: 'number', count: 0, missing: 0, min: null, max: null, mean: null, deviation: null, histogram: [] } as const
  bench.columns.set(id, { position: 0, name: 'x', type: 'number', role: 'feature', statistics })
  bench.columns.set(id, { position: 1, name: 'body', type: 'text', role: 'text', statistics })
  const values = Float64Array.from({ length: count }, (_, row) => (row % 7 === 0 ? Number.NaN : row / 3))
  const texts = Array.from({ length: count }, (_, row) => (row % 5 === 0 ? null : `row ${row}`))
  for (const start of [0, columnChunkRows]) {
    const rows = Math.min(columnChunkRows, count - start)
    bench.columns.append(id, 0, start, rows, packColumn({ type: 'number', values: values.slice(start, start + rows) }))
    bench.columns.append(id, 1, start, rows, packColumn({ type: 'text', values: texts.slice(start, start + rows) }))
  }
  expect(bench.columns.numbers(id, 0, count)).toEqual(values)
  const [x, body] = bench.columns.list(id)
  const rows = [count - 1, 3, 0, columnChunkRows, columnChunkRows - 1]
  if (x === undefined || body === undefined) throw new Error('The columns are missing.')
  expect(bench.columns.slice(id, x, rows).values).toEqual(Float64Array.from(rows, (row) => values[row] ?? 0))
  expect(bench.columns.slice(id, body, rows).values).toEqual(rows.map((row) => texts[row]))
  expect(bench.columns.order(id, 0)).toBeUndefined()
  bench.columns.setOrder(id, 0, Int32Array.of(2, 0, 1))
  expect(bench.columns.order(id, 0)).toEqual(Int32Array.of(2, 0, 1))
})

test('a search finds words and phrases of its own data set, without regard to case and accents', () => {
  const bench = temporaryBench()
  const [one, other] = [addDataset(bench), addDataset(bench)]
  bench.search.append(one.id, 0, ['Free MONEY now', 'money is not free', 'Grüße aus Köln', 'nothing'])
  bench.search.append(one.id, 4, ['more free stuff'])
  bench.search.append(other.id, 0, ['free'])
  const rows = (query: string): number[] => Array.from(bench.search.rows(one.id, query))
  expect(rows('free')).toEqual([0, 1, 4])
  expect(rows('money free')).toEqual([0, 1])
  expect(rows('"free money"')).toEqual([0])
  expect(rows('"free money')).toEqual([0])
  expect(rows('grusse koln')).toEqual([])
  expect(rows('grüße koln')).toEqual([2])
  expect(rows('noth*')).toEqual([3])
  // No operators: "not" is a word like any other.
  expect(rows('free NOT money')).toEqual([1])
  expect(rows('*')).toEqual([])
  expect(rows(') OR body:')).toEqual([])
  expect(Array.from(bench.search.rows(other.id, 'free'))).toEqual([0])
  expect(() => bench.search.append(one.id, 9, ['x'])).toThrow(/does not end at row 9/)
  bench.search.forget(one.id)
  expect([rows('free'), Array.from(bench.search.rows(other.id, 'free'))]).toEqual([[], [0]])
})

test('batches of labels and single events count by when they were said; soft labels come back', () => {
  const bench = temporaryBench()
  const count = 8
  const dataset = addDataset(bench, { count })
  let name = 0
  const step = fc.oneof(
    fc.record({ rows: fc.uniqueArray(fc.nat(count - 1), { minLength: 1 }), label: fc.integer({ min: -1, max: 2 }), how: fc.constantFrom('single', 'batch') }),
    fc.record({ start: fc.nat(count - 1), length: fc.integer({ min: 1, max: count }), label: fc.integer({ min: -1, max: 2 }) })
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), fc.boolean(), (steps, warm) => {
      const source = bench.labels.ensureSource(dataset.id, 'annotator', String(name++))
      const expected = new Array<number>(count).fill(-1)
      const events = expected.map((): (number | null)[] => [])
      for (const each of steps) {
        if (warm) bench.labels.inForce(source.id)
        const rows = 'rows' in each ? each.rows : Array.from({ length: Math.min(each.length, count - each.start) }, (_, index) => each.start + index)
        const labels = new Int32Array(rows.length).fill(each.label)
        if ('start' in each) bench.labels.appendBatch(source.id, each.start, labels)
        else if (each.how === 'batch') bench.labels.appendBatch(source.id, Int32Array.from(rows), labels, new Float32Array(rows.length).fill(0.5))
        else bench.labels.append(source.id, rows, labels)
        for (const row of rows) {
          expected[row] = each.label
          events[row]?.unshift(each.label < 0 ? null : each.label)
        }
      }
      expect(Array.from(bench.labels.current(source.id, count))).toEqual(expected)
      for (const row of [0, 3, count - 1]) expect(bench.labels.history(dataset.id, row).filter(({ sourceId }) => sourceId === source.id).map(({ label }) => label)).toEqual(events[row])
    }),
    { numRuns: 150 }
  )
  const source = bench.labels.ensureSource(dataset.id, 'aggregate', 'soft')
  bench.labels.appendBatch(source.id, 0, Int32Array.of(1, 0), Float32Array.of(0.75, 0.5))
  bench.labels.append(source.id, [1], [1])
  expect(Array.from(bench.labels.confidences(source.id).slice(0, 3))).toEqual([0.75, Number.NaN, Number.NaN])
  bench.labels.setSoft(source.id, 0, 2, Float32Array.of(0.25, 0.75, 0.5, 0.5))
  const soft = bench.labels.soft(source.id)
  expect([soft?.classes, Array.from(soft?.probabilities.slice(0, 6) ?? [])]).toEqual([2, [0.25, 0.75, 0.5, 0.5, Number.NaN, Number.NaN]])
})

test('a rolled back batch leaves the labels in memory as they are in the file', () => {
  const bench = temporaryBench()
  const dataset = addDataset(bench)
  const source = bench.labels.ensureSource(dataset.id, 'annotator', 'me')
  bench.labels.append(source.id, [0], [1])
  expect(bench.labels.inForce(source.id)[0]).toBe(1)
  expect(() =>
    bench.transaction(() => {
      bench.labels.appendBatch(source.id, 0, Int32Array.of(0, 0))
      throw new Error('no')
    })
  ).toThrow('no')
  expect(Array.from(bench.labels.inForce(source.id).slice(0, 2))).toEqual([1, -1])
})
