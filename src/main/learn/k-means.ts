import type { Stream } from './random.ts'

export interface Clusters {
  /** Cluster of each row, 0..k-1. */
  readonly assignments: Int32Array
  /** k x width, row-major. */
  readonly centers: Float32Array
}

/**
 * Lloyd's k-means with squared Euclidean distance: centres begin at k distinct random rows, then alternate assignment
 * and mean for a fixed number of iterations; a cluster that runs empty begins anew at a random row.
 *
 * @param points count x width, row-major
 * @throws RangeError when there are fewer rows than clusters, no cluster, or part of a row
 */
export function kMeans(points: Float32Array, width: number, k: number, iterations: number, stream: Stream): Clusters {
  const count = points.length / width
  if (!Number.isInteger(count)) throw new RangeError(`${points.length} numbers are not whole rows of ${width}.`)
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`There must be at least one cluster, not ${k}.`)
  if (count < k) throw new RangeError(`${count} rows cannot make ${k} clusters.`)
  const centers = new Float32Array(k * width)
  const firsts = stream.child('first').permutation(count)
  for (let cluster = 0; cluster < k; cluster++) copyRow(points, firsts[cluster] ?? 0, centers, cluster, width)
  const restarts = stream.child('restart')
  const assignments = new Int32Array(count)
  for (let iteration = 0; iteration < iterations; iteration++) {
    assign(points, centers, width, assignments)
    update(points, centers, width, assignments, () => restarts.integer(count))
  }
  assign(points, centers, width, assignments)
  return { assignments, centers }
}

function copyRow(from: Float32Array, row: number, to: Float32Array, target: number, width: number): void {
  to.set(from.subarray(row * width, (row + 1) * width), target * width)
}

function assign(points: Float32Array, centers: Float32Array, width: number, assignments: Int32Array): void {
  for (let row = 0; row < assignments.length; row++) {
    let nearest = 0
    let least = Infinity
    for (let cluster = 0; cluster * width < centers.length; cluster++) {
      let distance = 0
      for (let column = 0; column < width; column++) {
        const difference = (points[row * width + column] ?? 0) - (centers[cluster * width + column] ?? 0)
        distance += difference * difference
      }
      if (distance < least) {
        least = distance
        nearest = cluster
      }
    }
    assignments[row] = nearest
  }
}

function update(points: Float32Array, centers: Float32Array, width: number, assignments: Int32Array, restart: () => number): void {
  const k = centers.length / width
  const sums = new Float64Array(centers.length)
  const counts = new Int32Array(k)
  assignments.forEach((cluster, row) => {
    counts[cluster] = (counts[cluster] ?? 0) + 1
    for (let column = 0; column < width; column++) sums[cluster * width + column] = (sums[cluster * width + column] ?? 0) + (points[row * width + column] ?? 0)
  })
  for (let cluster = 0; cluster < k; cluster++) {
    const members = counts[cluster] ?? 0
    if (members === 0) copyRow(points, restart(), centers, cluster, width)
    else for (let column = 0; column < width; column++) centers[cluster * width + column] = (sums[cluster * width + column] ?? 0) / members
  }
}
