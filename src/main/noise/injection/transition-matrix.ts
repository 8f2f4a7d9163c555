import { BenchError } from '../../../shared/contract/errors.ts'
import { checkClassCount, sumTolerance } from '../inputs.ts'

/**
 * P(noisy = column | true = row) of symmetric noise: a label is wrong with probability `rate`, then any other class, equally likely.
 *
 * @throws BenchError `invalid-input` for a rate outside [0, 1]
 */
export function symmetricMatrix(classes: number, rate: number): Float64Array {
  checkClassCount(classes)
  checkRate(rate)
  return fill(classes, (i, j) => (i === j ? 1 - rate : rate / (classes - 1)))
}

/**
 * P(noisy = column | true = row) of pair-flip noise: a label is wrong with probability `rate`, then the next class; the last class
 * flips to the first.
 *
 * @throws BenchError `invalid-input` for a rate outside [0, 1]
 */
export function pairMatrix(classes: number, rate: number): Float64Array {
  checkClassCount(classes)
  checkRate(rate)
  return fill(classes, (i, j) => (i === j ? 1 - rate : j === (i + 1) % classes ? rate : 0))
}

/**
 * P(label = column | true = row) of an annotator from counts or rates of given labels by true class; rows are scaled to sum to one.
 *
 * @throws BenchError `bad-data` naming the row (from 1) that holds a negative number, or nothing
 */
export function annotatorMatrix(confusion: ArrayLike<number>, classes: number): Float64Array {
  checkShape(confusion, classes)
  const matrix = Float64Array.from(confusion)
  for (let i = 0; i < classes; i++) {
    const row = matrix.subarray(i * classes, (i + 1) * classes)
    const sum = row.reduce((total, value) => total + value, 0)
    if (row.some((value) => !(value >= 0)) || !(sum > 0) || sum === Infinity) {
      throw new BenchError('bad-data', `Row ${i + 1} of the confusion matrix holds ${sum > 0 ? 'something else than counts or rates' : 'no label'}.`, { field: `row ${i + 1}`, hint: 'Give how often each class was answered where this class is true.' })
    }
    for (let j = 0; j < classes; j++) row[j] = (row[j] as number) / sum
  }
  return matrix
}

/**
 * Checks a transition matrix P(noisy = column | true = row): probabilities whose rows sum to one within 1e-4.
 *
 * @throws BenchError `bad-data` naming the row (from 1) that cannot be
 */
export function checkTransitionMatrix(matrix: ArrayLike<number>, classes: number): void {
  checkShape(matrix, classes)
  for (let i = 0; i < classes; i++) {
    let sum = 0
    for (let j = 0; j < classes; j++) {
      const p = matrix[i * classes + j] as number
      if (!(p >= 0 && p <= 1 + sumTolerance)) throw new BenchError('bad-data', `Row ${i + 1}, column ${j + 1} of the transition matrix: ${p} is no probability.`, { field: `row ${i + 1}, column ${j + 1}`, hint: 'Give numbers from 0 to 1.' })
      sum += p
    }
    if (Math.abs(sum - 1) > sumTolerance) throw new BenchError('bad-data', `Row ${i + 1} of the transition matrix sums to ${Number(sum.toPrecision(6))}, not to one.`, { field: `row ${i + 1}`, hint: 'Every row holds the probabilities of the noisy classes of one true class.' })
  }
}

/** Throws `invalid-input` for a rate that is no probability. */
export function checkRate(rate: number): void {
  if (rate >= 0 && rate <= 1) return
  throw new BenchError('invalid-input', `A noise rate must be from 0 to 1, not ${rate}.`, { field: 'rate', hint: '0.2 makes one label in five wrong.' })
}

function checkShape(matrix: ArrayLike<number>, classes: number): void {
  checkClassCount(classes)
  if (matrix.length !== classes * classes) throw new BenchError('bad-data', `A matrix of ${matrix.length} numbers is not ${classes} x ${classes}.`, { field: 'matrix', hint: 'Give a row and a column a class.' })
}

function fill(classes: number, entry: (row: number, column: number) => number): Float64Array {
  return Float64Array.from({ length: classes * classes }, (_, at) => entry(Math.floor(at / classes), at % classes))
}
