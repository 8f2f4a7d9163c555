import type { DatasetColumn } from '../../../shared/domain/column.ts'
import { type Dataset, type LabelSource, splits } from '../../../shared/domain/dataset.ts'
import type { ExportContent, ExportFormat } from '../../../shared/domain/export.ts'
import type { ImportRole } from '../../../shared/domain/import.ts'
import { sourceReference } from '../../../shared/query/vocabulary.ts'
import type { Bench } from '../../store/bench.ts'
import type { ColumnValues, SourceColumn } from '../formats/source-file.ts'
import { fileNames } from './file-names.ts'

/** Rows written at a time. */
const exportRows = 8192

/** A column of an export: its name and type in the file, the role an import should give it, and its values. */
export interface ExportColumn {
  readonly column: SourceColumn
  /** Its name in the data set, where it is one of the data set's. */
  readonly own: string | null
  readonly role: ImportRole
  /** The source whose labels it holds, as class names, or whose probabilities of the class of that name. */
  readonly says: { readonly source: Pick<LabelSource, 'kind' | 'name'>; readonly className: string | null } | null
  /** Holds the history of edits. */
  readonly isHistory: boolean
  valuesOf(rows: Int32Array): ColumnValues
}

type NewColumn = Pick<ExportColumn, 'column' | 'role' | 'valuesOf'> & Partial<ExportColumn>

/** What an export writes: columns over the chosen rows. Labels are written as class names. */
export class ExportTable {
  readonly rows: Int32Array
  readonly columns: readonly ExportColumn[]
  readonly dataset: Dataset
  /** Sources whose labels are written, in order. */
  readonly sources: readonly LabelSource[]
  readonly #bench: Bench
  readonly #names: ReadonlyMap<number, string>

