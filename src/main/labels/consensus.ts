import { effectiveVotes, wilsonInterval } from './accuracy-interval.ts'
import { fitDawidSkene } from './dawid-skene.ts'
import { type ClassBalanceChoice, voteCounts } from './label-model-fit.ts'
import type { VoteMatrix } from './vote-matrix.ts'
import { votePatterns } from './vote-patterns.ts'

/** What the labels of all say of one annotator. */
export interface AnnotatorQuality {
  readonly name: string
  readonly labelled: number
  /** Probability that a label is right; null for somebody without labels. */
  readonly accuracy: number | null
  /** 95% interval of the accuracy; null for somebody without labels. */
  readonly interval: readonly [number, number] | null
  /** P(label | class), classes x classes, row-major; null for somebody without labels. */
  readonly confusion: Float64Array | null
  /** 1 for labels that settle the class, 0 for labels that say nothing about it; null for somebody without labels. */
  readonly informativeness: number | null
}

/** One class an example from the labels of several annotators. */
export interface Consensus {
  /** Most probable class of each row, -1 without a label. */
  readonly classes: Int32Array
  /** Its probability, 0 without a label. */
  readonly confidence: Float32Array
  readonly annotators: readonly AnnotatorQuality[]
  readonly classBalance: readonly number[]
}

/**
 * Consensus and annotator quality by the model of Dawid and Skene over a matrix whose columns are annotators (see
 * `fitDawidSkene`). Intervals are Wilson's on the effective number of labels (see `effectiveVotes`).
 */
export function consensusOf(labels: VoteMatrix, balance: ClassBalanceChoice = 'estimate'): Consensus {
  const { rows, names, classes: k } = labels
  const patterns = votePatterns(labels)
  const { posteriors, accuracies, confusions, classBalance } = fitDawidSkene(patterns, balance)
  const labelled = voteCounts(patterns)
  const effective = effectiveVotes(patterns, posteriors)
  const annotators = names.map((name, j): AnnotatorQuality => {
    const count = labelled[j] as number
    if (count === 0) return { name, labelled: 0, accuracy: null, interval: null, confusion: null, informativeness: null }
    const confusion = confusions.slice(j * k * k, (j + 1) * k * k)
    const accuracy = Math.min(1, accuracies[j] as number)
    return { name, labelled: count, accuracy, interval: wilsonInterval(accuracy, effective[j] as number), confusion, informativeness: informativeness(confusion, k) }
  })
  const classes = new Int32Array(rows).fill(-1)
  const confidence = new Float32Array(rows)
  const m = names.length
  for (let i = 0; i < rows; i++) {
    const pattern = patterns.patternOf[i] as number
    if (!patterns.votes.subarray(pattern * m, (pattern + 1) * m).some((vote) => vote >= 0)) continue
    let best = 0
    for (let c = 1; c < k; c++) if ((posteriors[pattern * k + c] as number) > (posteriors[pattern * k + best] as number)) best = c
    classes[i] = best
    confidence[i] = posteriors[pattern * k + best] as number
  }
  return { classes, confidence, annotators, classBalance: [...classBalance] }
}

/**
 * The score of Raykar and Yu, "Eliminating Spammers and Ranking Annotators for Crowdsourced Labeling Tasks" (2012): half the mean
 * squared distance between the rows of the confusion matrix. Rows that are equal say nothing about the class, whatever they hold.
 */
export function informativeness(confusion: Float64Array, classes: number): number {
  let sum = 0
  for (let c = 0; c < classes; c++) {
    for (let d = 0; d < c; d++) {
      for (let v = 0; v < classes; v++) sum += ((confusion[c * classes + v] as number) - (confusion[d * classes + v] as number)) ** 2
    }
  }
  return sum / (classes * (classes - 1))
}
