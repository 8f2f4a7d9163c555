import { BenchError } from '../../shared/contract/errors.ts'
import type { DatasetColumn } from '../../shared/domain/column.ts'
import type { Dataset } from '../../shared/domain/dataset.ts'
import type { LabelingFunctionDefinition } from '../../shared/domain/labeling-function.ts'
import type { FeatureSpace, FunctionBatch, FunctionContext, RunPredictions } from '../labels/functions/compiled-function.ts'
import { measureColumns } from '../learn/standardize.ts'
import type { Bench } from '../store/bench.ts'

/** Rows a function is handed at a time: those of one chunk of a column. */
export const functionRows = 8192

/** Rows that the spread of features is measured on at most. */
const measuredRows = 20_000

/** A data set as labeling functions see it. */
export class FunctionData {
  readonly dataset: Dataset
  readonly columns: readonly DatasetColumn[]
  readonly context: FunctionContext
  readonly #bench: Bench

  constructor(bench: Bench, datasetId: string) {
    const dataset = bench.datasets.get(datasetId)
    if (dataset === undefined) throw new BenchError('not-found', `There is no data set ${datasetId}.`)
    this.#bench = bench
    this.dataset = dataset
    this.columns = bench.columns.list(datasetId)
    this.context = {
      classes: classNames(dataset),
      columns: this.columns.map(({ name, type }) => ({ name, type })),
      predictionsOf: (runId) => this.#predictionsOf(runId)
    }
  }

  /** The context with the feature space, which is read only for the functions that look at features. */
  contextFor(definition: LabelingFunctionDefinition): FunctionContext {
    return definition.kind === 'nearest-prototype' ? { ...this.context, features: this.#featureSpace() } : this.context
  }

  /** Rows as a function is handed them: the columns it names, and features where it needs them. */
  batch(definition: LabelingFunctionDefinition, rows: Int32Array): FunctionBatch {
    const named = columnsOf(definition)
    const wanted = this.columns.filter(({ name }) => named === null || named.includes(name))
    const columns = Object.fromEntries(wanted.map((column) => [column.name, this.#bench.columns.slice(this.dataset.id, column, rows).values]))
    return definition.kind === 'nearest-prototype' ? { rows, columns, features: this.#featuresOf(rows) } : { rows, columns }
  }

  /** Like `batch`, with every text column, to show what a row says whatever the function reads. */
  previewBatch(definition: LabelingFunctionDefinition, rows: Int32Array): FunctionBatch {
    const batch = this.batch(definition, rows)
    const texts = this.columns.filter(({ name, type }) => type === 'text' && batch.columns[name] === undefined)
    return { ...batch, columns: { ...batch.columns, ...Object.fromEntries(texts.map((column) => [column.name, this.#bench.columns.slice(this.dataset.id, column, rows).values])) } }
  }

  #featuresOf(rows: Int32Array): Float32Array {
    return Float32Array.from(this.#bench.datasets.features(this.dataset, rows))
  }

  #featureSpace(): FeatureSpace {
    const width = this.dataset.shape.reduce((product, size) => product * size, 1)
    // Evenly spread rows measure the spread of a million as well as all of them.
    const measured = Math.min(this.dataset.count, measuredRows)
    const rows = Int32Array.from({ length: measured }, (_, index) => Math.floor((index * this.dataset.count) / measured))
    const { scale } = measureColumns(this.#featuresOf(rows), width, Int32Array.from(rows.keys()))
    return { width, scale, featuresOf: (rows) => this.#featuresOf(rows) }
  }

  #predictionsOf(runId: string): RunPredictions {
    const run = this.#bench.runs.get(runId)
    if (run === undefined) throw new BenchError('not-found', `There is no run ${runId}.`, { field: 'definition.runId' })
    const labels = new Int32Array(this.dataset.count).fill(-1)
    const confidence = new Float32Array(this.dataset.count)
    for (const { rows, classes, probabilities } of this.#bench.runs.allPredictions(runId)) {
      rows.forEach((row, index) => {
        if (row >= labels.length) return
        let best = 0
        for (let k = 1; k < classes; k++) if ((probabilities[index * classes + k] ?? 0) > (probabilities[index * classes + best] ?? 0)) best = k
        labels[row] = best
        confidence[row] = probabilities[index * classes + best] ?? 0
      })
    }
    return { labels, confidence }
  }
}

/** Class names by position; positions that no class has are empty. */
export function classNames(dataset: Dataset): readonly string[] {
  const names = new Array<string>(Math.max(0, ...dataset.classes.map(({ position }) => position + 1))).fill('')
  for (const { position, name } of dataset.classes) names[position] = name
  return names
}

/** Columns that a definition reads; null for those that may read any. */
function columnsOf(definition: LabelingFunctionDefinition): readonly string[] | null {
  switch (definition.kind) {
    case 'keywords':
    case 'pattern':
      return definition.columns
    case 'interval':
      return [definition.column]
    case 'nearest-prototype':
    case 'run':
      return []
    case 'expression':
    case 'javascript':
      return null
  }
}
