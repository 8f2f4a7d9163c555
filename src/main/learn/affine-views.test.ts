import { describe, expect, it } from 'vitest'
import { type AffineRanges, affineViews } from './affine-views.ts'
import { type Stream, stream } from './random.ts'

const still: AffineRanges = { rotation: 0, logScale: 0, shift: 0, shear: 0 }
const recipe: AffineRanges = { rotation: 15, logScale: 0.15, shift: 2, shear: 0.2 }

/** A stream whose uniform draws are given: rotation, scale x, scale y, shear, shift x, shift y of each image. */
const drawing = (...draws: number[]): Stream => {
  let next = 0
  return { ...stream(0), uniform: () => draws[next++ % draws.length] as number }
}

/** A smooth bright blob in the middle of each image. */
function blobs(count: number, side: number): Uint8Array {
  const center = (side - 1) / 2
  return Uint8Array.from({ length: count * side * side }, (_, index) => {
    const [x, y] = [(index % side) - center, (Math.floor(index / side) % side) - center]
    return Math.round(255 * Math.exp(-(x * x + (y * y) / 2) / 12))
  })
}

const light = (image: Uint8Array): number => image.reduce((sum, value) => sum + value, 0)

describe('affine views', () => {
  it.each([5, 8, 28])('are the images themselves when nothing may change, side %i', (side) => {
    const images = Uint8Array.from({ length: 3 * side * side }, (_, index) => (index * 37) % 256)
    expect(affineViews(images, side, still, stream(1))).toEqual(images)
  })

  it('shift by whole pixels exactly, with zeros coming in', () => {
    const side = 4
    const image = Uint8Array.from({ length: 16 }, (_, index) => index + 1)
    // Uniform 1 is the end of the range: the view at (x, y) reads the image at (x + 2, y - 1).
    const view = affineViews(image, side, { ...still, shift: 2 }, drawing(0.5, 0.5, 0.5, 0.5, 1, 0.25))
    const wanted = Array.from({ length: 16 }, (_, index) => {
      const [x, y] = [(index % side) + 2, Math.floor(index / side) - 1]
      return x >= side || y < 0 ? 0 : y * side + x + 1
    })
    expect(Array.from(view)).toEqual(wanted)
  })

  it('interpolate between pixels', () => {
    const view = affineViews(Uint8Array.of(0, 100, 0, 100), 2, { ...still, shift: 0.25 }, drawing(0.5, 0.5, 0.5, 0.5, 1, 0.5))
    expect(Array.from(view)).toEqual([25, 75, 25, 75])
  })

  it('rotate about the centre: a quarter turn moves pixels, four of them give the image back', () => {
    const side = 5
    const image = Uint8Array.from({ length: 25 }, (_, index) => index * 10)
    const turned = (from: Uint8Array): Uint8Array => affineViews(from, side, { ...still, rotation: 90 }, drawing(1, 0.5, 0.5, 0.5, 0.5, 0.5))
    const once = turned(image)
    // x' = -v, y' = u: the top left of the view reads the top right of the image.
    expect(once[0]).toBe(image[4])
    expect(once[12]).toBe(image[12])
    expect(turned(turned(turned(once)))).toEqual(image)
  })

  it('scale and shear by the given amounts', () => {
    const side = 9
    const ramp = Uint8Array.from({ length: 81 }, (_, index) => (index % side) * 20)
    const scaled = affineViews(ramp, side, { ...still, logScale: Math.log(2) }, drawing(0.5, 0, 0.5, 0.5, 0.5, 0.5))
    // Scale 1/2 in x: one pixel to the right of the centre reads half a pixel to the right.
    expect(scaled[4 * side + 5]).toBe(90)
    const sheared = affineViews(ramp, side, { ...still, shear: 0.5 }, drawing(0.5, 0.5, 0.5, 1, 0.5, 0.5))
    // Two rows below the centre everything is read one pixel further right.
    expect(sheared[6 * side + 4]).toBe(100)
    expect(sheared[4 * side + 4]).toBe(80)
  })

  it('are decided by the stream alone', () => {
    const images = blobs(4, 12)
    const first = affineViews(images, 12, recipe, stream(3, 'views'))
    expect(affineViews(images, 12, recipe, stream(3, 'views'))).toEqual(first)
    expect(affineViews(images, 12, recipe, stream(4, 'views'))).not.toEqual(first)
  })

  it('differ from image to image', () => {
    const views = affineViews(blobs(2, 12), 12, recipe, stream(3))
    expect(views.subarray(0, 144)).not.toEqual(views.subarray(144))
  })

  it('roughly keep the light of an image: by area, exp of the negative sum of both log scales', () => {
    const side = 28
    const images = blobs(50, side)
    const before = light(images.subarray(0, side * side))
    const views = affineViews(images, side, recipe, stream(5))
    const shares = Array.from({ length: 50 }, (_, image) => light(views.subarray(image * side * side, (image + 1) * side * side)) / before)
    for (const share of shares) expect(Math.abs(Math.log(share))).toBeLessThan(2 * recipe.logScale + 0.02)
    expect(shares.reduce((sum, share) => sum + share, 0) / 50).toBeCloseTo(1, 1)
    // Without scaling nothing is gained or lost (rotation and shear keep areas).
    const rigid = affineViews(images, side, { ...recipe, logScale: 0 }, stream(6))
    for (let image = 0; image < 50; image++) expect(light(rigid.subarray(image * side * side, (image + 1) * side * side)) / before).toBeCloseTo(1, 1)
  })

  it('refuse part of an image', () => {
    expect(() => affineViews(new Uint8Array(10), 3, still, stream(0))).toThrow(RangeError)
  })
})
