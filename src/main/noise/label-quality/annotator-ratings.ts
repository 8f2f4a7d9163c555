import type { VoteMatrix } from '../../labels/vote-matrix.ts'

/** What the labels of all, and a model, say of one annotator. */
export interface AnnotatorRating {
  readonly name: string
  readonly labelled: number
  /** In [0, 1]; null for somebody without labels. */
  readonly quality: number | null
  /** Share of the labels that equal the consensus; null for somebody without labels. */
  readonly agreementWithConsensus: number | null
  /** The class whose labels by the annotator equal the consensus least often; of equal ones that given most often, then the first. Null for somebody without labels. */
  readonly worstClass: number | null
}

/** Consensus of several annotators with its quality. */
export interface ConsensusQuality {
  /** Consensus class of each example; -1 without a label. */
  readonly consensus: Int32Array
  /** How probable the consensus is, in [0, 1]; NaN without a label. */
  readonly quality: Float64Array
  /** Share of an example's labels that equal the consensus; NaN without a label. */
  readonly agreement: Float64Array
  /** Labels each example has. */
  readonly counts: Int32Array
  /** Quality of each single label, by annotator as the votes are; NaN where there is none. */
  readonly labelQuality: Float64Array
  readonly annotators: readonly AnnotatorRating[]
}

/**
 * Rates every annotator: quality = w (mean quality of the labels given) + (1 - w) (share equal to the consensus, of the examples with
 * two labels or more); without such examples, what there is.
 *
 * @param w the weight of the first, in [0, 1]
 */
export function rateAnnotators(labels: VoteMatrix, consensus: Int32Array, counts: Int32Array, labelQuality: Float64Array, w: number): readonly AnnotatorRating[] {
  return labels.names.map((name, annotator) => {
    const { labelled, agree, shared, sharedAgree, qualities, byClass } = tallyOf(labels, annotator, consensus, counts, labelQuality)
    if (labelled === 0) return { name, labelled, quality: null, agreementWithConsensus: null, worstClass: null }
    const quality = shared === 0 ? qualities / labelled : (w * qualities) / labelled + (1 - w) * (sharedAgree / shared)
    return { name, labelled, quality, agreementWithConsensus: agree / labelled, worstClass: worstOf(byClass) }
  })
}

interface ClassTally {
  agree: number
  count: number
}

function tallyOf({ rows, classes, votes }: VoteMatrix, annotator: number, consensus: Int32Array, counts: Int32Array, labelQuality: Float64Array) {
  const tally = { labelled: 0, agree: 0, shared: 0, sharedAgree: 0, qualities: 0, byClass: Array.from({ length: classes }, (): ClassTally => ({ agree: 0, count: 0 })) }
  for (let i = 0; i < rows; i++) {
    const vote = votes[annotator * rows + i] as number
    if (vote < 0) continue
    const same = vote === consensus[i] ? 1 : 0
    const shared = (counts[i] as number) > 1 ? 1 : 0
    const group = tally.byClass[vote] as ClassTally
    group.agree += same
    group.count++
    tally.labelled++
    tally.agree += same
    tally.shared += shared
    tally.sharedAgree += shared * same
    tally.qualities += labelQuality[annotator * rows + i] as number
  }
  return tally
}

function worstOf(byClass: readonly ClassTally[]): number {
  const shares = byClass.map(({ agree, count }) => (count === 0 ? Infinity : agree / count))
  const lowest = Math.min(...shares)
  const most = byClass.reduce((highest, { count }, c) => (shares[c] === lowest ? Math.max(highest, count) : highest), 0)
  return byClass.findIndex(({ count }, c) => shares[c] === lowest && count === most)
}
