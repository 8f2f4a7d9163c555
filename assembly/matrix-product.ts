/**
 * Matrix products of float32 matrices of any strides on the memory of the tfjs backend, so that transposed or
 * interleaved operands need no copies.
 *
 * The inner axis is cut into blocks of 256. Of each, B is packed as panels of 8 columns; A is read in place, or packed
 * where reading it would jump through memory. Sums run over k in ascending order within blocks, whatever the machine:
 * the same operands give the same bits on the same kind of processor.
 */
import { clear } from './arithmetic'
import { copyTile, sumColumns, sumRows, tileHeight } from './tiles'

const depthBlock: i32 = 256
const rowBlock: i32 = 96
/** Bytes of a tile of 6 x 8. */
const tileBytes: i32 = 192

/** How many bytes of scratch memory a product with so many columns needs. */
export function scratchBytes(columns: i32): i32 {
  return tileBytes + rowBlock * depthBlock * 4 + ((columns + 7) >> 3) * depthBlock * 32
}

/**
 * C[i, j] (+)= sum over k of A[i, k] B[k, j]. Pointers are byte addresses, strides are in elements; one stride of A
 * is 1, the columns of C are contiguous.
 */
export function multiply(
  a: usize, b: usize, c: usize, scratch: usize,
  rows: i32, columns: i32, inner: i32,
  aRow: i32, aInner: i32, bInner: i32, bColumn: i32, cRow: i32, add: bool
): void {
  if (inner == 0 && !add) {
    for (let row = 0; row < rows; row++) clear(c + <usize>(row * cRow) * 4, columns)
  }
  const packedA = scratch + tileBytes
  const panels = packedA + rowBlock * depthBlock * 4
  for (let start = 0; start < inner; start += depthBlock) {
    const depth = min(depthBlock, inner - start)
    const fromB = b + (<usize>start * <usize>bInner) * 4
    // Few rows do not pay for packing B; what is left of the last panel has to be packed to be whole.
    const direct = bColumn == 1 && rows <= 12
    const packedFrom = direct ? columns & ~7 : 0
    packB(fromB + <usize>(packedFrom * bColumn) * 4, panels, columns - packedFrom, depth, bInner, bColumn)
    for (let first = 0; first < rows; first += rowBlock) {
      const height = min(rowBlock, rows - first)
      const fromA = a + (<usize>first * <usize>aRow + <usize>start * <usize>aInner) * 4
      const target = c + <usize>(first * cRow) * 4
      multiplyRows(fromA, packedA, fromB, panels, target, scratch, height, columns, depth, aRow, aInner, bInner, cRow, add || start > 0, direct)
    }
  }
}

/** One block of rows by one block of the inner axis, all columns. */
function multiplyRows(
  a: usize, packedA: usize, b: usize, panels: usize, c: usize, tile: usize,
  rows: i32, columns: i32, depth: i32,
  aRow: i32, aInner: i32, bInner: i32, cRow: i32, add: bool, direct: bool
): void {
  const byRows = aInner == 1
  const cStep = <usize>cRow * 4
  // Rows are read faster packed, but packing them has to pay.
  const packs = columns > (byRows ? 96 : 16)
  if (packs) packA(a, packedA, rows, depth, aRow, aInner)
  for (let column = 0; column < columns; column += 8) {
    const width = min(8, columns - column)
    const inPlace = direct && width == 8
    const panel = inPlace ? b + <usize>column * 4 : panels + (direct ? 0 : <usize>(column * depth) * 4)
    const bStep: usize = inPlace ? <usize>bInner * 4 : 32
    let packed = packedA
    for (let row = 0; row < rows; ) {
      const size = tileHeight(rows - row)
      const height = min(size, rows - row)
      const whole = width == 8 && height == size
      const target = c + <usize>row * cStep + <usize>column * 4
      const to = whole ? target : tile
      const toStep: usize = whole ? cStep : 32
      const addHere = whole && add
      if (packs) {
        sumColumns(packed, <usize>size * 4, 1, 0, depth, panel, bStep, to, toStep, addHere, size == 6)
        packed += <usize>(size * depth) * 4
      } else if (byRows) {
        sumRows(a + <usize>(row * aRow) * 4, <usize>aRow * 4, height, 1, 0, depth, panel, bStep, to, toStep, addHere, size == 6)
      } else {
        const from = a + <usize>row * 4
        // Rows beyond the last one must not be read: they may lie beyond the end of memory.
        if (height < size) packTile(from, packedA, height, size, depth, aInner)
        const step: usize = height < size ? <usize>size * 4 : <usize>aInner * 4
        sumColumns(height < size ? packedA : from, step, 1, 0, depth, panel, bStep, to, toStep, addHere, size == 6)
      }
      if (!whole) copyTile(tile, target, cStep, height, width, add)
      row += size
    }
  }
}

/** Packs rows: [tile][k][rows of the tile], of a last tile that is not whole with zeros or repetitions to fill it. */
function packA(a: usize, packed: usize, rows: i32, depth: i32, aRow: i32, aInner: i32): void {
  for (let row = 0; row < rows; ) {
    const size = tileHeight(rows - row)
    const from = a + <usize>row * <usize>aRow * 4
    if (aInner == 1) packRows(from, packed, min(size, rows - row), size, depth, <usize>aRow * 4)
    else packTile(from, packed, min(size, rows - row), size, depth, aInner)
    packed += <usize>(size * depth) * 4
    row += size
  }
}

