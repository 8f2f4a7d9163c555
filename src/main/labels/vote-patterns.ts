import { type VoteArray, type VoteMatrix, voteArray } from './vote-matrix.ts'

/**
 * A vote matrix with equal rows merged. Ten functions on a million rows leave a few thousand different rows, and every
 * label model sees a row through its votes alone, so fits run over patterns and their counts.
 */
export interface VotePatterns {
  readonly rows: number
  readonly names: readonly string[]
  readonly classes: number
  /** Different rows, in the order of their first appearance. */
  readonly count: number
  /** count x functions, row-major; -1 abstains. */
  readonly votes: VoteArray
  /** Rows that show each pattern. */
  readonly weights: Float64Array
  /** Pattern of each row. */
  readonly patternOf: Int32Array
}

/**
 * Merges the equal rows of a vote matrix in one pass a column: a row's pattern so far and its next vote make a key,
 * and keys are numbered anew as they appear. Takes O(rows x functions).
 */
export function votePatterns({ rows, names, classes, votes }: VoteMatrix): VotePatterns {
  const functions = names.length
  const ids = new Int32Array(rows)
  const numbering = new KeyNumbering(rows)
  let count = 1
  for (let j = 0; j < functions; j++) {
    numbering.clear(count * (classes + 1))
    for (let i = 0; i < rows; i++) ids[i] = numbering.numberOf((ids[i] as number) * (classes + 1) + (votes[j * rows + i] as number) + 1)
    count = numbering.count
  }
  const weights = new Float64Array(count)
  const merged = voteArray(classes, count * functions)
  for (let i = 0; i < rows; i++) {
    const pattern = ids[i] as number
    if ((weights[pattern] as number) === 0) for (let j = 0; j < functions; j++) merged[pattern * functions + j] = votes[j * rows + i] as number
    weights[pattern] = (weights[pattern] as number) + 1
  }
  return { rows, names, classes, count, votes: merged, weights, patternOf: ids }
}

/** The patterns of every `stride`-th row only, counted anew; `patternOf` covers those rows. */
export function thinned(patterns: VotePatterns, stride: number): VotePatterns {
  const functions = patterns.names.length
  const numberOf = new Int32Array(patterns.count).fill(-1)
  const kept: number[] = []
  const patternOf = new Int32Array(Math.ceil(patterns.rows / stride))
  for (let i = 0; i < patternOf.length; i++) {
    const pattern = patterns.patternOf[i * stride] as number
    if ((numberOf[pattern] as number) < 0) numberOf[pattern] = kept.push(pattern) - 1
    patternOf[i] = numberOf[pattern] as number
  }
  const votes = voteArray(patterns.classes, kept.length * functions)
  for (const [to, from] of kept.entries()) votes.set(patterns.votes.subarray(from * functions, (from + 1) * functions), to * functions)
  const weights = new Float64Array(kept.length)
  for (const pattern of patternOf) weights[pattern] = (weights[pattern] as number) + 1
  return { rows: patternOf.length, names: patterns.names, classes: patterns.classes, count: kept.length, votes, weights, patternOf }
}

/** Numbers keys 0, 1, 2, ... in the order they first appear: by a table where keys are few, else by open addressing. */
class KeyNumbering {
  count = 0
  readonly #direct: Int32Array
  readonly #slots: Int32Array
  readonly #keys: Float64Array
  #tabled = true

  constructor(rows: number) {
    this.#direct = new Int32Array(Math.max(1 << 16, Math.min(1 << 22, rows)))
    const size = 2 ** Math.ceil(Math.log2(2 * rows + 2))
    this.#slots = new Int32Array(size)
    this.#keys = new Float64Array(size)
  }

  /** Forgets everything; the keys to come are below `keys`. */
  clear(keys: number): void {
    this.count = 0
    this.#tabled = keys <= this.#direct.length
    if (this.#tabled) this.#direct.fill(0, 0, keys)
    else this.#slots.fill(0)
  }

  numberOf(key: number): number {
    if (!this.#tabled) return this.#probe(key)
    const number = this.#direct[key] as number
    if (number > 0) return number - 1
    this.#direct[key] = ++this.count
    return this.count - 1
  }

  #probe(key: number): number {
    const mask = this.#slots.length - 1
    // Multiplying by an odd constant spreads neighbouring keys; the high half keeps keys beyond 32 bits apart.
    let slot = (Math.imul(key | 0, 0x9e3779b1) ^ Math.imul((key / 4294967296) | 0, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & mask
    for (;;) {
      const number = this.#slots[slot] as number
      if (number === 0) {
        this.#slots[slot] = ++this.count
        this.#keys[slot] = key
        return this.count - 1
      }
      if (this.#keys[slot] === key) return number - 1
      slot = (slot + 1) & mask
    }
  }
}
