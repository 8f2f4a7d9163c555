import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addRun, temporaryBench } from './fixtures/sample-bench.ts'

test('values come back as they are, NaN and infinities too, steps ascending', () => {
  const bench = temporaryBench()
  // SQLite keeps whole numbers in a REAL column as integers, which have no negative zero.
  const values = fc.double().map((value) => (Object.is(value, -0) ? 0 : value))
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), values), { selector: ([step]) => step, maxLength: 30 }), (points) => {
      const run = addRun(bench)
      bench.runs.appendMetrics(run.id, [{ name: 'loss', steps: Int32Array.from(points, ([step]) => step), values: Float64Array.from(points, ([, value]) => value) }])
      const sorted = points.toSorted(([a], [b]) => a - b)
      expect(bench.runs.metrics([run.id], ['loss'])).toEqual([
        { runId: run.id, series: [{ name: 'loss', steps: Int32Array.from(sorted, ([step]) => step), values: Float64Array.from(sorted, ([, value]) => value) }] }
      ])
    }),
    { numRuns: 50 }
  )
})

test('a step written again is replaced, also between finite and not', () => {
  const bench = temporaryBench()
  const run = addRun(bench)
  const write = (...values: number[]): void => bench.runs.appendMetrics(run.id, [{ name: 'loss', steps: Int32Array.of(1, 2), values: Float64Array.from(values) }])
  write(1, Number.NaN)
  write(Number.NEGATIVE_INFINITY, 4)
  expect(bench.runs.metrics([run.id])[0]?.series).toEqual([{ name: 'loss', steps: Int32Array.of(1, 2), values: Float64Array.of(-Infinity, 4) }])
})

test('series by name, one that does not exist empty, none of another run', () => {
  const bench = temporaryBench()
  const run = addRun(bench)
  const other = addRun(bench)
  const point = { steps: Int32Array.of(1), values: Float64Array.of(0.5) }
  bench.runs.appendMetrics(run.id, [{ name: 'loss', ...point }, { name: 'accuracy', ...point }, { name: 'empty', steps: new Int32Array(0), values: new Float64Array(0) }])
  expect(bench.runs.metrics([run.id])[0]?.series.map((series) => series.name)).toEqual(['accuracy', 'empty', 'loss'])
  expect(bench.runs.metrics([other.id, run.id], ['loss', 'none']).map(({ series }) => series.map((item) => item.steps.length))).toEqual([[0, 0], [1, 0]])
})

test('a long series is thinned, a spike in it stays', () => {
  const bench = temporaryBench()
  const run = addRun(bench)
  const values = new Float64Array(5000).fill(1)
  values[3333] = 99
  bench.runs.appendMetrics(run.id, [{ name: 'loss', steps: Int32Array.from(values, (_, index) => index), values }])
  const [series] = bench.runs.metrics([run.id], undefined, 100)[0]?.series ?? []
  expect(series?.steps.length).toBeLessThanOrEqual(102)
  expect(series?.values[series.steps.indexOf(3333)]).toBe(99)
})

test('steps without values, and a run that does not exist, store nothing', () => {
  const bench = temporaryBench()
  const run = addRun(bench)
  const good = { name: 'good', steps: Int32Array.of(1), values: Float64Array.of(1) }
  expect(() => bench.runs.appendMetrics(run.id, [good, { ...good, name: 'bad', values: new Float64Array(0) }])).toThrow('1 steps and 0 values')
  expect(() => bench.runs.appendMetrics('none', [good])).toThrow(/FOREIGN KEY/)
  expect(bench.runs.metrics([run.id])[0]?.series).toEqual([])
})
