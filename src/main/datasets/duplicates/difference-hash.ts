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

/** Bits of a word that are set. */
export function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
