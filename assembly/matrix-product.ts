/**
 * The matrix product of the WebAssembly engine, in AssemblyScript: C = A B for float32 matrices of any strides,
 * so that transposed operands need no copies. It runs on the memory of the tfjs backend.
 *
 * Blocks of B (256 x all columns) and panels of A (4 x 256) are packed side by side; the inner loop keeps a tile
 * of 4 x 8 sums in registers. Sums run over k in ascending order within blocks of 256, whatever the machine:
 * the same operands give the same bits. `scripts/build-kernels.mjs` compiles it.
 */

const block: i32 = 256
const tileRows: i32 = 4
const tileColumns: i32 = 8

/** How many bytes of scratch memory a product with so many columns needs. */
export function scratchBytes(columns: i32): i32 {
  const panels = (columns + tileColumns - 1) / tileColumns
  return (panels * tileColumns + tileRows) * block * 4 + tileRows * tileColumns * 4
}

/**
 * C[i, j] = sum over k of A[i, k] B[k, j]. All pointers are byte addresses, all strides are in elements;
 * C is contiguous, [rows, columns].
 */
export function multiply(
  a: usize, b: usize, c: usize, scratch: usize,
  rows: i32, columns: i32, inner: i32,
  aRow: i32, aInner: i32, bInner: i32, bColumn: i32
): void {
  const panels = (columns + tileColumns - 1) / tileColumns
  const packedA = scratch + <usize>(panels * tileColumns * block * 4)
  const tile = packedA + <usize>(tileRows * block * 4)
  for (let start = 0; start < inner; start += block) {
    const depth = min(block, inner - start)
    packB(b + <usize>(start * bInner) * 4, scratch, columns, depth, bInner, bColumn)
    for (let row = 0; row < rows; row += tileRows) {
      packA(a + (<usize>(row * aRow) + <usize>(start * aInner)) * 4, packedA, min(tileRows, rows - row), depth, aRow, aInner)
      for (let panel = 0; panel < panels; panel++) {
        const column = panel * tileColumns
        const whole = row + tileRows <= rows && column + tileColumns <= columns
        const target = c + <usize>(row * columns + column) * 4
        const packedB = scratch + <usize>(panel * tileColumns * depth) * 4
        if (whole) {
          sumTile(packedA, packedB, target, columns, depth, start > 0)
        } else {
          sumTile(packedA, packedB, tile, tileColumns, depth, false)
          copyTile(tile, target, min(tileRows, rows - row), min(tileColumns, columns - column), columns, start > 0)
        }
      }
    }
  }
}

/** Packs columns of B eight at a time: [panel][k][8], zero beyond the last column. */
function packB(b: usize, packed: usize, columns: i32, depth: i32, bInner: i32, bColumn: i32): void {
  for (let column = 0; column < columns; column += tileColumns) {
    const width = min(tileColumns, columns - column)
    const from = b + <usize>(column * bColumn) * 4
    if (width == tileColumns && bColumn == 1) {
      for (let k = 0; k < depth; k++) {
        const source = from + <usize>(k * bInner) * 4
        v128.store(packed, v128.load(source))
        v128.store(packed, v128.load(source, 16), 16)
        packed += 32
      }
    } else if (width == tileColumns && bInner == 1) {
      packColumnsOfEight(from, packed, depth, bColumn)
      packed += <usize>depth * 32
    } else {
      for (let k = 0; k < depth; k++) {
        for (let j = 0; j < tileColumns; j++) {
          const value: f32 = j < width ? load<f32>(from + <usize>(k * bInner + j * bColumn) * 4) : 0
          store<f32>(packed, value)
          packed += 4
        }
      }
    }
  }
}

/** A transposed B: its columns are contiguous, so four steps of k of one column are read at once. */
function packColumnsOfEight(from: usize, packed: usize, depth: i32, bColumn: i32): void {
  for (let j = 0; j < tileColumns; j++) {
    const source = from + <usize>(j * bColumn) * 4
    const target = packed + <usize>j * 4
    for (let k = 0; k < depth; k++) store<f32>(target + <usize>k * 32, load<f32>(source + <usize>k * 4))
  }
}

/** Packs four rows of A: [k][4], zero beyond the last row. */
function packA(a: usize, packed: usize, height: i32, depth: i32, aRow: i32, aInner: i32): void {
  if (height == tileRows) {
    const step = <usize>aRow * 4
    for (let k = 0; k < depth; k++) {
      const source = a + <usize>(k * aInner) * 4
      store<f32>(packed, load<f32>(source))
      store<f32>(packed, load<f32>(source + step), 4)
      store<f32>(packed, load<f32>(source + step * 2), 8)
      store<f32>(packed, load<f32>(source + step * 3), 12)
      packed += 16
    }
    return
  }
  for (let k = 0; k < depth; k++) {
    for (let i = 0; i < tileRows; i++) {
      const value: f32 = i < height ? load<f32>(a + <usize>(i * aRow + k * aInner) * 4) : 0
      store<f32>(packed, value)
      packed += 4
    }
  }
}

/** Sums one tile of 4 x 8 over the block, into memory of a row stride, added to what is there or not. */
function sumTile(a: usize, b: usize, c: usize, stride: i32, depth: i32, add: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0)
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0)
  for (let k = 0; k < depth; k++) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let x = v128.load32_splat(a)
    c00 = f32x4.add(c00, f32x4.mul(x, b0))
    c01 = f32x4.add(c01, f32x4.mul(x, b1))
    x = v128.load32_splat(a, 4)
    c10 = f32x4.add(c10, f32x4.mul(x, b0))
    c11 = f32x4.add(c11, f32x4.mul(x, b1))
    x = v128.load32_splat(a, 8)
    c20 = f32x4.add(c20, f32x4.mul(x, b0))
    c21 = f32x4.add(c21, f32x4.mul(x, b1))
    x = v128.load32_splat(a, 12)
    c30 = f32x4.add(c30, f32x4.mul(x, b0))
    c31 = f32x4.add(c31, f32x4.mul(x, b1))
    a += 16
    b += 32
  }
  const step = <usize>stride * 4
  put(c, c00, c01, add)
  put(c + step, c10, c11, add)
  put(c + step * 2, c20, c21, add)
  put(c + step * 3, c30, c31, add)
}

@inline
function put(c: usize, left: v128, right: v128, add: bool): void {
  v128.store(c, add ? f32x4.add(v128.load(c), left) : left)
  v128.store(c, add ? f32x4.add(v128.load(c, 16), right) : right, 16)
}

/** Copies the part of a tile that lies within C. */
function copyTile(tile: usize, c: usize, height: i32, width: i32, columns: i32, add: bool): void {
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const value = load<f32>(tile + <usize>(i * tileColumns + j) * 4)
      const target = c + <usize>(i * columns + j) * 4
      store<f32>(target, add ? load<f32>(target) + value : value)
    }
  }
}
