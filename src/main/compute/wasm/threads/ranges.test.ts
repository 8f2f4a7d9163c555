import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cut, piecesFor } from './ranges.ts'

it('cuts an axis into ranges that follow each other, start at multiples of the step, and differ by one step at most', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.integer({ min: 1, max: 32 }), fc.integer({ min: 1, max: 9 }), (length, step, pieces) => {
      const ranges = cut(length, step, pieces)
      let end = 0
      for (const { first, count } of ranges) {
        expect(first).toBe(end)
        expect(first % step).toBe(0)
        end += count
      }
      expect(end).toBe(length)
      expect(ranges.length).toBe(Math.max(1, Math.min(pieces, Math.ceil(length / step))))
      const sizes = ranges.map(({ count }) => Math.ceil(count / step))
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
    { seed: 21 }
  )
})

it('hands over what takes long enough only', () => {
  expect(piecesFor(10, 8)).toBe(1)
  expect(piecesFor(39_999, 8)).toBe(1)
  expect(piecesFor(40_000, 8)).toBe(2)
  expect(piecesFor(1e9, 8)).toBe(8)
  expect(piecesFor(1e9, 1)).toBe(1)
})
