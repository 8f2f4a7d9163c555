import { mainScore, type NoiseReport } from '../../../shared/domain/noise-check.ts'

/** Labels flagged by the score that ranks a check: the ensemble's where there is one. */
export function flaggedBy({ detectors }: NoiseReport): number {
  const able = detectors.filter(({ unavailable }) => unavailable === null)
  const main = mainScore(able.map(({ name }) => name))
  return able.find(({ name }) => name === main)?.flagged ?? 0
}
