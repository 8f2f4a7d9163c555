import type { PixelImage } from './image-decoding.ts'

/** How an image is brought to one size. */
export interface ImageTarget {
  readonly height: number
  readonly width: number
  /** `stretch` changes the proportions, `crop` cuts off what is too much at both sides, `pad` fills up with black at both sides. */
  readonly fit: 'stretch' | 'crop' | 'pad'
  readonly channels: 1 | 3
}

/** Weights by which an output sample is made of source samples from `start` on; they sum to 1. */
export interface AxisWeights {
  readonly start: number
  readonly weights: Float64Array
}

/**
 * Weights of one axis, for `target` samples over the source's stretch from `from` of `length` samples (of `size` in all).
 * Shrinking: area averaging, each output is the mean of the stretch it covers, samples at its ends counted by their covered part.
 * Enlarging: linear between the sample centres (at 0.5, 1.5 ...), the outermost samples going on at the edges.
 */
export function axisWeights(size: number, from: number, length: number, target: number): readonly AxisWeights[] {
  const scale = length / target
  return Array.from({ length: target }, (_, index) => (scale >= 1 ? covered(size, from + index * scale, from + (index + 1) * scale) : between(size, from + (index + 0.5) * scale - 0.5)))
}

function covered(size: number, from: number, to: number): AxisWeights {
  const start = Math.min(size - 1, Math.max(0, Math.floor(from)))
  const end = Math.max(start + 1, Math.min(size, Math.ceil(to)))
  const weights = Float64Array.from({ length: end - start }, (_, index) => Math.max(0, Math.min(to, start + index + 1) - Math.max(from, start + index)))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return { start, weights: weights.map((weight) => weight / sum) }
}

function between(size: number, place: number): AxisWeights {
  const inside = Math.min(size - 1, Math.max(0, place))
  const start = Math.floor(inside)
  const part = inside - start
  return { start, weights: part === 0 ? Float64Array.of(1) : Float64Array.of(1 - part, part) }
}

/**
 * Brings an image to the target's size and channels: height x width x channels bytes, channels together. What is transparent is laid over white.
 * Grey is ITU-R BT.601 luma, 0.299 R + 0.587 G + 0.114 B. Values are rounded once, at the end.
 */
export function fitImage(image: PixelImage, target: ImageTarget): Uint8Array {
  const { height, width, channels } = target
  const { source, inner } = rectangles(image, target)
  const columns = axisWeights(image.width, source.left, source.width, inner.width)
  const rows = axisWeights(image.height, source.top, source.height, inner.height)
  const narrow = resizeColumns(image, columns, channels, source)
  const result = new Uint8Array(height * width * channels)
  const line = inner.width * channels
  for (const [y, { start, weights }] of rows.entries()) {
    const to = ((inner.top + y) * width + inner.left) * channels
    for (let x = 0; x < line; x++) {
      let sum = 0
      for (let index = 0; index < weights.length; index++) sum += (weights[index] ?? 0) * (narrow[(start + index) * line + x] ?? 0)
      result[to + x] = Math.round(sum)
    }
  }
  return result
}

interface Rectangle {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The part of the source that is taken, and where in the target it comes to lie. */
function rectangles(image: PixelImage, { height, width, fit }: ImageTarget): { source: Rectangle, inner: Rectangle } {
  const source: Rectangle = { left: 0, top: 0, width: image.width, height: image.height }
  const inner: Rectangle = { left: 0, top: 0, width, height }
  if (fit === 'crop') {
    const scale = Math.min(image.width / width, image.height / height)
    const [cropWidth, cropHeight] = [width * scale, height * scale]
    return { source: { left: (image.width - cropWidth) / 2, top: (image.height - cropHeight) / 2, width: cropWidth, height: cropHeight }, inner }
  }
  if (fit === 'pad') {
    const scale = Math.max(image.width / width, image.height / height)
    const innerWidth = Math.max(1, Math.min(width, Math.round(image.width / scale)))
    const innerHeight = Math.max(1, Math.min(height, Math.round(image.height / scale)))
    return { source, inner: { left: Math.floor((width - innerWidth) / 2), top: Math.floor((height - innerHeight) / 2), width: innerWidth, height: innerHeight } }
  }
  return { source, inner }
}

/** The rows that are needed, each brought to the columns of the target; rows outside the source rectangle stay zero and are never read. */
function resizeColumns(image: PixelImage, columns: readonly AxisWeights[], channels: 1 | 3, source: Rectangle): Float32Array {
  const result = new Float32Array(image.height * columns.length * channels)
  const first = Math.max(0, Math.floor(source.top) - 1)
  const last = Math.min(image.height, Math.ceil(source.top + source.height) + 1)
  // A row at a time: as numbers, a large image would take four times its pixels.
  const row = new Float32Array(image.width * channels)
  for (let y = first; y < last; y++) {
    readRow(image, y, channels, row)
    for (const [x, { start, weights }] of columns.entries()) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0
        for (let index = 0; index < weights.length; index++) sum += (weights[index] ?? 0) * (row[(start + index) * channels + channel] ?? 0)
        result[(y * columns.length + x) * channels + channel] = sum
      }
    }
  }
  return result
}

/** A row as numbers of one or three channels, what is transparent over white. */
function readRow({ width, rgba }: PixelImage, y: number, channels: 1 | 3, row: Float32Array): void {
  for (let x = 0; x < width; x++) {
    const pixel = 4 * (y * width + x)
    const opacity = (rgba[pixel + 3] ?? 255) / 255
    const white = 255 * (1 - opacity)
    const red = (rgba[pixel] ?? 0) * opacity + white
    const green = (rgba[pixel + 1] ?? 0) * opacity + white
    const blue = (rgba[pixel + 2] ?? 0) * opacity + white
    if (channels === 1) {
      row[x] = 0.299 * red + 0.587 * green + 0.114 * blue
    } else {
      row[3 * x] = red
      row[3 * x + 1] = green
      row[3 * x + 2] = blue
    }
  }
}
