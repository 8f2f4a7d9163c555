import { BenchError } from '../../../shared/contract/errors.ts'
import type { Dataset, LabelSource } from '../../../shared/domain/dataset.ts'
import type { TrainingConfig } from '../../../shared/domain/training.ts'
import { BenchViewData } from '../../datasets/view/bench-view-data.ts'
import { evaluateFilter } from '../../datasets/view/filter-evaluation.ts'
import type { Bench } from '../../store/bench.ts'
import { arrayFeatures, type ExampleFeatures, standardizedFeatures, textFeatures } from './example-features.ts'
import type { ArmTargets, RowFacts } from './training-rows.ts'

/** What examples are turned into for training. */
export type FeatureKind = 'image' | 'table' | 'text'

/** A data set as a training experiment sees it. */
export class TrainingData {
  readonly dataset: Dataset
  /** Positions that labels may hold: one more than the largest. */
  readonly classes: number
  readonly evaluation: LabelSource
  readonly facts: RowFacts
  readonly featureKind: FeatureKind
  readonly #bench: Bench
  readonly #config: TrainingConfig
  #table: Uint8Array | Float32Array | undefined

  /** @throws BenchError `not-found` or `invalid-input` for a data set, source, filter or features that there are not */
  constructor(bench: Bench, config: TrainingConfig) {
    const dataset = bench.datasets.get(config.datasetId)
    if (dataset === undefined) throw new BenchError('not-found', 'The data set to train on is not in this bench file any more.', { field: 'datasetId', hint: 'Undo its deletion, or choose another.' })
    this.#bench = bench
    this.#config = config
    this.dataset = dataset
    this.classes = dataset.classes.reduce((most, { position }) => Math.max(most, position + 1), 0)
    if (this.classes < 2) throw new BenchError('bad-data', `"${dataset.name}" has ${dataset.classes.length === 1 ? 'only one class' : 'no classes'}; there is nothing to tell apart.`, { field: 'datasetId', hint: 'Add classes in the Data view.' })
    this.featureKind = featureKindOf(bench, dataset, config.features)
    this.evaluation = this.#evaluationSource()
    this.facts = {
      pinned: bench.splits.pinned(dataset.id, dataset.count),
      matches: config.filter === null ? null : evaluateFilter(config.filter, new BenchViewData(bench, dataset, this.evaluation.id)),
      truth: this.#labelsOf(this.evaluation.id)
    }
  }

  /** Labels of a source; soft ones where the form asks for them, which the source must then have. */
  targetsOf(sourceId: string, form: 'hard' | 'soft'): ArmTargets {
    const source = this.source(sourceId)
    const labels = this.#labelsOf(source.id)
    if (form === 'hard') return { labels, probabilities: null }
    const soft = this.#bench.labels.soft(source.id)
    if (soft === undefined) throw new BenchError('invalid-input', `"${source.name}" has no soft labels.`, { field: 'arms', hint: 'Train on its hard labels, or on the answer of a label model.' })
    if (soft.classes !== this.classes) throw new BenchError('bad-data', `The soft labels of "${source.name}" are over ${soft.classes} classes, and the data set has ${this.classes}.`, { field: 'arms', hint: 'Run the label model again.' })
    return { labels, probabilities: soft.probabilities }
  }

  /** @throws BenchError `not-found` for a source of another data set or of none */
  source(id: string): LabelSource {
    const source = this.#bench.labels.source(id)
    if (source === undefined || source.datasetId !== this.dataset.id) throw new BenchError('not-found', `"${this.dataset.name}" has no label source ${id}.`, { field: 'arms' })
    return source
  }

  /** Features of every example; tables are standardized by the rows that are trained on. */
  featuresFor(train: Int32Array): ExampleFeatures {
    const { dataset } = this
    if (this.featureKind === 'text') return textFeatures(this.#texts(), this.#config.textWidth)
    this.#table ??= this.#bench.datasets.features(dataset, Int32Array.from({ length: dataset.count }, (_, row) => row))
    const standardizes = this.featureKind === 'table' && this.#config.standardize && this.#table instanceof Float32Array
    return standardizes ? standardizedFeatures(this.#table as Float32Array, dataset.count, widthOf(dataset), train) : arrayFeatures(this.#table, dataset.count, dataset.shape)
  }

  /** Shape of one example's features, without reading any. */
  get shape(): readonly number[] {
    return this.featureKind === 'text' ? [this.#config.textWidth] : this.featureKind === 'table' ? [widthOf(this.dataset)] : this.dataset.shape
  }

  #texts(): readonly (string | null)[] {
    const rows = Int32Array.from({ length: this.dataset.count }, (_, row) => row)
    const parts = textColumnsOf(this.#bench, this.dataset).map((column) => {
      const slice = this.#bench.columns.slice(this.dataset.id, column, rows)
      return slice.type === 'text' ? slice.values : []
    })
    const [only] = parts
    return parts.length === 1 && only !== undefined ? only : Array.from(rows, (row) => parts.map((part) => part[row] ?? '').join('\n'))
  }

  #labelsOf(sourceId: string): Int32Array {
    const labels = this.#bench.labels.current(sourceId, this.dataset.count)
    const outside = labels.findIndex((label) => label >= this.classes)
    if (outside >= 0) throw new BenchError('bad-data', `Example ${outside + 1} has the label ${labels[outside] ?? ''}, and "${this.dataset.name}" has ${this.classes} classes.`)
    return labels
  }

  #evaluationSource(): LabelSource {
    const { evaluationSourceId, arms } = this.#config
    if (evaluationSourceId !== null) return this.source(evaluationSourceId)
    const sources = this.#bench.labels.sources(this.dataset.id).filter(({ labelled }) => labelled > 0)
    const first = arms[0]?.labels
    const usual = sources.find(({ kind }) => kind === 'truth') ?? sources.find(({ kind }) => kind === 'given') ?? (first?.from === 'source' ? this.source(first.sourceId) : undefined)
    if (usual === undefined) throw new BenchError('bad-data', `"${this.dataset.name}" has no labels to judge by.`, { field: 'evaluationSourceId', hint: 'Label some examples first.' })
    return usual
  }
}

const widthOf = ({ shape }: Dataset): number => shape.reduce((product, size) => product * size, 1)

const textColumnsOf = (bench: Bench, dataset: Dataset) => bench.columns.list(dataset.id).filter(({ type, role }) => type === 'text' && role === 'text')

function featureKindOf(bench: Bench, dataset: Dataset, wanted: TrainingConfig['features']): FeatureKind {
  const array = widthOf(dataset) > 0
  const texts = textColumnsOf(bench, dataset).length > 0
  if (wanted === 'array' ? array : wanted === 'auto' && array) return dataset.kind === 'image' ? 'image' : 'table'
  if (wanted !== 'array' && texts) return 'text'
  const lacks = wanted === 'array' ? 'no feature columns' : wanted === 'text' ? 'no text columns' : 'neither feature columns nor text columns'
  throw new BenchError('bad-data', `"${dataset.name}" has ${lacks} to train on.`, { field: 'features', hint: wanted === 'auto' ? 'Import it again with columns mapped to features or text.' : 'Choose the other kind of features.' })
}
