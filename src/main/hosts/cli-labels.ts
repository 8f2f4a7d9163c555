import { BenchError } from '../../shared/contract/errors.ts'
import type { FunctionAnalysis, LabelModelMethod, LabelModelResult } from '../../shared/domain/weak-labels.ts'
import { analyseFunctions } from '../labels/function-analysis.ts'
import { answerAccuracy, type LabelModelOptions, runLabelModel } from '../labels/label-model.ts'
import { readTruth, readVotes, writeProbabilities } from '../labels/vote-files.ts'
import { checkTruth, type VoteMatrix } from '../labels/vote-matrix.ts'
import { readWrench } from '../labels/wrench-files.ts'
import type { CliOutput } from './cli-output.ts'
import { plainTable } from './cli-table.ts'

export interface AnalyseOptions {
  readonly votes: string
  readonly truth?: string
  readonly classes?: number
}

export interface LabelModelCommandOptions extends AnalyseOptions {
  readonly classes: number
  readonly method: LabelModelMethod
  readonly balance?: Exclude<LabelModelOptions['balance'], undefined>
  readonly seed?: number
  readonly out?: string
}

/** `weakbench lf analyse` */
export async function analyseCommand(options: AnalyseOptions, output: CliOutput): Promise<void> {
  const { votes, truth } = await readInput(options)
  const { rows, functions, coverage, overlap, conflict } = analyseFunctions(votes, truth ?? undefined)
  const text = functions.map((f) => [f.name, f.polarity.join(' '), ...[f.coverage, f.overlaps, f.conflicts].map(share), count(f.correct), count(f.incorrect), share(f.empiricalAccuracy)])
  const head = ['function', 'polarity', 'coverage', 'overlaps', 'conflicts', 'correct', 'incorrect', 'accuracy']
  await output.result(
    { rows, functions, coverage, overlap, conflict },
    [plainTable(head, text, [2, 3, 4, 5, 6, 7]), dataset({ rows, coverage, overlap, conflict })].join('\n\n')
  )
}

/** `weakbench label-model` */
export async function labelModelCommand(options: LabelModelCommandOptions, output: CliOutput): Promise<void> {
  const { votes, truth } = await readInput(options)
  const { balance, seed } = options
  const result = runLabelModel(options.method, votes, { ...(balance === undefined ? {} : { balance }), ...(seed === undefined ? {} : { seed }) })
  const { coverage, overlap, conflict } = analyseFunctions(votes)
  const accuracies = truth === null ? {} : { accuracy: answerAccuracy(result, truth), majorityAccuracy: answerAccuracy({ ...result, probabilities: result.majority.probabilities }, truth) }
  if (options.out !== undefined) await writeProbabilities(options.out, result)
  const { method, rows, classes, classBalance, iterations, warnings, dependent } = result
  const functions = result.functions.map(({ name, accuracy, interval }) => ({ name, accuracy, interval }))
  const value = { method, rows, classes, functions, coverage, overlap, conflict, ...accuracies, classBalance, iterations, dependent, differsFromMajority: result.majority.differs, warnings }
  await output.result(value, modelText(result, accuracies, dataset({ rows, coverage, overlap, conflict })))
}

async function readInput({ votes: path, truth: truthPath, classes }: AnalyseOptions): Promise<{ readonly votes: VoteMatrix; readonly truth: ArrayLike<number> | null }> {
  const wrench = path.toLowerCase().endsWith('.json') ? await readWrench(path) : null
  const given = truthPath === undefined ? null : await readTruth(truthPath, classes)
  if (wrench !== null) {
    if (classes !== undefined && classes !== wrench.votes.classes) throw new BenchError('invalid-input', `label.json names ${wrench.votes.classes} classes, not ${classes}.`, { field: 'classes', hint: 'Give the number of classes of label.json.' })
    return withTruth(wrench.votes, given ?? (wrench.truth.some((label) => label >= 0) ? wrench.truth : null))
  }
  const { votes } = await readVotes(path, classes)
  // Where nobody says how many classes there are, a class that only the truth knows counts too.
  const highest = given?.reduce((most, label) => Math.max(most, label), 0) ?? 0
  return withTruth(classes === undefined && highest >= votes.classes ? { ...votes, classes: highest + 1 } : votes, given)
}

function withTruth(votes: VoteMatrix, truth: ArrayLike<number> | null): { readonly votes: VoteMatrix; readonly truth: ArrayLike<number> | null } {
  if (truth !== null) checkTruth(truth, votes.rows, votes.classes)
  return { votes, truth }
}

function modelText(result: LabelModelResult, { accuracy, majorityAccuracy }: { readonly accuracy?: number | null; readonly majorityAccuracy?: number | null }, about: string): string {
  const rows = result.functions.map(({ name, accuracy: a, interval, votes }) => [name, String(votes), share(a), interval === null ? '-' : interval.map(share).join(' to ')])
  const known = accuracy === undefined ? [] : [`Right on ${share(accuracy)} of the rows with a vote and a known class; majority vote: ${share(majorityAccuracy ?? null)}.`]
  return [
    plainTable(['function', 'votes', 'accuracy', '95% interval'], rows, [1, 2]),
    '',
    about,
    `Class balance: ${result.classBalance.map(share).join(', ')}. Answers unlike majority vote: ${result.majority.differs}.`,
    ...result.dependent.map((group) => `Counted as one opinion: ${group.map((j) => result.functions[j]?.name ?? '').join(', ')}.`),
    ...known,
    ...result.warnings.map(({ message }) => `Warning: ${message}`)
  ].join('\n')
}

const dataset = ({ rows, coverage, overlap, conflict }: Pick<FunctionAnalysis, 'rows' | 'coverage' | 'overlap' | 'conflict'>): string =>
  `${rows} rows; with a vote ${share(coverage)}, with two or more ${share(overlap)}, with votes that differ ${share(conflict)}.`
const share = (value: number | null): string => (value === null ? '-' : value.toFixed(3))
const count = (value: number | null): string => (value === null ? '-' : String(value))
