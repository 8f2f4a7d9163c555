/**
 * The inner loops of every matrix product: a tile of 4 or 6 rows by 8 columns, whose sums stay in registers.
 * A is read in place, one number at a time, along its unit stride; B comes as rows of 8, a step of bytes apart. The
 * inner axis may consist of several segments, between which A jumps and B does not. Strides are in bytes.
 */
import { multiplyAdd } from './arithmetic'

/** A tile whose rows of A are contiguous along the inner axis. Rows from `height` on repeat the first; discard them. */
export function sumRows(
  a: usize, rowStep: usize, height: i32, segments: i32, segmentStep: usize, length: i32,
  b: usize, bStep: usize, c: usize, cStep: usize, add: bool, six: bool
): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0)
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0)
  let b0: v128, b1: v128, x: v128
  if (six) {
    let c40 = f32x4.splat(0), c41 = f32x4.splat(0), c50 = f32x4.splat(0), c51 = f32x4.splat(0)
    for (let s = 0; s < segments; s++) {
      let a0 = a + <usize>s * segmentStep
      let a1 = height > 1 ? a0 + rowStep : a0
      let a2 = height > 2 ? a1 + rowStep : a0
      let a3 = height > 3 ? a2 + rowStep : a0
      let a4 = height > 4 ? a3 + rowStep : a0
      let a5 = height > 5 ? a4 + rowStep : a0
      for (let k = 0; k < length; k++) {
        b0 = v128.load(b)
        b1 = v128.load(b, 16)
        x = v128.load32_splat(a0)
        c00 = multiplyAdd(x, b0, c00)
        c01 = multiplyAdd(x, b1, c01)
        x = v128.load32_splat(a1)
        c10 = multiplyAdd(x, b0, c10)
        c11 = multiplyAdd(x, b1, c11)
        x = v128.load32_splat(a2)
        c20 = multiplyAdd(x, b0, c20)
        c21 = multiplyAdd(x, b1, c21)
        x = v128.load32_splat(a3)
        c30 = multiplyAdd(x, b0, c30)
        c31 = multiplyAdd(x, b1, c31)
        x = v128.load32_splat(a4)
        c40 = multiplyAdd(x, b0, c40)
        c41 = multiplyAdd(x, b1, c41)
        x = v128.load32_splat(a5)
        c50 = multiplyAdd(x, b0, c50)
        c51 = multiplyAdd(x, b1, c51)
        a0 += 4
        a1 += 4
        a2 += 4
        a3 += 4
        a4 += 4
        a5 += 4
        b += bStep
      }
    }
    put(c + cStep * 4, c40, c41, add)
    put(c + cStep * 5, c50, c51, add)
  } else {
    for (let s = 0; s < segments; s++) {
      let a0 = a + <usize>s * segmentStep
      let a1 = height > 1 ? a0 + rowStep : a0
      let a2 = height > 2 ? a1 + rowStep : a0
      let a3 = height > 3 ? a2 + rowStep : a0
      for (let k = 0; k < length; k++) {
        b0 = v128.load(b)
        b1 = v128.load(b, 16)
        x = v128.load32_splat(a0)
        c00 = multiplyAdd(x, b0, c00)
        c01 = multiplyAdd(x, b1, c01)
        x = v128.load32_splat(a1)
        c10 = multiplyAdd(x, b0, c10)
        c11 = multiplyAdd(x, b1, c11)
        x = v128.load32_splat(a2)
        c20 = multiplyAdd(x, b0, c20)
        c21 = multiplyAdd(x, b1, c21)
        x = v128.load32_splat(a3)
        c30 = multiplyAdd(x, b0, c30)
        c31 = multiplyAdd(x, b1, c31)
        a0 += 4
        a1 += 4
        a2 += 4
        a3 += 4
        b += bStep
      }
    }
  }
  put(c, c00, c01, add)
  put(c + cStep, c10, c11, add)
  put(c + cStep * 2, c20, c21, add)
  put(c + cStep * 3, c30, c31, add)
}

