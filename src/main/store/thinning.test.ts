import fc from 'fast-check'
import { expect, test } from 'vitest'
import { thin } from './thinning.ts'

const value = fc.oneof({ weight: 8, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) }, { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) })
const series = fc.array(value, { minLength: 1, maxLength: 400 }).map((values) => Float64Array.from(values))
const stepsOf = (values: Float64Array): Int32Array => Int32Array.from(values, (_, index) => index * 10)

test('keeps the first and last point, every non-finite one, and the extremes of each bucket', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 2, max: 100 }), (values, points) => {
      const { steps: kept } = thin(stepsOf(values), values, points)
      const keptIndices = new Set(Array.from(kept, (step) => step / 10))
      expect(keptIndices).toContain(0)
      expect(keptIndices).toContain(values.length - 1)
      values.forEach((item, index) => {
        if (!Number.isFinite(item)) expect(keptIndices).toContain(index)
      })
      const buckets = Math.floor(points / 2)
      for (let bucket = 0; bucket < buckets; bucket++) {
        const from = Math.floor((bucket * values.length) / buckets)
        const to = Math.floor(((bucket + 1) * values.length) / buckets)
        const finite = Array.from(values.subarray(from, to)).filter(Number.isFinite)
        if (finite.length === 0) continue
        const keptValues = Array.from(keptIndices).filter((index) => index >= from && index < to).map((index) => values[index])
        expect(keptValues).toContain(Math.min(...finite))
        expect(keptValues).toContain(Math.max(...finite))
      }
    })
  )
})

test('keeps at most points + 2 finite points, in order, each with its own value', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 2, max: 100 }), (values, points) => {
      const thinned = thin(stepsOf(values), values, points)
      expect(thinned.values.filter(Number.isFinite).length).toBeLessThanOrEqual(points + 2)
      expect(Array.from(thinned.steps)).toEqual(Array.from(thinned.steps).sort((a, b) => a - b))
      expect(new Set(thinned.steps).size).toBe(thinned.steps.length)
      thinned.steps.forEach((step, index) => expect(thinned.values[index]).toBe(values[step / 10]))
    })
  )
})

test('an empty series stays empty', () => {
  expect(thin(new Int32Array(0), new Float64Array(0), 16)).toEqual({ steps: new Int32Array(0), values: new Float64Array(0) })
})
