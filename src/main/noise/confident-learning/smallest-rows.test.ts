import { expect, it } from 'vitest'
import { testStream } from '../testing/reference-cases.ts'
import { bitonicOrder } from './bitonic-order.ts'
import { isTied, markSmallest, smallestKey } from './smallest-rows.ts'

const random = testStream('selection')
const shapes: Record<string, (i: number, n: number) => number> = {
  normal: () => random.normal(),
  equal: () => 1,
  'two values': (i) => i % 2,
  ascending: (i) => i,
  descending: (i, n) => n - i,
  'organ pipe': (i, n) => Math.min(i, n - i),
  'one far off': (i) => (i === 7 ? 1e300 : random.uniform()),
  'subnormal spread': () => 5e-324 * random.integer(9)
}

it.each(Object.keys(shapes))('finds every order statistic: %s', (name) => {
  for (const n of [1, 2, 9, 100, 5000]) {
    const keys = Float64Array.from({ length: n }, (_, i) => shapes[name]!(i, n))
    const sorted = keys.toSorted()
    for (const k of [0, n >> 2, n >> 1, n - 1]) expect(smallestKey(keys, k)).toBe(sorted[k])
  }
})

const marked = (keys: Float64Array, count: number): number[] => {
  const marks = new Uint8Array(2 * keys.length)
  markSmallest(keys, Int32Array.from(keys, (_, i) => 2 * i), count, marks)
  return [...marks.keys()].filter((row) => marks[row] === 1)
}

it('marks the smallest, of equal ones those that the network puts first', () => {
  expect(marked(Float64Array.of(3, 1, 2, 5, 4, 9), 3)).toEqual([0, 2, 4])
  const keys = Float64Array.of(0.5, 0.5, 0, 0)
  expect([...bitonicOrder(keys)]).toEqual([3, 2, 1, 0])
  expect([isTied(keys, 1), isTied(keys, 2)]).toEqual([true, false])
  expect(marked(keys, 1)).toEqual([6])
})

it('marks the first of equal ones among many', () => {
  const keys = Float64Array.from({ length: 300 }, (_, i) => i % 3)
  expect(marked(keys, 4)).toEqual([0, 6, 12, 18])
})

it('marks none for a count of zero or less, and all for more than there are', () => {
  expect(marked(Float64Array.of(1, 2, 3), -1)).toEqual([])
  expect(marked(Float64Array.of(1, 2, 3), 7)).toEqual([0, 2, 4])
})

it('orders by the network', () => {
  for (let n = 1; n < 70; n++) {
    const keys = Float64Array.from({ length: n }, () => random.integer(9))
    const order = [...bitonicOrder(keys)]
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
    expect(order.map((i) => keys[i]!)).toEqual([...keys.toSorted()])
  }
  // As numpy.argsort gives it with vector instructions.
  expect([...bitonicOrder(Float64Array.of(0.5, 0.75, 0.75, 0.75, 0.25, 0.5, 0, 0, 0.5, 0.25, 0.25, 0.5, 0))]).toEqual([6, 7, 12, 4, 9, 10, 5, 0, 11, 8, 3, 1, 2])
})
