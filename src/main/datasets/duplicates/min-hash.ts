import { createHash } from 'node:crypto'
import { type Stream, stream } from '../../learn/random.ts'
import { radixSort } from '../view/radix-sort.ts'
import { type DuplicateGroup, DuplicateGroups } from './duplicate-groups.ts'

/** Permutations of a signature, in bands of rows: pairs of Jaccard similarity 0.8 share a band with probability 1 - (1 - 0.8^4)^32 > 0.9999. */
const [bands, bandRows] = [32, 4]
/** Words of a shingle. */
const shingleWords = 3
const none = new Uint32Array(0)
/** Texts of one bucket that are all compared with each other; a larger one holds the same boilerplate with small changes. */
const largestBucket = 1000
const comparedNeighbours = 100

/** Hashes of the word 3-shingles of a text, each once, ascending; texts of fewer words are one shingle. Case and punctuation do not count. */
export function shinglesOf(text: string): Uint32Array {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  if (words.length === 0) return new Uint32Array(0)
  const shingles = new Set<number>()
  for (let at = 0; at < Math.max(1, words.length - shingleWords + 1); at++) shingles.add(hashOf(words.slice(at, at + shingleWords).join(' ')))
  return Uint32Array.from(shingles).sort()
}

/** FNV-1a with a final mix (of MurmurHash3): 32 well spread bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return mixed(hash)
}

function mixed(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Share of shingles that two texts have in common: |A and B| / |A or B|, 0 for two empty ones. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  let [i, j, common] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0]
    if (x === y) common++
    if (x <= y) i++
    if (y <= x) j++
  }
  const all = a.length + b.length - common
  return all === 0 ? 0 : common / all
}

/**
 * Texts that share at least `least` of their word 3-shingles: MinHash (A. Broder, 1997) put in buckets by bands (LSH), and the exact
 * similarity computed within a bucket. Texts with the same shingles are compared once, texts without a word are left alone. Of the
 * signatures only one band is held at a time, so that memory is that of the shingles.
 *
 * @returns groups, and false where a crowded bucket was compared in part only
 */
export function nearDuplicateTexts(shingles: readonly Uint32Array[], least = 0.8, seed = 0): { readonly groups: readonly DuplicateGroup[]; readonly complete: boolean } {
  const found = new DuplicateGroups(shingles.length)
  const rows = distinctRows(shingles, found)
  const random = stream(seed, 'min-hash')
  let complete = true
  for (let band = 0; band < bands; band++) {
    const keys = bandKeys(rows, shingles, random)
    const sorted = rows.slice()
    radixSort(keys, sorted)
    for (let from = 0; from < sorted.length; ) {
      let to = from + 1
      while (to < sorted.length && keys[to] === keys[from]) to++
      if (to - from > largestBucket) complete = false
      joinSimilar(sorted.subarray(from, to), shingles, least, found)
      from = to
    }
  }
  return { groups: found.groups(), complete }
}

/** The first row of each set of shingles that is not empty, and every other one with the same set joined to it. */
function distinctRows(shingles: readonly Uint32Array[], found: DuplicateGroups): Int32Array {
  const firstOf = new Map<string, number>()
  shingles.forEach((own, row) => {
    if (own.length === 0) return
    const key = createHash('sha256').update(own).digest('base64')
    const first = firstOf.get(key)
    if (first === undefined) firstOf.set(key, row)
    else found.join(first, row, 1)
  })
  return Int32Array.from(firstOf.values())
}

/** Joins the similar rows of a bucket; in a crowded one every row is compared with the nearest before it only. */
function joinSimilar(bucket: Int32Array, shingles: readonly Uint32Array[], least: number, found: DuplicateGroups): void {
  const reach = bucket.length > largestBucket ? comparedNeighbours : bucket.length
  for (let place = 1; place < bucket.length; place++) {
    const row = bucket[place] ?? 0
    const own = shingles[row] ?? none
    for (let other = Math.max(0, place - reach); other < place; other++) {
      const earlier = bucket[other] ?? 0
      const set = shingles[earlier] ?? none
      // Sets of too different sizes cannot share enough.
      if (Math.min(own.length, set.length) / Math.max(own.length, set.length) < least || found.joined(earlier, row)) continue
      const similarity = jaccard(set, own)
      if (similarity >= least) found.join(earlier, row, similarity)
    }
  }
}

/**
 * One key a row for a band: the smallest hash of each of its permutations, (a x + b) mod 2^32 with odd a, mixed into one word. Rows
 * that agree in all of them have the same key.
 */
function bandKeys(rows: Int32Array, shingles: readonly Uint32Array[], random: Stream): Uint32Array {
  const keys = new Uint32Array(rows.length)
  for (let permutation = 0; permutation < bandRows; permutation++) {
    const factor = random.integer(2 ** 31) * 2 + 1
    const offset = random.integer(2 ** 32)
    for (let at = 0; at < rows.length; at++) {
      let smallest = 0xffffffff
      const own = shingles[rows[at] ?? 0] ?? none
      for (let index = 0; index < own.length; index++) {
        const hash = (Math.imul(own[index] ?? 0, factor) + offset) >>> 0
        if (hash < smallest) smallest = hash
      }
      keys[at] = mixed((keys[at] ?? 0) ^ smallest)
    }
  }
  return keys
}
