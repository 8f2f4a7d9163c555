import type { VoteMatrix } from '../../labels/vote-matrix.ts'
import type { ClassProbabilities } from '../inputs.ts'
import { checkModel, exampleAgreement, majorityLabels } from './annotator-labels.ts'
import { type ConsensusQuality, rateAnnotators } from './annotator-ratings.ts'

/** How much each voice counts in CROWDLAB. */
export interface CrowdlabWeights {
  readonly model: number
  readonly annotators: Float64Array
  /** Probability that a label is taken to have of being right. */
  readonly likelihood: number
}

/** Consensus with a model's opinion. */
export interface Crowdlab extends ConsensusQuality {
  readonly weights: CrowdlabWeights
  /** P(class) of each example, rows x classes, row-major; NaN without a label. */
  readonly posterior: Float64Array
}

/** Weights, and the error of always giving the most frequent consensus, are at least this. */
const least = 1e-6

/**
 * CROWDLAB (Goh, Tkachenko and Mueller, "CROWDLAB: Supervised learning to infer consensus labels and quality scores for data with
 * multiple annotators", 2022): the class probabilities of an example are a weighted mean of the model's and of each label's, where a
 * label gives its class P and every other class (1 - P) / (classes - 1), P being the mean agreement of labels with the majority over
 * the examples with two labels or more. With E0 the error of always giving the most frequent consensus, an annotator weighs
 * 1 - (1 - s) / E0, s the share of the other labels of the same examples that equal the annotator's; the model weighs
 * (1 - (1 - A) / E0) sqrt(labels an example), A its accuracy on the consensus; both brackets, and E0, are at least 1e-6.
 *
 * The consensus is the majority, or the most probable class by the weights that the majority gives (`best-quality`), from which the
 * weights are then computed anew. An annotator's quality is a mean of the quality of the
 * labels given, weighing w, and of the agreement with the consensus where there are two labels or more, weighing 1 - w; w is the
 * model's share in the weights of an example with the mean number of labels of annotators of mean weight; 1 for somebody whose
 * examples nobody else labelled.
 *
 * @throws BenchError `bad-data` where the model's rows, classes or probabilities cannot be
 */
export function crowdlab(labels: VoteMatrix, model: ClassProbabilities, method: 'best-quality' | 'majority' = 'best-quality'): Crowdlab {
  checkModel(labels, model)
  const majority = majorityLabels(labels, model)
  let weights = weightsOf(labels, model, majority)
  let posterior = posteriorOf(labels, model, weights)
  let consensus = majority
  if (method === 'best-quality') {
    consensus = mostProbable(posterior, majority, labels.classes)
    weights = weightsOf(labels, model, consensus)
    posterior = posteriorOf(labels, model, weights)
  }
  const { counts, agreement } = exampleAgreement(labels, consensus)
  const quality = Float64Array.from(consensus, (c, i) => (c < 0 ? Number.NaN : (posterior[i * labels.classes + c] as number)))
  const labelQuality = Float64Array.from(labels.votes, (vote, at) => (vote < 0 ? Number.NaN : (posterior[(at % labels.rows) * labels.classes + vote] as number)))
  const meanWeight = mean(weights.annotators)
  const share = weights.model / (weights.model + meanWeight * meanCount(counts))
  return { consensus, quality, agreement, counts, labelQuality, annotators: rateAnnotators(labels, consensus, counts, labelQuality, share), weights, posterior }
}

/** The weights of model and annotators, given a consensus. */
export function weightsOf(labels: VoteMatrix, model: ClassProbabilities, consensus: Int32Array): CrowdlabWeights {
  const { classes } = labels
  const { counts, agreement } = exampleAgreement(labels, consensus)
  const several = Int32Array.from(counts.keys()).filter((i) => (counts[i] as number) > 1)
  const used = several.length > 0 ? several : Int32Array.from(counts.keys()).filter((i) => (counts[i] as number) > 0)
  const likelihood = mean(Float64Array.from(used, (i) => agreement[i] as number))
  const frequencies = new Float64Array(classes)
  let right = 0
  for (const i of used) {
    const c = consensus[i] as number
    frequencies[c] = (frequencies[c] as number) + 1
    if (argmax(model.probabilities, i * classes, classes) === c) right++
  }
  const baseline = Math.max(least, 1 - frequencies.reduce((most, count) => Math.max(most, count), 0) / used.length)
  const agreements = agreementsWithOthers(labels, counts)
  const known = agreements.filter((value) => value !== null)
  // Somebody whose examples nobody else labelled counts as one of the mean of the others.
  const unknown = known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : 1
  const annotators = Float64Array.from(agreements, (value) => Math.max(least, 1 - (1 - (value ?? unknown)) / baseline))
  return { model: Math.max(least, 1 - (1 - right / used.length) / baseline) * Math.sqrt(meanCount(counts)), annotators, likelihood }
}

/** Of each annotator, the share of the others' labels of the same examples that equal the annotator's; null where there are none. */
function agreementsWithOthers({ rows, classes, names, votes }: VoteMatrix, counts: Int32Array): readonly (number | null)[] {
  const agree = new Float64Array(names.length)
  const others = new Float64Array(names.length)
  const tally = new Int32Array(classes)
  for (let i = 0; i < rows; i++) {
    if ((counts[i] as number) < 2) continue
    tally.fill(0)
    for (let j = 0; j < names.length; j++) {
      const vote = votes[j * rows + i] as number
      if (vote >= 0) tally[vote] = (tally[vote] as number) + 1
    }
    for (let j = 0; j < names.length; j++) {
      const vote = votes[j * rows + i] as number
      if (vote < 0) continue
      agree[j] = (agree[j] as number) + (tally[vote] as number) - 1
      others[j] = (others[j] as number) + (counts[i] as number) - 1
    }
  }
  return Array.from(agree, (count, j) => ((others[j] as number) > 0 ? count / (others[j] as number) : null))
}

/** Weighted mean of model and labels for every class of every example. */
export function posteriorOf({ rows, classes, names, votes }: VoteMatrix, { probabilities }: ClassProbabilities, { model, annotators, likelihood }: CrowdlabWeights): Float64Array {
  const posterior = new Float64Array(rows * classes)
  const other = (1 - likelihood) / (classes - 1)
  for (let i = 0; i < rows; i++) {
    let total = 0
    for (let j = 0; j < names.length; j++) {
      const vote = votes[j * rows + i] as number
      if (vote < 0) continue
      const weight = annotators[j] as number
      total += weight
      posterior[i * classes + vote] = (posterior[i * classes + vote] as number) + weight * (likelihood - other)
    }
    for (let c = 0; c < classes; c++) {
      const p = (posterior[i * classes + c] as number) + total * other + model * (probabilities[i * classes + c] as number)
      posterior[i * classes + c] = total > 0 ? p / (total + model) : Number.NaN
    }
  }
  return posterior
}

function mostProbable(posterior: Float64Array, majority: Int32Array, classes: number): Int32Array {
  return majority.map((c, i) => (c < 0 ? -1 : argmax(posterior, i * classes, classes)))
}

function argmax(values: ArrayLike<number>, start: number, length: number): number {
  let best = 0
  for (let c = 1; c < length; c++) if ((values[start + c] as number) > (values[start + best] as number)) best = c
  return best
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Labels an example, of those that have one. */
function meanCount(counts: Int32Array): number {
  const labelled = counts.filter((count) => count > 0)
  return labelled.reduce((sum, count) => sum + count, 0) / labelled.length
}
