import * as v from 'valibot'
import { type AgreementReport, type AnnotationQueue, queueOrders, type SuggestedLabels } from '../domain/annotation.ts'
import type { DatasetColumn } from '../domain/column.ts'
import type { ClassBalance, DatasetView, VersionDifference } from '../domain/data-view.ts'
import { type Dataset, type DatasetVersion, splits } from '../domain/dataset.ts'
import { exportArrays, exportContents, exportFormats } from '../domain/export.ts'
import { FilterSchema, type SavedFilter, SortSchema } from '../domain/filter.ts'
import { importFormats, type ImportPreview, ImportRequest, type QuarantinedRow, ReadOptions } from '../domain/import.ts'
import type { JournalState } from '../domain/journal.ts'
import { VoteExport, VoteImport } from '../domain/votes.ts'
import { procedure } from './define.ts'
import * as f from './fields.ts'

const dataset = { datasetId: f.id }
/** The source that `label:` means where a filter names none, and the filter itself. */
const filtered = { ...dataset, sourceId: v.optional(v.nullable(f.id), null), filter: FilterSchema }
/** Some places of the list in a sort's order; left out, all that match. */
const listed = { sort: v.optional(v.nullable(SortSchema), null), range: v.optional(v.nullable(v.strictObject({ offset: f.count, count: f.count })), null) }
const split = v.picklist(splits)
const classPosition = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000))
const datasetClass = v.strictObject({
  position: classPosition,
  name: f.name,
  color: v.pipe(v.string(), v.regex(/^#[0-9a-fA-F]{6}$/, 'A colour is # and six hexadecimal digits.')),
  key: v.pipe(v.string(), v.maxLength(10))
})
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1))

