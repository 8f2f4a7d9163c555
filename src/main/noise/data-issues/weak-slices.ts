import { BenchError } from '../../../shared/contract/errors.ts'
import { wilsonInterval } from '../../labels/accuracy-interval.ts'
import { normalUpperTail } from './normal-tail.ts'

/** Rows that have something in common. */
export interface Slice {
  readonly name: string
  /** Row numbers, each once. */
  readonly rows: ArrayLike<number>
}

/** How a slice does beside all other rows. */
export interface SliceQuality {
  readonly name: string
  readonly size: number
  /** Mean quality of its rows. */
  readonly mean: number
  /** 95% interval of the mean. */
  readonly interval: readonly [number, number]
  /** Mean quality of the rows outside; NaN where there are none. */
  readonly rest: number
  /** p-value, adjusted for the number of slices, of being no worse than the rest; null for a slice that is too small to test, or everything. */
  readonly p: number | null
  /** Whether the slice is worse than the rest, at the level asked for. */
  readonly weak: boolean
}

/**
 * Slices whose accuracy or label quality is below that of the other rows: the one-sided test of two proportions (pooled), its p-values
 * adjusted by Holm's method (1979), beside Wilson's interval of the mean. For correctness (0 or 1) that is the usual test; a quality
 * in [0, 1] varies no more than a proportion of the same mean, so the test then errs on the side of flagging too little. Weak slices
 * first, then by how far they lie below the rest; the order of rows and of slices changes nothing.
 *
 * @param quality one a row, in [0, 1]
 * @param options.leastSize slices smaller than this are not tested
 * @throws BenchError `bad-data` naming the row (from 1) whose quality cannot be, or the slice that names a row twice or one that is not there
 */
export function weakSlices(quality: ArrayLike<number>, slices: readonly Slice[], options: { readonly level?: number; readonly leastSize?: number } = {}): readonly SliceQuality[] {
  const { level = 0.05, leastSize = 20 } = options
  const n = quality.length
  for (let row = 0; row < n; row++) {
    const value = quality[row] as number
    if (!(value >= 0 && value <= 1)) throw new BenchError('bad-data', `Row ${row + 1}: ${value} is no quality from 0 to 1.`, { field: `row ${row + 1}`, hint: 'Give 1 for right and 0 for wrong, or a score in between.' })
  }
  const seen = new Int32Array(n).fill(-1)
  const total = exactSum(quality, null)
  const measured = slices.map((slice, index) => {
    checkRows(slice, index, seen)
    const size = slice.rows.length
    const sum = exactSum(quality, slice.rows)
    const mean = size > 0 ? sum / size : Number.NaN
    const rest = n > size ? (total - sum) / (n - size) : Number.NaN
    const raw = size >= leastSize && size > 0 && n > size ? belowRest(mean, size, rest, n - size, total / n) : null
    return { name: slice.name, size, mean, interval: wilsonInterval(mean, size), rest, raw }
  })
  const adjusted = holm(measured.map(({ raw }) => raw))
  const results = measured.map(({ raw: _, ...slice }, index): SliceQuality => ({ ...slice, p: adjusted[index] ?? null, weak: (adjusted[index] ?? 1) < level }))
  const gap = ({ rest, mean }: SliceQuality): number => (Number.isNaN(rest - mean) ? -Infinity : rest - mean)
  return results.toSorted((a, b) => Number(b.weak) - Number(a.weak) || gap(b) - gap(a) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** One-sided p-value of the pooled test of two proportions: the first is below the second by chance. */
function belowRest(mean: number, size: number, rest: number, others: number, pooled: number): number {
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / size + 1 / others))
  if (!(deviation > 0)) return 1
  return normalUpperTail((rest - mean) / deviation)
}

/** Holm's step-down adjustment; null where there was no test. */
export function holm(ps: readonly (number | null)[]): readonly (number | null)[] {
  const tested = [...ps.keys()].filter((index) => ps[index] !== null).toSorted((a, b) => (ps[a] as number) - (ps[b] as number))
  const adjusted: (number | null)[] = ps.map(() => null)
  let highest = 0
  for (const [rank, index] of tested.entries()) {
    highest = Math.max(highest, Math.min(1, (tested.length - rank) * (ps[index] as number)))
    adjusted[index] = highest
  }
  return adjusted
}

/** Neumaier's compensated sum of all values, or of those of some rows, so that their order does not show in it. */
function exactSum(values: ArrayLike<number>, rows: ArrayLike<number> | null): number {
  const length = rows === null ? values.length : rows.length
  let sum = 0
  let lost = 0
  for (let at = 0; at < length; at++) {
    const value = values[rows === null ? at : (rows[at] as number)] as number
    const next = sum + value
    lost += sum >= value ? sum - next + value : value - next + sum
    sum = next
  }
  return sum + lost
}

function checkRows({ name, rows }: Slice, index: number, seen: Int32Array): void {
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number
    const there = Number.isInteger(row) && row >= 0 && row < seen.length
    if (there && seen[row] !== index) {
      seen[row] = index
      continue
    }
    const reason = there ? `names row ${row + 1} twice` : `names row ${row + 1}, which is not there`
    throw new BenchError('bad-data', `The slice ${name} ${reason}.`, { field: name, hint: 'A slice holds each of its rows once.' })
  }
}
