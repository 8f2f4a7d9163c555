import { expect, it } from 'vitest'
import { BenchError } from '../../shared/contract/errors.ts'
import { checkFolds, checkLabelled, countLabels } from './inputs.ts'

const sound = () => ({ rows: 3, classes: 2, labels: Int32Array.of(0, 1, 0), probabilities: Float64Array.of(0.6, 0.4, 0.3, 0.7, 1, 0) })
const failure = (work: () => unknown): [string, string | undefined] => {
  try {
    work()
  } catch (error) {
    if (error instanceof BenchError) return [error.message, error.payload.field]
    throw error
  }
  return ['nothing thrown', undefined]
}

it('lets sound input pass, and sums within 1e-4', () => {
  expect(() => checkLabelled(sound())).not.toThrow()
  expect(() => checkLabelled({ ...sound(), probabilities: Float32Array.of(0.60009, 0.4, 0.3, 0.7, 1, 0) })).not.toThrow()
})

it.each([
  [{ probabilities: Float64Array.of(0.6, 0.4, 0.3, 0.6, 1, 0) }, 'Row 2: the probabilities sum to 0.9, not to one.', 'row 2'],
  [{ probabilities: Float64Array.of(0.6, 0.4, 0.3, 0.7, Number.NaN, 0) }, 'Row 3, column 1: NaN is no probability.', 'row 3, column 1'],
  [{ probabilities: Float64Array.of(0.6, 0.4, -0.3, 1.3, 1, 0) }, 'Row 2, column 1: -0.3 is no probability.', 'row 2, column 1'],
  [{ probabilities: Float64Array.of(0.6, 0.4, 0, Infinity, 1, 0) }, 'Row 2, column 2: Infinity is no probability.', 'row 2, column 2'],
  [{ probabilities: Float64Array.of(0.6, 0.4) }, '2 probabilities are not 3 rows of 2.', 'probabilities'],
  [{ labels: Int32Array.of(0, 2, 0) }, 'Row 2: the label 2 is no class from 0 to 1.', 'row 2'],
  [{ labels: Int32Array.of(0, 1, -1) }, 'Row 3: the label -1 is no class from 0 to 1.', 'row 3'],
  [{ labels: Int32Array.of(1, 1, 1) }, 'Every label is class 1.', 'labels'],
  [{ labels: Int32Array.of(1, 0) }, 'There are 2 labels for 3 rows of probabilities.', 'row 3'],
  [{ classes: 1, probabilities: Float64Array.of(1, 1, 1) }, 'Label noise needs 2 to 1000 classes, not 1.', 'classes'],
  [{ rows: 0, labels: new Int32Array(0), probabilities: new Float64Array(0) }, 'There are no examples.', 'probabilities']
])('refuses %j', (change, message, field) => {
  expect(failure(() => checkLabelled({ ...sound(), ...change }))).toEqual([message, field])
})

it('lets classes without examples pass unless every class is needed', () => {
  const input = { rows: 2, classes: 3, labels: Int32Array.of(0, 2), probabilities: Float64Array.of(1, 0, 0, 0, 0, 1) }
  expect(() => checkLabelled(input)).not.toThrow()
  expect(failure(() => checkLabelled(input, { everyClass: true }))).toEqual(['No example has class 1.', 'class 1'])
})

it('refuses labels that are no whole number, and fewer examples than folds', () => {
  expect(failure(() => countLabels([0, 0.5], 2))[0]).toBe('Row 2: the label 0.5 is no class from 0 to 1.')
  expect(failure(() => checkFolds(3, 5))[0]).toBe('3 examples cannot be split into 5 folds.')
  expect(failure(() => checkFolds(3, 1))[0]).toBe('Cross-validation needs two folds or more, not 1.')
  expect(() => checkFolds(5, 5)).not.toThrow()
})
