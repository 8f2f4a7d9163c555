import { BenchError } from '../../shared/contract/errors.ts'
import { maximumNoiseClasses } from '../../shared/domain/noise.ts'

/** Class probabilities of n examples, n x classes, row-major. */
export interface ClassProbabilities {
  readonly rows: number
  readonly classes: number
  readonly probabilities: Float64Array | Float32Array
}

/** Class probabilities beside the given labels: class positions 0 .. classes - 1, one a row. */
export interface LabelledProbabilities extends ClassProbabilities {
  readonly labels: Int32Array
}

/** How far the probabilities of a row may be from one in sum. */
export const sumTolerance = 1e-4

/**
 * Checks probabilities: rows x classes finite numbers from 0 to 1 that sum to one within `sumTolerance` in every row.
 *
 * @throws BenchError `bad-data` naming the first row (from 1) that cannot be
 */
export function checkProbabilities({ rows, classes, probabilities }: ClassProbabilities): void {
  checkClassCount(classes)
  if (rows < 1) throw new BenchError('bad-data', 'There are no examples.', { field: 'probabilities', hint: 'Give at least one row of probabilities.' })
  if (probabilities.length !== rows * classes) throw new BenchError('bad-data', `${probabilities.length} probabilities are not ${rows} rows of ${classes}.`, { field: 'probabilities', hint: 'Give one probability a class in every row.' })
  let at = 0
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let c = 0; c < classes; c++) {
      const p = probabilities[at++] as number
      if (p < 0) throw badProbability(p, row, c)
      sum += p
    }
    // Written so that NaN fails too; without negative ones, no probability exceeds the sum.
    if (!(Math.abs(sum - 1) <= sumTolerance)) throw badRow(probabilities.subarray(at - classes, at), sum, row)
  }
}

/**
 * Checks labels beside probabilities: as many as rows, every one a class.
 *
 * @param everyClass whether each class must have an example; without, a class that nobody was given is fine
 * @throws BenchError `bad-data` naming the first row (from 1) or the class that cannot be
 */
export function checkLabelled(input: LabelledProbabilities, { everyClass = false }: { readonly everyClass?: boolean } = {}): void {
  const { rows, classes, labels } = input
  if (labels.length !== rows) throw new BenchError('bad-data', `There are ${labels.length} labels for ${rows} rows of probabilities.`, { field: `row ${Math.min(labels.length, rows) + 1}`, hint: 'Give one label a row of probabilities.' })
  checkProbabilities(input)
  const counts = countLabels(labels, classes)
  checkSeveralClasses(counts)
  const absent = counts.indexOf(0)
  if (everyClass && absent >= 0) throw new BenchError('bad-data', `No example has class ${absent}.`, { field: `class ${absent}`, hint: 'Leave that class out, or add examples of it.' })
}

/**
 * Examples of each class.
 *
 * @throws BenchError `bad-data` naming the first row (from 1) whose label is no class
 */
export function countLabels(labels: ArrayLike<number>, classes: number): Int32Array {
  checkClassCount(classes)
  const counts = new Int32Array(classes)
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as number
    if (!(label >= 0 && label < classes && Number.isInteger(label))) throw badLabel(label, row, classes)
    counts[label] = (counts[label] as number) + 1
  }
  return counts
}

/** Throws `bad-data` where all examples have one and the same label. */
export function checkSeveralClasses(counts: ArrayLike<number>): void {
  let present = 0
  let last = 0
  for (let c = 0; c < counts.length; c++) {
    if ((counts[c] as number) === 0) continue
    present++
    last = c
  }
  if (present >= 2) return
  const message = present === 0 ? 'There are no labels.' : `Every label is class ${last}.`
  throw new BenchError('bad-data', message, { field: 'labels', hint: 'Label noise can be found among two classes or more.' })
}

/**
 * Checks that cross-validation can hold out examples of the set.
 *
 * @throws BenchError `invalid-input` for less than two folds, `bad-data` for fewer examples than folds
 */
export function checkFolds(examples: number, folds: number): void {
  if (!Number.isInteger(folds) || folds < 2) throw new BenchError('invalid-input', `Cross-validation needs two folds or more, not ${folds}.`, { field: 'folds', hint: 'Five is usual.' })
  if (examples < folds) throw new BenchError('bad-data', `${examples} examples cannot be split into ${folds} folds.`, { field: 'folds', hint: `Use at most ${Math.max(2, examples)} folds, or more examples.` })
}

/** Throws `bad-data` unless there are 2 to `maximumNoiseClasses` classes. */
export function checkClassCount(classes: number): void {
  if (Number.isInteger(classes) && classes >= 2 && classes <= maximumNoiseClasses) return
  throw new BenchError('bad-data', `Label noise needs 2 to ${maximumNoiseClasses} classes, not ${classes}.`, { field: 'classes', hint: 'Give one column of probabilities a class.' })
}

/** The error for a label that is no class; `row` counts from 0. */
export function badLabel(label: number, row: number, classes: number): BenchError {
  return new BenchError('bad-data', `Row ${row + 1}: the label ${label} is no class from 0 to ${classes - 1}.`, { field: `row ${row + 1}`, hint: 'Labels are class positions counted from 0.' })
}

function badProbability(p: number, row: number, column: number): BenchError {
  const field = `row ${row + 1}, column ${column + 1}`
  return new BenchError('bad-data', `Row ${row + 1}, column ${column + 1}: ${p} is no probability.`, { field, hint: 'Probabilities are numbers from 0 to 1.' })
}

function badRow(probabilities: Float64Array | Float32Array, sum: number, row: number): BenchError {
  const wrong = probabilities.findIndex((p) => !(p <= 1 + sumTolerance))
  if (wrong >= 0) return badProbability(probabilities[wrong] as number, row, wrong)
  return new BenchError('bad-data', `Row ${row + 1}: the probabilities sum to ${Number(sum.toPrecision(6))}, not to one.`, { field: `row ${row + 1}`, hint: 'Give probabilities, not scores or logits; every row must sum to one.' })
}