/** Rows that are contiguous along the inner axis, four steps of k at once. */
function packRows(from: usize, packed: usize, height: i32, size: i32, depth: i32, rowStep: usize): void {
  const step = <usize>size * 4
  let a0 = from
  let a1 = height > 1 ? a0 + rowStep : a0
  let a2 = height > 2 ? a1 + rowStep : a0
  let a3 = height > 3 ? a2 + rowStep : a0
  let a4 = height > 4 ? a3 + rowStep : a0
  let a5 = height > 5 ? a4 + rowStep : a0
  let k = 0
  for (; k + 4 <= depth; k += 4, a0 += 16, a1 += 16, a2 += 16, a3 += 16, a4 += 16, a5 += 16, packed += step * 4) {
    writeTransposed(v128.load(a0), v128.load(a1), v128.load(a2), v128.load(a3), packed, step)
    if (size == 6) {
      const p = v128.load(a4)
      const q = v128.load(a5)
      const low = v128.shuffle<f32>(p, q, 0, 4, 1, 5)
      const high = v128.shuffle<f32>(p, q, 2, 6, 3, 7)
      v128.store64_lane(packed, low, 0, 16)
      v128.store64_lane(packed + step, low, 1, 16)
      v128.store64_lane(packed + step * 2, high, 0, 16)
      v128.store64_lane(packed + step * 3, high, 1, 16)
    }
  }
  for (; k < depth; k++, a0 += 4, a1 += 4, a2 += 4, a3 += 4, a4 += 4, a5 += 4, packed += step) {
    store<f32>(packed, load<f32>(a0))
    store<f32>(packed, load<f32>(a1), 4)
    store<f32>(packed, load<f32>(a2), 8)
    store<f32>(packed, load<f32>(a3), 12)
    if (size == 6) {
      store<f32>(packed, load<f32>(a4), 16)
      store<f32>(packed, load<f32>(a5), 20)
    }
  }
}

/** Rows that lie side by side, zero beyond the last. */
function packTile(from: usize, packed: usize, height: i32, size: i32, depth: i32, aInner: i32): void {
  const step = <usize>aInner * 4
  for (let k = 0; k < depth; k++) {
    if (height == size) {
      v128.store(packed, v128.load(from))
      if (size == 6) store<u64>(packed, load<u64>(from, 16), 16)
    } else {
      for (let i = 0; i < size; i++) store<f32>(packed + <usize>i * 4, i < height ? load<f32>(from + <usize>i * 4) : 0)
    }
    from += step
    packed += <usize>size * 4
  }
}

/** Packs columns of B eight at a time: [panel][k][8], zero beyond the last column. */
export function packB(b: usize, packed: usize, columns: i32, depth: i32, bInner: i32, bColumn: i32): void {
  const step = <usize>bInner * 4
  for (let column = 0; column < columns; column += 8) {
    const width = min(8, columns - column)
    let from = b + <usize>(column * bColumn) * 4
    if (width == 8 && bColumn == 1) {
      for (let k = 0; k < depth; k++, from += step, packed += 32) {
        v128.store(packed, v128.load(from))
        v128.store(packed, v128.load(from, 16), 16)
      }
    } else if (width == 8 && bInner == 1) {
      packTransposed(from, packed, depth, <usize>bColumn * 4)
      packed += <usize>depth * 32
    } else {
      for (let k = 0; k < depth; k++, from += step, packed += 32) {
        for (let j = 0; j < 8; j++) {
          const value: f32 = j < width ? load<f32>(from + <usize>(j * bColumn) * 4) : 0
          store<f32>(packed + <usize>j * 4, value)
        }
      }
    }
  }
}

/** Eight contiguous columns side by side, four steps of k at once. */
function packTransposed(from: usize, packed: usize, depth: i32, step: usize): void {
  let k = 0
  for (; k + 4 <= depth; k += 4, from += 16, packed += 128) {
    transposeFour(from, step, packed)
    transposeFour(from + step * 4, step, packed + 16)
  }
  for (; k < depth; k++, from += 4, packed += 32) {
    for (let j: usize = 0; j < 8; j++) store<f32>(packed + j * 4, load<f32>(from + j * step))
  }
}

/** Writes four columns of four numbers as four rows, 32 bytes apart. */
@inline
function transposeFour(from: usize, step: usize, to: usize): void {
  writeTransposed(v128.load(from), v128.load(from + step), v128.load(from + step * 2), v128.load(from + step * 3), to, 32)
}

@inline
function writeTransposed(p: v128, q: v128, r: v128, s: v128, to: usize, step: usize): void {
  const lowPQ = v128.shuffle<f32>(p, q, 0, 4, 1, 5)
  const highPQ = v128.shuffle<f32>(p, q, 2, 6, 3, 7)
  const lowRS = v128.shuffle<f32>(r, s, 0, 4, 1, 5)
  const highRS = v128.shuffle<f32>(r, s, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f64>(lowPQ, lowRS, 0, 2))
  v128.store(to + step, v128.shuffle<f64>(lowPQ, lowRS, 1, 3))
  v128.store(to + step * 2, v128.shuffle<f64>(highPQ, highRS, 0, 2))
  v128.store(to + step * 3, v128.shuffle<f64>(highPQ, highRS, 1, 3))
}
