import { stat } from 'node:fs/promises'
import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import type { DatasetColumn } from '../../shared/domain/column.ts'
import { type ImportReport, ImportRequest, type QuarantinedRow } from '../../shared/domain/import.ts'
import type { SourceBatch, SourceFile } from '../datasets/formats/source-file.ts'
import { openForImport } from '../datasets/exporting/open-exported.ts'
import type { LabelsOf } from '../datasets/exporting/edit-history.ts'
import { RestoredSources } from '../datasets/exporting/restored-sources.ts'
import { checkExampleSize, withinBlocks } from '../datasets/importing/block-limits.ts'
import { type FeatureLayout, layOutFeatures } from '../datasets/importing/feature-layout.ts'
import { guessRoles, labelSourceOf, mapColumns, type MappedColumn } from '../datasets/importing/import-mapping.ts'
import { LabelCodes } from '../datasets/importing/label-codes.ts'
import { type RowBlock, RowBuilder } from '../datasets/importing/row-builder.ts'
import { RowCheck } from '../datasets/importing/row-check.ts'
import { sampleOf } from '../datasets/importing/sample-values.ts'
import { columnChunkRows } from '../store/columns.ts'
import { type BlockStage, openBlockStage } from './block-stage.ts'
import type { JobContext } from './job-context.ts'

/** Bad rows that are listed with their reason; further ones are only counted. */
const mostListed = 100_000
/** Rows looked at before a share of bad ones means anything. */
const fewRows = 200
/** Split pins sent at a time: a transaction of a few milliseconds in main. */
const pinRows = 2048

/**
 * Brings a person's file into the bench, block by block. Rows that do not fit are listed with number and reason, the rest is
 * imported; too large a share of them stops the import, and a cancelled or failed one leaves nothing behind.
 */
export async function importFile(context: JobContext): Promise<ImportReport> {
  const asked = v.parse(ImportRequest, context.input)
  const began = performance.now()
  // Before the file is opened: a thread takes as long to start as a file to be looked at.
  const stage = openBlockStage(context, (await stat(asked.path).catch(() => null))?.size ?? 0)
  try {
    const { file, request, sidecar } = await openForImport(asked)
    try {
      const rows = await new FileImport(context, stage, request, file, new RestoredSources(sidecar, file.columns, request.classes)).run()
      const report = { ...rows, seconds: (performance.now() - began) / 1000 }
      context.send({ type: 'dataset-report', datasetId: null, kind: 'import', report })
      context.send({ type: 'dataset-complete' })
      context.progress(report.rows, report.rows, 'rows', 'imported')
      return report
    } finally {
      await file.close()
    }
  } finally {
    stage.close()
  }
}

/** One import under way. */
class FileImport {
  readonly #context: JobContext
  readonly #stage: BlockStage
  readonly #request: ImportRequest
  readonly #file: SourceFile
  readonly #restored: RestoredSources
  readonly #codes: LabelCodes
  #columns: readonly MappedColumn[] = []
  #stored: readonly MappedColumn[] = []
  #layout: FeatureLayout | undefined
  #blocks: RowBlock[] = []
  #firstRejected: QuarantinedRow | undefined
  readonly #heldBack: QuarantinedRow[] = []
  #listed = 0
  #rejected = 0
  #seen = 0

  constructor(context: JobContext, stage: BlockStage, request: ImportRequest, file: SourceFile, restored: RestoredSources) {
    this.#context = context
    this.#stage = stage
    this.#request = request
    this.#file = file
    this.#restored = restored
    this.#codes = new LabelCodes(request.classes)
  }

