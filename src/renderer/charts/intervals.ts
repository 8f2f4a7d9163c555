/** Two-sided 95% quantiles of Student's t distribution for 1 to 30 degrees of freedom. */
const tTable = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069,
  2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042
] as const

/** t(0.975, df); beyond 30 degrees by the Cornish-Fisher expansion around the normal quantile (error below 0.001). */
export function tQuantile(df: number): number {
  const tabled = tTable[df - 1]
  if (tabled !== undefined) return tabled
  const z = 1.959964
  return z + (z ** 3 + z) / (4 * df) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * df * df)
}

export const spreads = ['sd', 'range', 'interval', 'seeds'] as const
/** What the band around a mean shows: one sample standard deviation, minimum to maximum, the 95% t interval, or nothing but the seeds. */
export type Spread = (typeof spreads)[number]

export interface Band {
  readonly mean: number
  readonly lower: number
  readonly upper: number
  readonly n: number
}

/** Mean and band of values of at least one element; a single value has a band of no width. */
export function bandOf(values: readonly number[], spread: Spread): Band {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  if (n < 2) return { mean, lower: mean, upper: mean, n }
  if (spread === 'range' || spread === 'seeds') return { mean, lower: Math.min(...values), upper: Math.max(...values), n }
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1))
  const half = spread === 'sd' ? sd : (tQuantile(n - 1) * sd) / Math.sqrt(n)
  return { mean, lower: mean - half, upper: mean + half, n }
}
