import { BenchError } from '../../../shared/contract/errors.ts'
import { stream } from '../../learn/random.ts'

/** Whether the order of the rows tells something about them. */
export interface RowOrderTest {
  /** How much nearer in order neighbours are than chance: the largest excess of their distribution function, 0 to 1. */
  readonly statistic: number
  /** Probability of at least this in a random order. */
  readonly p: number
  /** Mean distance in order between neighbours over that of random rows; 1 in a random order. */
  readonly nearness: number
}

const bins = 1024
/** Rows whose neighbours are looked at, at most. */
const mostRows = 5000

/**
 * Tests whether rows that are alike lie near each other in the data set, as they do when it was recorded in a series or sorted. The
 * distance in order of every row to its k nearest neighbours is compared with that of random pairs, of which P(distance <= d) =
 * d (2n - d - 1) / (n (n - 1)), by the one-sided Kolmogorov-Smirnov statistic; neighbours are not independent pairs, so its p-value is
 * that among random orders of the same graph. Of more than 5000 rows a random 5000 are looked at.
 *
 * @param neighbours rows x k, row-major: the positions of each row's nearest neighbours
 * @throws BenchError `bad-data` naming the row (from 1) with a neighbour that cannot be
 */
export function testRowOrder(neighbours: ArrayLike<number>, k: number, seed = 0, permutations = 199): RowOrderTest {
  const n = neighbours.length / k
  if (!Number.isInteger(k) || k < 1 || !Number.isInteger(n) || n < 3) throw new BenchError('bad-data', `${neighbours.length} neighbours are not ${k} for each of three rows or more.`, { field: 'neighbours', hint: 'Give the same number of neighbours for every row.' })
  const random = stream(seed, 'row-order')
  const rows = n > mostRows ? random.permutation(n).subarray(0, mostRows) : Int32Array.from({ length: n }, (_, i) => i)
  for (const i of rows) {
    for (let at = i * k; at < (i + 1) * k; at++) {
      const j = neighbours[at] as number
      if (!Number.isInteger(j) || j < 0 || j >= n || j === i) throw new BenchError('bad-data', `Row ${i + 1}: ${j} is no neighbour.`, { field: `row ${i + 1}`, hint: 'Neighbours are the positions of other rows, from 0.' })
    }
  }
  const inOrder = Int32Array.from({ length: n }, (_, i) => i)
  const { statistic, meanDistance } = excess(neighbours, k, rows, inOrder)
  let reached = 1
  for (let b = 0; b < permutations; b++) if (excess(neighbours, k, rows, random.permutation(n)).statistic >= statistic) reached++
  return { statistic, p: reached / (permutations + 1), nearness: meanDistance / ((n + 1) / 3) }
}

function excess(neighbours: ArrayLike<number>, k: number, rows: Int32Array, order: Int32Array): { readonly statistic: number; readonly meanDistance: number } {
  const n = order.length
  const counts = new Float64Array(bins + 1)
  let sum = 0
  for (const i of rows) {
    for (let at = i * k; at < (i + 1) * k; at++) {
      const d = Math.abs((order[i] as number) - (order[neighbours[at] as number] as number))
      sum += d
      const bin = Math.ceil((bins * d * (2 * n - d - 1)) / (n * (n - 1)))
      counts[bin] = (counts[bin] as number) + 1
    }
  }
  const total = rows.length * k
  let seen = 0
  let statistic = 0
  for (let bin = 0; bin <= bins; bin++) {
    seen += counts[bin] as number
    statistic = Math.max(statistic, seen / total - bin / bins)
  }
  return { statistic, meanDistance: sum / total }
}
