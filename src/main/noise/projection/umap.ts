import { BenchError } from '../../../shared/contract/errors.ts'
import type { Stream } from '../../learn/random.ts'
import type { NeighbourGraph } from '../neighbours/nearest-neighbours.ts'
import type { Pace } from '../neighbours/pace.ts'
import { fuzzyGraph } from './fuzzy-graph.ts'
import type { FuzzyGraph } from './fuzzy-graph.ts'
import { similarityCurve } from './similarity-curve.ts'
import type { SimilarityCurve } from './similarity-curve.ts'

export interface UmapSettings {
  /** Draws the negative samples. */
  readonly stream: Stream
  /** Default 500 up to 10,000 examples, else 200. */
  readonly epochs?: number
  /** How close together points may lie on the map. Default 0.1. */
  readonly minimumDistance?: number
  /** Scale of the map. Default 1. */
  readonly spread?: number
  /** Random points that push a point away for each edge that pulls it. Default 5. */
  readonly negatives?: number
}

export interface UmapPace extends Pace {
  /** Shown the coordinates after an epoch; they go on changing afterwards. */
  readonly layout?: (coordinates: Float32Array, epoch: number) => void
}

/** Edges between two breaths. */
const edgesABreath = 16_384

/**
 * UMAP's map in two dimensions (McInnes, Healy and Melville, 2018): stochastic gradient descent on the cross-entropy between the fuzzy graph
 * of neighbours and that of the map, edges sampled by weight, with negative samples; the rate falls linearly from 1. The same
 * graph, start and stream give the same map.
 *
 * @param start coordinates to begin with, examples x 2, such as the first two principal components; they are scaled to -10 .. 10
 * @returns examples x 2, row-major
 */
export async function umapLayout(graph: NeighbourGraph, start: Float32Array, settings: UmapSettings, pace: UmapPace = {}): Promise<Float32Array> {
  const { examples } = graph
  if (start.length !== 2 * examples) throw new BenchError('bad-data', `A map of ${examples} points cannot start from ${start.length} coordinates.`, { hint: 'Start from two coordinates a point.' })
  const { epochs = examples <= 10_000 ? 500 : 200, minimumDistance = 0.1, spread = 1, negatives = 5 } = settings
  const fuzzy = await fuzzyGraph(graph, pace)
  const descent = new Descent(scaledStart(start, settings.stream), fuzzy, epochs, negatives, similarityCurve(minimumDistance, spread), settings.stream)
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let first = 0; first < fuzzy.heads.length; first += edgesABreath) {
      descent.run(epoch, first, Math.min(fuzzy.heads.length, first + edgesABreath))
      await pace.breathe?.()
    }
    pace.layout?.(descent.points, epoch)
    pace.progress?.(epoch + 1, epochs)
  }
  return descent.points
}

/** The largest coordinate becomes 10; a little noise parts points that start at the same place. */
function scaledStart(start: Float32Array, stream: Stream): Float32Array {
  const largest = start.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const scale = largest > 0 ? 10 / largest : 0
  const noise = stream.child('start').normals(start.length)
  return start.map((value, i) => value * scale + 1e-4 * (noise[i] as number))
}

/** Longest move along an axis that one edge makes, before the rate. */
const longest = 4
const clipped = (move: number): number => (move > longest ? longest : move < -longest ? -longest : move)

class Descent {
  readonly points: Float32Array
  readonly #graph: FuzzyGraph
  readonly #epochs: number
  readonly #negatives: number
  readonly #curve: SimilarityCurve
  /** Epochs between two samples of each edge, and the epoch of the next one. */
  readonly #interval: Float32Array
  readonly #next: Float32Array
  readonly #nextNegative: Float32Array
  /** State of the generator of negative samples (xorshift, 32 bits), never 0. */
  #random: number

  constructor(points: Float32Array, graph: FuzzyGraph, epochs: number, negatives: number, curve: SimilarityCurve, stream: Stream) {
    this.points = points
    this.#graph = graph
    this.#epochs = epochs
    this.#negatives = negatives
    this.#curve = curve
    const heaviest = graph.weights.reduce((most, weight) => Math.max(most, weight), 0)
    this.#interval = graph.weights.map((weight) => heaviest / weight)
    this.#next = this.#interval.slice()
    this.#nextNegative = this.#interval.map((interval) => interval / negatives)
    this.#random = 1 + stream.child('negatives').integer(0x7ffffffe)
  }

  /** The samples that are due among some edges. */
  run(epoch: number, first: number, last: number): void {
    const [{ heads, tails }, next, interval] = [this.#graph, this.#next, this.#interval]
    const rate = 1 - epoch / this.#epochs
    for (let edge = first; edge < last; edge++) {
      if ((next[edge] as number) > epoch) continue
      next[edge] = (next[edge] as number) + (interval[edge] as number)
      this.#attract(heads[edge] as number, tails[edge] as number, rate)
      const between = (interval[edge] as number) / this.#negatives
      const due = Math.floor((epoch - (this.#nextNegative[edge] as number)) / between)
      for (let i = 0; i < due; i++) this.#repel(heads[edge] as number, rate)
      this.#nextNegative[edge] = (this.#nextNegative[edge] as number) + due * between
    }
  }

  #attract(head: number, tail: number, rate: number): void {
    const points = this.points
    const { a, b } = this.#curve
    const [i, j] = [2 * head, 2 * tail]
    const dx = (points[i] as number) - (points[j] as number)
    const dy = (points[i + 1] as number) - (points[j + 1] as number)
    const squared = dx * dx + dy * dy
    if (squared === 0) return
    const power = Math.pow(squared, b)
    const pull = (-2 * a * b * power) / (squared * (a * power + 1))
    const [x, y] = [rate * clipped(pull * dx), rate * clipped(pull * dy)]
    points[i] = (points[i] as number) + x
    points[i + 1] = (points[i + 1] as number) + y
    points[j] = (points[j] as number) - x
    points[j + 1] = (points[j + 1] as number) - y
  }

  #repel(head: number, rate: number): void {
    const points = this.points
    const { a, b } = this.#curve
    const other = this.#drawn() % (points.length / 2)
    const [i, j] = [2 * head, 2 * other]
    const dx = (points[i] as number) - (points[j] as number)
    const dy = (points[i + 1] as number) - (points[j + 1] as number)
    const squared = dx * dx + dy * dy
    if (squared === 0) return
    const push = (2 * b) / ((0.001 + squared) * (a * Math.pow(squared, b) + 1))
    points[i] = (points[i] as number) + rate * clipped(push * dx)
    points[i + 1] = (points[i + 1] as number) + rate * clipped(push * dy)
  }

  #drawn(): number {
    let x = this.#random
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#random = x
    return x >>> 0
  }
}
