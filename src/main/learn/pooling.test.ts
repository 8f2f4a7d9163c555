import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { poolImages } from './pooling.ts'

/** The definition read literally: an input pixel counts when it overlaps the cell [i n / r, (i + 1) n / r) in both directions. */
function oracle(image: Uint8Array, side: number, r: number): number[] {
  const overlaps = (pixel: number, cell: number): boolean => (pixel + 1) * r > cell * side && pixel * r < (cell + 1) * side
  const pooled: number[] = []
  for (let i = 0; i < r; i++) {
    for (let j = 0; j < r; j++) {
      const seen: number[] = []
      for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) if (overlaps(y, i) && overlaps(x, j)) seen.push((image[y * side + x] as number) / 255)
      pooled.push(seen.reduce((sum, value) => sum + value, 0) / seen.length)
    }
  }
  return pooled
}

const sides = fc.record({ side: fc.integer({ min: 1, max: 12 }), r: fc.integer({ min: 1, max: 14 }), count: fc.integer({ min: 1, max: 3 }) })
const cases = sides.chain(({ side, r, count }) => fc.uint8Array({ minLength: count * side * side, maxLength: count * side * side }).map((images) => ({ images, side, r, count })))

describe('adaptive average pooling', () => {
  it('equals the definition for any side and grid, whether one divides the other or not', () => {
    fc.assert(
      fc.property(cases, ({ images, side, r, count }) => {
        const pooled = poolImages(images, side, r)
        expect(pooled).toHaveLength(count * r * r)
        for (let image = 0; image < count; image++) {
          const wanted = oracle(images.subarray(image * side * side, (image + 1) * side * side), side, r)
          wanted.forEach((value, index) => expect(pooled[image * r * r + index]).toBeCloseTo(value, 6))
        }
      }),
      { numRuns: 150 }
    )
  })

  it('takes windows that overlap where the grid does not divide the side', () => {
    // 5 pixels to 3: windows 0..2, 1..4, 3..5.
    const row = Uint8Array.of(10, 20, 30, 40, 50)
    const images = Uint8Array.from({ length: 25 }, (_, index) => row[index % 5] as number)
    const pooled = poolImages(images, 5, 3)
    const wanted = [15, 30, 45, 15, 30, 45, 15, 30, 45]
    wanted.forEach((value, index) => expect((pooled[index] as number) * 255).toBeCloseTo(value, 4))
  })

  it('pools 28 to each level of the paper without losing or adding light', () => {
    for (const r of [3, 4, 5, 7, 14]) expect(Array.from(poolImages(new Uint8Array(784).fill(255), 28, r))).toEqual(new Array(r * r).fill(1))
  })

  it('refuses part of an image', () => {
    expect(() => poolImages(new Uint8Array(10), 3, 2)).toThrow(RangeError)
  })
})
