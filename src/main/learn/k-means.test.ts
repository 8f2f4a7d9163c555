import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Clusters, kMeans } from './k-means.ts'
import { type Stream, stream } from './random.ts'

function objective(points: Float32Array, width: number, { assignments, centers }: Clusters): number {
  return assignments.reduce((sum, cluster, row) => sum + distance(points, row, centers, cluster, width), 0)
}

function distance(points: Float32Array, row: number, centers: Float32Array, cluster: number, width: number): number {
  let sum = 0
  for (let column = 0; column < width; column++) sum += ((points[row * width + column] as number) - (centers[cluster * width + column] as number)) ** 2
  return sum
}

/** A stream whose first permutation is given, so that a test decides where the centres begin. */
const beginningAt = (rows: readonly number[], restart: number): Stream => {
  const named = (name: string): Stream => (name === 'first' ? { ...stream(0), permutation: () => Int32Array.from(rows) } : { ...stream(0), integer: () => restart })
  return { ...stream(0), child: (...names) => named(String(names[0])) }
}

const data = fc
  .record({ width: fc.integer({ min: 1, max: 4 }), count: fc.integer({ min: 1, max: 40 }), k: fc.integer({ min: 1, max: 8 }), seed: fc.nat() })
  .filter(({ count, k }) => count >= k)
  .chain(({ width, count, k, seed }) =>
    fc.array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: width * count, maxLength: width * count }).map((values) => ({ points: Float32Array.from(values), width, k, seed }))
  )

describe('k-means', () => {
  it('finds well separated blobs', () => {
    const random = stream(7)
    const truth = Int32Array.from({ length: 300 }, (_, row) => row % 3)
    const points = Float32Array.from({ length: 600 }, (_, index) => random.normal() * 0.2 + ((truth[index >> 1] as number) - 1) * (index % 2 === 0 ? 10 : 3))
    // Lloyd's algorithm may stop at a local optimum from an unlucky start; the best of a few starts is the partition.
    const best = [0, 1, 2, 3, 4].map((seed) => kMeans(points, 2, 3, 20, stream(seed))).sort((a, b) => objective(points, 2, a) - objective(points, 2, b))[0] as Clusters
    const names = new Set(truth.map((group, row) => group * 10 + (best.assignments[row] as number)))
    expect(names.size).toBe(3)
    expect(objective(points, 2, best) / 300).toBeLessThan(0.12)
  })

  it('never raises the objective from one iteration to the next, and ends at nearest centres', () => {
    fc.assert(
      fc.property(data, ({ points, width, k, seed }) => {
        let last = Infinity
        for (let iterations = 0; iterations < 8; iterations++) {
          const found = kMeans(points, width, k, iterations, stream(seed))
          const now = objective(points, width, found)
          expect(now).toBeLessThanOrEqual(last * (1 + 1e-5) + 1e-4)
          last = now
          found.assignments.forEach((cluster, row) => {
            for (let other = 0; other < k; other++) expect(distance(points, row, found.centers, cluster, width)).toBeLessThanOrEqual(distance(points, row, found.centers, other, width))
          })
        }
      }),
      { numRuns: 60 }
    )
  })

  it('is decided by the stream alone', () => {
    const points = stream(1).normals(400)
    const once = kMeans(points, 4, 6, 10, stream(2))
    expect(kMeans(points, 4, 6, 10, stream(2))).toEqual(once)
    expect(kMeans(points, 4, 6, 10, stream(3)).assignments).not.toEqual(once.assignments)
  })

  it('begins an empty cluster anew at a row', () => {
    // Both centres begin at the same place: ties go to the first, so the second runs empty and restarts at row 3.
    const points = Float32Array.of(0, 0, 10, 11)
    const { assignments, centers } = kMeans(points, 1, 2, 3, beginningAt([0, 1, 2, 3], 3))
    expect(Array.from(assignments)).toEqual([0, 0, 1, 1])
    expect(Array.from(centers)).toEqual([0, 10.5])
  })

  it('gives every row its own cluster when there are as many clusters as distinct rows', () => {
    const points = Float32Array.of(5, 1, 3, 2)
    const { assignments, centers } = kMeans(points, 1, 4, 5, stream(0))
    expect(new Set(assignments).size).toBe(4)
    assignments.forEach((cluster, row) => expect(centers[cluster]).toBe(points[row]))
  })

  it('survives rows that are all alike', () => {
    const { assignments, centers } = kMeans(new Float32Array(12).fill(2), 2, 3, 5, stream(0))
    expect(Array.from(assignments)).toEqual([0, 0, 0, 0, 0, 0])
    expect(Array.from(centers)).toEqual([2, 2, 2, 2, 2, 2])
  })

  it.each([
    ['more clusters than rows', 4, 2, 3],
    ['no cluster', 4, 2, 0],
    ['half a cluster', 4, 2, 0.5],
    ['part of a row', 5, 2, 1],
    ['no rows', 0, 2, 1]
  ])('refuses %s', (_what, length, width, k) => {
    expect(() => kMeans(new Float32Array(length), width, k, 1, stream(0))).toThrow(RangeError)
  })
})
