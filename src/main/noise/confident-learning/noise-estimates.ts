import type { ConfidentJoint } from './confident-joint.ts'

/** What the calibrated confident joint says of the noise. Matrices are classes x classes, row-major. */
export interface NoiseEstimates {
  /** P(given = row, true = column). */
  readonly joint: Float64Array
  /** P(given = row | true = column); columns sum to one. */
  readonly noiseMatrix: Float64Array
  /** P(true = row | given = column); columns sum to one. */
  readonly inverseNoiseMatrix: Float64Array
  /** P(true class). */
  readonly prior: Float64Array
}

/** The least prior of a class, before the priors are scaled to sum to one. */
const leastPrior = 1e-6

/**
 * The joint Q = C / sum(C) of given and true labels, the noise matrix P(s | y) = Q[s][y] / Q[.][y], its inverse P(y | s) =
 * Q[s][y] / Q[s][.] and the prior of the true classes P(y) = P(y | s = y) P(s = y) / P(s = y | y) (Northcutt et al. 2021), which is
 * Q[.][y] wherever the diagonal is not empty; a class with an empty diagonal or no example has the least prior, 1e-6. The
 * column of a class that nothing counts for is zero.
 */
export function noiseEstimates({ classes, calibrated, labelCounts }: ConfidentJoint): NoiseEstimates {
  const n = calibrated.reduce((sum, count) => sum + count, 0)
  const joint = calibrated.map((count) => count / n)
  const trueCounts = new Float64Array(classes)
  for (let i = 0; i < classes; i++) for (let j = 0; j < classes; j++) trueCounts[j] = (trueCounts[j] as number) + (calibrated[i * classes + j] as number)
  const noiseMatrix = calibrated.map((count, at) => share(count, trueCounts[at % classes] as number))
  const inverseNoiseMatrix = new Float64Array(classes * classes)
  for (let i = 0; i < classes; i++) for (let j = 0; j < classes; j++) inverseNoiseMatrix[j * classes + i] = share(calibrated[i * classes + j] as number, labelCounts[i] as number)
  const priors = trueCounts.map((count, c) => ((calibrated[c * classes + c] as number) > 0 ? count / n : 0))
  const clipped = priors.map((p) => Math.min(1, Math.max(leastPrior, p)))
  const total = clipped.reduce((sum, p) => sum + p, 0)
  return { joint, noiseMatrix, inverseNoiseMatrix, prior: clipped.map((p) => p / total) }
}

const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0)
