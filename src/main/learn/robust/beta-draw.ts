import type { Stream } from '../random.ts'

/**
 * A number from Beta(a, b), as `g / (g + h)` of two gamma variables, in logarithms so that small parameters, whose
 * gamma variables underflow, still give 0 or 1 and never NaN.
 */
export function betaDraw(a: number, b: number, stream: Stream): number {
  if (!(a > 0 && b > 0)) throw new RangeError(`Beta(${a}, ${b}) does not exist: both parameters must be above 0.`)
  const [g, h] = [logGammaDraw(a, stream), logGammaDraw(b, stream)]
  return 1 / (1 + Math.exp(h - g))
}

/** The logarithm of a number from Gamma(shape, 1), by the method of Marsaglia and Tsang (2000). */
function logGammaDraw(shape: number, stream: Stream): number {
  // Below 1: Gamma(a) = Gamma(a + 1) U^(1 / a).
  if (shape < 1) return logGammaDraw(shape + 1, stream) + Math.log(1 - stream.uniform()) / shape
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = stream.normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - stream.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v)
  }
}
