import { nGrams } from './tokens.ts'

export interface HashedTextOptions {
  /** Columns of the result; at most 2^20. */
  readonly width: number
  /** Words of a feature at most: 1 for single words, 2 for pairs as well. */
  readonly longest: number
  /** Seed of the hash: which n-grams share a column, and their signs. */
  readonly seed: number
  /** Weight n-grams by ln((1 + n) / (1 + df)) + 1, with document frequencies of the columns over these texts. */
  readonly inverseDocumentFrequency: boolean
}

export const defaultHashedText: HashedTextOptions = { width: 1024, longest: 2, seed: 0, inverseDocumentFrequency: false }

/** A text as column numbers and weights: columns ascending, no column twice. */
export interface SparseText {
  readonly columns: Int32Array
  readonly weights: Float32Array
}

/** 32-bit FNV-1a over UTF-16 units from a seeded start, mixed at the end as MurmurHash3 does so that every bit counts. */
export function hashText(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1)) >>> 0
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * Signed sums of each text's hashed n-grams (Weinberger et al. 2009): column `h mod width`, sign the hash's top bit, so that
 * collisions cancel in expectation. Repeated n-grams count 1 + ln(occurrences). Missing texts are empty.
 *
 * @throws RangeError for a width outside 1 .. 2^20
 */
export function hashTexts(texts: readonly (string | null)[], options: HashedTextOptions): SparseText[] {
  const { width, longest, seed } = options
  if (!Number.isInteger(width) || width < 1 || width > 2 ** 20) throw new RangeError(`Hashed text has 1 to ${2 ** 20} columns, not ${width}.`)
  const rows = texts.map((text) => hashOne(text ?? '', width, longest, seed))
  if (!options.inverseDocumentFrequency) return rows
  const frequency = new Int32Array(width)
  for (const { columns } of rows) for (const column of columns) frequency[column] = (frequency[column] ?? 0) + 1
  const idf = Float32Array.from(frequency, (documents) => Math.log((1 + rows.length) / (1 + documents)) + 1)
  return rows.map(({ columns, weights }) => ({ columns, weights: weights.map((weight, index) => weight * (idf[columns[index] ?? 0] ?? 0)) }))
}

function hashOne(text: string, width: number, longest: number, seed: number): SparseText {
  const counts = new Map<string, number>()
  for (const gram of nGrams(text, longest)) counts.set(gram, (counts.get(gram) ?? 0) + 1)
  const sums = new Map<number, number>()
  for (const [gram, count] of counts) {
    const hash = hashText(gram, seed)
    const column = (hash & 0x7fffffff) % width
    const weight = (1 + Math.log(count)) * (hash >>> 31 === 0 ? 1 : -1)
    sums.set(column, (sums.get(column) ?? 0) + weight)
  }
  const columns = Int32Array.from(sums.keys()).sort()
  return { columns, weights: Float32Array.from(columns, (column) => sums.get(column) ?? 0) }
}

/**
 * Features of texts to train on: hashed n-grams, every row scaled to length 1 (a text without words is all zeros). The same
 * options give the same features for the same texts on every machine.
 *
 * @returns texts x width, row-major
 */
export function hashedTextFeatures(texts: readonly (string | null)[], options: Partial<HashedTextOptions> = {}): Float32Array {
  const chosen = { ...defaultHashedText, ...options }
  const features = new Float32Array(texts.length * chosen.width)
  hashTexts(texts, chosen).forEach(({ columns, weights }, row) => {
    const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0))
    if (length > 0) columns.forEach((column, index) => (features[row * chosen.width + column] = (weights[index] ?? 0) / length))
  })
  return features
}
