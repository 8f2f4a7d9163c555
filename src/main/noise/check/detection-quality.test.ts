import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectionQuality } from './detection-quality.ts'

const quality = (scores: readonly number[], flagged: readonly number[], wrong: readonly number[]) => detectionQuality(Float64Array.from(scores), Uint8Array.from(flagged), Uint8Array.from(wrong))

test('precision, recall and average precision are those of a table worked by hand', () => {
  const found = quality([0.1, 0.2, 0.3, 0.4], [1, 1, 0, 0], [1, 0, 1, 0])
  // Precision 1 at the first wrong label, 2/3 at the second.
  expect(found?.averagePrecision).toBeCloseTo((1 + 2 / 3) / 2, 12)
  expect(found).toMatchObject({ wrong: 0.5, precision: 0.5, recall: 0.5, precisionAtWrong: 0.5 })
})

test('rows of one score count together, whatever their order', () => {
  expect(quality([0.5, 0.5, 0.5, 0.5], [0, 0, 0, 0], [1, 0, 0, 0])).toEqual({ wrong: 0.25, averagePrecision: 0.25, precision: 0, recall: 0, precisionAtWrong: 0.25 })
  fc.assert(
    fc.property(fc.array(fc.record({ score: fc.integer({ min: 0, max: 4 }), wrong: fc.integer({ min: 0, max: 1 }) }), { minLength: 2, maxLength: 30 }), (rows) => {
      const of = (list: typeof rows) => quality(list.map(({ score }) => score), list.map(() => 0), list.map(({ wrong }) => wrong))
      const [forwards, backwards] = [of(rows), of(rows.toReversed())]
      expect(forwards === null).toBe(backwards === null)
      if (forwards !== null && backwards !== null) expect(forwards.averagePrecision).toBeCloseTo(backwards.averagePrecision, 12)
    })
  )
})

test('a perfect order has an average precision of one; nothing wrong has none', () => {
  expect(quality([0, 0.1, 0.9, 1], [1, 1, 0, 0], [1, 1, 0, 0])?.averagePrecision).toBe(1)
  expect(quality([0, 1], [0, 0], [0, 0])).toBeNull()
})
