import { BenchError } from '../../../shared/contract/errors.ts'
import type { VoteMatrix } from '../../labels/vote-matrix.ts'
import { checkProbabilities, type ClassProbabilities } from '../inputs.ts'

/** How the labels of one example agree with its consensus. */
export interface ExampleAgreement {
  /** Labels an example has. */
  readonly counts: Int32Array
  /** Share of them that equal the consensus; NaN without a label. */
  readonly agreement: Float64Array
}

/** Labels of each example and the share that equals the consensus. */
export function exampleAgreement({ rows, names, votes }: VoteMatrix, consensus: Int32Array): ExampleAgreement {
  const counts = new Int32Array(rows)
  const agreement = new Float64Array(rows)
  for (let j = 0; j < names.length; j++) {
    for (let i = 0; i < rows; i++) {
      const vote = votes[j * rows + i] as number
      if (vote < 0) continue
      counts[i] = (counts[i] as number) + 1
      if (vote === consensus[i]) agreement[i] = (agreement[i] as number) + 1
    }
  }
  for (let i = 0; i < rows; i++) agreement[i] = (agreement[i] as number) / (counts[i] as number)
  return { counts, agreement }
}

/**
 * Most frequent label of each example, -1 without a label. Equal ones are told apart by, in this order: the model's probability,
 * where there is a model; the class that is given to fewer examples in all; the mean agreement, with the majorities that are clear, of
 * the annotators who chose it; the lower class position.
 */
export function majorityLabels(labels: VoteMatrix, model?: ClassProbabilities): Int32Array {
  const { rows, classes, names, votes } = labels
  const majority = new Int32Array(rows).fill(-1)
  const tied: { readonly row: number; readonly classes: readonly number[] }[] = []
  const frequencies = new Float64Array(classes)
  const tally = new Int32Array(classes)
  for (let i = 0; i < rows; i++) {
    tally.fill(0)
    let most = 0
    for (let j = 0; j < names.length; j++) {
      const vote = votes[j * rows + i] as number
      if (vote < 0) continue
      const count = (tally[vote] as number) + 1
      tally[vote] = count
      frequencies[vote] = (frequencies[vote] as number) + 1
      most = Math.max(most, count)
    }
    if (most === 0) continue
    const best = allBest(Array.from({ length: classes }, (_, c) => c), (c) => tally[c] as number)
    if (best.length === 1) majority[i] = best[0] as number
    else tied.push({ row: i, classes: best })
  }
  if (tied.length === 0) return majority
  const reliability = names.map((_, j) => agreementWith(labels, j, majority))
  for (const { row, classes: candidates } of tied) {
    let best = model === undefined ? candidates : allBest(candidates, (c) => model.probabilities[row * classes + c] as number)
    best = allBest(best, (c) => -(frequencies[c] as number))
    if (best.length > 1) best = allBest(best, (c) => meanReliability(labels, row, c, reliability))
    majority[row] = best[0] as number
  }
  return majority
}

/** Share of an annotator's labels that equal the consensus, among examples that have one; NaN for none. */
function agreementWith({ rows, votes }: VoteMatrix, annotator: number, consensus: Int32Array): number {
  let agree = 0
  let both = 0
  for (let i = 0; i < rows; i++) {
    const vote = votes[annotator * rows + i] as number
    if (vote < 0 || (consensus[i] as number) < 0) continue
    both++
    if (vote === consensus[i]) agree++
  }
  return agree / both
}

function meanReliability({ rows, names, votes }: VoteMatrix, row: number, label: number, reliability: readonly number[]): number {
  const chosen = names.flatMap((_, j) => (votes[j * rows + row] === label && !Number.isNaN(reliability[j]) ? [reliability[j] as number] : []))
  return chosen.length === 0 ? 0 : chosen.reduce((sum, value) => sum + value, 0) / chosen.length
}

function allBest(candidates: readonly number[], value: (candidate: number) => number): readonly number[] {
  const best = candidates.reduce((most, candidate) => Math.max(most, value(candidate)), -Infinity)
  return candidates.filter((candidate) => value(candidate) === best)
}

/** Throws `bad-data` unless the model's probabilities are sound and of the annotators' rows and classes. */
export function checkModel({ rows, classes }: VoteMatrix, model: ClassProbabilities): void {
  if (model.rows !== rows || model.classes !== classes) {
    const message = `The model has ${model.rows} rows of ${model.classes} classes, the annotators ${rows} of ${classes}.`
    throw new BenchError('bad-data', message, { field: 'probabilities', hint: 'Give the model’s probabilities of the same examples and classes.' })
  }
  checkProbabilities(model)
}
