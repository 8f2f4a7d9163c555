import type { ColumnSlice } from './column.ts'

/** One page of a filtered and sorted data set. */
export interface DatasetView {
  /** Rows of the data set in the order shown. */
  readonly rows: Int32Array
  /** Rows that match in all. */
  readonly total: number
  /** Labels in force of each source asked for, one array a source, -1 where there is none. */
  readonly labels: readonly Int32Array[]
  /** Where a person has pinned each row: index into `splits`, -1 where the seed decides. */
  readonly splits: Int8Array
  /** Values of each column asked for. */
  readonly columns: readonly ColumnSlice[]
  /** rows.length x shape, or null where they were not asked for. */
  readonly features: Uint8Array | Float32Array | null
}

/** Labelled examples by class, and where the rows are. */
export interface ClassBalance {
  readonly total: number
  /** Rows of each class, in the order of the data set's classes. */
  readonly classes: readonly number[]
  readonly unlabelled: number
  /** Rows of each class in each split (index into `splits`; the last row of counts is "not pinned"), class by class. */
  readonly bySplit: readonly (readonly number[])[]
}

/** Groups of examples that are (nearly) the same. */
export interface DuplicateReport {
  readonly at: number
  readonly kind: 'exact' | 'image' | 'text'
  readonly groups: readonly { readonly rows: readonly number[]; readonly similarity: number }[]
  /** Examples that have a copy before them. */
  readonly extra: number
  /** Groups found; `groups` holds the first of them. */
  readonly total: number
  /** False where there were too many alike to compare them all, so that groups may be missing. */
  readonly complete: boolean
}

/** What two versions of a data set do not share. */
export interface VersionDifference {
  readonly added: RowSample
  readonly removed: RowSample
  readonly relabelled: RowSample
  readonly moved: RowSample
  /** Relabelled rows by class before and after (-1: no label), most frequent first, each with its first rows. */
  readonly byClass: readonly (RowSample & { readonly from: number; readonly to: number })[]
}
export interface RowSample {
  readonly count: number
  /** The first rows, at most 1000. */
  readonly rows: readonly number[]
}
