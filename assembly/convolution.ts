/**
 * Two-dimensional convolutions, NHWC, directly on images with a zero border: the patches of one row of outputs are a
 * matrix whose rows overlap in memory, so nothing is laid out. Images are [paddedHeight, paddedWidth, channels].
 */
import { clear, copyNumbers } from './arithmetic'
import { packB } from './matrix-product'
import { copyTile, sumColumns, sumRows, tileHeight } from './tiles'

/** Places an image within zeros that are there: pixel (y, x) at (top + y stepY, left + x stepX), dropped where that is outside. */
function placeImage(
  x: usize, padded: usize, height: i32, width: i32, channels: i32,
  paddedHeight: i32, paddedWidth: i32, top: i32, left: i32, stepY: i32, stepX: i32
): void {
  const first = left < 0 ? (stepX - 1 - left) / stepX : 0
  const count = min(width, left >= paddedWidth ? 0 : (paddedWidth - left + stepX - 1) / stepX) - first
  for (let row = 0; row < height; row++) {
    const line = top + row * stepY
    if (line < 0 || line >= paddedHeight || count <= 0) continue
    let from = x + <usize>((row * width + first) * channels) * 4
    let to = padded + <usize>((line * paddedWidth + left + first * stepX) * channels) * 4
    if (stepX == 1) {
      copyNumbers(from, to, count * channels)
    } else {
      for (let i = 0; i < count; i++, from += <usize>channels * 4, to += <usize>(channels * stepX) * 4) copyNumbers(from, to, channels)
    }
  }
}

/** Filter [height, width, in, out] turned about and transposed: [height - 1 - r, width - 1 - c, out, in]. */
export function turnFilter(filter: usize, turned: usize, size: i32, inChannels: i32, outChannels: i32): void {
  for (let at = size - 1; at >= 0; at--) {
    for (let i = 0; i < inChannels; i++) {
      for (let o = 0; o < outChannels; o++, filter += 4) {
        store<f32>(turned + <usize>((at * outChannels + o) * inChannels + i) * 4, load<f32>(filter))
      }
    }
  }
}

/** Packs a filter [patch, out] for `convolve`. */
export function packFilter(filter: usize, packed: usize, patch: i32, outChannels: i32): void {
  packB(filter, packed, outChannels, patch, outChannels, 1)
}

/** Bytes of a tile of 6 x 8 numbers, which come first in the scratch memory of both functions below. */
const tileBytes: usize = 192

/**
 * y [images, outHeight, outWidth, outChannels] of some images x, each placed within zeros as `placeImage` does. `scratch` is
 * room for a tile and a padded image.
 */
export function convolve(
  x: usize, packedFilter: usize, y: usize, scratch: usize, images: i32,
  height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, outChannels: i32,
  paddedHeight: i32, paddedWidth: i32, top: i32, left: i32, spreadY: i32, spreadX: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32
): void {
  const padded = scratch + tileBytes
  // Every image covers the same places: the border stays zero.
  clear(padded, paddedHeight * paddedWidth * channels)
  for (let i = 0; i < images; i++) {
    placeImage(x, padded, height, width, channels, paddedHeight, paddedWidth, top, left, spreadY, spreadX)
    convolveImage(padded, packedFilter, y, scratch, outHeight, outWidth, outChannels, paddedWidth, channels, filterHeight, filterWidth, strideY, strideX)
    x += <usize>(height * width * channels) * 4
    y += <usize>(outHeight * outWidth * outChannels) * 4
  }
}

