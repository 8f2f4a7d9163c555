/** The curve `1 / (1 + a d^(2 b))` by which UMAP's map turns distance into similarity. */
export interface SimilarityCurve {
  readonly a: number
  readonly b: number
}

/**
 * Fits the curve to one that is 1 up to `minimumDistance` and falls off by `exp(-(d - minimumDistance) / spread)` beyond, by
 * least squares at 300 points from 0 to 3 spreads (Gauss, Newton and Levenberg's steps). 0.1 and 1 give a = 1.577, b = 0.895.
 */
export function similarityCurve(minimumDistance: number, spread: number): SimilarityCurve {
  const xs = Array.from({ length: 300 }, (_, i) => (3 * spread * i) / 299)
  const wanted = xs.map((x) => (x < minimumDistance ? 1 : Math.exp(-(x - minimumDistance) / spread)))
  let best: SimilarityCurve = { a: 1, b: 1 }
  let error = errorOf(best, xs, wanted)
  let damping = 1e-2
  for (let round = 0; round < 200 && damping < 1e12; round++) {
    const next = step(best, xs, wanted, damping)
    const reached = errorOf(next, xs, wanted)
    if (next.a > 0 && next.b > 0 && reached < error) {
      const gain = error - reached
      ;[best, error, damping] = [next, reached, damping / 10]
      if (gain < 1e-14) break
    } else damping *= 10
  }
  return best
}

const valueAt = ({ a, b }: SimilarityCurve, x: number): number => 1 / (1 + a * x ** (2 * b))

function errorOf(curve: SimilarityCurve, xs: readonly number[], wanted: readonly number[]): number {
  return xs.reduce((sum, x, i) => sum + (valueAt(curve, x) - (wanted[i] as number)) ** 2, 0)
}

function step(curve: SimilarityCurve, xs: readonly number[], wanted: readonly number[], damping: number): SimilarityCurve {
  const { a, b } = curve
  // Normal equations of the linearised problem.
  let [aa, ab, bb, ar, br] = [0, 0, 0, 0, 0]
  xs.forEach((x, i) => {
    if (x === 0) return
    const value = valueAt(curve, x)
    const power = x ** (2 * b)
    const slopeA = -value * value * power
    const slopeB = slopeA * a * 2 * Math.log(x)
    const residual = (wanted[i] as number) - value
    aa += slopeA * slopeA
    ab += slopeA * slopeB
    bb += slopeB * slopeB
    ar += slopeA * residual
    br += slopeB * residual
  })
  aa *= 1 + damping
  bb *= 1 + damping
  const determinant = aa * bb - ab * ab
  return { a: a + (bb * ar - ab * br) / determinant, b: b + (aa * br - ab * ar) / determinant }
}
