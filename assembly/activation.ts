/** Biases, activations and their gradients over matrices [rows, columns]. Kinds: 0 linear, 1 ReLU, 2 tanh. */
import { clear, exponential, hyperbolicTangent, kept, loadSome, multiplyAdd, one, storeSome } from './arithmetic'

/** sqrt(2 / pi) and 0.044715 times it, of the tanh approximation of GELU (Hendrycks and Gimpel, 2016). */
const geluLinear: f32 = 0.7978845608028654
const geluCubic: f32 = 0.035677408136300125
const innerLinear: v128 = kept(-2 * geluLinear)
const innerCubic: v128 = kept(-2 * geluCubic)
const slopeLinear: v128 = kept(2 * geluLinear)
const slopeCubic: v128 = kept(6 * geluCubic)

@inline
function activate(x: v128, kind: i32): v128 {
  // Of a NaN and zero this keeps the NaN.
  if (kind == 1) return f32x4.pmax(x, f32x4.splat(0))
  if (kind == 2) return hyperbolicTangent(x)
  return x
}

/** The slope at an output y; NaN where y is. */
@inline
function slope(y: v128, kind: i32): v128 {
  if (kind == 1) return v128.or(v128.and(f32x4.gt(y, f32x4.splat(0)), one), f32x4.ne(y, y))
  return f32x4.sub(one, f32x4.mul(y, y))
}

/** y = activation(x + bias); y may be x. Rows lie `width` numbers apart, in all of x and y. */
export function biasActivation(x: usize, bias: usize, y: usize, rows: i32, columns: i32, width: i32, kind: i32): void {
  const step = <usize>width * 4
  for (let row = 0; row < rows; row++, x += step, y += step) {
    for (let j = 0; j < columns; j += 4) {
      const at = <usize>j * 4
      const sum = f32x4.add(loadSome(x + at, columns - j, 0), loadSome(bias + at, columns - j, 0))
      storeSome(y + at, activate(sum, kind), columns - j)
    }
  }
}

/** dx = dy activation'(y), unless linear, and db = the sums of dx's columns. */
export function biasActivationGradient(dy: usize, y: usize, dx: usize, db: usize, rows: i32, columns: i32, kind: i32): void {
  clear(db, columns)
  const step = <usize>columns * 4
  for (let row = 0; row < rows; row++, dy += step, y += step, dx += step) {
    for (let j = 0; j < columns; j += 4) {
      const at = <usize>j * 4
      const left = columns - j
      let value = loadSome(dy + at, left, 0)
      if (kind != 0) {
        value = f32x4.mul(value, slope(loadSome(y + at, left, 0), kind))
        storeSome(dx + at, value, left)
      }
      storeSome(db + at, f32x4.add(loadSome(db + at, left, 0), value), left)
    }
  }
}

/** dx = dy where y is positive, else zero. */
export function reluGradient(dy: usize, y: usize, dx: usize, count: i32): void {
  for (; count > 0; count -= 4, dy += 16, y += 16, dx += 16) {
    storeSome(dx, f32x4.mul(loadSome(dy, count, 0), slope(loadSome(y, count, 0), 1)), count)
  }
}

/** 1 / (1 + e^-2u) = (1 + tanh u) / 2 of GELU's inner function u(x) = x (linear + cubic x^2). */
@inline
function geluShare(x: v128, square: v128): v128 {
  const inner = f32x4.mul(x, multiplyAdd(square, innerCubic, innerLinear))
  return f32x4.div(one, f32x4.add(one, exponential(inner)))
}

/** y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
export function gelu(x: usize, y: usize, count: i32): void {
  for (; count > 0; count -= 4, x += 16, y += 16) {
    const value = loadSome(x, count, 0)
    storeSome(y, f32x4.mul(value, geluShare(value, f32x4.mul(value, value))), count)
  }
}

/** dx = dy gelu'(x), which with s the share is s + x s (1 - s) 2 u'(x). */
export function geluGradient(dy: usize, x: usize, dx: usize, count: i32): void {
  for (; count > 0; count -= 4, dy += 16, x += 16, dx += 16) {
    const value = loadSome(x, count, 0)
    const square = f32x4.mul(value, value)
    const share = geluShare(value, square)
    const inner = multiplyAdd(square, slopeCubic, slopeLinear)
    const bend = f32x4.mul(f32x4.mul(value, inner), f32x4.mul(share, f32x4.sub(one, share)))
    storeSome(dx, f32x4.mul(loadSome(dy, count, 0), f32x4.add(share, bend)), count)
  }
}
