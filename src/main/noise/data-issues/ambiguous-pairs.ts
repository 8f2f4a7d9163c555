import { wilsonInterval } from '../../labels/accuracy-interval.ts'

/** Two classes and how they are taken for each other. */
export interface ConfusedPair {
  readonly first: number
  readonly second: number
  /** Labels of the first class that are likely the second, and the other way round. */
  readonly firstIsSecond: number
  readonly secondIsFirst: number
  /** The same as shares of the labels of the first and of the second class. */
  readonly rates: readonly [number, number]
  /** 95% intervals of the rates. */
  readonly intervals: readonly [readonly [number, number], readonly [number, number]]
  /** Whether both rates are surely above what was asked for: the classes are hard to tell apart, rather than one a magnet of errors. */
  readonly ambiguous: boolean
}

/**
 * Pairs of classes that are confused in both directions, from a calibrated confident joint (row = given, column = likely true); the
 * pair whose lower rate is highest first. A pair is ambiguous where the lower ends of both Wilson intervals reach `least`.
 *
 * @param joint classes x classes, row-major
 */
export function confusedPairs(joint: Float64Array, labelCounts: ArrayLike<number>, least = 0.01): readonly ConfusedPair[] {
  const k = labelCounts.length
  const pairs: ConfusedPair[] = []
  for (let i = 0; i < k; i++) {
    for (let j = i + 1; j < k; j++) {
      const there = joint[i * k + j] as number
      const back = joint[j * k + i] as number
      if (there === 0 || back === 0) continue
      const rates: [number, number] = [there / (labelCounts[i] as number), back / (labelCounts[j] as number)]
      const intervals = [wilsonInterval(rates[0], labelCounts[i] as number), wilsonInterval(rates[1], labelCounts[j] as number)] as const
      pairs.push({ first: i, second: j, firstIsSecond: there, secondIsFirst: back, rates, intervals, ambiguous: intervals.every(([low]) => low >= least) })
    }
  }
  return pairs.toSorted((a, b) => Math.min(...b.rates) - Math.min(...a.rates) || Math.max(...b.rates) - Math.max(...a.rates) || a.first - b.first || a.second - b.second)
}
