import type { NeighbourGraph } from '../neighbours/nearest-neighbours.ts'
import type { Pace } from '../neighbours/pace.ts'

/** A weighted graph that holds every edge in both directions, ordered by head. */
export interface FuzzyGraph {
  readonly heads: Int32Array
  readonly tails: Int32Array
  /** Memberships, in (0, 1]. */
  readonly weights: Float32Array
}

/** Rows between two breaths. */
const rowsABreath = 512

/**
 * The fuzzy simplicial set of a graph of neighbours (McInnes, Healy and Melville, 2018): the membership of j among the
 * neighbours of i is `exp(-max(0, d_ij - rho_i) / sigma_i)`, rho_i the distance of the nearest one that is not at the same
 * place, sigma_i such that memberships sum to log2(k + 1); both directions are joined by `w + w' - w w'`.
 */
export async function fuzzyGraph({ examples, k, indices, distances }: NeighbourGraph, pace: Pace = {}): Promise<FuzzyGraph> {
  const directed = await memberships(examples, k, distances, pace)
  const [starts, sources] = reversed(examples, k, indices)
  const room = 2 * examples * k
  const [heads, tails, weights] = [new Int32Array(room), new Int32Array(room), new Float32Array(room)]
  let count = 0
  const add = (head: number, tail: number, weight: number): void => {
    if (weight === 0) return
    heads[count] = head
    tails[count] = tail
    weights[count++] = weight
  }
  const positionOf = (row: number, neighbour: number): number => {
    for (let i = row * k; i < (row + 1) * k; i++) if (indices[i] === neighbour) return i
    return -1
  }
  for (let row = 0; row < examples; row++) {
    if (row % rowsABreath === 0) await pace.breathe?.()
    for (let i = row * k; i < (row + 1) * k; i++) {
      const other = indices[i] as number
      const back = positionOf(other, row)
      const [there, here] = [directed[i] as number, back < 0 ? 0 : (directed[back] as number)]
      add(row, other, there + here - there * here)
    }
    for (let at = starts[row] as number; at < (starts[row + 1] as number); at++) {
      const source = sources[at] as number
      if (positionOf(row, source) < 0) add(row, source, directed[positionOf(source, row)] as number)
    }
  }
  return { heads: heads.slice(0, count), tails: tails.slice(0, count), weights: weights.slice(0, count) }
}

async function memberships(examples: number, k: number, distances: Float32Array, pace: Pace): Promise<Float64Array> {
  const found = new Float64Array(examples * k)
  const overall = distances.reduce((sum, distance) => sum + distance, 0) / distances.length
  for (let row = 0; row < examples; row++) {
    if (row % rowsABreath === 0) await pace.breathe?.()
    const own = distances.subarray(row * k, (row + 1) * k)
    const nearest = own.find((distance) => distance > 0) ?? 0
    const scale = Math.max(scaleOf(own, nearest), 1e-3 * (nearest > 0 ? own.reduce((sum, distance) => sum + distance, 0) / k : overall))
    own.forEach((distance, i) => (found[row * k + i] = distance <= nearest ? 1 : Math.exp(-(distance - nearest) / scale)))
  }
  return found
}

/** Sigma, by bisection: memberships sum to log2(k + 1). */
function scaleOf(distances: Float32Array, nearest: number): number {
  const target = Math.log2(distances.length + 1)
  let [low, high, scale] = [0, Infinity, 1]
  for (let round = 0; round < 64; round++) {
    let sum = 0
    for (const distance of distances) sum += distance <= nearest ? 1 : Math.exp(-(distance - nearest) / scale)
    if (Math.abs(sum - target) < 1e-5) break
    if (sum > target) high = scale
    else low = scale
    scale = high === Infinity ? scale * 2 : (low + high) / 2
  }
  return scale
}

/** For each row, the rows that have it among their neighbours: `sources[starts[row] .. starts[row + 1]]`. */
function reversed(examples: number, k: number, indices: Int32Array): [starts: Int32Array, sources: Int32Array] {
  const starts = new Int32Array(examples + 1)
  for (const target of indices) starts[target + 1] = (starts[target + 1] as number) + 1
  for (let row = 0; row < examples; row++) starts[row + 1] = (starts[row + 1] as number) + (starts[row] as number)
  const next = starts.slice()
  const sources = new Int32Array(indices.length)
  indices.forEach((target, i) => {
    sources[next[target] as number] = Math.floor(i / k)
    next[target] = (next[target] as number) + 1
  })
  return [starts, sources]
}
