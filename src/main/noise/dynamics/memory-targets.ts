import { checkGivenLabels } from '../detection.ts'
import type { Detection } from '../detection.ts'

export interface MemoryDetection extends Detection {
  /** The class that the memory holds most of, the lowest at a tie. */
  readonly suggested: Int32Array
  /** Share of the memory that it has. */
  readonly confidence: Float64Array
}

/**
 * Detector by the memory of early-learning regularization (Liu et al., NeurIPS 2020), the running averages of the predictions for each
 * example: the score is the given label's share of it, flagged where another class has more. An example without a memory
 * yet scores one over the number of classes.
 *
 * @param memory examples x classes, row-major
 */
export function memoryDetection(memory: ArrayLike<number>, labels: Int32Array, classes: number): MemoryDetection {
  checkGivenLabels(labels, memory.length / classes, classes)
  const scores = new Float64Array(labels.length)
  const confidence = new Float64Array(labels.length)
  const suggested = new Int32Array(labels.length)
  const flagged = new Uint8Array(labels.length)
  labels.forEach((label, row) => {
    const at = (k: number): number => memory[row * classes + k] as number
    let [sum, best] = [0, 0]
    for (let k = 0; k < classes; k++) {
      sum += at(k)
      if (at(k) > at(best)) best = k
    }
    scores[row] = sum > 0 ? at(label) / sum : 1 / classes
    confidence[row] = sum > 0 ? at(best) / sum : 1 / classes
    suggested[row] = sum > 0 ? best : label
    flagged[row] = Number(at(best) > at(label))
  })
  return { scores, flagged, suggested, confidence }
}
