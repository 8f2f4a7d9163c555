/** Softmax of rows, and the cross-entropy of softmax logits with its gradient. */
import { exponential, loadSome, naturalLogarithm, storeSome, total } from './arithmetic'

/** The largest number of a row; NaN is passed over, and met again by whoever subtracts it. */
@inline
function largest(x: usize, count: i32): f32 {
  let most = f32x4.splat(-Infinity)
  for (let k = 0; k < count; k += 4) most = f32x4.pmax(most, loadSome(x + <usize>k * 4, count - k, -Infinity))
  return largestLane(most)
}

/** The largest of four numbers, none of them NaN. */
@inline
export function largestLane(x: v128): f32 {
  return max(max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)), max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)))
}

/** y = e^(x - most) of one row; returns its sum. */
@inline
function exponentials(x: usize, y: usize, count: i32, most: f32): f32 {
  let sum = f32x4.splat(0)
  for (let k = 0; k < count; k += 4) {
    const value = exponential(f32x4.sub(loadSome(x + <usize>k * 4, count - k, -Infinity), f32x4.splat(most)))
    sum = f32x4.add(sum, value)
    storeSome(y + <usize>k * 4, value, count - k)
  }
  return total(sum)
}

/** y = softmax of each row of x [rows, count]; y may be x. */
export function softmax(x: usize, y: usize, rows: i32, count: i32): void {
  const step = <usize>count * 4
  for (let row = 0; row < rows; row++, x += step, y += step) softmaxOfRow(x, y, count, largest(x, count))
}

/** y = softmax of one row whose largest number is known. */
@inline
export function softmaxOfRow(x: usize, y: usize, count: i32, most: f32): void {
  const factor = f32x4.splat(1 / exponentials(x, y, count, most))
  for (let k = 0; k < count; k += 4) {
    const at = y + <usize>k * 4
    storeSome(at, f32x4.mul(loadSome(at, count - k, 0), factor), count - k)
  }
}

/** dx = y (dy - sum(dy y)) scale of each row, from the output y of softmax; dx may be dy. */
export function softmaxGradient(dy: usize, y: usize, dx: usize, rows: i32, count: i32, scale: f32): void {
  const step = <usize>count * 4
  for (let row = 0; row < rows; row++, dy += step, y += step, dx += step) {
    let sum = f32x4.splat(0)
    for (let k = 0; k < count; k += 4) {
      const at = <usize>k * 4
      sum = f32x4.add(sum, f32x4.mul(loadSome(dy + at, count - k, 0), loadSome(y + at, count - k, 0)))
    }
    const mean = f32x4.splat(total(sum))
    for (let k = 0; k < count; k += 4) {
      const at = <usize>k * 4
      const value = f32x4.mul(loadSome(y + at, count - k, 0), f32x4.sub(loadSome(dy + at, count - k, 0), mean))
      storeSome(dx + at, f32x4.mul(value, f32x4.splat(scale)), count - k)
    }
  }
}

/**
 * losses[i] = -sum_k t_k log softmax(z)_k with t smoothed, t = (1 - s) target + s / K, or their mean as one number.
 * Targets are class indices (`labelled`) or probabilities [rows, classes]. A class out of range has no target.
 */
export function crossEntropy(z: usize, targets: usize, labelled: bool, losses: usize, scratch: usize, rows: i32, classes: i32, smoothing: f32, mean: bool): void {
  const step = <usize>classes * 4
  const floor = smoothing / <f32>classes
  let sum: f64 = 0
  for (let row = 0; row < rows; row++, z += step) {
    const most = largest(z, classes)
    const logSum = <f32>naturalLogarithm(<f64>exponentials(z, scratch, classes, most))
    let loss: f32 = 0
    if (labelled) {
      const label = load<i32>(targets + <usize>row * 4)
      // The difference first: it is exact where logits are huge.
      if (label >= 0 && label < classes) loss = (1 - smoothing) * (logSum - (load<f32>(z + <usize>label * 4) - most))
      if (smoothing > 0) for (let k = 0; k < classes; k++) loss += floor * (logSum - (load<f32>(z + <usize>k * 4) - most))
      // NaN in any logit is NaN in the loss, whatever the label.
      loss += 0 * logSum
    } else {
      const t = targets + <usize>row * step
      for (let k = 0; k < classes; k++) {
        const wanted: f32 = (<f32>1 - smoothing) * load<f32>(t + <usize>k * 4) + floor
        loss += wanted * (logSum - (load<f32>(z + <usize>k * 4) - most))
      }
    }
    if (mean) sum += loss
    else store<f32>(losses + <usize>row * 4, loss)
  }
  if (mean) store<f32>(losses, <f32>(sum / <f64>rows))
}

/** dz = dy (softmax(z) sum(t) - t) of each row; dy is one number for all rows times `scale`, or one a row. */
export function crossEntropyGradient(
  dy: usize, dyStep: usize, scale: f32, z: usize, targets: usize, labelled: bool, dz: usize, rows: i32, classes: i32, smoothing: f32
): void {
  const step = <usize>classes * 4
  const floor = smoothing / <f32>classes
  for (let row = 0; row < rows; row++, z += step, dz += step, dy += dyStep) {
    const upstream = load<f32>(dy) * scale
    const sum = exponentials(z, dz, classes, largest(z, classes))
    if (labelled) {
      const label = load<i32>(targets + <usize>row * 4)
      const known = label >= 0 && label < classes
      const mass: f32 = (known ? 1 - smoothing : 0) + smoothing
      scaleAndShift(dz, classes, mass / sum * upstream, floor * upstream)
      if (known) {
        const at = dz + <usize>label * 4
        store<f32>(at, load<f32>(at) - (1 - smoothing) * upstream)
      }
    } else {
      const t = targets + <usize>row * step
      let mass = smoothing
      for (let k = 0; k < classes; k++) mass += (1 - smoothing) * load<f32>(t + <usize>k * 4)
      scaleAndShift(dz, classes, mass / sum * upstream, floor * upstream)
      for (let k = 0; k < classes; k++) {
        const at = dz + <usize>k * 4
        store<f32>(at, load<f32>(at) - (1 - smoothing) * upstream * load<f32>(t + <usize>k * 4))
      }
    }
  }
}

@inline
function scaleAndShift(x: usize, count: i32, factor: f32, shift: f32): void {
  for (let k = 0; k < count; k += 4) {
    const at = x + <usize>k * 4
    storeSome(at, f32x4.sub(f32x4.mul(loadSome(at, count - k, 0), f32x4.splat(factor)), f32x4.splat(shift)), count - k)
  }
}
