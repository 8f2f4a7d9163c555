import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KnownTexts } from './known-texts.ts'
import { RowIds } from './row-ids.ts'

test('finds the row of an id that comes again, as a map does, whether ids grow or not', () => {
  const growing = fc.array(fc.nat(3), { maxLength: 40 }).map((steps) => steps.map((_, index) => steps.slice(0, index + 1).reduce((sum, step) => sum + step, 0)))
  const any = fc.array(fc.oneof(fc.integer({ min: -5, max: 20 }), fc.constantFrom('1', 'a', 'b', -0, 0.5, Infinity)), { maxLength: 40 })
  fc.assert(fc.property(fc.oneof(growing, any), fc.integer({ min: 1, max: 50 }), (values, most) => {
    const ids = new RowIds(most)
    const known = new Map<string | number, number>()
    values.forEach((id, row) => {
      expect(ids.add(id, row)).toBe(known.get(id))
      if (!known.has(id) && known.size < most) known.set(id, row)
    })
  }), { numRuns: 500, seed: 1 })
})

test('ids that grow are taken together, up to the first that does not', () => {
  const ids = new RowIds(100)
  const [values, rows] = [Float64Array.of(9, 1, 2, 5, 5, NaN, 7), Float64Array.of(10, 20, 30, 40, 50, 60)]
  expect(ids.addGrowing(values, 1, 7, rows)).toBe(4)
  expect([ids.add(5, 40), ids.add(6, 50), ids.add(2, 60)]).toEqual([30, undefined, 20])
  expect(ids.addGrowing(values, 6, 7, rows)).toBe(6)
  expect(new RowIds(2).addGrowing(values, 1, 4, rows)).toBe(3)
})

test('a code is only ever that of the very same bytes', () => {
  const known = new KnownTexts()
  fc.assert(fc.property(fc.array(fc.stringMatching(/^[ab]{0,4}$/), { maxLength: 20 }), (texts) => {
    for (const text of texts) {
      const bytes = Buffer.from(`<${text}>`)
      const code = Buffer.from(text).reduce((sum, letter) => 3 * sum + letter - 96, 0)
      expect([undefined, code]).toContain(known.code(bytes, 1, bytes.length - 1))
      known.keep(bytes, 1, bytes.length - 1, code)
      expect(known.code(bytes, 1, bytes.length - 1)).toBe(code)
    }
  }), { numRuns: 200, seed: 1 })
})
