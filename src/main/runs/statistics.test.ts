import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mean, meanInterval, regularizedBeta, standardDeviation, studentQuantile } from './statistics.ts'

describe("quantiles of Student's t", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2 (three decimals).
  it.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [5, 2.571],
    [6, 2.447],
    [7, 2.365],
    [8, 2.306],
    [10, 2.228],
    [15, 2.131],
    [30, 2.042],
    [60, 2.0],
    [100, 1.984]
  ])('97.5%% with %i degrees of freedom is %f', (df, wanted) => {
    expect(Math.abs(studentQuantile(0.975, df) - wanted)).toBeLessThanOrEqual(5.1e-4)
  })

  it.each([
    [0.95, 7, 1.895],
    [0.99, 5, 3.365],
    [0.995, 10, 3.169],
    [0.975, 120, 1.98]
  ])('%f with %i degrees of freedom is %f', (p, df, wanted) => {
    expect(Math.abs(studentQuantile(p, df) - wanted)).toBeLessThanOrEqual(5.1e-4)
  })

  it('has its closed forms with one and two degrees of freedom', () => {
    for (const p of [0.6, 0.9, 0.975, 0.999]) {
      expect(studentQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 8)
      expect(studentQuantile(p, 2)).toBeCloseTo((2 * p - 1) * Math.sqrt(2 / (4 * p * (1 - p))), 8)
    }
  })

  it('approaches the normal quantile', () => {
    expect(studentQuantile(0.975, 1e7)).toBeCloseTo(1.959964, 5)
  })

  it.each([
    [0.5, 3],
    [1, 3],
    [Number.NaN, 3],
    [0.975, 0],
    [0.975, Number.NaN]
  ])('refuses probability %f with %f degrees of freedom', (p, df) => {
    expect(() => studentQuantile(p, df)).toThrow(RangeError)
  })
})

describe('the regularized incomplete beta function', () => {
  const shape = fc.double({ min: 0.1, max: 50, noNaN: true })
  // Multiples of 2^-20, so that 1 - x is exact.
  const share = fc.integer({ min: 0, max: 1 << 20 }).map((steps) => steps / (1 << 20))

  it('mirrors: I_x(a, b) = 1 - I_{1-x}(b, a)', () => {
    fc.assert(
      fc.property(share, shape, shape, (x, a, b) => {
        expect(regularizedBeta(x, a, b) + regularizedBeta(1 - x, b, a)).toBeCloseTo(1, 8)
      })
    )
  })

  it('has its closed forms at b = 1 and a = 1, and for the uniform', () => {
    fc.assert(
      fc.property(share, shape, (x, a) => {
        expect(regularizedBeta(x, a, 1)).toBeCloseTo(x ** a, 10)
        expect(regularizedBeta(x, 1, a)).toBeCloseTo(1 - (1 - x) ** a, 10)
        expect(regularizedBeta(x, 1, 1)).toBeCloseTo(x, 12)
      })
    )
  })

  it('obeys I_x(a, b) = x I_x(a - 1, b) + (1 - x) I_x(a, b - 1) (DLMF 8.17.18)', () => {
    const above = fc.double({ min: 1.1, max: 40, noNaN: true })
    fc.assert(
      fc.property(share, above, above, (x, a, b) => {
        expect(regularizedBeta(x, a, b)).toBeCloseTo(x * regularizedBeta(x, a - 1, b) + (1 - x) * regularizedBeta(x, a, b - 1), 9)
      })
    )
  })

  it('is the binomial tail for whole numbers', () => {
    // P(X >= 3) of 5 throws with probability 0.3.
    const tail = 10 * 0.3 ** 3 * 0.7 ** 2 + 5 * 0.3 ** 4 * 0.7 + 0.3 ** 5
    expect(regularizedBeta(0.3, 3, 3)).toBeCloseTo(tail, 12)
  })

  it('rises from 0 to 1', () => {
    fc.assert(
      fc.property(share, share, shape, shape, (x, y, a, b) => {
        const [low, high] = [regularizedBeta(Math.min(x, y), a, b), regularizedBeta(Math.max(x, y), a, b)]
        expect(low).toBeGreaterThanOrEqual(-1e-12)
        expect(high).toBeLessThanOrEqual(1 + 1e-12)
        expect(high).toBeGreaterThanOrEqual(low - 1e-10)
      })
    )
    expect(regularizedBeta(0, 2, 3)).toBe(0)
    expect(regularizedBeta(1, 2, 3)).toBe(1)
  })
})

describe('means with intervals', () => {
  it('is the t interval of a worked example', () => {
    // 1, 2, 3, 4: mean 2.5, sd sqrt(5 / 3), t(3) = 3.182446.
    const { mean: center, sd, n, lower, upper } = meanInterval([1, 2, 3, 4])
    expect([center, n]).toEqual([2.5, 4])
    expect(sd).toBeCloseTo(Math.sqrt(5 / 3), 12)
    expect(lower).toBeCloseTo(2.5 - (3.182446 * Math.sqrt(5 / 3)) / 2, 5)
    expect(upper).toBeCloseTo(2.5 + (3.182446 * Math.sqrt(5 / 3)) / 2, 5)
  })

  it('has no interval for one value, nothing for none, and no width for equal ones', () => {
    expect(meanInterval([0.7])).toEqual({ mean: 0.7, sd: 0, n: 1, lower: null, upper: null })
    expect(meanInterval([])).toEqual({ mean: Number.NaN, sd: 0, n: 0, lower: null, upper: null })
    expect(meanInterval([0.5, 0.5, 0.5])).toEqual({ mean: 0.5, sd: 0, n: 3, lower: 0.5, upper: 0.5 })
  })

  it('lies around the mean and moves and stretches with the values', () => {
    const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 20 })
    fc.assert(
      fc.property(values, fc.double({ min: 0.1, max: 10, noNaN: true }), (numbers, factor) => {
        const plain = meanInterval(numbers)
        const moved = meanInterval(numbers.map((value) => 3 - factor * value))
        expect((plain.lower as number) <= plain.mean && plain.mean <= (plain.upper as number)).toBe(true)
        expect(moved.lower).toBeCloseTo(3 - factor * (plain.upper as number), 6)
        expect(moved.upper).toBeCloseTo(3 - factor * (plain.lower as number), 6)
      })
    )
  })

  it('keeps NaN visible', () => {
    expect(meanInterval([1, Number.NaN]).mean).toBeNaN()
    expect(mean([])).toBeNaN()
    expect(standardDeviation([5])).toBe(0)
  })
})
