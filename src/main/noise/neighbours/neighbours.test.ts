import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../../compute/engine.ts'
import { stream } from '../../learn/random.ts'
import { nearestNeighbours } from './nearest-neighbours.ts'
import type { NeighbourMetric } from './nearest-neighbours.ts'
import { neighbourDetection, neighbourShares } from './neighbour-labels.ts'
import { principalComponents, projectRows } from './principal-components.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

beforeAll(async () => {
  await useEngine('wasm')
})

const distance = (points: Float32Array, width: number, metric: NeighbourMetric, a: number, b: number): number => {
  let [squares, product, aa, bb] = [0, 0, 0, 0]
  for (let c = 0; c < width; c++) {
    const [x, y] = [points[a * width + c] as number, points[b * width + c] as number]
    squares += (x - y) ** 2
    product += x * y
    aa += x * x
    bb += y * y
  }
  return metric === 'euclidean' ? Math.sqrt(squares) : 1 - product / Math.sqrt(aa * bb)
}

describe('the graph of nearest neighbours', () => {
  // More rows than one block, far from the origin.
  const [n, width, k] = [1300, 7, 5]
  const points = stream(1, 'points').normals(n * width).map((value, i) => value + (i % width === 0 ? 30 : 0))

  it.each(['euclidean', 'cosine'] as const)('holds the exact %s distances of the k nearest others, nearest first', async (metric) => {
    const graph = await nearestNeighbours({ points, width }, { k, metric })
    for (let row = 0; row < n; row += 13) {
      const all = Array.from({ length: n }, (_, other) => other).filter((other) => other !== row)
      const nearest = all.map((other) => distance(points, width, metric, row, other)).sort((a, b) => a - b).slice(0, k)
      nearest.forEach((expected, i) => {
        expect(graph.distances[row * k + i]).toBeCloseTo(expected, 5)
        expect(distance(points, width, metric, row, graph.indices[row * k + i] as number)).toBeCloseTo(expected, 6)
      })
      expect(new Set(graph.indices.subarray(row * k, (row + 1) * k)).size).toBe(k)
    }
  })

  it('finds duplicates at distance 0, never the example itself, lower positions first', async () => {
    const twins = Float32Array.from({ length: 40 }, (_, i) => Math.floor(i / 20))
    const { indices, distances } = await nearestNeighbours({ points: twins, width: 2 }, { k: 3 })
    expect([...indices.subarray(0, 6)]).toEqual([1, 2, 3, 0, 2, 3])
    expect([...distances]).toEqual(new Array(60).fill(0))
    const zeros = await nearestNeighbours({ points: new Float32Array(6), width: 2 }, { k: 2, metric: 'cosine' })
    expect([...zeros.distances]).toEqual(new Array(6).fill(1))
  })

  it('says how far it is, and can be stopped', async () => {
    const shares: number[] = []
    await nearestNeighbours({ points, width }, { k }, { progress: (done, total) => shares.push(done / total) })
    expect(shares).toEqual([1 / 3, 2 / 3, 1])
    await expect(nearestNeighbours({ points, width }, { k }, { breathe: () => Promise.reject(new Error('stopped')) })).rejects.toThrow('stopped')
  })

  it('refuses a k that there is not, and features that are no numbers', async () => {
    for (const wrong of [0, 2, 3, 1.5]) await expect(nearestNeighbours({ points: new Float32Array(4), width: 2 }, { k: wrong })).rejects.toThrow(/at most 1 neighbours/)
    await expect(nearestNeighbours({ points: Float32Array.of(0, 1, 2, Number.NaN), width: 2 }, { k: 1 })).rejects.toThrow(/row 2/)
    await expect(nearestNeighbours({ points: new Float32Array(5), width: 2 }, { k: 1 })).rejects.toThrow(/not rows of 2/)
  })
})

describe('labels of neighbours', () => {
  const graph = { examples: 3, k: 2, indices: Int32Array.of(1, 2, 0, 2, 1, 0), distances: Float32Array.of(1, 2, 1, 2, 2, 2) }
  const labels = Int32Array.of(0, 0, 1)

  it('are counted alike or by distance', () => {
    expect([...neighbourShares(graph, labels, 2)]).toEqual([0.5, 0.5, 0.5, 0.5, 1, 0])
    const near = Math.exp(-0.25) / (Math.exp(-0.25) + Math.exp(-1))
    const shares = neighbourShares(graph, labels, 2, 'distance')
    expect(shares[0]).toBeCloseTo(near, 6)
    expect(shares[4]).toBe(1)
    const { scores, flagged, suggested } = neighbourDetection(graph, labels, 2)
    expect([...scores]).toEqual([0.5, 0.5, 0])
    expect([...flagged]).toEqual([0, 0, 1])
    expect([...suggested]).toEqual([0, 0, 0])
    expect(() => neighbourShares(graph, Int32Array.of(0, 5, 0), 2)).toThrow(/row 2/)
  })

  it('find wrong ones in separate groups', async () => {
    const draws = stream(3)
    const truth = Int32Array.from({ length: 300 }, (_, i) => i % 3)
    const given = Int32Array.from(truth, (label, i) => (i % 10 === 0 ? (label + 1) % 3 : label))
    const features = Float32Array.from({ length: 600 }, (_, i) => draws.normal() * 0.3 + (i % 2 === 0 ? 1 : -1) * (truth[Math.floor(i / 2)] as number) * 4)
    const { flagged, suggested } = neighbourDetection(await nearestNeighbours({ points: features, width: 2 }, { k: 10 }), given, 3)
    expect([...flagged]).toEqual(Array.from(truth, (label, i) => Number(label !== given[i])))
    expect([...suggested]).toEqual([...truth])
  })
})

