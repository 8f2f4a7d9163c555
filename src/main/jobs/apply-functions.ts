import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import type { LabelingFunctionDefinition } from '../../shared/domain/labeling-function.ts'
import { compileFunction } from '../labels/functions/evaluate-function.ts'
import { FunctionData, functionRows } from './function-data.ts'
import type { JobContext } from './job-context.ts'

const Input = v.object({ datasetId: v.string(), functionIds: v.array(v.string()) })

/**
 * Has labeling functions vote on every row. The votes of a function are sent at once when it is through, so that a function that
 * fails or is cancelled leaves nothing, and those before it stay.
 */
export async function applyFunctions(context: JobContext): Promise<{ readonly applied: number }> {
  const { datasetId, functionIds } = v.parse(Input, context.input)
  const data = new FunctionData(context.bench, datasetId)
  const total = functionIds.length * data.dataset.count
  let done = 0
  for (const id of functionIds) {
    const each = context.bench.functions.get(id)
    if (each === undefined) throw new BenchError('not-found', `There is no labeling function ${id}.`, { hint: 'It may belong to another bench file.' })
    const { name, definition } = each
    if (definition.kind === 'imported') throw new BenchError('conflict', `The votes of "${name}" came from ${definition.file}: there is nothing to apply.`, { field: 'functionIds', hint: 'Import the file again for newer votes.' })
    const votes = await votesOf(context, data, { name, definition }, (rows) => {
      context.progress(done + rows, total, 'rows', `"${each.name}" votes`)
    })
    done += data.dataset.count
    const source = `${each.name} v${each.version}`
    context.send({ type: 'label-batch', datasetId, kind: 'labeling-function', source, start: 0, rows: null, labels: votes, confidence: null })
    context.send({ type: 'function-applied', datasetId, functionId: id, source })
    context.send({ type: 'dataset-changed', datasetId })
  }
  context.progress(total, total, 'rows', 'applied')
  return { applied: functionIds.length }
}

async function votesOf(context: JobContext, data: FunctionData, { name, definition }: { readonly name: string; readonly definition: LabelingFunctionDefinition }, progress: (rows: number) => void): Promise<Int32Array> {
  const compiled = await compileFunction(definition, data.contextFor(definition))
  const votes = new Int32Array(data.dataset.count)
  for (let start = 0; start < votes.length; start += functionRows) {
    const rows = Int32Array.from({ length: Math.min(functionRows, votes.length - start) }, (_, index) => start + index)
    try {
      votes.set(await compiled.apply(data.batch(definition, rows)), start)
    } catch (error) {
      if (!(error instanceof BenchError)) throw error
      const { code, message, ...extra } = error.payload
      throw new BenchError(code, `Labeling function "${name}": ${message}`, extra, error)
    }
    progress(start + rows.length)
    await context.breathe()
  }
  return votes
}
