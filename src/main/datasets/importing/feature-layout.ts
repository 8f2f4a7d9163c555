import type { DatasetKind } from '../../../shared/domain/dataset.ts'
import type { ColumnValues } from '../formats/source-file.ts'
import type { MappedColumn } from './import-mapping.ts'

/** How the feature columns of a file make the training array of a data set. */
export interface FeatureLayout {
  readonly kind: DatasetKind
  readonly shape: readonly number[]
  readonly dtype: 'uint8' | 'float32'
  /** The feature columns in file order, and where each begins in an example. */
  readonly parts: readonly { readonly column: MappedColumn; readonly offset: number; readonly width: number }[]
  readonly width: number
}

/**
 * One array of two or three dimensions alone is an image data set and keeps its dtype; anything else with features is a table of
 * float32, columns side by side; texts alone have an empty training array.
 */
export function layOutFeatures(columns: readonly MappedColumn[]): FeatureLayout {
  const features = columns.filter(({ role }) => role === 'feature')
  const [only] = features
  const shape = only?.source.shape ?? []
  let width = 0
  const parts = features.map((column) => {
    const own = (column.source.shape ?? []).reduce((product, size) => product * size, 1)
    width += own
    return { column, offset: width - own, width: own }
  })
  if (features.length === 1 && only?.source.type === 'array' && shape.length >= 2) {
    return { kind: 'image', shape, dtype: only.source.dtype ?? 'float32', parts, width }
  }
  return { kind: features.length === 0 ? 'text' : 'table', shape: [width], dtype: 'float32', parts, width }
}

/** Writes the features of `count` rows of a batch from row `from` to row `to` of the array on; missing numbers are NaN. Tells whether any is. */
export function writeFeatures(layout: FeatureLayout, columns: readonly ColumnValues[], from: number, count: number, out: Uint8Array | Float32Array, to: number): boolean {
  let missing = false
  for (const { column, offset, width } of layout.parts) {
    const values = columns[column.index]
    const at = to * layout.width + offset
    if (values?.type === 'array') {
      for (let row = 0; row < count; row++) out.set(values.values.subarray((from + row) * width, (from + row + 1) * width), at + row * layout.width)
      // Not looked at here: arrays may hold NaN themselves.
      missing = true
    } else if (values?.type === 'number') missing = writeNumbers(values.values, from, count, out, at, layout.width) || missing
  }
  return missing
}

function writeNumbers(values: Float64Array, from: number, count: number, out: Uint8Array | Float32Array, at: number, step: number): boolean {
  let missing = false
  for (let row = 0, place = at; row < count; row++, place += step) {
    const value = values[from + row] as number
    if (Number.isNaN(value)) missing = true
    out[place] = value
  }
  return missing
}

/** The mean of each feature over the rows of a block, 0 where it has no value there: what stands for missing values. */
export function fillingsOf(features: Float32Array, width: number): Float64Array {
  const sums = new Float64Array(width)
  const counts = new Float64Array(width)
  features.forEach((value, index) => {
    if (Number.isNaN(value)) return
    sums[index % width] = (sums[index % width] ?? 0) + value
    counts[index % width] = (counts[index % width] ?? 0) + 1
  })
  return sums.map((sum, feature) => (counts[feature] === 0 ? 0 : sum / (counts[feature] ?? 1)))
}

/** Puts the fillings in place of NaN: networks cannot take it. Returns how many values were missing. */
export function fillMissing(features: Float32Array, fillings: Float64Array): number {
  let missing = 0
  for (let index = 0; index < features.length; index++) {
    if (!Number.isNaN(features[index])) continue
    features[index] = fillings[index % fillings.length] ?? 0
    missing++
  }
  return missing
}
