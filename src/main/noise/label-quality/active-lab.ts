import { BenchError } from '../../../shared/contract/errors.ts'
import type { VoteMatrix } from '../../labels/vote-matrix.ts'
import { checkProbabilities, type ClassProbabilities } from '../inputs.ts'
import { checkModel } from './annotator-labels.ts'
import { type Crowdlab, crowdlab } from './crowdlab.ts'
import { fitTemperature, scaleTemperature } from './temperature.ts'

/** Scores of what to have labelled next, in [0, 1]; lowest first, labelled and unlabelled examples on one scale. */
export interface ActiveLabScores {
  /** One an example of the annotators; NaN without a label. */
  readonly labelled: Float64Array
  /** One an example of the unlabelled ones. */
  readonly unlabelled: Float64Array
  /** What the logarithms of the model's probabilities were divided by. */
  readonly temperature: number
}

/**
 * ActiveLab (Goh and Mueller, "ActiveLab: Active Learning with Re-Labeling by Multiple Annotators", 2023): CROWDLAB's probability of
 * the consensus, as it would be with one more voice of mean weight that finds every class equally likely. Without a label, the
 * consensus is the model's most probable class. The model's probabilities are first calibrated by a temperature.
 *
 * @param unlabelled the model's probabilities of examples without any label
 * @param temperature left out: the one that fits the annotators' labels best (see `fitTemperature`)
 * @throws BenchError `bad-data` where rows, classes or probabilities cannot be
 */
export function activeLabScores(labels: VoteMatrix, model: ClassProbabilities, unlabelled?: ClassProbabilities, temperature?: number): ActiveLabScores {
  checkModel(labels, model)
  const used = temperature ?? fitTemperature(labels, model)
  const result = crowdlab(labels, scaleTemperature(model, used))
  const meanWeight = result.weights.annotators.reduce((sum, weight) => sum + weight, 0) / result.weights.annotators.length
  return {
    labelled: labelledScores(labels, result, meanWeight),
    unlabelled: unlabelled === undefined ? new Float64Array(0) : unlabelledScores(unlabelled, labels.classes, used, result.weights.model, meanWeight),
    temperature: used
  }
}

function labelledScores({ rows, names, votes, classes }: VoteMatrix, { weights, consensus, posterior }: Crowdlab, meanWeight: number): Float64Array {
  return Float64Array.from(consensus, (c, i) => {
    if (c < 0) return Number.NaN
    let total = weights.model
    for (let j = 0; j < names.length; j++) if ((votes[j * rows + i] as number) >= 0) total += weights.annotators[j] as number
    return ((posterior[i * classes + c] as number) * total + meanWeight / classes) / (total + meanWeight)
  })
}

function unlabelledScores(unlabelled: ClassProbabilities, classes: number, temperature: number, modelWeight: number, meanWeight: number): Float64Array {
  checkProbabilities(unlabelled)
  if (unlabelled.classes !== classes) throw new BenchError('bad-data', `The unlabelled examples have ${unlabelled.classes} classes, the labelled ones ${classes}.`, { field: 'unlabelled', hint: 'Give probabilities of the same classes.' })
  const { rows, probabilities } = scaleTemperature(unlabelled, temperature)
  const scores = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    const highest = probabilities.subarray(i * classes, (i + 1) * classes).reduce((most, p) => Math.max(most, p), 0)
    scores[i] = (modelWeight * highest + meanWeight / classes) / (modelWeight + meanWeight)
  }
  return scores
}
