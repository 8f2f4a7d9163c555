import type { Stream } from './random.ts'

/** Ranges of a random affine distortion; each draw is uniform within plus or minus its range. */
export interface AffineRanges {
  /** Degrees. */
  readonly rotation: number
  /** Of the logarithm of each axis' scale. */
  readonly logScale: number
  /** Pixels. */
  readonly shift: number
  /** Horizontal shear, pixels a pixel. */
  readonly shear: number
}

/**
 * Distorts each grey image by its own random affine map about its centre (rotation, anisotropic scale, shear, shift),
 * sampled bilinearly with zeros outside: label-free views that keep what an image shows.
 *
 * @param images count x side x side bytes, row-major
 * @returns the views, same layout
 * @throws RangeError when the bytes are not whole images
 */
export function affineViews(images: Uint8Array, side: number, ranges: AffineRanges, stream: Stream): Uint8Array {
  const size = side * side
  if (images.length % size !== 0) throw new RangeError(`${images.length} bytes are not whole images of ${side} x ${side}.`)
  const views = new Uint8Array(images.length)
  for (let offset = 0; offset < images.length; offset += size) distort(images.subarray(offset, offset + size), views.subarray(offset, offset + size), side, drawMap(ranges, stream))
  return views
}

/** Maps an output pixel, relative to the centre, to where it is read: x' = a x + b y + dx, y' = c x + d y + dy. */
interface AffineMap {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly dx: number
  readonly dy: number
}

function drawMap(ranges: AffineRanges, stream: Stream): AffineMap {
  const within = (range: number): number => (2 * stream.uniform() - 1) * range
  const angle = (within(ranges.rotation) * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const [scaleX, scaleY] = [Math.exp(within(ranges.logScale)), Math.exp(within(ranges.logScale))]
  const shear = within(ranges.shear)
  return { a: cos * scaleX, b: (cos * shear - sin) * scaleY, c: sin * scaleX, d: (sin * shear + cos) * scaleY, dx: within(ranges.shift), dy: within(ranges.shift) }
}

function distort(image: Uint8Array, view: Uint8Array, side: number, map: AffineMap): void {
  const center = (side - 1) / 2
  const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= side || y >= side ? 0 : (image[y * side + x] ?? 0))
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [u, v] = [column - center, row - center]
      const x = map.a * u + map.b * v + map.dx + center
      const y = map.c * u + map.d * v + map.dy + center
      const [left, top] = [Math.floor(x), Math.floor(y)]
      const [fx, fy] = [x - left, y - top]
      const upper = at(left, top) * (1 - fx) + at(left + 1, top) * fx
      const lower = at(left, top + 1) * (1 - fx) + at(left + 1, top + 1) * fx
      view[row * side + column] = Math.round(upper * (1 - fy) + lower * fy)
    }
  }
}
