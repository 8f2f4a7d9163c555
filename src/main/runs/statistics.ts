import type { MeanInterval } from '../../shared/domain/weak-to-strong.ts'

/** Arithmetic mean; NaN for no values. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Sample standard deviation (n - 1 in the denominator); 0 for fewer than two values. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return 0
  const center = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1))
}

/** Mean, sample standard deviation and two-sided 95% t interval of independent values (one a seed). */
export function meanInterval(values: readonly number[]): MeanInterval {
  const n = values.length
  const center = mean(values)
  const sd = standardDeviation(values)
  if (n < 2) return { mean: center, sd, n, lower: null, upper: null }
  const half = (studentQuantile(0.975, n - 1) * sd) / Math.sqrt(n)
  return { mean: center, sd, n, lower: center - half, upper: center + half }
}

/**
 * Quantile of Student's t distribution for p in (0.5, 1), by bisection of its distribution function
 * F(t) = 1 - I_x(df / 2, 1 / 2) / 2 with x = df / (df + t^2); accurate to about 1e-10.
 *
 * @throws RangeError outside these probabilities, or when df is not positive
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0.5 && p < 1)) throw new RangeError(`The quantile is for probabilities between 0.5 and 1, not ${p}.`)
  if (!(df > 0)) throw new RangeError(`There must be more than ${df} degrees of freedom.`)
  let low = 0
  let high = 1
  const distribution = (t: number): number => 1 - regularizedBeta(df / (df + t * t), df / 2, 0.5) / 2
  while (distribution(high) < p) high *= 2
  for (let step = 0; step < 200 && high - low > 1e-12 * high; step++) {
    const middle = (low + high) / 2
    if (distribution(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Regularized incomplete beta function I_x(a, b), a > 0 and b > 0, by its continued fraction (modified Lentz; DLMF 8.17.22). */
export function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast only below the mean; above it, use I_x(a, b) = 1 - I_{1-x}(b, a).
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta(1 - x, b, a)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  const tiny = 1e-300
  let c = 1
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1), tiny)
  let fraction = d
  for (let m = 1; m <= 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / guard(1 + even * d, tiny)
    c = guard(1 + even / c, tiny)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / guard(1 + odd * d, tiny)
    c = guard(1 + odd / c, tiny)
    const change = d * c
    fraction *= change
    if (Math.abs(change - 1) < 1e-15) break
  }
  return front * fraction
}

const guard = (value: number, tiny: number): number => (Math.abs(value) < tiny ? tiny : value)

/** Natural logarithm of the gamma function for x > 0 (Lanczos, g = 7, nine terms; relative error below 1e-14). */
function logGamma(x: number): number {
  const coefficients = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
    9.9843695780195716e-6, 1.5056327351493116e-7
  ]
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  const base = shifted + 7.5
  const series = coefficients.reduce((sum, coefficient, index) => (index === 0 ? coefficient : sum + coefficient / (shifted + index)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series)
}
