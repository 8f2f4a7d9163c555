import type { DataIssues, DetectorReport, EstimatedShare, NoiseEstimate, ScoreName } from '../../../shared/domain/noise-check.ts'
import { wilsonInterval } from '../../labels/accuracy-interval.ts'
import { type ConfidentJoint, confidentJoint } from '../confident-learning/confident-joint.ts'
import { noiseEstimates } from '../confident-learning/noise-estimates.ts'
import { labelIssueCount } from '../confident-learning/pruning.ts'
import { confusedPairs } from '../data-issues/ambiguous-pairs.ts'
import { classImbalance } from '../data-issues/class-imbalance.ts'
import type { Detection } from '../detection.ts'
import { countLabels, type LabelledProbabilities } from '../inputs.ts'
import { detectionQuality } from './detection-quality.ts'

/** Bars of a score histogram, from 0 to 1. */
const scoreBars = 40
/** Pairs of confused classes that are told. */
const mostPairs = 20

/** What one detector found, counted, and judged where the truth is known. */
export function detectorReport(name: ScoreName, found: Detection | { readonly unavailable: string }, wrong: Uint8Array | null): DetectorReport {
  if ('unavailable' in found) return { name, flagged: 0, unavailable: found.unavailable, histogram: [], quality: null }
  const histogram = new Array<number>(scoreBars).fill(0)
  for (const score of found.scores) {
    const bar = Math.min(scoreBars - 1, Math.max(0, Math.floor(score * scoreBars)))
    histogram[bar] = (histogram[bar] ?? 0) + 1
  }
  return { name, flagged: found.flagged.reduce((sum, flag) => sum + flag, 0), unavailable: null, histogram, quality: wrong === null ? null : detectionQuality(found.scores, found.flagged, wrong) }
}

/** Noise rate, matrices and prior from the confident joint (Northcutt et al., 2021), with Wilson intervals over the examples counted. */
export function estimateOf(input: LabelledProbabilities): { readonly estimate: NoiseEstimate; readonly joint: ConfidentJoint } {
  const joint = confidentJoint(input)
  const { classes } = joint
  const { noiseMatrix, prior, joint: shares } = noiseEstimates(joint)
  const counted = joint.calibrated.reduce((sum, count) => sum + count, 0)
  const right = Array.from({ length: classes }, (_, k) => shares[k * classes + k] ?? 0).reduce((sum, share) => sum + share, 0)
  return {
    joint,
    estimate: {
      rate: shareOf(1 - right, counted),
      byClass: Array.from({ length: classes }, (_, given) => {
        const n = joint.labelCounts[given] ?? 0
        return shareOf(n === 0 ? 0 : 1 - (joint.calibrated[given * classes + given] ?? 0) / n, n)
      }),
      // Estimates hold true classes in columns; a transition matrix has them in rows.
      transition: Array.from({ length: classes * classes }, (_, at) => noiseMatrix[(at % classes) * classes + Math.floor(at / classes)] ?? 0),
      prior: Array.from(prior),
      confidentJoint: Array.from(joint.calibrated),
      numLabelIssues: labelIssueCount(input, joint)
    }
  }
}

function shareOf(value: number, n: number): EstimatedShare {
  const kept = Math.min(1, Math.max(0, value))
  const [lower, upper] = wilsonInterval(kept, n)
  return { value: kept, lower, upper, n }
}

/** P(given | true) counted, true classes in rows; a class that is never true has its whole row on itself. */
export function countedTransition(given: Int32Array, truth: Int32Array, classes: number): { readonly transition: readonly number[]; readonly rate: number } {
  const counts = new Float64Array(classes * classes)
  let [n, wrong] = [0, 0]
  given.forEach((label, row) => {
    const known = truth[row] ?? -1
    if (known < 0) return
    counts[known * classes + label] = (counts[known * classes + label] ?? 0) + 1
    n++
    if (known !== label) wrong++
  })
  for (let row = 0; row < classes; row++) {
    const total = counts.subarray(row * classes, (row + 1) * classes).reduce((sum, count) => sum + count, 0)
    if (total === 0) counts[row * classes + row] = 1
    else for (let k = 0; k < classes; k++) counts[row * classes + k] = (counts[row * classes + k] ?? 0) / total
  }
  return { transition: Array.from(counts), rate: n === 0 ? 0 : wrong / n }
}

/** What labels alone say of the data: imbalance, and classes that are taken for each other. */
export function labelIssues(labels: Int32Array, classes: number, joint: ConfidentJoint | null): Pick<DataIssues, 'imbalance' | 'ambiguous'> {
  const counts = countLabels(labels, classes)
  const { rare, shares } = classImbalance(counts)
  const [smallest] = rare
  return {
    imbalance: smallest === undefined ? null : { smallest, share: shares[smallest] ?? 0, expected: 1 / classes },
    ambiguous: joint === null ? [] : confusedPairs(joint.calibrated, joint.labelCounts).filter(({ ambiguous }) => ambiguous).slice(0, mostPairs).map(({ first, second, firstIsSecond, secondIsFirst }) => ({ a: first, b: second, share: (firstIsSecond + secondIsFirst) / Math.max(1, (counts[first] ?? 0) + (counts[second] ?? 0)) }))
  }
}
