import { BenchError } from '../../shared/contract/errors.ts'
import type { FunctionAccuracy, LabelModelMethod, LabelModelResult } from '../../shared/domain/weak-labels.ts'
import { effectiveVotes, wilsonInterval } from './accuracy-interval.ts'
import { fitCorrelated } from './correlated.ts'
import { fitDawidSkene } from './dawid-skene.ts'
import { type ClassBalanceChoice, type LabelModelFit, voteCounts } from './label-model-fit.ts'
import { labelModelWarnings } from './label-model-warnings.ts'
import { fitMajorityVote } from './majority-vote.ts'
import { fitMatrixCompletion } from './matrix-completion.ts'
import { fitOneCoin } from './one-coin.ts'
import { fitTriplets } from './triplet.ts'
import { checkClasses, type VoteMatrix } from './vote-matrix.ts'
import { type VotePatterns, votePatterns } from './vote-patterns.ts'
import { fitWeightedVote } from './weighted-vote.ts'

export interface LabelModelOptions {
  /** Left out: estimated from the votes. */
  readonly balance?: ClassBalanceChoice
  /** Chooses triplets where there are too many to take all; every other method uses no chance. Left out: 0. */
  readonly seed?: number
  /** For `weighted`: an accuracy a function instead of an estimated one. */
  readonly accuracies?: readonly number[]
  /** For `correlated`: groups of dependent functions (column positions) instead of learned ones. */
  readonly dependent?: readonly (readonly number[])[]
}

/** Probabilities that one result may hold: 1 GiB of them. */
const largestResult = 2 ** 28

/**
 * Turns votes into soft labels by the chosen method, with the majority vote beside it and warnings where the answer should not be
 * trusted. Accuracies come with Wilson's 95% interval on the effective number of votes (see `effectiveVotes`).
 *
 * @throws BenchError `invalid-input` for options that do not fit the votes
 */
export function runLabelModel(method: LabelModelMethod, votes: VoteMatrix, options: LabelModelOptions = {}): LabelModelResult {
  const { rows, classes } = votes
  checkClasses(classes)
  checkBalance(options.balance, classes)
  if (rows * classes > largestResult) throw new BenchError('invalid-input', `${rows} rows x ${classes} classes are too many probabilities to hold.`, { field: 'classes', hint: `Rows x classes may reach ${largestResult}.` })
  const patterns = votePatterns(votes)
  const balance = options.balance ?? 'estimate'
  const majority = fitMajorityVote(patterns, balance)
  const fit = method === 'majority' ? majority : fitOf(method, patterns, balance, options)
  const covered = coveredRows(patterns)
  return {
    method,
    rows,
    classes,
    probabilities: byRow(patterns, fit.posteriors),
    covered,
    functions: functionAccuracies(patterns, fit),
    classBalance: [...fit.classBalance],
    iterations: fit.iterations,
    warnings: labelModelWarnings(method, patterns, fit),
    dependent: fit.dependent ?? [],
    majority: { probabilities: byRow(patterns, majority.posteriors), differs: differences(patterns, fit.posteriors, majority.posteriors, covered) }
  }
}

function fitOf(method: Exclude<LabelModelMethod, 'majority'>, patterns: VotePatterns, balance: ClassBalanceChoice, { seed, accuracies, dependent }: LabelModelOptions): LabelModelFit {
  switch (method) {
    case 'weighted':
      return fitWeightedVote(patterns, balance, accuracies)
    case 'dawid-skene':
      return fitDawidSkene(patterns, balance)
    case 'one-coin':
      return fitOneCoin(patterns, balance)
    case 'matrix-completion':
      return fitMatrixCompletion(patterns, balance)
    case 'triplet':
      return fitTriplets(patterns, balance, seed)
    case 'correlated':
      return fitCorrelated(patterns, balance, dependent === undefined ? {} : { dependent })
  }
}

