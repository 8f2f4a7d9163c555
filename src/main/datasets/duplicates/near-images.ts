import { radixSort } from '../view/radix-sort.ts'
import { bitsOf } from './difference-hash.ts'
import { type DuplicateGroup, DuplicateGroups } from './duplicate-groups.ts'

/** Hashes that are compared pair by pair (0.2 s); more are put in buckets first. */
const comparedAtOnce = 10_000
/** Comparisons in all (some 10 s), beyond which the hashes of a bucket are compared with their neighbours only. */
const mostComparisons = 4e9
const comparedNeighbours = 200
/** How often a bucket is divided again. */
const levels = 2

/**
 * Pictures whose hashes differ in at most `distance` of the 64 bits. Two such hashes agree in at least one of `distance` + 1 pieces
 * of their bits, so only hashes that share a piece are compared; within a large bucket the same holds for the bits that are left
 * (multi-index hashing: Norouzi, Punjani and Fleet, 2012). Equal hashes are compared once.
 *
 * @param hashes two words a row, of `differenceHash`
 * @returns groups, and false where there was too much to compare and near pairs can be missing
 */
export function nearDuplicateImages(hashes: Uint32Array, distance = 4): { readonly groups: readonly DuplicateGroup[]; readonly complete: boolean } {
  const found = new DuplicateGroups(hashes.length / 2)
  const search = new HashSearch(hashes, distance, found)
  search.compare(
    distinctHashes(hashes, found),
    Array.from({ length: 64 }, (_, bit) => bit),
    0
  )
  return { groups: found.groups(), complete: search.complete }
}

/** The first row of each hash, and every other one joined to it. */
function distinctHashes(hashes: Uint32Array, found: DuplicateGroups): Int32Array {
  const firstOf = new Map<bigint, number>()
  for (let row = 0; row < hashes.length / 2; row++) {
    const key = (BigInt(hashes[2 * row] ?? 0) << 32n) | BigInt(hashes[2 * row + 1] ?? 0)
    const first = firstOf.get(key)
    if (first === undefined) firstOf.set(key, row)
    else found.join(first, row, 1)
  }
  return Int32Array.from(firstOf.values())
}

class HashSearch {
  complete = true
  readonly #hashes: Uint32Array
  readonly #distance: number
  readonly #found: DuplicateGroups
  #left = mostComparisons

  constructor(hashes: Uint32Array, distance: number, found: DuplicateGroups) {
    this.#hashes = hashes
    this.#distance = distance
    this.#found = found
  }

  /** Joins near rows of a bucket, whose hashes can differ in the free bits only. */
  compare(rows: Int32Array, free: readonly number[], level: number): void {
    if (rows.length <= comparedAtOnce || level === levels || free.length <= this.#distance) {
      this.#comparePairs(rows)
      return
    }
    const size = free.length / (this.#distance + 1)
    for (let piece = 0; piece <= this.#distance; piece++) {
      const bits = free.slice(Math.round(piece * size), Math.round((piece + 1) * size))
      for (const bucket of this.#buckets(rows, bits)) {
        this.compare(
          bucket,
          free.filter((bit) => !bits.includes(bit)),
          level + 1
        )
      }
    }
  }

  /** Rows that agree in these bits. Different bits may give the same key; the comparison then tells the rows apart. */
  *#buckets(rows: Int32Array, bits: readonly number[]): Generator<Int32Array> {
    const [first, second] = [0, 32].map((base) => bits.reduce((mask, bit) => (bit >= base && bit < base + 32 ? mask | (1 << (bit - base)) : mask), 0))
    const sorted = rows.slice()
    const keys = new Uint32Array(rows.length)
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] ?? 0
      keys[at] = Math.imul((this.#hashes[2 * row] ?? 0) & (first ?? 0), 0x9e3779b1) ^ ((this.#hashes[2 * row + 1] ?? 0) & (second ?? 0))
    }
    radixSort(keys, sorted)
    for (let from = 0; from < sorted.length; ) {
      let to = from + 1
      while (to < sorted.length && keys[to] === keys[from]) to++
      if (to - from > 1) yield sorted.subarray(from, to)
      from = to
    }
  }

  #comparePairs(rows: Int32Array): void {
    const pairs = (rows.length * (rows.length - 1)) / 2
    const whole = pairs <= this.#left
    if (!whole) this.complete = false
    const reach = whole ? rows.length : comparedNeighbours
    this.#left -= whole ? pairs : 0
    // Side by side, for the loop reads them again and again.
    const [first, second] = [Uint32Array.from(rows, (row) => this.#hashes[2 * row] ?? 0), Uint32Array.from(rows, (row) => this.#hashes[2 * row + 1] ?? 0)]
    for (let one = 0; one < rows.length; one++) {
      const [a, b] = [first[one] ?? 0, second[one] ?? 0]
      for (let other = Math.max(0, one - reach); other < one; other++) {
        const apart = bitsOf(a ^ (first[other] ?? 0)) + bitsOf(b ^ (second[other] ?? 0))
        if (apart <= this.#distance) this.#found.join(rows[other] ?? 0, rows[one] ?? 0, 1 - apart / 64)
      }
    }
  }
}
