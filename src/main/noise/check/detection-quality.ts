import type { DetectionQuality } from '../../../shared/domain/noise-check.ts'
import { averagePrecision, flaggedQuality, precisionAtK } from '../ensemble/detector-evaluation.ts'

/**
 * How well scores find wrong labels.
 *
 * @param scores lower: more suspicious
 * @param wrong 1 where the label is really wrong
 * @returns null where no label, or every label, is wrong: there is nothing to tell apart
 */
export function detectionQuality(scores: Float64Array, flagged: Uint8Array, wrong: Uint8Array): DetectionQuality | null {
  const total = wrong.reduce((sum, each) => sum + each, 0)
  if (total === 0 || total === scores.length) return null
  const { precision, recall } = flaggedQuality(flagged, wrong)
  return { wrong: total / scores.length, averagePrecision: averagePrecision(scores, wrong), precision: Number.isNaN(precision) ? 0 : precision, recall, precisionAtWrong: precisionAtK(scores, wrong, total) }
}
