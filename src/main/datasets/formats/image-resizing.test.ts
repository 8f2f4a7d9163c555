import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PixelImage } from './image-decoding.ts'
import { axisWeights, fitImage, type ImageTarget } from './image-resizing.ts'

/** A grey image of the given rows. */
function grey(rows: readonly (readonly number[])[]): PixelImage {
  return { width: rows[0]?.length ?? 0, height: rows.length, rgba: Uint8Array.from(rows.flat().flatMap((value) => [value, value, value, 255])) }
}

const fit = (image: PixelImage, height: number, width: number, over: Partial<ImageTarget> = {}): number[] => Array.from(fitImage(image, { height, width, channels: 1, fit: 'stretch', ...over }))

describe('shrinking averages areas', () => {
  test('whole blocks and parts of samples', () => {
    expect(fit(grey([[0, 100, 200, 40], [20, 80, 0, 60]]), 1, 2)).toEqual([50, 75])
    // Three samples to two: (a + b/2) / 1.5 and (b/2 + c) / 1.5.
    expect(fit(grey([[30, 60, 90]]), 1, 2)).toEqual([40, 80])
    expect(axisWeights(3, 0, 3, 2)).toEqual([{ start: 0, weights: Float64Array.of(1 / 1.5, 0.5 / 1.5) }, { start: 1, weights: Float64Array.of(0.5 / 1.5, 1 / 1.5) }])
  })

  test('the same size changes nothing', () => {
    expect(fit(grey([[1, 2], [3, 4]]), 2, 2)).toEqual([1, 2, 3, 4])
  })
})

describe('enlarging is linear between sample centres', () => {
  test('two samples to four: 3/4 and 1/4', () => {
    expect(fit(grey([[0, 100]]), 1, 4)).toEqual([0, 25, 75, 100])
    expect(fit(grey([[7]]), 3, 2)).toEqual([7, 7, 7, 7, 7, 7])
  })

  test('both axes at once are the product of each', () => {
    expect(fit(grey([[0, 100], [100, 200]]), 4, 4)).toEqual([0, 25, 75, 100, 25, 50, 100, 125, 75, 100, 150, 175, 100, 125, 175, 200])
  })
})

describe('proportions', () => {
  const wide = grey([[10, 20, 30, 40], [50, 60, 70, 80]])

  test('crop takes the middle, of parts of samples too', () => {
    expect(fit(wide, 2, 2, { fit: 'crop' })).toEqual([20, 30, 60, 70])
    expect(fit(grey([[10, 20, 30]]), 1, 2, { fit: 'crop' })).toEqual(fit(grey([[15, 25]]), 1, 2))
    expect(fit(grey([[1], [2], [3], [4]]), 2, 1, { fit: 'crop' })).toEqual([2, 3])
  })

  test('pad fills with black at both sides', () => {
    expect(fit(wide, 4, 4, { fit: 'pad' })).toEqual([0, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80, 0, 0, 0, 0])
    expect(fit(grey([[9], [9], [9]]), 3, 3, { fit: 'pad' })).toEqual([0, 9, 0, 0, 9, 0, 0, 9, 0])
  })
})

test('grey is luma, and what is transparent lies over white', () => {
  const image: PixelImage = { width: 4, height: 1, rgba: Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 0, 0, 0, 51) }
  expect(fit(image, 1, 4)).toEqual([76, 150, 29, 204])
  expect(fit(image, 1, 4, { channels: 3 })).toEqual([255, 0, 0, 0, 255, 0, 0, 0, 255, 204, 204, 204])
})

test('weights sum to one, stay inside, and keep an even image even', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 0.49, noNaN: true }), (size, target, cut) => {
    for (const { start, weights } of axisWeights(size, cut * size, size * (1 - 2 * cut), target)) {
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9)
      expect(start >= 0 && start + weights.length <= size).toBe(true)
    }
  }), { numRuns: 300, seed: 5 })
  fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 255 }), fc.constantFrom('stretch', 'crop'), (width, height, side, value, way) => {
    const image = grey(Array.from({ length: height }, () => new Array<number>(width).fill(value)))
    expect(fit(image, side, side, { fit: way })).toEqual(new Array<number>(side * side).fill(value))
  }), { numRuns: 100, seed: 6 })
})
