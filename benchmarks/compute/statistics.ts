/** The middle of a sample; the mean of the two middle ones where their number is even. NaN of nothing. */
export function median(sample: readonly number[]): number {
  const sorted = [...sample].sort((a, b) => a - b)
  const middle = sorted.length / 2
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

export interface Summary {
  /** Median over rounds of the round's median, milliseconds a step. */
  readonly ms: number
  /** The fastest and the slowest round. */
  readonly least: number
  readonly most: number
}

/** One number and its spread of the rounds of an entry, each a sample of milliseconds a step. */
export function summarize(rounds: readonly (readonly number[])[]): Summary {
  const medians = rounds.map(median)
  return { ms: median(medians), least: Math.min(...medians), most: Math.max(...medians) }
}

/** 10^9 floating point operations a second. */
export const gigaflops = (operations: number, ms: number): number => operations / ms / 1e6

/** How many times as fast as the other something is: above 1 is faster. */
export const speedup = (ms: number, otherMs: number): number => otherMs / ms

/**
 * Which entries computed something else: those with a value that is missing, not finite, or differs from the median
 * over entries by more than a tolerance, relative to the largest median.
 */
export function deviants(values: readonly (readonly number[])[], tolerance: number): boolean[] {
  const length = Math.max(0, ...values.map((own) => own.length))
  const middle = Array.from({ length }, (_, i) => median(values.map((own) => own[i] ?? Number.NaN).filter(Number.isFinite)))
  const scale = Math.max(...middle.map(Math.abs))
  return values.map((own) => middle.some((expected, i) => !(Math.abs((own[i] ?? Number.NaN) - expected) <= tolerance * scale)))
}
