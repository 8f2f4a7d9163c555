import type { MetricSeries } from '../../shared/domain/run.ts'
import { bandOf, type Band, type Spread } from './intervals.ts'

export interface AggregatedCurve {
  readonly steps: readonly number[]
  readonly bands: readonly Band[]
}

/**
 * Mean and band over runs at each step. Runs need not share their steps: between two points of its own a run is
 * interpolated, outside them it does not count, so `n` may grow and shrink along the curve. Steps where a run has NaN are passed over.
 * @param limit most steps in the result; beyond it every k-th is taken, and the last.
 */
export function aggregateCurves(series: readonly MetricSeries[], spread: Spread, limit = 300): AggregatedCurve {
  const steps = thin([...new Set(series.flatMap((one) => [...one.steps]))].sort((a, b) => a - b), limit)
  const columns = series.map((one) => sample(one, steps))
  const kept: number[] = []
  const bands: Band[] = []
  steps.forEach((step, index) => {
    const values = columns.flatMap((column) => (Number.isFinite(column[index] ?? Number.NaN) ? [column[index] ?? 0] : []))
    if (values.length === 0) return
    kept.push(step)
    bands.push(bandOf(values, spread))
  })
  return { steps: kept, bands }
}

function thin(steps: readonly number[], limit: number): readonly number[] {
  const stride = Math.ceil(steps.length / limit)
  return stride <= 1 ? steps : steps.filter((_, index) => index % stride === 0 || index === steps.length - 1)
}

/** The value of a series at ascending steps, linearly interpolated; NaN outside its first and last finite point. */
export function sample(series: MetricSeries, steps: readonly number[]): Float64Array {
  const result = new Float64Array(steps.length).fill(Number.NaN)
  const finite = [...series.values.keys()].filter((index) => Number.isFinite(series.values[index]))
  let at = 0
  steps.forEach((step, index) => {
    while (at + 1 < finite.length && stepAt(series, finite[at + 1]) <= step) at += 1
    const left = finite[at]
    if (left === undefined || stepAt(series, left) > step) return
    const right = finite[at + 1]
    const from = series.values[left] ?? Number.NaN
    if (stepAt(series, left) === step) result[index] = from
    else if (right !== undefined) {
      const share = (step - stepAt(series, left)) / (stepAt(series, right) - stepAt(series, left))
      result[index] = from + share * ((series.values[right] ?? Number.NaN) - from)
    }
  })
  return result
}

const stepAt = (series: MetricSeries, index: number | undefined): number => (index === undefined ? Infinity : (series.steps[index] ?? Infinity))

/** Index of the entry of an ascending list that is nearest to a value; -1 for an empty list. */
export function nearestIndex(sorted: readonly number[] | Int32Array, value: number): number {
  let [low, high] = [0, sorted.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  if (low > 0 && Math.abs((sorted[low - 1] ?? 0) - value) <= Math.abs((sorted[low] ?? Infinity) - value)) return low - 1
  return sorted.length === 0 ? -1 : low
}
