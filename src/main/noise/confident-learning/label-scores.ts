import { BenchError } from '../../../shared/contract/errors.ts'
import type { LabelScore } from '../../../shared/domain/noise.ts'
import { countLabels, type LabelledProbabilities } from '../inputs.ts'
import { thresholdsOf } from './confident-joint.ts'

/**
 * Scores of the given labels in [0, 1], lower = more likely wrong (Northcutt et al. 2021; Kuan and Mueller, "Model-agnostic label
 * quality scoring to detect real-world label errors", 2022). With y the given class:
 *
 * - self-confidence: p_y
 * - normalized margin: (p_y - max over j != y of p_j + 1) / 2
 * - confidence-weighted entropy: log(1 + e) / e with e = H / p_y, H the entropy over log(classes); p_y and the divisor e count as
 *   1e-6 at least, as in the reference implementation. So a row of a one and zeros scores 0 whatever its label: prefer another
 *   score for probabilities that are nearly certain.
 *
 * @param options.adjust first subtract each class's threshold, add the highest one, and scale rows to sum to one: for imbalanced
 *   classes; not for the entropy
 * @throws BenchError `invalid-input` for an adjusted entropy
 */
export function scoreLabels(input: LabelledProbabilities, score: LabelScore, { adjust = false }: { readonly adjust?: boolean } = {}): Float64Array {
  if (score === 'confidence-weighted-entropy') {
    if (adjust) throw new BenchError('invalid-input', 'The entropy score cannot be adjusted for class imbalance.', { field: 'adjust', hint: 'Choose self-confidence or the normalized margin.' })
    return weightedEntropies(input)
  }
  const used = adjust ? adjustProbabilities(input) : input
  return score === 'self-confidence' ? selfConfidences(used) : normalizedMargins(used)
}

/** Probability of the given class of each row. */
export function selfConfidences({ rows, classes, labels, probabilities }: LabelledProbabilities): Float64Array {
  const scores = new Float64Array(rows)
  for (let row = 0; row < rows; row++) scores[row] = probabilities[row * classes + (labels[row] as number)] as number
  return scores
}

/** (p_y - highest other probability + 1) / 2 of each row. */
export function normalizedMargins({ rows, classes, labels, probabilities }: LabelledProbabilities): Float64Array {
  const scores = new Float64Array(rows)
  for (let row = 0, start = 0; row < rows; row++, start += classes) {
    const label = labels[row] as number
    let other = -1
    for (let c = 0; c < classes; c++) if (c !== label && (probabilities[start + c] as number) > other) other = probabilities[start + c] as number
    scores[row] = ((probabilities[start + label] as number) - other + 1) / 2
  }
  return scores
}

/** Divisors of the weighted entropy are at least this. */
const least = 1e-6

function weightedEntropies({ rows, classes, labels, probabilities }: LabelledProbabilities): Float64Array {
  const scores = new Float64Array(rows)
  const scale = Math.log(classes)
  for (let row = 0, start = 0; row < rows; row++, start += classes) {
    let entropy = 0
    for (let c = 0; c < classes; c++) {
      const p = probabilities[start + c] as number
      if (p > 0) entropy -= p * Math.log(p)
    }
    const weighted = entropy / scale / Math.max(least, probabilities[start + (labels[row] as number)] as number)
    scores[row] = Math.log1p(weighted) / Math.max(least, weighted)
  }
  return scores
}

/** Probabilities less the threshold of their class plus the highest threshold, scaled to sum to one. */
export function adjustProbabilities(input: LabelledProbabilities): LabelledProbabilities {
  const { rows, classes, labels, probabilities } = input
  const thresholds = thresholdsOf(input, countLabels(labels, classes))
  const highest = thresholds.reduce((most, t) => Math.max(most, t), 0)
  const adjusted = new Float64Array(rows * classes)
  for (let start = 0; start < adjusted.length; start += classes) {
    let sum = 0
    for (let c = 0; c < classes; c++) sum += adjusted[start + c] = (probabilities[start + c] as number) - (thresholds[c] as number) + highest
    for (let c = 0; c < classes; c++) adjusted[start + c] = (adjusted[start + c] as number) / sum
  }
  return { rows, classes, labels, probabilities: adjusted }
}
