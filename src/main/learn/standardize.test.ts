import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureColumns, standardize } from './standardize.ts'

describe('standardisation of columns', () => {
  it('uses the mean and population deviation, plus 1e-3, of the measured rows only', () => {
    // Row 1 is not measured; were it, everything would be different.
    const measured = measureColumns(Float32Array.of(1, 10, 1e6, -1e6, 3, 10), 2, Int32Array.of(0, 2))
    expect(Array.from(measured.mean)).toEqual([2, 10])
    expect(measured.scale[0]).toBeCloseTo(1.001, 6)
    expect(measured.scale[1]).toBeCloseTo(1e-3, 8)
    const standardized = standardize(Float32Array.of(1, 10, 5, 11), measured)
    expect(standardized[0]).toBeCloseTo(-1 / 1.001, 5)
    expect(standardized[1]).toBe(0)
    expect(standardized[2]).toBeCloseTo(3 / 1.001, 5)
    expect(standardized[3]).toBeCloseTo(1000, 1)
  })

  it('leaves the measured rows with mean 0 and deviation sd / (sd + 1e-3)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 5, maxLength: 150 }), (width, numbers) => {
        const count = Math.floor(numbers.length / width)
        const matrix = Float32Array.from(numbers.slice(0, width * count))
        const measured = measureColumns(matrix, width, Int32Array.from({ length: count }, (_, row) => row))
        const standardized = standardize(matrix, measured)
        for (let column = 0; column < width; column++) {
          const values = Array.from({ length: count }, (_, row) => standardized[row * width + column] as number)
          const center = values.reduce((sum, value) => sum + value, 0) / count
          const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / count)
          const scale = measured.scale[column] as number
          // A mean rounded to float32 moves the centre by up to 1e-5 in data of size 100, seen through the scale.
          expect(Math.abs(center)).toBeLessThan(1e-5 / scale + 1e-5)
          expect(Math.abs(spread - (scale - 1e-3) / scale)).toBeLessThan(2e-5 / scale + 1e-5)
        }
      }),
      { numRuns: 100 }
    )
  })

  it('measures a small spread far from zero', () => {
    const matrix = Float32Array.from({ length: 1000 }, (_, row) => 4096 + (row % 2) / 64)
    expect(measureColumns(matrix, 1, Int32Array.from(matrix.keys())).scale[0]).toBeCloseTo(1 / 128 + 1e-3, 6)
  })

  it('makes a new matrix', () => {
    const matrix = Float32Array.of(1, 2)
    standardize(matrix, measureColumns(matrix, 1, Int32Array.of(0, 1)))
    expect(Array.from(matrix)).toEqual([1, 2])
  })

  it.each([
    ['no rows', []],
    ['a row that is not there', [2]],
    ['a negative row', [-1]]
  ])('refuses to measure %s', (_what, rows) => {
    expect(() => measureColumns(Float32Array.of(1, 2), 1, Int32Array.from(rows))).toThrow(RangeError)
  })
})
