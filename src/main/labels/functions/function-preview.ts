import type { FunctionPreview, PreviewExample } from '../../../shared/domain/function-preview.ts'
import type { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import { abstain } from '../../../shared/domain/weak-labels.ts'
import { analyseFunctions } from '../function-analysis.ts'
import { voteMatrix } from '../vote-matrix.ts'
import type { CompiledFunction, FunctionBatch, FunctionContext } from './compiled-function.ts'
import { compileFunction } from './evaluate-function.ts'
import { excerptOf } from './row-excerpt.ts'

/** Rows that a preview looks at; every array has an entry a row. */
export interface PreviewSample {
  readonly batch: FunctionBatch
  /** Known classes on the dev rows, -1 elsewhere. */
  readonly truth: ArrayLike<number>
  /** Votes of the data set's other functions. */
  readonly others: readonly ArrayLike<number>[]
}

/** Examples of each kind that a preview shows at most: mistakes first, since they teach most. */
const shown = { wrong: 8, right: 6, unknown: 6, missed: 10 }

/**
 * What a function would do, on a sample of rows: coverage, overlaps and conflicts with the other functions (shares of the
 * sample), accuracy on the dev rows, and examples of what it hits and misses.
 *
 * @throws BenchError what `compileFunction` and `apply` throw
 */
export async function previewFunction(definition: LabelingFunctionDefinition, context: FunctionContext, sample: PreviewSample): Promise<FunctionPreview> {
  const started = performance.now()
  const { batch, truth, others } = sample
  const compiled = await compileFunction(definition, context)
  const votes = await compiled.apply(batch)
  const rows = votes.length
  const summary = rows === 0 ? undefined : summarise(votes, others, truth, context.classes.length)
  const correct = summary?.correct ?? 0
  const judged = correct + (summary?.incorrect ?? 0)
  return {
    rows,
    coverage: summary?.coverage ?? 0,
    overlaps: summary?.overlaps ?? 0,
    conflicts: summary?.conflicts ?? 0,
    dev: { votes: judged, correct, accuracy: summary?.empiricalAccuracy ?? null },
    ...examplesOf(definition, compiled, context, sample, votes),
    milliseconds: performance.now() - started
  }
}

function summarise(votes: Int32Array, others: readonly ArrayLike<number>[], truth: ArrayLike<number>, classes: number) {
  const names = ['previewed', ...others.map((_, index) => `other ${index}`)]
  return analyseFunctions(voteMatrix(names, [votes, ...others], Math.max(2, classes)), truth).functions[0]
}

function examplesOf(definition: LabelingFunctionDefinition, compiled: CompiledFunction, context: FunctionContext, { batch, truth }: PreviewSample, votes: Int32Array): Pick<FunctionPreview, 'hits' | 'misses'> {
  const found = { wrong: [] as number[], right: [] as number[], unknown: [] as number[], missed: [] as number[] }
  const own = new Set('label' in definition ? [definition.label] : votes)
  votes.forEach((vote, index) => {
    const known = truth[index] ?? abstain
    const kind = vote === abstain ? (known !== abstain && own.has(known) ? 'missed' : null) : known === abstain ? 'unknown' : vote === known ? 'right' : 'wrong'
    if (kind !== null && found[kind].length < shown[kind]) found[kind].push(index)
  })
  const example = (index: number): PreviewExample => ({
    row: batch.rows[index] ?? -1,
    vote: votes[index] ?? abstain,
    truth: truth[index] ?? abstain,
    ...excerptOf(batch, index, compiled.matchIn(batch, index), context)
  })
  return { hits: [...found.wrong, ...found.right, ...found.unknown].map(example), misses: found.missed.map(example) }
}
