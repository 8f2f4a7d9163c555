import type { QueueOrder } from '../../shared/domain/annotation.ts'
import { stream } from '../learn/random.ts'

/** What a queue is made from; every array has an entry a row. */
export interface QueueInput {
  /** 1 where the filter matches. */
  readonly mask: Uint8Array
  /** The annotator's own labels in force, -1 where there is none; null before the first. */
  readonly done: Int32Array | null
  readonly order: QueueOrder
  readonly seed: number
  readonly limit: number
  /** Of each chosen source: confidences (NaN where there is none), soft labels, and labels in force. */
  readonly confidences: readonly Float32Array[]
  readonly soft: readonly ({ readonly classes: number; readonly probabilities: Float32Array } | null)[]
  readonly votes: readonly Int32Array[]
  /** How likely each given label is wrong, of the newest check; null where there was none. */
  readonly noise: Float64Array | null
}

/**
 * The examples that an annotator has not labelled, those that matter most first: in row order; shuffled by the seed; by
 * uncertainty, the entropy of a source's class probabilities (or 1 - confidence); by margin, the distance between its two
 * largest probabilities, smallest first; by disagreement, the entropy of the chosen sources' votes; by noise score, the label most
 * likely wrong first. Where the measure has
 * nothing to say, examples come last, in row order. Ties are in row order, so the queue does not jump.
 */
export function annotationQueue(input: QueueInput): { readonly rows: Int32Array; readonly waiting: number } {
  const { mask, done, limit } = input
  const priority = input.order === 'row' ? null : priorityOf(input)
  const first = new FirstRows(limit)
  let waiting = 0
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] !== 1 || (done !== null && (done[row] ?? -1) >= 0)) continue
    waiting++
    first.offer(row, priority === null ? 0 : priority(row))
  }
  return { rows: first.rows(), waiting }
}

/** The rows of highest priority among those offered, equal ones in row order: a heap with the last of them on top. */
class FirstRows {
  readonly #limit: number
  readonly #heap: { readonly row: number; readonly priority: number }[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Rows must be offered in ascending order. */
  offer(row: number, priority: number): void {
    const top = this.#heap[0]
    if (this.#heap.length === this.#limit) {
      if (top === undefined || priority <= top.priority) return
      this.#heap[0] = { row, priority }
      this.#sink()
      return
    }
    this.#heap.push({ row, priority })
    this.#rise()
  }

  rows(): Int32Array {
    return Int32Array.from(this.#heap.toSorted((a, b) => (comesAfter(a, b) ? 1 : -1)), ({ row }) => row)
  }

  #rise(): void {
    for (let at = this.#heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1
      if (!this.#swapIfAfter(at, parent)) return
      at = parent
    }
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      const child = this.#isAfter(right, left) ? right : left
      if (!this.#swapIfAfter(child, at)) return
      at = child
    }
  }

  #isAfter(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]]
    return first !== undefined && (second === undefined || comesAfter(first, second))
  }

  #swapIfAfter(child: number, parent: number): boolean {
    const [lower, upper] = [this.#heap[child], this.#heap[parent]]
    if (lower === undefined || upper === undefined || !comesAfter(lower, upper)) return false
    this.#heap[child] = upper
    this.#heap[parent] = lower
    return true
  }
}

const comesAfter = (a: { readonly row: number; readonly priority: number }, b: { readonly row: number; readonly priority: number }): boolean =>
  a.priority < b.priority || (a.priority === b.priority && a.row > b.row)

/** How much a row matters, larger first; -Infinity where the measure says nothing. */
function priorityOf(input: QueueInput): (row: number) => number {
  if (input.order === 'random') {
    // A hash of the row, so that neither a million numbers are drawn for a page nor labelling one example moves the others.
    const salt = stream(input.seed, 'annotation-queue').integer(2 ** 32)
    return (row) => mixed(row, salt)
  }
  if (input.order === 'disagreement') return (row) => voteEntropy(input.votes, row)
  if (input.order === 'noise') return (row) => finite(input.noise?.[row] ?? Number.NaN)
  const soft = input.soft.find((each) => each !== null) ?? null
  const confidence = input.confidences[0]
  if (soft !== null) return input.order === 'margin' ? (row) => finite(-marginOf(soft, row)) : (row) => finite(entropyOf(soft, row))
  return (row) => finite(1 - (confidence?.[row] ?? Number.NaN))
}

const finite = (value: number): number => (Number.isNaN(value) ? -Infinity : value)

function entropyOf({ classes, probabilities }: NonNullable<QueueInput['soft'][number]>, row: number): number {
  let sum = 0
  for (let k = 0; k < classes; k++) {
    const p = probabilities[row * classes + k] ?? Number.NaN
    if (p !== 0) sum -= p * Math.log(p)
  }
  return sum
}

function marginOf({ classes, probabilities }: NonNullable<QueueInput['soft'][number]>, row: number): number {
  let [first, second] = [-1, -1]
  for (let k = 0; k < classes; k++) {
    const p = probabilities[row * classes + k] ?? Number.NaN
    if (Number.isNaN(p)) return Number.NaN
    if (p > first) [first, second] = [p, first]
    else if (p > second) second = p
  }
  return first - second
}

function voteEntropy(votes: readonly Int32Array[], row: number): number {
  const counts = new Map<number, number>()
  for (const source of votes) {
    const vote = source[row] ?? -1
    if (vote >= 0) counts.set(vote, (counts.get(vote) ?? 0) + 1)
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (total < 2) return -Infinity
  return [...counts.values()].reduce((sum, count) => sum - (count / total) * Math.log(count / total), 0)
}

/** 32 well spread bits of a row and a salt (the final mix of MurmurHash3). */
function mixed(row: number, salt: number): number {
  let hash = Math.imul(row ^ salt, 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
