/** Steps of the optimizers. Every output may be its input. */
import { loadSome, multiplyAdd, storeSome } from './arithmetic'

/** m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) g^2, p' = keep p - rate m' / (sqrt(v' correction) + epsilon), with g += decay p. */
export function adam(
  p: usize, g: usize, m: usize, v: usize, toP: usize, toM: usize, toV: usize, count: i32,
  rate: f32, correction: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, decay: f32, keep: f32
): void {
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i * 4
    const left = count - i
    const value = loadSome(p + at, left, 0)
    const gradient = multiplyAdd(value, f32x4.splat(decay), loadSome(g + at, left, 0))
    const first = multiplyAdd(f32x4.splat(rest1), gradient, f32x4.mul(f32x4.splat(beta1), loadSome(m + at, left, 0)))
    const square = f32x4.mul(gradient, gradient)
    const second = multiplyAdd(f32x4.splat(rest2), square, f32x4.mul(f32x4.splat(beta2), loadSome(v + at, left, 0)))
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(second, f32x4.splat(correction))), f32x4.splat(epsilon))
    const step = f32x4.div(f32x4.mul(f32x4.splat(rate), first), size)
    storeSome(toM + at, first, left)
    storeSome(toV + at, second, left)
    storeSome(toP + at, f32x4.sub(f32x4.mul(f32x4.splat(keep), value), step), left)
  }
}

/** u' = kept u + g + decay p, p' = p - rate u', or p - rate (g + decay p + kept u') with Nesterov's look-ahead. */
export function momentum(p: usize, g: usize, u: usize, toP: usize, toU: usize, count: i32, rate: f32, kept: f32, nesterov: bool, decay: f32): void {
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i * 4
    const left = count - i
    const value = loadSome(p + at, left, 0)
    const gradient = multiplyAdd(value, f32x4.splat(decay), loadSome(g + at, left, 0))
    const velocity = multiplyAdd(f32x4.splat(kept), loadSome(u + at, left, 0), gradient)
    const direction = nesterov ? multiplyAdd(f32x4.splat(kept), velocity, gradient) : velocity
    storeSome(toU + at, velocity, left)
    storeSome(toP + at, f32x4.sub(value, f32x4.mul(f32x4.splat(rate), direction)), left)
  }
}

/** p' = keep p - rate g. */
export function descend(p: usize, g: usize, toP: usize, count: i32, rate: f32, keep: f32): void {
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i * 4
    const left = count - i
    const step = f32x4.mul(f32x4.splat(rate), loadSome(g + at, left, 0))
    storeSome(toP + at, f32x4.sub(f32x4.mul(f32x4.splat(keep), loadSome(p + at, left, 0)), step), left)
  }
}
