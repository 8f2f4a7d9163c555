import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../../compute/engine.ts'
import { stream } from '../../learn/random.ts'
import { nearestNeighbours } from '../neighbours/nearest-neighbours.ts'
import { fuzzyGraph } from './fuzzy-graph.ts'
import { principalLayout } from './principal-layout.ts'
import { similarityCurve } from './similarity-curve.ts'
import { umapLayout } from './umap.ts'

beforeAll(async () => {
  await useEngine('wasm')
})

describe('the similarity curve', () => {
  it('has the parameters known of 0.1 and 1, and fits other shapes', () => {
    const { a, b } = similarityCurve(0.1, 1)
    expect(a).toBeCloseTo(1.5769, 3)
    expect(b).toBeCloseTo(0.8951, 3)
    const wide = similarityCurve(0.5, 2)
    expect(1 / (1 + wide.a * 2.5 ** (2 * wide.b))).toBeCloseTo(Math.exp(-1), 1)
  })
})

describe('the fuzzy graph', () => {
  // Three points on a line, two neighbours each.
  const graph = { examples: 3, k: 2, indices: Int32Array.of(1, 2, 0, 2, 1, 0), distances: Float32Array.of(1, 4, 1, 3, 3, 4) }

  it('joins both directions and holds every edge both ways', async () => {
    const { heads, tails, weights } = await fuzzyGraph(graph)
    const weightOf = (a: number, b: number): number => weights[heads.findIndex((head, i) => head === a && tails[i] === b)] as number
    expect(heads).toHaveLength(6)
    for (const [a, b] of [[0, 1], [0, 2], [1, 2]] as const) expect(weightOf(a, b)).toBeCloseTo(weightOf(b, a), 6)
    expect(weightOf(0, 1)).toBe(1)
    // Memberships of each row sum to log2(3): the second neighbour has log2(3) - 1 from either side.
    const second = Math.log2(3) - 1
    expect(weightOf(0, 2)).toBeCloseTo(2 * second - second * second, 3)
  })

  it('is finite for points at one place', async () => {
    const { weights } = await fuzzyGraph({ ...graph, distances: new Float32Array(6) })
    expect([...weights]).toEqual([1, 1, 1, 1, 1, 1])
  })
})

describe('maps', () => {
  const [n, width, groups] = [240, 10, 4]
  const centers = stream(1, 'centers').normals(groups * width).map((value) => 4 * value)
  const points = stream(1, 'points').normals(n * width).map((value, i) => value + (centers[(Math.floor(i / width) % groups) * width + (i % width)] as number))

  it('by principal components show the share of the variance that they hold', async () => {
    const { coordinates, explained } = await principalLayout({ points, width })
    expect(coordinates).toHaveLength(2 * n)
    expect(explained[0]).toBeGreaterThan(explained[1])
    expect(explained[0] + explained[1]).toBeLessThanOrEqual(1)
    expect(explained[0] + explained[1]).toBeGreaterThan(0.5)
    const line = await principalLayout({ points: Float32Array.of(1, 2, 4), width: 1 })
    expect(line.explained[0]).toBeCloseTo(1, 6)
    expect(line.explained[1]).toBe(0)
    expect([...line.coordinates].filter((_, i) => i % 2 === 1)).toEqual([0, 0, 0])
    expect([...(await principalLayout({ points: Float32Array.of(3), width: 1 })).coordinates]).toEqual([0, 0])
  })

  it('by UMAP keep groups together, the same way twice', async () => {
    const graph = await nearestNeighbours({ points, width }, { k: 10 })
    const { coordinates } = await principalLayout({ points, width })
    const epochs: number[] = []
    const map = await umapLayout(graph, coordinates, { stream: stream(3), epochs: 150 }, { progress: (done) => epochs.push(done) })
    expect(epochs).toHaveLength(150)
    expect(map.every(Number.isFinite)).toBe(true)
    const onMap = await nearestNeighbours({ points: map, width: 2 }, { k: 5 })
    const together = onMap.indices.filter((other, i) => other % groups === Math.floor(i / 5) % groups).length
    expect(together / onMap.indices.length).toBeGreaterThan(0.98)
    expect(await umapLayout(graph, coordinates, { stream: stream(3), epochs: 150 })).toEqual(map)
    expect(await umapLayout(graph, coordinates, { stream: stream(4), epochs: 150 })).not.toEqual(map)
  })

  it('by UMAP can be stopped, and start from one coordinate pair a point', async () => {
    const graph = { examples: 3, k: 1, indices: Int32Array.of(1, 0, 1), distances: Float32Array.of(1, 1, 1) }
    await expect(umapLayout(graph, new Float32Array(6), { stream: stream(1) }, { breathe: () => Promise.reject(new Error('stopped')) })).rejects.toThrow('stopped')
    await expect(umapLayout(graph, new Float32Array(4), { stream: stream(1) })).rejects.toThrow(/cannot start/)
    expect((await umapLayout(graph, new Float32Array(6), { stream: stream(1), epochs: 5 })).every(Number.isFinite)).toBe(true)
  })
})
