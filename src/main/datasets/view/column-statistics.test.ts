import { expect, test } from 'vitest'
import { ColumnSummary, distinctLimit, histogramOf } from './column-statistics.ts'

test('numbers are summed up exactly, block by block', () => {
  const summary = new ColumnSummary('number')
  summary.add({ type: 'number', values: Float64Array.of(1, 2, Number.NaN) })
  summary.add({ type: 'number', values: Float64Array.of(3, 10, Infinity) })
  const found = summary.finish()
  expect(found).toMatchObject({ type: 'number', count: 4, missing: 1, infinite: 1, min: 1, max: 10, mean: 4 })
  expect(found.type === 'number' && found.deviation).toBeCloseTo(Math.sqrt(50 / 4), 12)
  expect(found.type === 'number' && found.histogram).toEqual([1, 0, 0, 1, 0, 0, 1, ...new Array<number>(22).fill(0), 1])
})

test('bars are equally wide and hold both ends; one value alone is in the first', () => {
  expect(histogramOf(Float64Array.of(0, 0.5, 1, 2, Number.NaN), 0, 2, 4)).toEqual([1, 1, 1, 1])
  expect(histogramOf(Float64Array.of(7, 7), 7, 7, 3)).toEqual([2, 0, 0])
})

test('texts are counted, the most frequent first; too many distinct ones are not listed', () => {
  const summary = new ColumnSummary('text')
  summary.add({ type: 'text', values: ['b', 'a', null, 'b', 'ccc'] })
  expect(summary.finish()).toEqual({
    type: 'text', count: 4, missing: 1, distinct: 3, length: { min: 1, mean: 1.5, max: 3 },
    frequent: [{ value: 'b', count: 2 }, { value: 'a', count: 1 }, { value: 'ccc', count: 1 }]
  })
  summary.add({ type: 'text', values: Array.from({ length: distinctLimit + 1 }, (_, index) => `v${index}`) })
  expect(summary.finish()).toMatchObject({ distinct: null, frequent: [], count: distinctLimit + 5 })
  expect(new ColumnSummary('number').finish()).toMatchObject({ count: 0, min: null, histogram: [] })
})

test('the whole range of doubles and very long texts are no trouble', () => {
  const summary = new ColumnSummary('number')
  summary.add({ type: 'number', values: Float64Array.of(-Number.MAX_VALUE, 0, Number.MAX_VALUE) })
  const found = summary.finish()
  expect(found.type === 'number' && [found.histogram[0], found.histogram[15], found.histogram[29]]).toEqual([1, 1, 1])
  expect(found).toMatchObject({ deviation: null })
  const texts = new ColumnSummary('text')
  for (let row = 0; row < 20; row++) texts.add({ type: 'text', values: [`${row}`.padEnd(1_000_000, 'x')] })
  expect(texts.finish()).toMatchObject({ count: 20, distinct: null, frequent: [], length: { max: 1_000_000 } })
})