/** A tile whose rows of A lie side by side: A is transposed, or packed. All 4 or 6 of them are read. */
export function sumColumns(
  a: usize, innerStep: usize, segments: i32, segmentStep: usize, length: i32,
  b: usize, bStep: usize, c: usize, cStep: usize, add: bool, six: bool
): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0)
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0)
  let b0: v128, b1: v128, x: v128
  if (six) {
    let c40 = f32x4.splat(0), c41 = f32x4.splat(0), c50 = f32x4.splat(0), c51 = f32x4.splat(0)
    for (let s = 0; s < segments; s++) {
      let from = a + <usize>s * segmentStep
      for (let k = 0; k < length; k++) {
        b0 = v128.load(b)
        b1 = v128.load(b, 16)
        x = v128.load32_splat(from)
        c00 = multiplyAdd(x, b0, c00)
        c01 = multiplyAdd(x, b1, c01)
        x = v128.load32_splat(from, 4)
        c10 = multiplyAdd(x, b0, c10)
        c11 = multiplyAdd(x, b1, c11)
        x = v128.load32_splat(from, 8)
        c20 = multiplyAdd(x, b0, c20)
        c21 = multiplyAdd(x, b1, c21)
        x = v128.load32_splat(from, 12)
        c30 = multiplyAdd(x, b0, c30)
        c31 = multiplyAdd(x, b1, c31)
        x = v128.load32_splat(from, 16)
        c40 = multiplyAdd(x, b0, c40)
        c41 = multiplyAdd(x, b1, c41)
        x = v128.load32_splat(from, 20)
        c50 = multiplyAdd(x, b0, c50)
        c51 = multiplyAdd(x, b1, c51)
        from += innerStep
        b += bStep
      }
    }
    put(c + cStep * 4, c40, c41, add)
    put(c + cStep * 5, c50, c51, add)
  } else {
    for (let s = 0; s < segments; s++) {
      let from = a + <usize>s * segmentStep
      for (let k = 0; k < length; k++) {
        b0 = v128.load(b)
        b1 = v128.load(b, 16)
        x = v128.load32_splat(from)
        c00 = multiplyAdd(x, b0, c00)
        c01 = multiplyAdd(x, b1, c01)
        x = v128.load32_splat(from, 4)
        c10 = multiplyAdd(x, b0, c10)
        c11 = multiplyAdd(x, b1, c11)
        x = v128.load32_splat(from, 8)
        c20 = multiplyAdd(x, b0, c20)
        c21 = multiplyAdd(x, b1, c21)
        x = v128.load32_splat(from, 12)
        c30 = multiplyAdd(x, b0, c30)
        c31 = multiplyAdd(x, b1, c31)
        from += innerStep
        b += bStep
      }
    }
  }
  put(c, c00, c01, add)
  put(c + cStep, c10, c11, add)
  put(c + cStep * 2, c20, c21, add)
  put(c + cStep * 3, c30, c31, add)
}

@inline
function put(c: usize, left: v128, right: v128, add: bool): void {
  v128.store(c, add ? f32x4.add(v128.load(c), left) : left)
  v128.store(c, add ? f32x4.add(v128.load(c, 16), right) : right, 16)
}

/** Copies the part of a tile of 8 columns that lies within C. */
export function copyTile(tile: usize, c: usize, cStep: usize, height: i32, width: i32, add: bool): void {
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const value = load<f32>(tile + <usize>(i * 8 + j) * 4)
      const target = c + <usize>i * cStep + <usize>j * 4
      store<f32>(target, add ? load<f32>(target) + value : value)
    }
  }
}

/** How many rows the next tile takes of those left, so that as few as possible are computed in vain. */
@inline
export function tileHeight(left: i32): i32 {
  return left <= 4 || left == 7 || left == 8 ? 4 : 6
}
