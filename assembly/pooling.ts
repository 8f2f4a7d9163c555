/** Two-dimensional maximum pooling, NHWC. NaN is never the largest; of equal numbers the first is. */
import { clear, loadSome, storeSome } from './arithmetic'

export function maxPool(
  x: usize, y: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32
): void {
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < outHeight; row++) {
      const firstY = max(0, row * strideY - top)
      const endY = min(height, row * strideY - top + filterHeight)
      for (let column = 0; column < outWidth; column++) {
        const firstX = max(0, column * strideX - left)
        const endX = min(width, column * strideX - left + filterWidth)
        for (let channel = 0; channel < channels; channel += 4) {
          let most = f32x4.splat(-Infinity)
          for (let i = firstY; i < endY; i++) {
            let at = x + <usize>(((image * height + i) * width + firstX) * channels + channel) * 4
            for (let j = firstX; j < endX; j++, at += <usize>channels * 4) {
              const value = loadSome(at, channels - channel, -Infinity)
              most = v128.bitselect(value, most, f32x4.gt(value, most))
            }
          }
          storeSome(y + <usize>channel * 4, most, channels - channel)
        }
        y += <usize>channels * 4
      }
    }
  }
}

/** dx [batch, height, width, channels]: each output's gradient goes to the largest input of its window. */
export function maxPoolGradient(
  x: usize, dy: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, top: i32, left: i32
): void {
  const apart = filterHeight <= strideY && filterWidth <= strideX
  const covers = apart && filterHeight == strideY && filterWidth == strideX && outHeight * strideY >= height + top && outWidth * strideX >= width + left
  if (!covers) clear(dx, batch * height * width * channels)
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < outHeight; row++) {
      const firstY = max(0, row * strideY - top)
      const endY = min(height, row * strideY - top + filterHeight)
      for (let column = 0; column < outWidth; column++, dy += <usize>channels * 4) {
        const firstX = max(0, column * strideX - left)
        const endX = min(width, column * strideX - left + filterWidth)
        const corner = ((image * height + firstY) * width + firstX) * channels
        if (apart) giveApart(x, dy, dx, corner, endY - firstY, endX - firstX, width, channels)
        else giveOverlapping(x, dy, dx, corner, endY - firstY, endX - firstX, width, channels)
      }
    }
  }
}

/** One window that shares no input with others: all of its part of dx is written. */
@inline
function giveApart(x: usize, dy: usize, dx: usize, corner: i32, rows: i32, columns: i32, width: i32, channels: i32): void {
  for (let channel = 0; channel < channels; channel += 4) {
    const left = channels - channel
    const places = largestOf(x, corner + channel, rows, columns, width, channels, left)
    const upstream = loadSome(dy + <usize>channel * 4, left, 0)
    for (let i = 0; i < rows; i++) {
      let at = corner + channel + i * width * channels
      for (let j = 0; j < columns; j++, at += channels) {
        storeSome(dx + <usize>at * 4, v128.and(upstream, i32x4.eq(places, i32x4.splat(at))), left)
      }
    }
  }
}

/** One window whose inputs may be in others too: gradients add up. */
@inline
function giveOverlapping(x: usize, dy: usize, dx: usize, corner: i32, rows: i32, columns: i32, width: i32, channels: i32): void {
  for (let channel = 0; channel < channels; channel += 4) {
    const places = largestOf(x, corner + channel, rows, columns, width, channels, channels - channel)
    const from = dy + <usize>channel * 4
    give(dx, i32x4.extract_lane(places, 0), from)
    if (channel + 1 < channels) give(dx + 4, i32x4.extract_lane(places, 1), from + 4)
    if (channel + 2 < channels) give(dx + 8, i32x4.extract_lane(places, 2), from + 8)
    if (channel + 3 < channels) give(dx + 12, i32x4.extract_lane(places, 3), from + 12)
  }
}

/** Where four channels of a window have their largest inputs, as the place of the first of the four; -1 without any. */
@inline
function largestOf(x: usize, corner: i32, rows: i32, columns: i32, width: i32, channels: i32, left: i32): v128 {
  let most = f32x4.splat(-Infinity)
  let places = i32x4.splat(-1)
  for (let i = 0; i < rows; i++) {
    let at = corner + i * width * channels
    for (let j = 0; j < columns; j++, at += channels) {
      const value = loadSome(x + <usize>at * 4, left, -Infinity)
      const larger = f32x4.gt(value, most)
      most = v128.bitselect(value, most, larger)
      places = v128.bitselect(i32x4.splat(at), places, larger)
    }
  }
  return places
}

@inline
function give(dx: usize, place: i32, from: usize): void {
  if (place < 0) return
  const at = dx + <usize>place * 4
  store<f32>(at, load<f32>(at) + load<f32>(from))
}