  constructor(bench: Bench, dataset: Dataset, rows: Int32Array, contents: readonly ExportContent[], sourceIds: readonly string[], format: ExportFormat = 'csv') {
    this.#bench = bench
    this.dataset = dataset
    this.rows = rows
    this.#names = new Map(dataset.classes.map(({ position, name }) => [position, name]))
    const all = bench.labels.sources(dataset.id)
    this.sources = sourceIds.length === 0 ? all : all.filter(({ id }) => sourceIds.includes(id))
    const columns: readonly NewColumn[] = [
      ...(contents.includes('examples') ? this.#exampleColumns() : []),
      ...(contents.includes('labels') ? this.sources.map((source) => this.#labelColumn(source)) : []),
      ...(contents.includes('splits') ? [this.#splitColumn()] : []),
      ...(contents.includes('soft-labels') ? this.sources.flatMap((source) => this.#softColumns(source)) : []),
      ...(contents.includes('edits') ? [this.#editColumn()] : [])
    ]
    const names = fileNames(columns.map(({ column }) => column.name), format)
    this.columns = columns.map((each, index) => ({ own: null, says: null, isHistory: false, ...each, column: { ...each.column, name: names[index] ?? each.column.name } }))
  }

  get hasColumns(): boolean {
    return this.columns.length > 0
  }

  /** Rows of a batch; the last may have fewer. */
  get batchRows(): number {
    return exportRows
  }

  /** Labels in force of a source, an entry a row of the data set, and their confidences. */
  labelsOf(source: LabelSource): Int32Array {
    return this.#bench.labels.inForce(source.id)
  }

  confidencesOf(source: LabelSource): Float32Array {
    return this.#bench.labels.confidences(source.id)
  }

  /** Class probabilities of a source, a row an example of the data set; undefined where it has none. */
  softOf(source: LabelSource): { readonly classes: number; readonly probabilities: Float32Array } | undefined {
    return this.#bench.labels.soft(source.id)
  }

  /** The split that each row of the data set is pinned to, as a position in `splits`; -1 where it is not. */
  pinned(): Int8Array {
    return this.#bench.splits.pinned(this.dataset.id, this.dataset.count)
  }

  /** The table in batches; `progress` is told how many rows are done. */
  async *batches(progress: (done: number) => Promise<void>): AsyncGenerator<readonly ColumnValues[]> {
    for (let start = 0; start < this.rows.length; start += exportRows) {
      const rows = this.rows.subarray(start, start + exportRows)
      yield this.columns.map((column) => column.valuesOf(rows))
      await progress(Math.min(this.rows.length, start + exportRows))
    }
  }

  /** The features of the chosen rows in batches. */
  async *features(progress: (done: number) => Promise<void>): AsyncGenerator<Uint8Array | Float32Array> {
    for (let start = 0; start < this.rows.length; start += exportRows) {
      yield this.#bench.datasets.features(this.dataset, this.rows.subarray(start, start + exportRows))
      await progress(Math.min(this.rows.length, start + exportRows))
    }
  }

  /** Class names that the labels of a source are written as. */
  className(label: number): string | null {
    return this.#names.get(label) ?? null
  }

  #exampleColumns(): readonly NewColumn[] {
    const stored = this.#bench.columns.list(this.dataset.id).filter(({ role }) => role !== 'score')
    const columns = stored.map((column) => this.#dataColumn(column))
    // Features that are no columns of their own: images and vectors.
    if (this.dataset.kind === 'text' || stored.some(({ role }) => role === 'feature')) return columns
    const { shape, dtype } = this.dataset
    return [...columns, { column: { name: 'features', type: 'array', shape, dtype }, role: 'feature', valuesOf: (rows) => ({ type: 'array', values: this.#bench.datasets.features(this.dataset, rows) }) }]
  }

  #dataColumn(column: DatasetColumn): NewColumn {
    return { column: { name: column.name, type: column.type }, own: column.name, role: column.role === 'score' ? 'meta' : column.role, valuesOf: (rows) => this.#bench.columns.slice(this.dataset.id, column, rows) }
  }

  #labelColumn(source: LabelSource): NewColumn {
    const inForce = this.#bench.labels.inForce(source.id)
    const name = source.kind === 'given' ? source.name : source.kind === 'truth' ? 'truth' : source.kind === 'annotator' ? `label:${source.name}` : sourceReference(source)
    const role = source.kind === 'given' || source.kind === 'truth' || source.kind === 'annotator' ? 'label' : 'meta'
    return { column: { name, type: 'text' }, role, says: { source, className: null }, valuesOf: (rows) => ({ type: 'text', values: Array.from(rows, (row) => this.className(inForce[row] ?? -1)) }) }
  }

  #splitColumn(): NewColumn {
    const pinned = this.pinned()
    return { column: { name: 'split', type: 'text' }, role: 'split', valuesOf: (rows) => ({ type: 'text', values: Array.from(rows, (row) => splits[pinned[row] ?? -1] ?? null) }) }
  }

  #softColumns(source: LabelSource): readonly NewColumn[] {
    const soft = this.softOf(source)
    if (soft === undefined) return []
    return this.dataset.classes.flatMap(({ position, name }) => {
      if (position >= soft.classes) return []
      return [{ column: { name: `p(${name}) ${sourceReference(source)}`, type: 'number' as const }, role: 'meta' as const, says: { source, className: name }, valuesOf: (rows: Int32Array) => ({ type: 'number' as const, values: Float64Array.from(rows, (row) => soft.probabilities[row * soft.classes + position] ?? Number.NaN) }) }]
    })
  }

  /** Everything ever said about a row, newest first, as JSON: source, class name (null: withdrawn) and when. */
  #editColumn(): NewColumn {
    const kinds = new Map(this.#bench.labels.sources(this.dataset.id).map(({ id, kind }) => [id, kind]))
    const history = (row: number): string =>
      JSON.stringify(this.#bench.labels.history(this.dataset.id, row).map(({ sourceId, sourceName, label, at }) => ({ kind: kinds.get(sourceId), source: sourceName, label: label === null ? null : this.className(label), at: new Date(at).toISOString() })))
    return { column: { name: 'history', type: 'text' }, role: 'meta', isHistory: true, valuesOf: (rows) => ({ type: 'text', values: Array.from(rows, history) }) }
  }
}
