import { BenchError } from '../../shared/contract/errors.ts'
import type { Dataset, LabelSource } from '../../shared/domain/dataset.ts'
import type { Session } from './session.ts'

/** The data set of this id. Throws `not-found`. */
export function datasetOf(session: Session, id: string): Dataset {
  const dataset = session.bench.datasets.get(id)
  if (dataset === undefined) throw new BenchError('not-found', `There is no data set ${id}.`, { field: 'datasetId', hint: 'It may have been deleted: undo brings it back.' })
  return dataset
}

/** The label source of this id, which must be the data set's. Throws `not-found`. */
export function sourceOf(session: Session, dataset: Dataset, id: string, field = 'sourceId'): LabelSource {
  const source = session.bench.labels.source(id)
  if (source?.datasetId !== dataset.id) throw new BenchError('not-found', `"${dataset.name}" has no label source ${id}.`, { field })
  return source
}

/** Refuses rows that the data set does not have. */
export function requireRows(dataset: Dataset, rows: readonly number[]): void {
  const outside = rows.findIndex((row) => row >= dataset.count)
  if (outside < 0) return
  throw new BenchError('invalid-input', `"${dataset.name}" has ${dataset.count} examples, so there is no row ${rows[outside]}.`, { field: `rows.${outside}` })
}

/** "1 example", "12,345 examples". */
export const examples = (count: number): string => (count === 1 ? '1 example' : `${count.toLocaleString('en')} examples`)
