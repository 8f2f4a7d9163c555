/** Mean and spread of each column, to be applied to rows that were not among those measured. */
export interface Standardizer {
  readonly mean: Float32Array
  /** Standard deviation (population) plus 1e-3, so that a constant column becomes zeros instead of infinities. */
  readonly scale: Float32Array
}

const leastScale = 1e-3

/**
 * Measures the columns of the given rows of a row-major matrix of `width` columns.
 *
 * @throws RangeError when there are no rows, or one that the matrix lacks
 */
export function measureColumns(matrix: Float32Array, width: number, rows: Int32Array): Standardizer {
  if (rows.length === 0) throw new RangeError('Columns cannot be measured on no rows.')
  const outside = rows.find((row) => row < 0 || (row + 1) * width > matrix.length)
  if (outside !== undefined) throw new RangeError(`There is no row ${outside} in ${matrix.length / width} rows.`)
  const sum = new Float64Array(width)
  const squares = new Float64Array(width)
  for (const row of rows) {
    for (let column = 0; column < width; column++) {
      const value = matrix[row * width + column] ?? 0
      sum[column] = (sum[column] ?? 0) + value
      squares[column] = (squares[column] ?? 0) + value * value
    }
  }
  const mean = Float32Array.from(sum, (total) => total / rows.length)
  const scale = Float32Array.from(squares, (total, column) => {
    const center = (sum[column] ?? 0) / rows.length
    return Math.sqrt(Math.max(0, total / rows.length - center * center)) + leastScale
  })
  return { mean, scale }
}

/** (x - mean) / scale for every row of a row-major matrix; a new matrix. */
export function standardize(matrix: Float32Array, { mean, scale }: Standardizer): Float32Array {
  const width = mean.length
  return matrix.map((value, index) => (value - (mean[index % width] ?? 0)) / (scale[index % width] ?? 1))
}
