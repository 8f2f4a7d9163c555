import * as tf from '@tensorflow/tfjs-core'
import type { Tensor2D } from '@tensorflow/tfjs-core'
import { BenchError } from '../../../shared/contract/errors.ts'
import { centred, columnMeans, countRows, unitRows } from './feature-rows.ts'
import type { FeatureRows } from './feature-rows.ts'
import { NearestLists } from './nearest-lists.ts'
import type { Pace } from './pace.ts'

export const neighbourMetrics = ['euclidean', 'cosine'] as const
export type NeighbourMetric = (typeof neighbourMetrics)[number]

/** The k nearest other examples of each example. */
export interface NeighbourGraph {
  readonly examples: number
  readonly k: number
  /** Positions, examples x k, nearest first; of equally near ones the lower position first. */
  readonly indices: Int32Array
  /** Their distances. */
  readonly distances: Float32Array
}

export interface NeighbourSettings {
  readonly k: number
  /** `cosine` is one minus the cosine; rows of zeros are at distance 1 of all others. Default `euclidean`. */
  readonly metric?: NeighbourMetric
}

/** Rows a block has: a product of two blocks takes a few milliseconds and 4 MiB. */
const blockRows = 1024
/** Candidates beyond k that are kept, so that the rounding of the products does not decide who is among the nearest. */
const spare = 8

/**
 * The exact graph of nearest neighbours by brute force: matrix products of blocks of rows on the engine in force, each pair of
 * blocks once for both sides. The nearest `k + 8` by those products are measured again in double precision.
 * O(n^2 width) time, O(n k) memory.
 *
 * @throws BenchError `invalid-input` when k is not from 1 to n - 1; `bad-data` for features that are no numbers
 */
export async function nearestNeighbours(features: FeatureRows, { k, metric = 'euclidean' }: NeighbourSettings, pace: Pace = {}): Promise<NeighbourGraph> {
  const examples = countRows(features)
  if (!Number.isInteger(k) || k < 1 || k >= examples) {
    throw new BenchError('invalid-input', `${examples} examples have at most ${examples - 1} neighbours each, not ${k}.`, { field: 'k', hint: `Choose a k from 1 to ${examples - 1}.` })
  }
  const { width } = features
  // Distances do not change, and their rounding errors shrink, when the mean is taken off.
  const points = metric === 'cosine' ? unitRows(features) : centred(features, columnMeans(features))
  const lists = await searchBlocks({ points, width }, examples, Math.min(k + spare, examples - 1), metric, pace)
  return measured({ points, width }, lists, k, metric, pace)
}

async function searchBlocks(features: FeatureRows, examples: number, room: number, metric: NeighbourMetric, pace: Pace): Promise<NearestLists> {
  const { points, width } = features
  const lists = new NearestLists(examples, room)
  const halves = halfSquares(features, metric)
  const count = Math.ceil(examples / blockRows)
  const blocks = Array.from({ length: count }, (_, i) => {
    const part = points.subarray(i * blockRows * width, Math.min(examples, (i + 1) * blockRows) * width)
    return tf.tensor2d(part, [part.length / width, width])
  })
  const pairs = (count * (count + 1)) / 2
  let done = 0
  try {
    for (let a = 0; a < count; a++) {
      for (let b = a; b < count; b++) {
        scan(productOf(blocks[a] as Tensor2D, blocks[b] as Tensor2D), a * blockRows, b * blockRows, (blocks[b] as Tensor2D).shape[0], halves, lists)
        pace.progress?.(++done, pairs)
        await pace.breathe?.()
      }
    }
  } finally {
    tf.dispose(blocks)
  }
  return lists
}

function productOf(a: Tensor2D, b: Tensor2D): Float32Array {
  // Not by tf.tidy, which would look through every number of what it returns for tensors.
  const product = tf.matMul(a, b, false, true)
  const numbers = product.dataSync() as Float32Array
  product.dispose()
  return numbers
}

/** Half the squared length of each row; half for every row where lengths do not count. */
function halfSquares({ points, width }: FeatureRows, metric: NeighbourMetric): Float64Array {
  const halves = new Float64Array(points.length / width).fill(0.5)
  if (metric === 'cosine') return halves
  for (let row = 0; row < halves.length; row++) {
    let squares = 0
    for (let at = row * width; at < (row + 1) * width; at++) squares += (points[at] as number) ** 2
    halves[row] = squares / 2
  }
  return halves
}

/**
 * Offers every pair of a block to both of its rows, by half the squared distance `|x|^2 / 2 + |y|^2 / 2 - x y`.
 *
 * @param products rows of the first block times columns (rows of the second)
 */
function scan(products: Float32Array, firstRow: number, firstColumn: number, columns: number, halves: Float64Array, lists: NearestLists): void {
  const { limits } = lists
  const rows = products.length / columns
  for (let r = 0; r < rows; r++) {
    const row = firstRow + r
    const half = halves[row] as number
    let limit = limits[row] as number
    // Within a block, each pair once and no row with itself.
    for (let c = firstRow === firstColumn ? r + 1 : 0, at = r * columns + c; c < columns; c++, at++) {
      const column = firstColumn + c
      const value = half + (halves[column] as number) - (products[at] as number)
      if (value < limit) {
        lists.insert(row, column, value)
        limit = limits[row] as number
      }
      if (value < (limits[column] as number)) lists.insert(column, row, value)
    }
  }
}

/** Measures the candidates in double precision and keeps the k nearest. */
async function measured({ points, width }: FeatureRows, { rows, room }: NearestLists, k: number, metric: NeighbourMetric, pace: Pace): Promise<NeighbourGraph> {
  const examples = points.length / width
  const indices = new Int32Array(examples * k)
  const distances = new Float32Array(examples * k)
  const values = new Float64Array(room)
  const isCosine = metric === 'cosine'
  for (let row = 0; row < examples; row++) {
    if (row % blockRows === 0) await pace.breathe?.()
    const candidates = rows.subarray(row * room, (row + 1) * room)
    candidates.forEach((other, i) => (values[i] = isCosine ? oneMinusProduct(points, width, row, other) : squaredDistance(points, width, row, other)))
    const order = Array.from(candidates.keys()).sort((a, b) => (values[a] as number) - (values[b] as number) || (candidates[a] as number) - (candidates[b] as number))
    for (let i = 0; i < k; i++) {
      const at = order[i] as number
      indices[row * k + i] = candidates[at] as number
      distances[row * k + i] = isCosine ? (values[at] as number) : Math.sqrt(values[at] as number)
    }
  }
  return { examples, k, indices, distances }
}

function squaredDistance(points: Float32Array, width: number, a: number, b: number): number {
  let sum = 0
  for (let c = 0, i = a * width, j = b * width; c < width; c++, i++, j++) {
    const difference = (points[i] as number) - (points[j] as number)
    sum += difference * difference
  }
  return sum
}

function oneMinusProduct(points: Float32Array, width: number, a: number, b: number): number {
  let sum = 0
  for (let c = 0, i = a * width, j = b * width; c < width; c++, i++, j++) sum += (points[i] as number) * (points[j] as number)
  return Math.max(0, 1 - sum)
}
