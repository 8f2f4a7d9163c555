/** Layer normalisation of rows [rows, count]: `scale (x - mean) / sqrt(variance + epsilon) + shift`. */
import { clear, loadSome, multiplyAdd, storeSome, total } from './arithmetic'

@inline
function mean(x: usize, count: i32): f32 {
  let sum = f32x4.splat(0)
  for (let k = 0; k < count; k += 4) sum = f32x4.add(sum, loadSome(x + <usize>k * 4, count - k, 0))
  return total(sum) / <f32>count
}

/** One over the standard deviation. */
@inline
function inverseDeviation(x: usize, count: i32, centre: f32, epsilon: f32): f32 {
  let sum = f32x4.splat(0)
  for (let k = 0; k < count; k += 4) {
    const off = f32x4.sub(loadSome(x + <usize>k * 4, count - k, centre), f32x4.splat(centre))
    sum = multiplyAdd(off, off, sum)
  }
  return 1 / sqrt<f32>(total(sum) / <f32>count + epsilon)
}

export function layerNorm(x: usize, scale: usize, shift: usize, y: usize, rows: i32, count: i32, epsilon: f32): void {
  const step = <usize>count * 4
  for (let row = 0; row < rows; row++, x += step, y += step) {
    const centre = mean(x, count)
    const factor = f32x4.splat(inverseDeviation(x, count, centre, epsilon))
    for (let k = 0; k < count; k += 4) {
      const at = <usize>k * 4
      const normal = f32x4.mul(f32x4.sub(loadSome(x + at, count - k, 0), f32x4.splat(centre)), factor)
      storeSome(y + at, multiplyAdd(normal, loadSome(scale + at, count - k, 0), loadSome(shift + at, count - k, 0)), count - k)
    }
  }
}

/** With n the normalised x and g = dy scale: dx = (g - mean(g) - n mean(g n)) / deviation, dscale = sum(dy n), dshift = sum(dy). */
export function layerNormGradient(
  dy: usize, x: usize, scale: usize, dx: usize, dscale: usize, dshift: usize, rows: i32, count: i32, epsilon: f32
): void {
  const step = <usize>count * 4
  clear(dscale, count)
  clear(dshift, count)
  for (let row = 0; row < rows; row++, x += step, dy += step, dx += step) {
    const centre = f32x4.splat(mean(x, count))
    const inverse = inverseDeviation(x, count, f32x4.extract_lane(centre, 0), epsilon)
    const factor = f32x4.splat(inverse)
    let sum = f32x4.splat(0), aligned = f32x4.splat(0)
    for (let k = 0; k < count; k += 4) {
      const at = <usize>k * 4
      const left = count - k
      const upstream = loadSome(dy + at, left, 0)
      const normal = f32x4.mul(f32x4.sub(loadSome(x + at, left, 0), centre), factor)
      const g = f32x4.mul(upstream, loadSome(scale + at, left, 0))
      sum = f32x4.add(sum, g)
      aligned = multiplyAdd(g, normal, aligned)
      storeSome(dscale + at, multiplyAdd(upstream, normal, loadSome(dscale + at, left, 0)), left)
      storeSome(dshift + at, f32x4.add(upstream, loadSome(dshift + at, left, 0)), left)
    }
    const level = f32x4.splat(total(sum) / <f32>count)
    const tilt = f32x4.splat(total(aligned) / <f32>count)
    for (let k = 0; k < count; k += 4) {
      const at = <usize>k * 4
      const left = count - k
      const normal = f32x4.mul(f32x4.sub(loadSome(x + at, left, 0), centre), factor)
      const g = f32x4.sub(f32x4.mul(loadSome(dy + at, left, 0), loadSome(scale + at, left, 0)), level)
      storeSome(dx + at, f32x4.mul(f32x4.sub(g, f32x4.mul(normal, tilt)), factor), left)
    }
  }
}
