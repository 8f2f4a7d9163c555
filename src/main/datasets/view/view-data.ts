import type { SourceReference } from '../../../shared/domain/filter.ts'
import type { TextColumn } from '../../store/text-chunk.ts'

/** What filters and sorts read of one data set: whole columns, an entry a row. Arrays are shared: read them, never write them. */
export interface ViewData {
  readonly count: number
  /** NaN where missing. Throws BenchError `invalid-input` for a column that there is not, or that holds texts. */
  numbers(column: string): Float64Array
  texts(column: string): TextColumn
  /** Whether a row's value is missing, whatever the column's type. */
  missing(column: string): (row: number) => boolean
  /** Whether two present values of a column are equal. */
  equal(column: string): (a: number, b: number) => boolean
  /** Labels in force, -1 where there is none; of the shown source for null. */
  labels(source: SourceReference | null): Int32Array
  /** Confidence of the labels in force, NaN where there is none. */
  confidences(source: SourceReference): Float32Array
  /** Index of the split that a row is pinned to, -1 where it is not. */
  pinned(): Int8Array
  /** Rows whose texts match, ascending. */
  search(query: string): Int32Array
  /** Rows in ascending order of the column, missing values last, equal ones in row order. */
  order(column: string): Int32Array
}