/**
 * Share of right answers over the rows that have a vote and a known truth; where several classes are equally probable, each counts
 * its part. Null where there is no such row.
 *
 * @param truth the class of each row, -1 where unknown
 */
export function answerAccuracy({ rows, classes, probabilities, covered }: Pick<LabelModelResult, 'rows' | 'classes' | 'probabilities' | 'covered'>, truth: ArrayLike<number>): number | null {
  let right = 0
  let judged = 0
  for (let i = 0; i < rows; i++) {
    const known = truth[i] as number
    if (covered[i] === 0 || known < 0) continue
    judged++
    let highest = 0
    let ties = 0
    for (let c = 0; c < classes; c++) {
      const probability = probabilities[i * classes + c] as number
      if (probability > highest) ties = 0
      if (probability < highest) continue
      highest = probability
      ties++
    }
    if (probabilities[i * classes + known] === highest) right += 1 / ties
  }
  return judged > 0 ? right / judged : null
}

function functionAccuracies(patterns: VotePatterns, { accuracies, posteriors }: LabelModelFit): FunctionAccuracy[] {
  const votes = voteCounts(patterns)
  const effective = effectiveVotes(patterns, posteriors)
  return patterns.names.map((name, j) => {
    if (votes[j] === 0) return { name, accuracy: null, interval: null, votes: 0 }
    const accuracy = Math.min(1, Math.max(0, accuracies[j] as number))
    return { name, accuracy, interval: wilsonInterval(accuracy, effective[j] as number), votes: votes[j] as number }
  })
}

function byRow({ rows, classes, patternOf }: VotePatterns, posteriors: Float64Array): Float32Array {
  const probabilities = new Float32Array(rows * classes)
  for (let i = 0; i < rows; i++) {
    const from = (patternOf[i] as number) * classes
    for (let c = 0; c < classes; c++) probabilities[i * classes + c] = posteriors[from + c] as number
  }
  return probabilities
}

function coveredRows({ rows, count, names, votes, patternOf }: VotePatterns): Uint8Array {
  const m = names.length
  const voted = Uint8Array.from({ length: count }, (_, p) => (votes.subarray(p * m, (p + 1) * m).some((vote) => vote >= 0) ? 1 : 0))
  return Uint8Array.from({ length: rows }, (_, i) => voted[patternOf[i] as number] as number)
}

/** Rows with a vote whose most probable class is none of the majority's. */
function differences({ rows, classes, patternOf }: VotePatterns, posteriors: Float64Array, majority: Float64Array, covered: Uint8Array): number {
  const differs = new Int8Array(posteriors.length / classes)
  for (let p = 0; p < differs.length; p++) {
    let best = 0
    for (let c = 1; c < classes; c++) if ((posteriors[p * classes + c] as number) > (posteriors[p * classes + best] as number)) best = c
    differs[p] = (majority[p * classes + best] as number) > 0 ? 0 : 1
  }
  let count = 0
  for (let i = 0; i < rows; i++) if (covered[i] === 1 && differs[patternOf[i] as number] === 1) count++
  return count
}

function checkBalance(balance: ClassBalanceChoice | undefined, classes: number): void {
  if (balance === undefined || typeof balance === 'string') return
  const hint = 'Give one positive share a class.'
  if (balance.length !== classes) throw new BenchError('invalid-input', `The class balance has ${balance.length} shares for ${classes} classes.`, { field: 'balance', hint })
  const wrong = balance.find((share) => !(share > 0 && Number.isFinite(share)))
  if (wrong !== undefined) throw new BenchError('invalid-input', `The class balance holds ${wrong}, which is not positive.`, { field: 'balance', hint })
  const sum = balance.reduce((total, share) => total + share, 0)
  if (Math.abs(sum - 1) > 0.01) throw new BenchError('invalid-input', `The class balance sums to ${Number(sum.toPrecision(6))}, not to 1.`, { field: 'balance', hint })
}