function convolveImage(
  image: usize, packedFilter: usize, y: usize, tile: usize, outHeight: i32, outWidth: i32, outChannels: i32,
  paddedWidth: i32, channels: i32, filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32
): void {
  const length = filterWidth * channels
  const line = <usize>(paddedWidth * channels) * 4
  const step = <usize>(strideX * channels) * 4
  const yStep = <usize>outChannels * 4
  for (let row = 0; row < outHeight; row++) {
    const from = image + <usize>(row * strideY) * line
    for (let channel = 0; channel < outChannels; channel += 8) {
      const width = min(8, outChannels - channel)
      const panel = packedFilter + <usize>(channel * filterHeight * length) * 4
      for (let column = 0; column < outWidth; ) {
        const size = tileHeight(outWidth - column)
        const height = min(size, outWidth - column)
        const whole = width == 8 && height == size
        const target = y + <usize>(row * outWidth + column) * yStep + <usize>channel * 4
        const patches = from + <usize>column * step
        sumRows(patches, step, height, filterHeight, line, length, panel, 32, whole ? target : tile, whole ? yStep : 32, false, size == 6)
        if (!whole) copyTile(tile, target, yStep, height, width, false)
        column += size
      }
    }
  }
}

/**
 * Parts `first` up to `end` of the gradient dw [filterHeight, filterWidth, channels, outChannels] of a filter, summed over
 * all images x in order. A part is 8 output channels of one row of the filter; channels count faster than rows. `scratch` is
 * room for a tile, a panel of outHeight outWidth 8 numbers, and a padded image with 20 bytes to spare.
 */
export function filterGradient(
  x: usize, dy: usize, dw: usize, scratch: usize, images: i32,
  height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, outChannels: i32,
  paddedHeight: i32, paddedWidth: i32, top: i32, left: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, first: i32, end: i32
): void {
  const panel = scratch + tileBytes
  const padded = panel + <usize>(outHeight * outWidth) * 32
  const rows = filterWidth * channels
  const panels = (outChannels + 7) >> 3
  for (let part = first; part < end; part++) {
    const at = dw + <usize>((part / panels) * rows * outChannels + (part % panels) * 8) * 4
    for (let row = 0; row < rows; row++) clear(at + <usize>(row * outChannels) * 4, min(8, outChannels - (part % panels) * 8))
  }
  clear(padded, paddedHeight * paddedWidth * channels)
  for (let i = 0; i < images; i++) {
    placeImage(x, padded, height, width, channels, paddedHeight, paddedWidth, top, left, 1, 1)
    addFilterGradient(padded, dy, dw, scratch, panel, outHeight, outWidth, outChannels, paddedWidth, channels, filterWidth, strideY, strideX, first, end)
    x += <usize>(height * width * channels) * 4
    dy += <usize>(outHeight * outWidth * outChannels) * 4
  }
}

function addFilterGradient(
  image: usize, dy: usize, dw: usize, tile: usize, panel: usize, outHeight: i32, outWidth: i32, outChannels: i32,
  paddedWidth: i32, channels: i32, filterWidth: i32, strideY: i32, strideX: i32, first: i32, end: i32
): void {
  const rows = filterWidth * channels
  const line = <usize>(paddedWidth * channels) * 4
  const step = <usize>(strideX * channels) * 4
  const dyStep = <usize>outChannels * 4
  const panels = (outChannels + 7) >> 3
  const odd = outChannels & ~7
  if (odd < outChannels) packB(dy + <usize>odd * 4, panel, outChannels - odd, outHeight * outWidth, outChannels, 1)
  for (let part = first; part < end; part++) {
    const r = part / panels
    const channel = (part % panels) * 8
    const width = min(8, outChannels - channel)
    const b = width == 8 ? dy + <usize>channel * 4 : panel
    const bStep: usize = width == 8 ? dyStep : 32
    for (let row = 0; row < rows; ) {
      const size = tileHeight(rows - row)
      const height = min(size, rows - row)
      const whole = width == 8 && height == size
      const target = dw + <usize>(r * rows + row) * dyStep + <usize>channel * 4
      const from = image + <usize>r * line + <usize>row * 4
      sumColumns(from, step, outHeight, <usize>strideY * line, outWidth, b, bStep, whole ? target : tile, whole ? dyStep : 32, whole, size == 6)
      if (!whole) copyTile(tile, target, dyStep, height, width, true)
      row += size
    }
  }
}
