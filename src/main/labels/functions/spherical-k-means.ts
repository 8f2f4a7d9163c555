import { type Stream, stream } from '../../learn/random.ts'

/** Vectors that are mostly zero, each as the positions and values of what is not. */
export interface SparseRows {
  readonly width: number
  readonly positions: readonly Int32Array[]
  /** Scaled to length 1; a row of zeros belongs to the first cluster. */
  readonly values: readonly Float64Array[]
}

export interface SphericalClusters {
  readonly assignments: Int32Array
  /** Cosine of each row with the centre of its cluster. */
  readonly closeness: Float64Array
}

/**
 * Spherical k-means (Dhillon and Modha 2001): centres are mean directions, rows go to the one of the largest cosine. Seeded as k-means++ with
 * 1 - cosine for the distance; the best of several starts by the sum of cosines.
 */
export function sphericalKMeans(rows: SparseRows, k: number, seed: number, { starts, iterations }: { readonly starts: number; readonly iterations: number }): SphericalClusters {
  let best: SphericalClusters & { readonly sum: number } = { assignments: new Int32Array(0), closeness: new Float64Array(0), sum: -Infinity }
  for (let start = 0; start < starts; start++) {
    const found = oneStart(rows, k, iterations, stream(seed, 'spherical-k-means', start))
    const sum = found.closeness.reduce((total, value) => total + value, 0)
    if (sum > best.sum) best = { ...found, sum }
  }
  return best
}

function oneStart(rows: SparseRows, k: number, iterations: number, random: Stream): SphericalClusters {
  const centers = firstCenters(rows, k, random)
  const count = rows.positions.length
  const assignments = new Int32Array(count)
  const closeness = new Float64Array(count)
  for (let iteration = 0; ; iteration++) {
    let moved = 0
    for (let row = 0; row < count; row++) {
      let nearest = 0
      let most = -Infinity
      for (let cluster = 0; cluster < k; cluster++) {
        const cosine = dot(rows, row, centers, cluster)
        if (cosine <= most) continue
        most = cosine
        nearest = cluster
      }
      if (assignments[row] !== nearest) moved++
      assignments[row] = nearest
      closeness[row] = most
    }
    if (iteration === iterations || (moved === 0 && iteration > 0)) return { assignments, closeness }
    centers.fill(0)
    for (let row = 0; row < count; row++) addTo(rows, row, centers, assignments[row] ?? 0)
    for (let cluster = 0; cluster < k; cluster++) normalise(centers.subarray(cluster * rows.width, (cluster + 1) * rows.width))
  }
}

/** Rows far from the centres so far, each drawn with a probability in proportion to its distance from the nearest. */
function firstCenters(rows: SparseRows, k: number, random: Stream): Float64Array {
  const centers = new Float64Array(k * rows.width)
  const count = rows.positions.length
  const distance = new Float64Array(count).fill(1)
  for (let cluster = 0; cluster < k; cluster++) {
    const total = distance.reduce((sum, each) => sum + each, 0)
    let left = random.uniform() * total
    let chosen = 0
    while (chosen < count - 1 && (left -= distance[chosen] ?? 0) > 0) chosen++
    addTo(rows, chosen, centers, cluster)
    for (let row = 0; row < count; row++) distance[row] = Math.min(distance[row] ?? 1, Math.max(0, 1 - dot(rows, row, centers, cluster)))
  }
  return centers
}

function dot({ width, positions, values }: SparseRows, row: number, centers: Float64Array, cluster: number): number {
  const [own, weights, offset] = [positions[row], values[row], cluster * width]
  if (own === undefined || weights === undefined) return 0
  let sum = 0
  for (let index = 0; index < own.length; index++) sum += (weights[index] ?? 0) * (centers[offset + (own[index] ?? 0)] ?? 0)
  return sum
}

function addTo({ width, positions, values }: SparseRows, row: number, centers: Float64Array, cluster: number): void {
  const offset = cluster * width
  positions[row]?.forEach((position, index) => (centers[offset + position] = (centers[offset + position] ?? 0) + (values[row]?.[index] ?? 0)))
}

function normalise(vector: Float64Array): void {
  let squares = 0
  for (const value of vector) squares += value * value
  const length = Math.sqrt(squares)
  if (length > 0) for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] ?? 0) / length
}
