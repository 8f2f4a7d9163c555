/** Sums over rows, and rows by number. */
import { clear, copyNumbers, loadSome, storeSome } from './arithmetic'

/** sums[j] = sum over rows of x[row, j]. */
export function sumOfRows(x: usize, sums: usize, rows: i32, columns: i32): void {
  clear(sums, columns)
  for (let row = 0; row < rows; row++, x += <usize>columns * 4) addRow(x, sums, columns)
}

/** sums[s] = sum of the rows of x [rows, columns] whose id is s; other ids are dropped. */
export function sumBySegment(x: usize, ids: usize, sums: usize, rows: i32, columns: i32, segments: i32): void {
  clear(sums, segments * columns)
  for (let row = 0; row < rows; row++, x += <usize>columns * 4) {
    const segment = load<i32>(ids + <usize>row * 4)
    if (segment >= 0 && segment < segments) addRow(x, sums + <usize>(segment * columns) * 4, columns)
  }
}

/** y[i] = row ids[i] of x [rows, columns]. Returns the place of the first id out of range, or -1 if there is none. */
export function gatherRows(x: usize, ids: usize, y: usize, count: i32, rows: i32, columns: i32): i32 {
  for (let i = 0; i < count; i++, y += <usize>columns * 4) {
    const row = load<i32>(ids + <usize>i * 4)
    if (row < 0 || row >= rows) return i
    copyNumbers(x + <usize>(row * columns) * 4, y, columns)
  }
  return -1
}

@inline
function addRow(x: usize, sums: usize, columns: i32): void {
  for (let j = 0; j < columns; j += 4) {
    const at = <usize>j * 4
    storeSome(sums + at, f32x4.add(loadSome(sums + at, columns - j, 0), loadSome(x + at, columns - j, 0)), columns - j)
  }
}
