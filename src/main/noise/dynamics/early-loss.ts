import { monotoneLow, scaledToUnit, twoBetas, twoGaussians } from '../../learn/robust/two-components.ts'
import type { TwoComponents } from '../../learn/robust/two-components.ts'
import type { Detection } from '../detection.ts'
import { visitSeen } from './dynamics-record.ts'
import type { DynamicsRecord, EpochRange } from './dynamics-record.ts'

/** Mean over epochs of each example's cross-entropy `-log p`, p at least 1e-7. Early epochs tell most. */
export function meanLoss(record: DynamicsRecord, range: EpochRange): Float64Array {
  const sums = new Float64Array(record.examples)
  const seen = visitSeen(record, record.probability, (row, p) => (sums[row] = (sums[row] as number) - Math.log(Math.max(p, 1e-7))), range)
  return sums.map((sum, row) => sum / (seen[row] as number))
}

export interface LossDetection extends Detection {
  /** Of the losses scaled to 0 .. 1. */
  readonly mixture: TwoComponents
}

/**
 * Detector: the score is the probability that an example's loss is of the lower one of two components, made monotone in the loss;
 * flagged where it is below the threshold. Components are Gaussians (Li et al., 2020), or beta distributions of losses
 * scaled by their least and largest (Arazo et al., ICML 2019).
 */
export function lossDetection(losses: Float64Array, components: 'gaussian' | 'beta' = 'gaussian', threshold = 0.5): LossDetection {
  const scaled = scaledToUnit(losses)
  const mixture = components === 'gaussian' ? twoGaussians(scaled) : twoBetas(scaled)
  const scores = monotoneLow(scaled, mixture.low)
  return { scores, flagged: Uint8Array.from(scores, (score) => Number(score < threshold)), mixture }
}
