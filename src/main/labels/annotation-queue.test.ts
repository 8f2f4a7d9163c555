import { expect, test } from 'vitest'
import { annotationQueue, type QueueInput } from './annotation-queue.ts'

const none = { done: null, seed: 1, limit: 10, confidences: [], soft: [], votes: [], noise: null } as const
const queue = (input: Partial<QueueInput> & Pick<QueueInput, 'order'>, mask = Uint8Array.of(1, 1, 0, 1, 1)): { rows: number[]; waiting: number } => {
  const { rows, waiting } = annotationQueue({ ...none, mask, ...input })
  return { rows: Array.from(rows), waiting }
}

test('only matching examples without a label of the annotator wait', () => {
  expect(queue({ order: 'row' })).toEqual({ rows: [0, 1, 3, 4], waiting: 4 })
  expect(queue({ order: 'row', done: Int32Array.of(2, -1, -1, 0, -1) })).toEqual({ rows: [1, 4], waiting: 2 })
  expect(queue({ order: 'row', limit: 1 })).toEqual({ rows: [0], waiting: 4 })
})

test('a shuffled queue is one order a seed and holds every waiting example', () => {
  const mask = new Uint8Array(50).fill(1)
  const [first, again, other] = [queue({ order: 'random', limit: 50 }, mask), queue({ order: 'random', limit: 50 }, mask), queue({ order: 'random', limit: 50, seed: 2 }, mask)]
  expect(again).toEqual(first)
  expect(other.rows).not.toEqual(first.rows)
  expect(first.rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, row) => row))
  // Labelling one does not move the others.
  expect(queue({ order: 'random', limit: 50, done: Int32Array.from(mask, (_, row) => (row === first.rows[0] ? 1 : -1)) }, mask).rows).toEqual(first.rows.slice(1))
})

test('uncertainty is the entropy of the soft labels, margin the distance of the two largest; what has neither comes last', () => {
  const soft = [{ classes: 3, probabilities: Float32Array.of(0.98, 0.01, 0.01, 0.5, 0.5, 0, 1, 0, 0, Number.NaN, Number.NaN, Number.NaN, 0.4, 0.3, 0.3) }]
  expect(queue({ order: 'uncertainty', soft }).rows).toEqual([4, 1, 0, 3])
  expect(queue({ order: 'margin', soft }).rows).toEqual([1, 4, 0, 3])
  expect(queue({ order: 'uncertainty', soft: [null], confidences: [Float32Array.of(0.9, 0.2, 0, Number.NaN, 0.5)] }).rows).toEqual([1, 4, 0, 3])
})

test('disagreement is the entropy of the votes; fewer than two votes say nothing', () => {
  const votes = [Int32Array.of(0, 0, 0, 0, 1), Int32Array.of(0, 1, 0, -1, 1), Int32Array.of(1, 2, 0, -1, 1)]
  expect(queue({ order: 'disagreement', votes }).rows).toEqual([1, 0, 4, 3])
})

test('the labels most likely wrong come first, unchecked ones last', () => {
  expect(queue({ order: 'noise', noise: Float64Array.of(0.2, 0.9, 1, Number.NaN, 0.5) }).rows).toEqual([1, 4, 0, 3])
})
