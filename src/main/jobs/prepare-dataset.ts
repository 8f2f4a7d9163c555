import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import type { DatasetColumn } from '../../shared/domain/column.ts'
import { orderOfNumbers, orderOfTexts } from '../datasets/view/argsort.ts'
import type { JobContext } from './job-context.ts'

const Input = v.object({ datasetId: v.string() })

/** Texts sent to the search index at a time: a transaction of some milliseconds in main. */
const indexedRows = 200

/**
 * What makes a data set quick to look at: every column's order, and the search index over its texts. A person works with the
 * data set meanwhile; what was done before an interruption is not done again.
 */
export async function prepareDataset(context: JobContext): Promise<null> {
  const { datasetId } = v.parse(Input, context.input)
  const dataset = context.bench.datasets.get(datasetId)
  if (dataset === undefined) throw new BenchError('not-found', `There is no data set ${datasetId}.`)
  const columns = context.bench.columns.list(datasetId)
  const texts = columns.filter(({ role }) => role === 'text')
  const steps = columns.length + (texts.length === 0 ? 0 : columns.length + 1)
  for (const [done, column] of columns.entries()) {
    context.progress(done, steps, 'steps', `sorting by ${column.name}`)
    if (context.bench.columns.order(datasetId, column.position) === undefined) context.send({ type: 'column-order', datasetId, position: column.position, rows: orderOf(context, datasetId, column, dataset.count) })
    await context.breathe()
  }
  if (texts.length > 0) await indexTexts(context, datasetId, texts, dataset.count, (share) => context.progress(columns.length + share * (columns.length + 1), steps, 'steps', 'indexing texts'))
  context.send({ type: 'dataset-changed', datasetId })
  context.progress(steps, steps, 'steps', 'prepared')
  return null
}

function orderOf({ bench }: JobContext, datasetId: string, { position, type }: DatasetColumn, count: number): Int32Array {
  return type === 'number' ? orderOfNumbers(bench.columns.numbers(datasetId, position, count)) : orderOfTexts(bench.columns.texts(datasetId, position))
}

async function indexTexts(context: JobContext, datasetId: string, columns: readonly DatasetColumn[], count: number, progress: (share: number) => void): Promise<void> {
  for (let start = context.bench.search.indexed(datasetId); start < count; start += indexedRows) {
    const rows = Int32Array.from({ length: Math.min(indexedRows, count - start) }, (_, index) => start + index)
    const values = columns.map((column) => context.bench.columns.slice(datasetId, column, rows).values)
    context.send({ type: 'search-texts', datasetId, start, texts: Array.from(rows, (_, index) => values.map((each) => each[index] ?? '').join('\n')) })
    progress((start + rows.length) / count)
    await context.breathe()
  }
}
