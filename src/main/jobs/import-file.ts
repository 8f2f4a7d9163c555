import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { BenchError } from '../../shared/contract/errors.ts'
import type { DatasetColumn } from '../../shared/domain/column.ts'
import { type ImportReport, ImportRequest, type QuarantinedRow } from '../../shared/domain/import.ts'
import type { SourceBatch, SourceFile } from '../datasets/formats/source-file.ts'
import { openSource } from '../datasets/formats/open-source.ts'
import { readSidecar, withSidecar } from '../datasets/exporting/sidecar.ts'
import { type FeatureLayout, layOutFeatures } from '../datasets/importing/feature-layout.ts'
import { guessRoles, labelSourceOf, mapColumns, type MappedColumn } from '../datasets/importing/import-mapping.ts'
import { LabelCodes } from '../datasets/importing/label-codes.ts'
import { type RowBlock, RowBuilder } from '../datasets/importing/row-builder.ts'
import { RowCheck } from '../datasets/importing/row-check.ts'
import { sampleOf } from '../datasets/importing/sample-values.ts'
import { ColumnSummary } from '../datasets/view/column-statistics.ts'
import { columnChunkRows, packColumn, type PackedColumn } from '../store/columns.ts'
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
  const request = withSidecar(asked, await readSidecar(asked.path))
  const began = performance.now()
  const file = await openSource(request.path, { format: request.format, options: request.options, columns: request.columns })
  try {
    const rows = await new FileImport(context, request, file).run()
    const report = { ...rows, seconds: (performance.now() - began) / 1000 }
    context.send({ type: 'dataset-report', datasetId: null, kind: 'import', report })
    context.send({ type: 'dataset-complete' })
    context.progress(report.rows, report.rows, 'rows', 'imported')
    return report
  } finally {
    await file.close()
  }
}

/** One import under way. */
class FileImport {
  readonly #context: JobContext
  readonly #request: ImportRequest
  readonly #file: SourceFile
  readonly #hash = createHash('sha256')
  readonly #codes: LabelCodes
  #columns: readonly MappedColumn[] = []
  #stored: readonly MappedColumn[] = []
  #summaries: ColumnSummary[] = []
  #layout: FeatureLayout | undefined
  #blocks: RowBlock[] = []
  #listed = 0
  #rejected = 0
  #seen = 0

  constructor(context: JobContext, request: ImportRequest, file: SourceFile) {
    this.#context = context
    this.#request = request
    this.#file = file
    this.#codes = new LabelCodes(request.classes)
  }

  async run(): Promise<Omit<ImportReport, 'seconds'>> {
    let builder: RowBuilder | undefined
    let check: RowCheck | undefined
    for await (const batch of this.#file.batches(this.#context.signal)) {
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
    this.#stored = this.#columns.filter(({ source, role }) => source.type !== 'array' && role !== 'ignore' && role !== 'label' && role !== 'split')
    this.#summaries = this.#stored.map(({ source }) => new ColumnSummary(source.type === 'number' ? 'number' : 'text'))
    const layout = layOutFeatures(this.#columns)
    this.#layout = layout
    const { name, path, source, license } = this.#request
    this.#hash.update(JSON.stringify([layout.kind, layout.dtype, layout.shape, this.#stored.map(({ source: column, role }) => [column.name, column.type, role])]))
    this.#context.send({
      type: 'dataset-begin',
      dataset: { name, kind: layout.kind, shape: layout.shape, dtype: layout.dtype, count: 0, classes: [], featureHash: '', source: source === '' ? path : source, license }
    })
  }