describe('principal components', () => {
  it('eigenvectors make the matrix diagonal', () => {
    const size = 6
    const draws = stream(2)
    const half = Float64Array.from({ length: size * size }, () => draws.normal())
    const at = (i: number, j: number): number => (half[i * size + j] as number) + (half[j * size + i] as number)
    const matrix = half.map((_, i) => at(Math.floor(i / size), i % size))
    const { values, vectors } = symmetricEigen(matrix, size)
    for (let v = 0; v < size; v++) {
      for (let i = 0; i < size; i++) {
        let image = 0
        for (let j = 0; j < size; j++) image += (matrix[i * size + j] as number) * (vectors[v * size + j] as number)
        expect(image).toBeCloseTo((values[v] as number) * (vectors[v * size + i] as number), 10)
      }
    }
    const known = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2)
    expect([...known.values].map((value) => expect.closeTo(value, 12) as number)).toEqual([3, 1])
    expect(known.values[0]).toBeCloseTo(3, 12)
    expect(known.values[1]).toBeCloseTo(1, 12)
  })

  /** Rows whose variance along axis i is scales[i]^2, turned by a rotation in the plane of the first two. */
  const rowsOf = (count: number, width: number, scales: readonly number[]): Float32Array => {
    const rows = stream(7).normals(count * width).map((value, i) => value * (scales[i % width] ?? 0.1))
    for (let i = 0; i < rows.length; i += width) {
      const [x, y] = [rows[i] as number, rows[i + 1] as number]
      rows[i] = 5 + 0.6 * x - 0.8 * y
      rows[i + 1] = 0.8 * x + 0.6 * y
    }
    return rows
  }

  // The whole matrix, and subspace iteration.
  it.each([20, 160])('find the directions of largest variance among %i columns', async (width) => {
    const points = rowsOf(600, width, [8, 4])
    const found = await principalComponents({ points, width }, 2)
    expect(Math.abs(found.directions[0] as number)).toBeCloseTo(0.6, 1)
    expect(Math.abs(found.directions[1] as number)).toBeCloseTo(0.8, 1)
    const lengths = [0, 1].map((i) => found.directions.subarray(i * width, (i + 1) * width).reduce((sum, value) => sum + value * value, 0))
    lengths.forEach((length) => expect(length).toBeCloseTo(1, 5))
    expect((found.variances[0] as number) / 64).toBeCloseTo(1, 0)
    expect((found.variances[0] as number) + (found.variances[1] as number)).toBeLessThan(found.totalVariance)
    const coordinates = projectRows({ points, width }, found)
    let squares = 0
    for (let i = 0; i < coordinates.length; i += 2) squares += (coordinates[i] as number) ** 2
    expect(squares / 599).toBeCloseTo(found.variances[0] as number, 2)
  })

  it('of both ways agree', async () => {
    const [width, count] = [129, 400]
    const wide = rowsOf(count, width, [8, 4, 2])
    // The same numbers without the last column, which varies little, are narrow enough for the whole matrix.
    const narrow = Float32Array.from({ length: count * 128 }, (_, i) => wide[Math.floor(i / 128) * width + (i % 128)] as number)
    const [a, b] = [await principalComponents({ points: wide, width }, 3), await principalComponents({ points: narrow, width: 128 }, 3)]
    b.variances.forEach((variance, i) => expect((a.variances[i] as number) / variance).toBeCloseTo(1, 3))
  })

  it('are refused beyond what there is', async () => {
    await expect(principalComponents({ points: new Float32Array(8), width: 4 }, 2)).rejects.toThrow(/at most 1 principal/)
    const found = await principalComponents({ points: Float32Array.of(1, 2, 3, 4, 5, 7), width: 2 }, 1)
    expect(() => projectRows({ points: new Float32Array(3), width: 3 }, found)).toThrow(/of 2 features/)
  })
})
