import { type DuplicateGroup, DuplicateGroups } from './duplicate-groups.ts'

/** Cells that an image is averaged to: one column more than there are differences. */
const [cellRows, cellColumns] = [8, 9]

/**
 * Difference hash of a picture: grey, averaged to 8 x 9 cells, and one bit whether a cell is brighter than its left neighbour; 64
 * bits as two words. It hardly changes with size, brightness and compression. Source: N. Krawetz, "Kind of Like That" (2013).
 *
 * @param image rows x columns (x channels), row-major
 */
export function differenceHash(image: ArrayLike<number>, shape: readonly number[]): readonly [number, number] {
  const [rows = 1, columns = 1, channels = 1] = shape
  const cells = new Float64Array(cellRows * cellColumns)
  for (let cell = 0; cell < cells.length; cell++) {
    const [top, bottom] = spanOf(Math.floor(cell / cellColumns), cellRows, rows)
    const [left, right] = spanOf(cell % cellColumns, cellColumns, columns)
    let sum = 0
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) for (let c = 0; c < channels; c++) sum += image[(y * columns + x) * channels + c] ?? 0
    cells[cell] = sum / ((bottom - top) * (right - left) * channels)
  }
  const words: [number, number] = [0, 0]
  for (let y = 0; y < cellRows; y++) {
    for (let x = 0; x < cellColumns - 1; x++) {
      const bit = y * 8 + x
      if ((cells[y * cellColumns + x + 1] ?? 0) > (cells[y * cellColumns + x] ?? 0)) words[bit >> 5] = ((words[bit >> 5] ?? 0) | (1 << (bit & 31))) >>> 0
    }
  }
  return words
}

/** Pixels of a cell: at least one, so that small pictures have cells too. */
function spanOf(cell: number, cells: number, size: number): readonly [number, number] {
  const from = Math.min(size - 1, Math.floor((cell * size) / cells))
  return [from, Math.max(from + 1, Math.floor(((cell + 1) * size) / cells))]
}

/** Bits in which two hashes differ. */
export function hammingDistance(a: readonly [number, number], b: readonly [number, number]): number {
  return bitsOf(a[0] ^ b[0]) + bitsOf(a[1] ^ b[1])
}

function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return (((fours + (fours >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}

/** Rows of one bucket that are compared with each other at most; a larger one holds pictures without a feature (all black). */
const largestBucket = 2000

/**
 * Pictures whose hashes differ in at most `distance` bits (fewer than 8): with 8 pieces of 8 bits, two such hashes share at least
 * one piece, so only rows of one bucket are compared.
 *
 * @param hashes two words a row
 * @returns groups, and whether a crowded bucket was left out
 */
export function nearDuplicateImages(hashes: Uint32Array, distance = 4): { readonly groups: readonly DuplicateGroup[]; readonly complete: boolean } {
  const rows = hashes.length / 2
  const found = new DuplicateGroups(rows)
  const hashOf = (row: number): readonly [number, number] => [hashes[2 * row] ?? 0, hashes[2 * row + 1] ?? 0]
  let complete = true
  for (let piece = 0; piece < 8; piece++) {
    const buckets = new Map<number, number[]>()
    for (let row = 0; row < rows; row++) {
      // Two neighbouring pieces name a bucket where the distance allows it: smaller buckets, far fewer comparisons.
      const key = keyOf(hashes, row, piece, distance)
      const own = buckets.get(key)
      if (own === undefined) buckets.set(key, [row])
      else own.push(row)
    }
    for (const bucket of buckets.values()) {
      if (bucket.length > largestBucket) complete = false
      bucket.slice(0, largestBucket).forEach((row, place, all) => {
        for (let other = 0; other < place; other++) {
          const earlier = all[other] ?? row
          const apart = hammingDistance(hashOf(row), hashOf(earlier))
          if (apart <= distance) found.join(earlier, row, 1 - apart / 64)
        }
      })
    }
  }
  return { groups: found.groups(), complete }
}

/** Eight bits of a hash; with a distance below four, sixteen neighbouring ones: then at least one of the eight pairs is shared. */
function keyOf(hashes: Uint32Array, row: number, piece: number, distance: number): number {
  const byte = (index: number): number => ((hashes[2 * row + ((index >> 2) & 1)] ?? 0) >>> ((index & 3) * 8)) & 0xff
  return distance < 4 ? byte(piece) | (byte((piece + 1) & 7) << 8) : byte(piece)
}
