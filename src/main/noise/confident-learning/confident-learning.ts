import { type LabelScore, labelScores, type PruningMethod, pruningMethods } from '../../../shared/domain/noise.ts'
import { checkLabelled, type LabelledProbabilities } from '../inputs.ts'
import { type ConfidentJoint, confidentJoint } from './confident-joint.ts'
import { scoreLabels } from './label-scores.ts'
import { type NoiseEstimates, noiseEstimates } from './noise-estimates.ts'
import { flaggedRows, labelIssueCount } from './pruning.ts'

/** Everything confident learning says of a set of labels. */
export interface ConfidentLearning extends ConfidentJoint, NoiseEstimates {
  readonly numLabelIssues: number
  /** Flagged rows, ascending, of each method asked for. */
  readonly issues: Readonly<Partial<Record<PruningMethod, Int32Array>>>
  /** One score a row of each kind asked for. */
  readonly scores: Readonly<Partial<Record<LabelScore, Float64Array>>>
}

/**
 * Confident learning (Northcutt et al. 2021) from given labels and out-of-sample class probabilities. Classes that no example was
 * given are allowed.
 *
 * @param options.methods,options.scores what to compute; left out: all
 * @param options.adjust adjust the scores for class imbalance (not the entropy, which has no such form)
 * @throws BenchError `bad-data` naming the row that cannot be
 */
export function confidentLearning(
  input: LabelledProbabilities,
  options: { readonly methods?: readonly PruningMethod[]; readonly scores?: readonly LabelScore[]; readonly adjust?: boolean } = {}
): ConfidentLearning {
  checkLabelled(input)
  const joint = confidentJoint(input)
  const adjustable = (score: LabelScore): boolean => (options.adjust ?? false) && score !== 'confidence-weighted-entropy'
  return {
    ...joint,
    ...noiseEstimates(joint),
    numLabelIssues: labelIssueCount(input, joint),
    issues: flaggedRows(input, joint, options.methods ?? pruningMethods),
    scores: Object.fromEntries((options.scores ?? labelScores).map((score) => [score, scoreLabels(input, score, { adjust: adjustable(score) })]))
  }
}
