import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import type { FunctionPreview, RuleSuggestions } from '../../shared/domain/function-preview.ts'
import { LabelingFunctionDefinition } from '../../shared/domain/labeling-function.ts'
import type { FunctionAnalysis } from '../../shared/domain/weak-labels.ts'
import { analyseFunctions } from '../labels/function-analysis.ts'
import { previewFunction } from '../labels/functions/function-preview.ts'
import { suggestRules } from '../labels/functions/suggestions.ts'
import { voteMatrix } from '../labels/vote-matrix.ts'
import type { Bench } from '../store/bench.ts'
import { classNames, FunctionData } from './function-data.ts'
import { devTruth, previewRows } from './preview-rows.ts'

const Table = v.object({ datasetId: v.string(), truthSourceId: v.nullable(v.string()) })

/** The labeling-function table of the enabled functions that have voted, in the order of the list. */
export function functionTable(input: unknown, bench: Bench): Promise<FunctionAnalysis> {
  const { datasetId, truthSourceId } = v.parse(Table, input)
  const dataset = bench.datasets.get(datasetId)
  if (dataset === undefined) throw new BenchError('not-found', `There is no data set ${datasetId}.`)
  const functions = bench.functions.list(datasetId).filter(({ enabled, sourceId }) => enabled && sourceId !== null)
  if (functions.length === 0) {
    const none = new Float64Array(0)
    return Promise.resolve({ rows: dataset.count, functions: [], coverage: 0, overlap: 0, conflict: 0, pairs: { bothVote: none, agree: none, conflict: none } })
  }
  const votes = voteMatrix(functions.map(({ name }) => name), functions.map(({ sourceId }) => bench.labels.inForce(sourceId ?? '')), classNames(dataset).length)
  return Promise.resolve(analyseFunctions(votes, truthSourceId === null ? undefined : bench.labels.inForce(truthSourceId)))
}

const Preview = v.object({ datasetId: v.string(), name: v.optional(v.nullable(v.string()), null), truthSourceId: v.nullable(v.string()), definition: LabelingFunctionDefinition })

/** Rows a preview looks at, and rows that suggestions are drawn from. */
const previewSize = 2000
const suggestionSize = 20_000

/** What a definition does on a sample of rows, beside the functions that are there; dev rows first. */
export function functionPreview(input: unknown, bench: Bench): Promise<FunctionPreview> {
  const { datasetId, name, truthSourceId, definition } = v.parse(Preview, input)
  const data = new FunctionData(bench, datasetId)
  const truth = devTruth(bench, data.dataset, truthSourceId)
  const rows = previewRows(data.dataset.count, truth, previewSize)
  return previewFunction(definition, data.contextFor(definition), {
    batch: data.previewBatch(definition, rows),
    truth: rows.map((row) => truth[row] ?? -1),
    others: votesOf(bench, datasetId, name).map((votes) => rows.map((row) => votes[row] ?? -1))
  })
}

/** Terms and clusters that the functions so far leave uncovered or in conflict. */
export function ruleSuggestions(input: unknown, bench: Bench): Promise<RuleSuggestions> {
  const { datasetId, truthSourceId } = v.parse(Table, input)
  const data = new FunctionData(bench, datasetId)
  const truth = devTruth(bench, data.dataset, truthSourceId)
  const rows = previewRows(data.dataset.count, truth, suggestionSize)
  const texts = data.columns.filter(({ role }) => role === 'text').flatMap((column) => {
    const slice = bench.columns.slice(datasetId, column, rows)
    return slice.type === 'text' ? [slice.values] : []
  })
  return Promise.resolve(
    suggestRules({
      rows,
      texts,
      votes: votesOf(bench, datasetId).map((votes) => rows.map((row) => votes[row] ?? -1)),
      truth: rows.map((row) => truth[row] ?? -1),
      classes: classNames(data.dataset).length,
      seed: 0
    })
  )
}

const votesOf = (bench: Bench, datasetId: string, except: string | null = null): readonly Int32Array[] =>
  bench.functions.list(datasetId).flatMap(({ name, enabled, sourceId }) => (enabled && sourceId !== null && name !== except ? [bench.labels.inForce(sourceId)] : []))
