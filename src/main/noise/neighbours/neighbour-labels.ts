import { checkGivenLabels } from '../detection.ts'
import type { Detection } from '../detection.ts'
import type { NeighbourGraph } from './nearest-neighbours.ts'

/** How neighbours count: alike, or by `exp(-(d / d_k)^2)` with d_k the distance of the farthest of them. */
export type NeighbourWeights = 'equal' | 'distance'

/**
 * Shares of the classes among each example's neighbours, examples x classes, row-major; rows sum to 1. An example does not count for
 * itself, so that they can stand for out-of-sample probabilities.
 *
 * @throws BenchError `bad-data` for labels that are no classes
 */
export function neighbourShares({ examples, k, indices, distances }: NeighbourGraph, labels: Int32Array, classes: number, weights: NeighbourWeights = 'equal'): Float64Array {
  checkGivenLabels(labels, examples, classes)
  const shares = new Float64Array(examples * classes)
  for (let row = 0; row < examples; row++) {
    const farthest = distances[row * k + k - 1] as number
    let sum = 0
    for (let i = row * k; i < (row + 1) * k; i++) {
      const weight = weights === 'equal' || farthest === 0 ? 1 : Math.exp(-(((distances[i] as number) / farthest) ** 2))
      const at = row * classes + (labels[indices[i] as number] as number)
      shares[at] = (shares[at] as number) + weight
      sum += weight
    }
    for (let at = row * classes; at < (row + 1) * classes; at++) shares[at] = (shares[at] as number) / sum
  }
  return shares
}

export interface NeighbourDetection extends Detection {
  /** The class that most neighbours have; the given one if none has more. */
  readonly suggested: Int32Array
  /** See {@link neighbourShares}. */
  readonly shares: Float64Array
}

/**
 * Detector: the score is the share of the neighbours that have the example's given label, one minus their disagreement; flagged where
 * another class has a larger share. With weights by distance it is a soft vote.
 */
export function neighbourDetection(graph: NeighbourGraph, labels: Int32Array, classes: number, weights: NeighbourWeights = 'equal'): NeighbourDetection {
  const shares = neighbourShares(graph, labels, classes, weights)
  const suggested = Int32Array.from(labels, (label, row) => {
    let best = label
    for (let c = 0; c < classes; c++) if ((shares[row * classes + c] as number) > (shares[row * classes + best] as number)) best = c
    return best
  })
  return {
    scores: Float64Array.from(labels, (label, row) => shares[row * classes + label] as number),
    flagged: Uint8Array.from(labels, (label, row) => Number(suggested[row] !== label)),
    suggested,
    shares
  }
}
