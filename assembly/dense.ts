/** A dense layer. */
import { biasActivation } from './activation'
import { multiply } from './matrix-product'

/** y = activation(x kernel + bias) for some columns of a kernel and a y whose rows are `width` numbers long. */
export function dense(
  x: usize, kernel: usize, bias: usize, y: usize, scratch: usize, rows: i32, columns: i32, inner: i32, width: i32, kind: i32
): void {
  multiply(x, kernel, y, scratch, rows, columns, inner, inner, 1, width, 1, width, false)
  biasActivation(y, bias, y, rows, columns, width, kind)
}
