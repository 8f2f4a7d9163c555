import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stratifiedSplits } from './stratified-splits.ts'

const count = (parts: Int32Array, labels: readonly number[], part: number, label: number): number => labels.filter((each, row) => each === label && parts[row] === part).length

test('every part has its share of every class, within one row, and one seed gives one deal', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 1, maxLength: 200 }), fc.uniqueArray(fc.constantFrom(0.1, 0.2, 0.3, 0.4), { minLength: 1 }), fc.nat(1000), (labels, shares, seed) => {
      const parts = stratifiedSplits(Int32Array.from(labels), shares, seed)
      expect(stratifiedSplits(Int32Array.from(labels), shares, seed)).toEqual(parts)
      for (const label of new Set(labels)) {
        const all = labels.filter((each) => each === label).length
        shares.forEach((share, part) => expect(Math.abs(count(parts, labels, part, label) - share * all)).toBeLessThan(1))
      }
      if (shares.length === 4) expect(parts).not.toContain(-1)
    })
  )
})

test('copies of one example stay in one part', () => {
  const labels = Int32Array.from({ length: 120 }, (_, row) => row % 3)
  const groups = Int32Array.from({ length: 120 }, (_, row) => (row % 4 === 0 ? -1 : Math.floor(row / 8)))
  const parts = stratifiedSplits(labels, [0.5, 0.5], 7, groups)
  for (const group of new Set(groups)) {
    if (group >= 0) expect(new Set(parts.filter((_, row) => groups[row] === group)).size).toBe(1)
  }
  expect(parts).not.toContain(-1)
  // Groups of at most 8 rows, three classes: no part is further from its share than one group a class.
  expect(Math.abs(parts.filter((part) => part === 0).length - 60)).toBeLessThanOrEqual(24)
})

test('parts have their shares of many classes of one row', () => {
  const parts = stratifiedSplits(Int32Array.from({ length: 1000 }, (_, row) => row), [0.4, 0.1, 0.3], 1)
  const counts = [0, 1, 2, -1].map((part) => parts.filter((each) => each === part).length)
  counts.forEach((found, part) => expect(Math.abs(found - ([400, 100, 300, 200][part] ?? 0))).toBeLessThanOrEqual(2))
})
