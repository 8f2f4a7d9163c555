/** P(Z > z) of a standard normal, relative error about 1e-14: erfc(z / sqrt 2) / 2 by series or continued fraction (DLMF 7.6.2, 7.9.2). */
export function normalUpperTail(z: number): number {
  if (z < 0) return 1 - normalUpperTail(-z)
  return z < 3 ? 0.5 - bySeries(z) : byFraction(z)
}

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)

/** P(0 < Z < z) = density(z) (z + z^3 / 3 + z^5 / 15 + ...). */
function bySeries(z: number): number {
  let term = z
  let sum = z
  for (let n = 3; Math.abs(term) > 1e-17 * sum; n += 2) sum += term *= (z * z) / n
  return density(z) * sum
}

/** density(z) / (z + 1 / (z + 2 / (z + 3 / (z + ...)))), from the inside out. */
function byFraction(z: number): number {
  let inner = z
  for (let n = 200; n >= 1; n--) inner = z + n / inner
  return density(z) / inner
}
