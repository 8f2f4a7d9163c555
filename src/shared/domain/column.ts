/** What a column is for: `feature` enters the training array, `text` is searched and vectorised, `score` was computed here, the rest is kept to look at. */
export const columnRoles = ['feature', 'text', 'id', 'path', 'meta', 'score'] as const
export type ColumnRole = (typeof columnRoles)[number]

/** Bars of a histogram, or the most frequent values of a text column. */
export type ColumnStatistics =
  | {
      readonly type: 'number'
      readonly count: number
      readonly missing: number
      /** Infinite values, which are neither missing nor counted; absent in data sets of older benches, where they count as missing. */
      readonly infinite?: number
      readonly min: number | null
      readonly max: number | null
      readonly mean: number | null
      readonly deviation: number | null
      /** Rows in each of equally wide bars from `min` to `max`. */
      readonly histogram: readonly number[]
    }
  | {
      readonly type: 'text'
      readonly count: number
      readonly missing: number
      /** Distinct values, counted up to `distinctLimit`; null above it. */
      readonly distinct: number | null
      /** The most frequent values with their counts, most frequent first; empty where `distinct` is null. */
      readonly frequent: readonly { readonly value: string; readonly count: number }[]
      /** Characters of a value. */
      readonly length: { readonly min: number; readonly mean: number; readonly max: number }
    }

/** A column of a data set beside its training array and labels. */
export interface DatasetColumn {
  readonly position: number
  readonly name: string
  readonly type: 'number' | 'text'
  readonly role: ColumnRole
  readonly statistics: ColumnStatistics
}

/** Values of one column for some rows; NaN and null are missing. */
export type ColumnSlice =
  | { readonly type: 'number'; readonly values: Float64Array }
  | { readonly type: 'text'; readonly values: readonly (string | null)[] }