/** Looking at data sets, curating them, and bringing them in and out. */
export const dataProcedures = {
  'datasets.columns': procedure<readonly DatasetColumn[]>()(v.strictObject(dataset)),
  'datasets.view': procedure<DatasetView>()(
    v.strictObject({
      ...filtered,
      sort: v.optional(v.nullable(SortSchema), null),
      offset: f.offset,
      limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)), 200),
      /** Sources whose labels are wanted, columns (by position) whose values are, and whether features are. */
      sourceIds: v.optional(v.pipe(v.array(f.id), v.maxLength(50)), []),
      columns: v.optional(v.pipe(v.array(f.count), v.maxLength(100)), []),
      features: v.optional(v.boolean(), true)
    })
  ),
  /** Where a row stands in a view; null when the filter leaves it out. */
  'datasets.position': procedure<number | null>()(v.strictObject({ ...filtered, sort: v.optional(v.nullable(SortSchema), null), row: f.count })),
  'datasets.count': procedure<number>()(v.strictObject(filtered)),
  'datasets.balance': procedure<ClassBalance>()(v.strictObject(filtered)),
  /** Labels everything that the filter matches, or a range of that list, as one step of undo; null withdraws. */
  'datasets.label-matching': procedure<JournalState>()(v.strictObject({ ...filtered, ...listed, annotator: v.optional(f.name, 'me'), label: v.nullable(classPosition) })),
  /** Pins everything that the filter matches, or a range of that list, to a split, or releases it (null), as one step of undo. */
  'datasets.split-matching': procedure<JournalState>()(v.strictObject({ ...filtered, ...listed, split: v.nullable(split) })),
  /** Deals the rows into splits, seeded and stratified by the labels of a source; shares of at most 1 in all, the rest is left unpinned. */
  'datasets.make-splits': procedure<JournalState>()(
    v.strictObject({ ...dataset, sourceId: f.id, shares: v.strictObject({ pretrain: v.optional(share, 0), teacher: v.optional(share, 0), student: v.optional(share, 0), test: v.optional(share, 0) }), seed: f.seed })
  ),
  'datasets.set-classes': procedure<JournalState>()(v.strictObject({ ...dataset, classes: v.pipe(v.array(datasetClass), v.minLength(1), v.maxLength(10_000)) })),
  'datasets.quarantine': procedure<{ readonly rows: readonly QuarantinedRow[]; readonly total: number }>()(v.strictObject({ ...dataset, offset: f.offset, limit: f.limit })),
  /** The newest report of a kind as JSON, or null: `import` (ImportReport), `duplicates` (DuplicateReport[]). */
  'datasets.report': procedure<unknown>()(v.strictObject({ ...dataset, kind: v.picklist(['import', 'duplicates']) })),
  /** Starts the job that looks for exact and near duplicates; its report follows. */
  'datasets.find-duplicates': procedure<{ readonly jobId: string }>()(v.strictObject(dataset)),
  /** Freezes rows, pinned splits and the labels of a source under a name. */
  'datasets.create-version': procedure<DatasetVersion>()(v.strictObject({ ...dataset, name: f.name, sourceId: f.id })),
  'datasets.version-difference': procedure<VersionDifference>()(v.strictObject({ ...dataset, before: f.id, after: f.id })),

  'filters.list': procedure<readonly SavedFilter[]>()(v.strictObject(dataset)),
  'filters.save': procedure<SavedFilter>()(v.strictObject({ ...dataset, filterId: v.optional(f.id), name: f.name, filter: FilterSchema, sort: v.optional(v.nullable(SortSchema), null) })),
  'filters.delete': procedure<JournalState>()(v.strictObject({ filterId: f.id })),

  /** Asks the host for files to import (or a folder), or a path to export to; null when cancelled or without native dialogs. */
  'imports.choose': procedure<string | null>()(v.strictObject({ mode: v.picklist(['file', 'folder', 'save']), name: v.optional(f.name) })),
  /** Reads the beginning of a file and says what it is; writes nothing. */
  'imports.inspect': procedure<ImportPreview>()(v.strictObject({ path: f.path, format: v.optional(v.picklist(importFormats)), options: v.optional(ReadOptions, {}) })),
  'imports.start': procedure<{ readonly jobId: string }>()(ImportRequest),
  /** Starts the job that makes the functions of a vote file labeling functions of a data set, or of a new one. */
  'imports.votes': procedure<{ readonly jobId: string }>()(VoteImport),
  /** Starts the job that writes the votes of labeling functions to a file. */
  'exports.votes': procedure<{ readonly jobId: string }>()(VoteExport),
  'exports.start': procedure<{ readonly jobId: string }>()(
    v.strictObject({ ...filtered, path: f.path, format: v.picklist(exportFormats), contents: v.pipe(v.array(v.picklist(exportContents)), v.minLength(1), v.maxLength(exportContents.length)), array: v.optional(v.picklist(exportArrays), 'features'), sourceIds: v.optional(v.pipe(v.array(f.id), v.maxLength(200)), []) })
  ),

  /** The next examples for an annotator, at most `limit` of those without a label of theirs. */
  'annotation.queue': procedure<AnnotationQueue>()(
    v.strictObject({
      ...filtered,
      annotator: f.name,
      order: v.picklist(queueOrders),
      /** Source whose confidence, or sources whose disagreement, decides. */
      sourceIds: v.optional(v.pipe(v.array(f.id), v.maxLength(50)), []),
      seed: v.optional(f.seed, 0),
      limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 200)
    })
  ),
  /** What a source suggests for some rows, and how sure it is. */
  'annotation.suggestions': procedure<SuggestedLabels>()(v.strictObject({ ...dataset, sourceId: f.id, rows: v.pipe(v.array(f.count), v.minLength(1), v.maxLength(500)) })),
  'annotation.agreement': procedure<AgreementReport>()(v.strictObject({ ...dataset, sourceIds: v.pipe(v.array(f.id), v.minLength(2), v.maxLength(100)) })),
  /** A data set as it is now, by id. */
  'datasets.get': procedure<Dataset>()(v.strictObject(dataset))
} as const
