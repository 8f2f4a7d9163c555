import { stream } from '../../learn/random.ts'
import { type DuplicateGroup, DuplicateGroups } from './duplicate-groups.ts'

/** Permutations of a signature, in bands of rows: pairs of Jaccard similarity 0.8 share a band with probability 1 - (1 - 0.8^4)^32 > 0.9999. */
const [bands, bandRows] = [32, 4]
const permutations = bands * bandRows
/** Words of a shingle. */
const shingleWords = 3
const empty = 0xffffffff
/** Rows of one bucket that are compared at most; a larger one holds the same boilerplate over and over. */
const largestBucket = 500

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
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
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
 * Texts that share at least `least` of their word 3-shingles: MinHash signatures (A. Broder, 1997) put in buckets by bands (LSH),
 * and the exact similarity computed within a bucket. Texts without a word are left alone.
 *
 * @returns groups, and whether a crowded bucket was compared in part only
 */
export function nearDuplicateTexts(shingles: readonly Uint32Array[], least = 0.8, seed = 0): { readonly groups: readonly DuplicateGroup[]; readonly complete: boolean } {
  const signatures = signaturesOf(shingles, seed)
  const found = new DuplicateGroups(shingles.length)
  let complete = true
  for (let band = 0; band < bands; band++) {
    const buckets = new Map<string, number[]>()
    shingles.forEach((own, row) => {
      if (own.length === 0) return
      const key = signatures.subarray(row * permutations + band * bandRows, row * permutations + (band + 1) * bandRows).join()
      const bucket = buckets.get(key)
      if (bucket === undefined) buckets.set(key, [row])
      else bucket.push(row)
    })
    for (const bucket of buckets.values()) {
      if (bucket.length > largestBucket) complete = false
      joinSimilar(bucket.slice(0, largestBucket), shingles, least, found)
    }
  }
  return { groups: found.groups(), complete }
}

function joinSimilar(bucket: readonly number[], shingles: readonly Uint32Array[], least: number, found: DuplicateGroups): void {
  bucket.forEach((row, place) => {
    for (const earlier of bucket.slice(0, place)) {
      if (found.joined(earlier, row)) continue
      const similarity = jaccard(shingles[earlier] ?? new Uint32Array(0), shingles[row] ?? new Uint32Array(0))
      if (similarity >= least) found.join(earlier, row, similarity)
    }
  })
}

/** The smallest of each permutation's hashes, (a x + b) mod 2^32 with odd a. */
function signaturesOf(shingles: readonly Uint32Array[], seed: number): Uint32Array {
  const random = stream(seed, 'min-hash')
  const factors = Uint32Array.from({ length: permutations }, () => random.integer(2 ** 31) * 2 + 1)
  const offsets = Uint32Array.from({ length: permutations }, () => random.integer(2 ** 32))
  const signatures = new Uint32Array(shingles.length * permutations).fill(empty)
  shingles.forEach((own, row) => {
    const signature = signatures.subarray(row * permutations, (row + 1) * permutations)
    for (const shingle of own) {
      for (let index = 0; index < permutations; index++) {
        const hash = (Math.imul(shingle, factors[index] ?? 1) + (offsets[index] ?? 0)) >>> 0
        if (hash < (signature[index] ?? empty)) signature[index] = hash
      }
    }
  })
  return signatures
}