  #take(batch: SourceBatch, builder: RowBuilder, check: RowCheck): void {
    const bad: QuarantinedRow[] = []
    let from = 0
    const troubles = check.takeAll(batch.columns, 0, batch.rowNumbers.length, batch.rowNumbers)
    for (const row of [...troubles.keys()].sort((a, b) => a - b)) {
      const trouble = troubles.get(row)
      if (trouble === undefined) continue
      bad.push({ row: batch.rowNumbers[row] ?? 0, line: null, ...trouble })
      builder.take(batch.columns, from, row)
      from = row + 1
    }
    builder.take(batch.columns, from, batch.rowNumbers.length)
    this.#seen += batch.rowNumbers.length + batch.rejected.length
    this.#reject(bad)
    this.#stopAtBadRows(fewRows)
  }

  #reject(rows: readonly QuarantinedRow[]): void {
    if (rows.length === 0) return
    this.#rejected += rows.length
    const listed = rows.slice(0, Math.max(0, mostListed - this.#listed))
    this.#listed += listed.length
    if (listed.length > 0) this.#context.send({ type: 'quarantine', rows: listed })
  }

  #stopAtBadRows(least: number): void {
    const { badShare } = this.#request
    if (this.#seen < least || this.#rejected <= badShare * this.#seen) return
    const percent = (share: number): string => `${(100 * share).toFixed(1)}%`
    throw new BenchError('bad-data', `${this.#rejected.toLocaleString('en')} of the first ${this.#seen.toLocaleString('en')} rows do not fit (${percent(this.#rejected / this.#seen)}; at most ${percent(badShare)} were allowed).`, {
      field: 'badShare',
      hint: 'Look at the preview: a wrong delimiter, encoding or column type spoils every row. Or allow a larger share of bad rows.'
    })
  }

  async #sendBlocks(): Promise<void> {
    for (const { start, count, features, columns } of this.#blocks.splice(0)) {
      const data = bytesOf(features)
      const packed = columns.map((column) => bytesOfPacked(packColumn(column)))
      this.#hash.update(data)
      packed.forEach((column) => this.#hash.update(column))
      columns.forEach((column, place) => this.#summaries[place]?.add(column))
      const parts = columns.map(({ type }, position) => ({ position, type, bytes: packed[position]?.length ?? 0 }))
      await this.#context.sendBlock({ start, count, features: { dtype: features instanceof Uint8Array ? 'uint8' : 'float32', bytes: data.length }, columns: parts }, [data, ...packed])
    }
  }

  async #settle(builder: RowBuilder, check: RowCheck): Promise<void> {
    const columns = this.#stored.map(({ source, role }, position): DatasetColumn => ({
      position,
      name: source.name,
      type: source.type === 'number' ? 'number' : 'text',
      role: role === 'feature' || role === 'text' || role === 'id' || role === 'path' ? role : 'meta',
      statistics: this.#summaries[position]?.finish() ?? new ColumnSummary('number').finish()
    }))
    this.#context.send({ type: 'dataset-columns', columns })
    const { classes, positionOf } = this.#codes.settle()
    this.#hash.update(JSON.stringify(classes.map(({ name }) => name)))
    this.#context.send({ type: 'dataset-settle', featureHash: this.#hash.digest('hex'), classes })
    for (const { column, codes } of check.labels()) {
      const labels = codes.map((code) => (code < 0 ? -1 : (positionOf[code] ?? -1)))
      const source = labelSourceOf(column)
      this.#context.send({ type: 'label-batch', datasetId: null, kind: source.kind, source: source.name, start: 0, rows: null, labels, confidence: null })
    }
    const pins = check.splits()
    const rows = pins === null ? [] : Array.from({ length: builder.rows }, (_, row) => row).filter((row) => (pins[row] ?? -1) >= 0)
    for (let from = 0; from < rows.length; from += pinRows) {
      const some = Int32Array.from(rows.slice(from, from + pinRows))
      this.#context.send({ type: 'dataset-splits', rows: some, splits: Uint8Array.from(some, (row) => pins?.[row] ?? 0) })
      await this.#context.breathe()
    }
  }

  #nothing(): BenchError {
    return new BenchError('bad-data', this.#rejected > 0 ? `None of the ${this.#rejected.toLocaleString('en')} rows fits.` : 'The file holds no rows.', { hint: 'Look at the preview: delimiter, header and column types may be wrong.' })
  }
}

const bytesOf = (array: Uint8Array | Float32Array | Float64Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
const bytesOfPacked = (column: PackedColumn): Uint8Array => bytesOf(column.type === 'text' ? column.packed : column.values)
