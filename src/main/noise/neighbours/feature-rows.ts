import { BenchError } from '../../../shared/contract/errors.ts'

/** Features of n examples, n x width, row-major. */
export interface FeatureRows {
  readonly points: Float32Array
  readonly width: number
}

/**
 * Checks features and counts their rows.
 *
 * @throws BenchError `bad-data` naming the first row (from 1) with a number that is none
 */
export function countRows({ points, width }: FeatureRows): number {
  const rows = points.length / width
  if (!Number.isInteger(rows) || rows < 1) {
    throw new BenchError('bad-data', `${points.length} numbers are not rows of ${width} features.`, { field: 'features', hint: 'Give as many numbers in every row.' })
  }
  for (let i = 0; i < points.length; i++) {
    // x - x is 0 for every finite number alone.
    if ((points[i] as number) - (points[i] as number) !== 0) {
      const row = Math.floor(i / width) + 1
      throw new BenchError('bad-data', `A feature in row ${row} is not a finite number.`, { field: `row ${row}`, hint: 'Fill in or leave out what is missing.' })
    }
  }
  return rows
}

/** Means of the columns, in double precision. */
export function columnMeans({ points, width }: FeatureRows): Float64Array {
  const means = new Float64Array(width)
  for (let start = 0; start < points.length; start += width) {
    for (let c = 0; c < width; c++) means[c] = (means[c] as number) + (points[start + c] as number)
  }
  const rows = points.length / width
  return means.map((sum) => sum / rows)
}

/** The rows with their means taken off. */
export function centred({ points, width }: FeatureRows, means: ArrayLike<number>): Float32Array {
  const moved = new Float32Array(points.length)
  for (let start = 0; start < points.length; start += width) {
    for (let c = 0; c < width; c++) moved[start + c] = (points[start + c] as number) - (means[c] as number)
  }
  return moved
}

/** The rows scaled to length 1; a row of zeros stays. */
export function unitRows({ points, width }: FeatureRows): Float32Array {
  const scaled = new Float32Array(points.length)
  for (let start = 0; start < points.length; start += width) {
    let squares = 0
    for (let c = 0; c < width; c++) squares += (points[start + c] as number) ** 2
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
    for (let c = 0; c < width; c++) scaled[start + c] = (points[start + c] as number) * scale
  }
  return scaled
}
