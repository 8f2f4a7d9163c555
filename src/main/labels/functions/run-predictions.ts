import { BenchError } from '../../../shared/contract/errors.ts'
import type { LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import { abstain } from '../../../shared/domain/weak-labels.ts'
import type { CompiledFunction, FunctionContext } from './compiled-function.ts'

type RunFunction = Extract<LabelingFunctionDefinition, { kind: 'run' }>

/** What a stored run predicted, where it was confident enough; it abstains on rows that the run did not see. */
export async function compileRun(definition: RunFunction, context: FunctionContext): Promise<CompiledFunction> {
  if (context.predictionsOf === undefined) {
    throw new BenchError('not-found', 'There are no stored predictions to vote with.', { field: 'runId', hint: 'Train a run on this data set first.' })
  }
  const { labels, confidence } = await context.predictionsOf(definition.runId)
  const outside = labels.find((label) => label < abstain || label >= context.classes.length)
  if (outside !== undefined) {
    throw new BenchError('conflict', `The run predicts class ${outside}, which the data set does not have.`, { field: 'runId', hint: 'Choose a run of this data set.' })
  }
  const voteOn = (row: number): number => ((confidence[row] ?? Number.NaN) >= definition.confidence ? (labels[row] ?? abstain) : abstain)
  return { apply: (batch) => Promise.resolve(batch.rows.map(voteOn)), matchIn: () => null }
}
