import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import type { Dataset } from '../../shared/domain/dataset.ts'
import { VoteExport } from '../../shared/domain/votes.ts'
import { writeVotes } from '../labels/vote-files.ts'
import { voteMatrix } from '../labels/vote-matrix.ts'
import { writeWrench } from '../labels/wrench-files.ts'
import type { Bench } from '../store/bench.ts'
import { classNames } from './function-data.ts'
import { idsOf } from './import-votes.ts'
import type { JobContext } from './job-context.ts'

/** Rows whose data is read at a time. */
const readRows = 8192

/** Writes the votes of label sources in the layout of WRENCH, with labels and what the examples say, or as CSV. */
export async function exportVotes(context: JobContext): Promise<{ readonly rows: number; readonly functions: number; readonly path: string }> {
  const { datasetId, path, format, sourceIds, truthSourceId } = v.parse(VoteExport, context.input)
  const { bench } = context
  const dataset = bench.datasets.get(datasetId)
  if (dataset === undefined) throw new BenchError('not-found', `There is no data set ${datasetId}.`, { field: 'datasetId' })
  context.progress(0, dataset.count, 'rows', 'reading votes')
  const voters = votersOf(bench, datasetId, sourceIds)
  if (voters.length === 0) throw new BenchError('conflict', `No labeling function of "${dataset.name}" has voted.`, { field: 'sourceIds', hint: 'Apply labeling functions first.' })
  const names = classNames(dataset)
  const votes = voteMatrix(voters.map(({ name }) => name), voters.map(({ id }) => bench.labels.inForce(id)), Math.max(2, names.length))
  const idOf = idsOf(bench, dataset)
  const ids = idOf === null ? null : uniqueIds(dataset, idOf)
  const written = async (rows: number): Promise<void> => {
    context.progress(Math.min(rows, dataset.count), dataset.count, 'rows', 'writing votes')
    await context.breathe()
  }
  if (format === 'csv') await writeVotes(path, votes, ids ?? undefined, written)
  else {
    const truth = truthSourceId === null ? undefined : bench.labels.inForce(truthSourceId)
    await writeWrench(path, { votes, ...(ids === null ? {} : { ids }), ...(truth === undefined ? {} : { truth }), classNames: names, data: dataOf(bench, dataset) }, written)
  }
  context.progress(dataset.count, dataset.count, 'rows', 'exported')
  return { rows: dataset.count, functions: voters.length, path }
}

/** The chosen sources, or all labeling functions that have voted in their order, each called after its function. */
function votersOf(bench: Bench, datasetId: string, sourceIds: readonly string[] | undefined): readonly { readonly id: string; readonly name: string }[] {
  const functions = bench.functions.list(datasetId).flatMap(({ name, sourceId }) => (sourceId === null ? [] : [{ id: sourceId, name }]))
  if (sourceIds === undefined) return functions
  const wanted = sourceIds.map((id) => ({ id, name: functions.find((one) => one.id === id)?.name ?? bench.labels.source(id)?.name ?? id }))
  // Two sources of one name (an older version, an annotator) are told apart by their ids.
  return wanted.map((one) => (wanted.some((other) => other !== one && other.name === one.name) ? { ...one, name: `${one.name} ${one.id.slice(0, 8)}` } : one))
}

/** The ids, where every example has one of its own: they are the keys of a WRENCH file. */
function uniqueIds({ count }: Dataset, idOf: (row: number) => string | null): readonly string[] | null {
  const ids = Array.from({ length: count }, (_, row) => idOf(row) ?? '')
  return new Set(ids).size === count && !ids.includes('') ? ids : null
}

/** What stands under `data` of a row: its texts (one alone is called text, as in WRENCH's own files), and the features of a table. */
function dataOf(bench: Bench, dataset: Dataset): (row: number) => Readonly<Record<string, unknown>> {
  const texts = bench.columns.list(dataset.id).filter(({ role }) => role === 'text')
  const width = dataset.kind === 'table' ? (dataset.shape[0] ?? 0) : 0
  let start = -1
  let values: readonly ArrayLike<string | number | null>[] = []
  let features: Uint8Array | Float32Array = new Float32Array(0)
  return (row) => {
    if (start < 0 || row < start || row >= start + readRows) {
      start = row - (row % readRows)
      const rows = Int32Array.from({ length: Math.min(readRows, dataset.count - start) }, (_, index) => start + index)
      values = texts.map((column) => bench.columns.slice(dataset.id, column, rows).values)
      if (width > 0) features = bench.datasets.features(dataset, rows)
    }
    const at = row - start
    const told = texts.map(({ name }, place) => [texts.length === 1 ? 'text' : name, values[place]?.[at] ?? null] as const)
    return { ...Object.fromEntries(told), ...(width === 0 ? {} : { feature: Array.from(features.subarray(at * width, (at + 1) * width)) }) }
  }
}
