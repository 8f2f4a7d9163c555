import type { VoteMatrix } from '../../labels/vote-matrix.ts'
import { exampleAgreement, majorityLabels } from './annotator-labels.ts'
import { type ConsensusQuality, rateAnnotators } from './annotator-ratings.ts'

/**
 * Consensus without a model: the majority (see `majorityLabels`); its quality is the share of the example's labels that equal it, a
 * label's quality the share that equals that label, an annotator's quality the share of labels that equal the consensus where
 * somebody else labelled the example too. For annotators weighed by how good they are, see `consensusOf` in `labels`.
 */
export function agreementConsensus(labels: VoteMatrix): ConsensusQuality {
  const { rows, classes, names, votes } = labels
  const consensus = majorityLabels(labels)
  const { counts, agreement } = exampleAgreement(labels, consensus)
  const labelQuality = new Float64Array(votes.length).fill(Number.NaN)
  const tally = new Int32Array(classes)
  for (let i = 0; i < rows; i++) {
    tally.fill(0)
    for (let j = 0; j < names.length; j++) {
      const vote = votes[j * rows + i] as number
      if (vote >= 0) tally[vote] = (tally[vote] as number) + 1
    }
    for (let j = 0; j < names.length; j++) {
      const vote = votes[j * rows + i] as number
      if (vote >= 0) labelQuality[j * rows + i] = (tally[vote] as number) / (counts[i] as number)
    }
  }
  return { consensus, quality: agreement.slice(), agreement, counts, labelQuality, annotators: rateAnnotators(labels, consensus, counts, labelQuality, 0) }
}
