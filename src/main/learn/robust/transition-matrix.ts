import { BenchError } from '../../../shared/contract/errors.ts'

/**
 * Noise matrices K x K, row-major: row the true class, column the given label, each row sums to 1.
 */

/**
 * The inverse of a square matrix, by Gauss and Jordan's elimination with the largest pivot of each column.
 *
 * @param matrix K x K, row-major
 * @throws BenchError `invalid-input` when it has none, or none worth computing: a pivot below 1e-6
 */
export function inverseOf(matrix: Float64Array, size: number): Float64Array {
  const left = Float64Array.from(matrix)
  const right = new Float64Array(size * size)
  for (let i = 0; i < size; i++) right[i * size + i] = 1
  for (let column = 0; column < size; column++) {
    const pivotRow = largestPivot(left, size, column)
    const pivot = left[pivotRow * size + column] as number
    if (!(Math.abs(pivot) >= 1e-6)) throw singular(column)
    for (const side of [left, right]) {
      swapRows(side, size, column, pivotRow)
      for (let j = 0; j < size; j++) side[column * size + j] = (side[column * size + j] as number) / pivot
    }
    for (let row = 0; row < size; row++) {
      const factor = row === column ? 0 : (left[row * size + column] as number)
      if (factor !== 0) for (const side of [left, right]) subtractRow(side, size, row, column, factor)
    }
  }
  return right
}

/**
 * Estimates the noise matrix by anchor points (Patrini et al., 2017): row i holds the probabilities of the example that
 * is most probably of class i, taken at the given quantile of that probability so that one outlier does not decide.
 *
 * @param probabilities of a model trained on the noisy labels, N x K, row-major
 * @param quantile 1 for the largest probability; the paper takes 0.97 where there are many classes
 */
export function anchorEstimate(probabilities: Float32Array, classes: number, quantile = 1): Float64Array {
  const count = probabilities.length / classes
  const matrix = new Float64Array(classes * classes)
  for (let k = 0; k < classes; k++) {
    const order = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => (probabilities[a * classes + k] as number) - (probabilities[b * classes + k] as number) || b - a)
    const anchor = order[Math.max(0, Math.ceil(quantile * count) - 1)] as number
    for (let j = 0; j < classes; j++) matrix[k * classes + j] = probabilities[anchor * classes + j] as number
  }
  return normalisedRows(matrix, classes)
}

/**
 * Estimates the noise matrix by counting: an example counts for the most probable class among those whose probability is at
 * least that class's threshold, the mean probability of the class among the examples labelled with it; row i holds the
 * shares of the given labels among the examples that count for class i. A row without examples stays the identity's.
 *
 * @param probabilities N x K, row-major
 * @param labels given labels [N]
 */
export function confidentEstimate(probabilities: Float32Array, labels: Int32Array, classes: number): Float64Array {
  const thresholds = meanSelfConfidence(probabilities, labels, classes)
  const matrix = new Float64Array(classes * classes)
  labels.forEach((label, i) => {
    const believed = confidentClass(probabilities, i * classes, thresholds)
    if (believed >= 0) matrix[believed * classes + label] = (matrix[believed * classes + label] as number) + 1
  })
  return normalisedRows(matrix, classes)
}

/** The most probable of the classes that reach their thresholds, or -1. */
function confidentClass(probabilities: Float32Array, start: number, thresholds: Float64Array): number {
  let best = -1
  thresholds.forEach((threshold, k) => {
    const p = probabilities[start + k] as number
    if (p >= threshold && (best < 0 || p > (probabilities[start + best] as number))) best = k
  })
  return best
}

/** Mean probability of each class among the examples labelled with it; infinite for a class without examples. */
function meanSelfConfidence(probabilities: Float32Array, labels: Int32Array, classes: number): Float64Array {
  const sums = new Float64Array(classes)
  const counts = new Float64Array(classes)
  labels.forEach((label, i) => {
    sums[label] = (sums[label] as number) + (probabilities[i * classes + label] as number)
    counts[label] = (counts[label] as number) + 1
  })
  return sums.map((sum, k) => ((counts[k] as number) > 0 ? sum / (counts[k] as number) : Infinity))
}

function normalisedRows(matrix: Float64Array, classes: number): Float64Array {
  return matrix.map((value, at) => {
    const row = Math.floor(at / classes)
    const sum = matrix.subarray(row * classes, (row + 1) * classes).reduce((total, cell) => total + cell, 0)
    return sum > 0 ? value / sum : Number(at % classes === row)
  })
}

function largestPivot(matrix: Float64Array, size: number, column: number): number {
  let best = column
  for (let row = column + 1; row < size; row++) {
    if (Math.abs(matrix[row * size + column] as number) > Math.abs(matrix[best * size + column] as number)) best = row
  }
  return best
}

function swapRows(matrix: Float64Array, size: number, a: number, b: number): void {
  if (a === b) return
  const kept = matrix.slice(a * size, (a + 1) * size)
  matrix.copyWithin(a * size, b * size, (b + 1) * size)
  matrix.set(kept, b * size)
}

function subtractRow(matrix: Float64Array, size: number, from: number, row: number, factor: number): void {
  for (let j = 0; j < size; j++) matrix[from * size + j] = (matrix[from * size + j] as number) - factor * (matrix[row * size + j] as number)
}

const singular = (column: number): BenchError =>
  new BenchError('invalid-input', `The noise matrix cannot be inverted: its column ${column + 1} follows from the others.`, {
    field: 'matrix',
    hint: 'Give a matrix whose rows differ, or take forward correction, which needs no inverse.'
  })
