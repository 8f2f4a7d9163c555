/**
 * Multi-head scaled dot-product attention in place on mixed projections [batch, time, 3, heads, size] (queries, keys,
 * values). `barrier`, if not null, is added to the scores; its strides in numbers are `barrierBatch` and `barrierRow`.
 */
import { loadSome, storeSome } from './arithmetic'
import { multiply } from './matrix-product'
import { largestLane, softmaxGradient, softmaxOfRow } from './softmax'

/** Weights of one head: softmax(Q K' scale + barrier), [time, time]. */
function weigh(query: usize, key: usize, barrier: usize, barrierRow: i32, weights: usize, scratch: usize, time: i32, size: i32, row: i32): void {
  multiply(query, key, weights, scratch, time, time, size, row, 1, 1, row, time, false)
  const scale: f32 = 1 / sqrt<f32>(<f32>size)
  for (let i = 0; i < time; i++) {
    const bars = barrier + <usize>(i * barrierRow) * 4
    const line = weights + <usize>(i * time) * 4
    let most = f32x4.splat(-Infinity)
    for (let j = 0; j < time; j += 4) {
      const at = line + <usize>j * 4
      let score = f32x4.mul(loadSome(at, time - j, -Infinity), f32x4.splat(scale))
      if (barrier != 0) score = f32x4.add(score, loadSome(bars + <usize>j * 4, time - j, 0))
      most = f32x4.pmax(most, score)
      storeSome(at, score, time - j)
    }
    softmaxOfRow(line, line, time, largestLane(most))
  }
}

/** y [batch, time, heads size] = weights V of every head. `weights` is room for time x time numbers and the products' scratch. */
export function attend(
  mixed: usize, barrier: usize, barrierBatch: i32, barrierRow: i32, y: usize, weights: usize,
  batch: i32, time: i32, heads: i32, size: i32
): void {
  const width = heads * size
  const row = 3 * width
  const scratch = weights + <usize>(time * time) * 4
  for (let i = 0; i < batch; i++) {
    const bar: usize = barrier == 0 ? 0 : barrier + <usize>(i * barrierBatch) * 4
    for (let head = 0; head < heads; head++) {
      const query = mixed + <usize>(i * time * row + head * size) * 4
      const key = query + <usize>width * 4
      weigh(query, key, bar, barrierRow, weights, scratch, time, size, row)
      multiply(weights, key + <usize>width * 4, y + <usize>(i * time * width + head * size) * 4, scratch, time, size, time, time, 1, row, 1, width, false)
    }
  }
}

/** The gradient of `attend` with respect to `mixed`. `weights` is room for twice as many numbers. */
export function attendGradient(
  dy: usize, mixed: usize, barrier: usize, barrierBatch: i32, barrierRow: i32, dmixed: usize, weights: usize,
  batch: i32, time: i32, heads: i32, size: i32
): void {
  const width = heads * size
  const row = 3 * width
  const dweights = weights + <usize>(time * time) * 4
  const scratch = dweights + <usize>(time * time) * 4
  const scale: f32 = 1 / sqrt<f32>(<f32>size)
  const next = <usize>width * 4
  for (let i = 0; i < batch; i++) {
    const bar: usize = barrier == 0 ? 0 : barrier + <usize>(i * barrierBatch) * 4
    for (let head = 0; head < heads; head++) {
      const at = <usize>(i * time * row + head * size) * 4
      const query = mixed + at
      const upstream = dy + <usize>(i * time * width + head * size) * 4
      weigh(query, query + next, bar, barrierRow, weights, scratch, time, size, row)
      multiply(weights, upstream, dmixed + at + next * 2, scratch, time, size, time, 1, time, width, 1, row, false)
      multiply(upstream, query + next * 2, dweights, scratch, time, time, size, width, 1, 1, row, time, false)
      softmaxGradient(dweights, weights, dweights, time, time, scale)
      multiply(dweights, query + next, dmixed + at, scratch, time, size, time, time, 1, row, 1, row, false)
      multiply(dweights, query, dmixed + at + next, scratch, time, size, time, 1, time, row, 1, row, false)
    }
  }
}