  async run(): Promise<Omit<ImportReport, 'seconds'>> {
    let builder: RowBuilder | undefined
    let check: RowCheck | undefined
    for await (const batch of withinBlocks(this.#file.batches(this.#context.signal), this.#file.columns)) {
      if (builder === undefined && batch.rowNumbers.length === 0) {
        this.#holdBack(batch.rejected)
        continue
      }
      if (builder === undefined || check === undefined) {
        this.#begin(batch)
        const layout = this.#layout ?? layOutFeatures(this.#columns)
        builder = new RowBuilder(layout, this.#stored.map(({ index }) => index), columnChunkRows, (block) => this.#blocks.push(block))
        check = new RowCheck(this.#columns, this.#codes)
      }
      this.#reject(batch.rejected)
      this.#take(batch, builder, check)
      await this.#sendBlocks()
      this.#context.progress(builder.rows, this.#file.rows ?? builder.rows, 'rows', 'reading rows', batch.fraction)
      await this.#context.breathe()
    }
    if (builder === undefined || check === undefined || builder.rows === 0) throw this.#nothing()
    builder.finish()
    await this.#sendBlocks()
    this.#stopAtBadRows(0)
    await this.#settle(builder, check)
    const missing = builder.missingFeatures
    const filled = missing === 0 ? [] : [`${missing.toLocaleString('en')} missing feature ${missing === 1 ? 'value enters' : 'values enter'} the training array as the mean of the column's first rows.`]
    return { rows: builder.rows, rejected: this.#rejected, warnings: [...this.#file.warnings, ...filled] }
  }

  #begin(first: SourceBatch): void {
    const guesses = guessRoles(this.#file.columns, this.#file.format, first.columns.map((column) => sampleOf(column, 100)))
    this.#columns = mapColumns(this.#file.columns, guesses, this.#request.columns)
    this.#stored = this.#columns.filter(({ source, role }) => source.type !== 'array' && role !== 'ignore' && role !== 'label' && role !== 'split').map((column) => ({ ...column, source: { ...column.source, name: this.#restored.ownName(column.source.name) } }))
    const layout = layOutFeatures(this.#columns)
    checkExampleSize(layout)
    this.#layout = layout
    const { name, path, source, license } = this.#request
    this.#context.send({
      type: 'dataset-begin',
      dataset: { name, kind: layout.kind, shape: layout.shape, dtype: layout.dtype, count: 0, classes: [], featureHash: '', source: source === '' ? path : source, license }
    })
    const description = JSON.stringify([layout.kind, layout.dtype, layout.shape, this.#stored.map(({ source: column, role }) => [column.name, column.type, role])])
    const start = { description, types: this.#stored.map(({ source: column }) => (column.type === 'number' ? 'number' : 'text')) } as const
    this.#stage.begin(start)
    this.#list(this.#heldBack)
  }

  /** Notes bad rows before the first good one, by which columns are guessed and the data set begins. */
  #holdBack(rows: readonly QuarantinedRow[]): void {
    this.#count(rows)
    this.#seen += rows.length
    this.#heldBack.push(...rows.slice(0, mostListed - this.#heldBack.length))
    this.#stopAtBadRows(fewRows)
  }

  #take(batch: SourceBatch, builder: RowBuilder, check: RowCheck): void {
    const bad: QuarantinedRow[] = []
    let from = 0
    const troubles = check.takeAll(batch.columns, 0, batch.rowNumbers.length, batch.rowNumbers)
    for (const row of [...troubles.keys()].sort((a, b) => a - b)) {
      const trouble = troubles.get(row)
      if (trouble === undefined) continue
      bad.push({ row: batch.rowNumbers[row] ?? 0, line: null, ...trouble })
      this.#takeRows(batch, builder, from, row)
      from = row + 1
    }
    this.#takeRows(batch, builder, from, batch.rowNumbers.length)
    this.#seen += batch.rowNumbers.length + batch.rejected.length
    this.#reject(bad)
    this.#stopAtBadRows(fewRows)
  }

  #takeRows({ columns }: SourceBatch, builder: RowBuilder, from: number, to: number): void {
    builder.take(columns, from, to)
    this.#restored.take(columns, from, to)
  }

  #reject(rows: readonly QuarantinedRow[]): void {
    this.#count(rows)
    this.#list(rows)
  }

  #count(rows: readonly QuarantinedRow[]): void {
    this.#firstRejected ??= rows[0]
    this.#rejected += rows.length
  }

  #list(rows: readonly QuarantinedRow[]): void {
    const listed = rows.slice(0, Math.max(0, mostListed - this.#listed))
    this.#listed += listed.length
    if (listed.length > 0) this.#context.send({ type: 'quarantine', rows: listed })
  }

  #stopAtBadRows(least: number): void {
    const { badShare } = this.#request
    if (this.#seen < least || this.#rejected <= badShare * this.#seen) return
    const percent = (share: number): string => `${(100 * share).toFixed(1)}%`
    throw new BenchError('bad-data', `${this.#rejected.toLocaleString('en')} of the first ${this.#seen.toLocaleString('en')} rows do not fit (${percent(this.#rejected / this.#seen)}; at most ${percent(badShare)} were allowed). ${this.#firstReason()}`, {
      field: 'badShare',
      hint: 'Look at the preview: a wrong delimiter, encoding or column type spoils every row. Or allow a larger share of bad rows.'
    })
  }

  async #sendBlocks(): Promise<void> {
    for (const block of this.#blocks.splice(0)) await this.#stage.add(block)
  }

  async #settle(builder: RowBuilder, check: RowCheck): Promise<void> {
    const { classes, positionOf } = this.#codes.settle()
    const { hash, statistics } = await this.#stage.end(classes.map(({ name }) => name))
    const columns = statistics.map((each, position): DatasetColumn => ({ position, ...describe(this.#stored[position]), statistics: each }))
    this.#context.send({ type: 'dataset-columns', columns })
    this.#context.send({ type: 'dataset-settle', featureHash: hash, classes })
    for (const labels of this.#restored.history()) await this.#sendLabels(labels)
    for (const { column, codes } of check.labels()) {
      const labels = codes.map((code) => (code < 0 ? -1 : (positionOf[code] ?? -1)))
      const fresh = this.#restored.beyondHistory(this.#restored.labelSource(column) ?? labelSourceOf(column), labels)
      if (fresh !== null) await this.#sendLabels(fresh)
    }
    for (const labels of this.#restored.labels()) await this.#sendLabels(labels)
    for (const { name, ...soft } of this.#restored.probabilities()) {
      this.#context.send({ type: 'soft-labels', datasetId: null, source: name, ...soft })
      await this.#context.breathe()
    }
    const pins = check.splits()
    const rows = pins === null ? [] : Array.from({ length: builder.rows }, (_, row) => row).filter((row) => (pins[row] ?? -1) >= 0)
    for (let from = 0; from < rows.length; from += pinRows) {
      const some = Int32Array.from(rows.slice(from, from + pinRows))
      this.#context.send({ type: 'dataset-splits', rows: some, splits: Uint8Array.from(some, (row) => pins?.[row] ?? 0) })
      await this.#context.breathe()
    }
  }

  async #sendLabels({ kind, name, rows, labels, at }: LabelsOf): Promise<void> {
    this.#context.send({ type: 'label-batch', datasetId: null, kind, source: name, start: 0, rows, labels, confidence: null, ...(at === null ? {} : { at }) })
    await this.#context.breathe()
  }

  /** What is wrong with the first bad row: rows, columns and reasons of all of them are lost with the import. */
  #firstReason(): string {
    if (this.#firstRejected === undefined) return ''
    const { row, line, column, reason } = this.#firstRejected
    return `The first is row ${row.toLocaleString('en')}${line === null ? '' : ` (line ${line.toLocaleString('en')})`}${column === null ? '' : `, column "${column}"`}: ${reason}`
  }

  #nothing(): BenchError {
    return new BenchError('bad-data', this.#rejected > 0 ? `None of the ${this.#rejected.toLocaleString('en')} rows fits. ${this.#firstReason()}` : 'The file holds no rows.', { hint: 'Look at the preview: delimiter, header and column types may be wrong.' })
  }
}

function describe(column: MappedColumn | undefined): Pick<DatasetColumn, 'name' | 'type' | 'role'> {
  const role = column?.role
  return { name: column?.source.name ?? '', type: column?.source.type === 'number' ? 'number' : 'text', role: role === 'feature' || role === 'text' || role === 'id' || role === 'path' ? role : 'meta' }
}
