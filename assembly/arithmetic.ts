/** Arithmetic that the kernels share, four float32 numbers at a time. NaN in gives NaN out unless said otherwise. */

/** `a b + c`, rounded once where the module is compiled for relaxed SIMD and the processor can, else twice. */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    return f32x4.relaxed_madd(a, b, c)
  } else {
    return f32x4.add(c, f32x4.mul(a, b))
  }
}

/**
 * log x, from the host. AssemblyScript's own brings tables along, and a module that runs on another's memory must not
 * bring data: it would be written over what lies there.
 */
@external("env", "logarithm")
export declare function naturalLogarithm(x: f64): f64

/** The sum of four numbers. */
@inline
export function total(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
}

/**
 * Zero, though no compiler knows it. Constants that it is added to are kept as variables, which are read from memory; V8 makes
 * those it knows anew at every use in every turn of a loop, which takes longer than what is computed with them.
 */
const zero: f32 = <f32>memory.size() * 0

/** Four times a number, not known to the compiler. */
@inline
export function kept(x: f32): v128 {
  return f32x4.splat(x + zero)
}

export const one: v128 = kept(1)
const lowest: v128 = kept(-87.3)
const highest: v128 = kept(88.8)
const log2E: v128 = kept(1.44269504088896341)
/** 1.5 x 2^23: a float32 as large as this has no fraction, and its last bits count in ones. */
const roundingOffset: v128 = kept(12582912)
/** log 2 in two parts, the first exact in few bits. */
const log2High: v128 = kept(-0.693359375)
const log2Low: v128 = kept(2.12194440e-4)
const e0: v128 = kept(1.9875691500e-4)
const e1: v128 = kept(1.3981999507e-3)
const e2: v128 = kept(8.3334519073e-3)
const e3: v128 = kept(4.1665795894e-2)
const e4: v128 = kept(1.6666665459e-1)
const e5: v128 = kept(5.0000001201e-1)
const exponentBias: v128 = i32x4.splat(127 + <i32>zero)

/**
 * e^x, to about 1e-7 relative: x = n log 2 + r, and a polynomial of r (Cephes, expf). Exactly zero below -87.3, where
 * float32 leaves its normal range; infinite above 88.3.
 */
@inline
export function exponential(x: v128): v128 {
  // Of a NaN and a limit, these two keep the NaN.
  const within = f32x4.pmin(f32x4.pmax(x, lowest), highest)
  const shifted = multiplyAdd(within, log2E, roundingOffset)
  const n = f32x4.sub(shifted, roundingOffset)
  let r = multiplyAdd(n, log2High, within)
  r = multiplyAdd(n, log2Low, r)
  let y = multiplyAdd(e0, r, e1)
  y = multiplyAdd(y, r, e2)
  y = multiplyAdd(y, r, e3)
  y = multiplyAdd(y, r, e4)
  y = multiplyAdd(y, r, e5)
  y = f32x4.add(multiplyAdd(y, f32x4.mul(r, r), r), one)
  // n is in the last bits of `shifted`; moved to the exponent it is 2^n.
  y = f32x4.mul(y, i32x4.shl(i32x4.add(shifted, exponentBias), 23))
  return v128.andnot(y, f32x4.lt(x, lowest))
}

const two: v128 = kept(2)
const near: v128 = kept(0.625)
const t0: v128 = kept(-5.70498872745e-3)
const t1: v128 = kept(2.06390887954e-2)
const t2: v128 = kept(-5.37397155531e-2)
const t3: v128 = kept(1.33314422036e-1)
const t4: v128 = kept(-3.33332819422e-1)
const signBit: v128 = i32x4.shl(i32x4.splat(1 + <i32>zero), 31)

/** tanh x: a polynomial near zero (Cephes, tanhf), 1 - 2 / (e^2|x| + 1) elsewhere. */
@inline
export function hyperbolicTangent(x: v128): v128 {
  const size = f32x4.abs(x)
  const far = f32x4.sub(one, f32x4.div(two, f32x4.add(exponential(f32x4.add(size, size)), one)))
  const z = f32x4.mul(x, x)
  let p = multiplyAdd(t0, z, t1)
  p = multiplyAdd(p, z, t2)
  p = multiplyAdd(p, z, t3)
  p = multiplyAdd(p, z, t4)
  const close = multiplyAdd(f32x4.mul(p, z), x, x)
  return v128.bitselect(v128.or(far, v128.and(x, signBit)), close, f32x4.gt(size, near))
}

/** Copies count numbers. */
export function copyNumbers(from: usize, to: usize, count: i32): void {
  for (; count >= 4; count -= 4, from += 16, to += 16) v128.store(to, v128.load(from))
  for (; count > 0; count--, from += 4, to += 4) store<f32>(to, load<f32>(from))
}

/** Sets count numbers to zero. */
export function clear(to: usize, count: i32): void {
  memory.fill(to, 0, <usize>count * 4)
}

/** The next four numbers, or those that are left and `fill` in place of the others. */
@inline
export function loadSome(from: usize, left: i32, fill: f32): v128 {
  if (left >= 4) return v128.load(from)
  let x = f32x4.splat(fill)
  x = f32x4.replace_lane(x, 0, load<f32>(from))
  if (left > 1) x = f32x4.replace_lane(x, 1, load<f32>(from, 4))
  if (left > 2) x = f32x4.replace_lane(x, 2, load<f32>(from, 8))
  return x
}

/** Stores four numbers, or as many as are left. */
@inline
export function storeSome(to: usize, x: v128, left: i32): void {
  if (left >= 4) {
    v128.store(to, x)
    return
  }
  store<f32>(to, f32x4.extract_lane(x, 0))
  if (left > 1) store<f32>(to, f32x4.extract_lane(x, 1), 4)
  if (left > 2) store<f32>(to, f32x4.extract_lane(x, 2), 8)
}
