import { expect, it } from 'vitest'
import { stream } from '../../learn/random.ts'
import { fitImage } from '../formats/image-resizing.ts'
import { differenceHash } from './difference-hash.ts'
import type { DuplicateGroup } from './duplicate-groups.ts'
import { nearDuplicateTexts, shinglesOf } from './min-hash.ts'
import { nearDuplicateImages } from './near-images.ts'

/** Of the pairs that groups hold, the share that was planted; of the planted ones, the share that is in a group. */
function judged(groups: readonly DuplicateGroup[], originalOf: readonly number[]): { precision: number; recall: number } {
  const found = groups.flatMap(({ rows }) => rows.flatMap((row, index) => rows.slice(index + 1).map((other) => [row, other] as const)))
  const right = found.filter(([a, b]) => originalOf[a] === originalOf[b]).length
  const planted = originalOf.filter((original, row) => original !== row).length
  const together = originalOf.filter((original, row) => original !== row && groups.some(({ rows }) => rows.includes(row) && rows.includes(original))).length
  return { precision: right / Math.max(1, found.length), recall: together / planted }
}

const side = 32

/** Blurred shapes, as pictures of things are: a sum of some waves of low frequency, in grey at any size. */
function picture(random: ReturnType<typeof stream>): (size: number) => Float32Array {
  const waves = Array.from({ length: 8 }, () => ({ size: 20 + 30 * random.uniform(), u: random.integer(5) - 2, v: random.integer(5), phase: 2 * Math.PI * random.uniform() }))
  const at = (x: number, y: number): number => waves.reduce((sum, { size, u, v, phase }) => sum + size * Math.cos(2 * Math.PI * (u * x + v * y) + phase), 128)
  return (size) => Float32Array.from({ length: size * size }, (_, index) => Math.min(255, Math.max(0, at((index % size) / size, Math.floor(index / size) / size))))
}

/** As an import brings a picture to the size of the others. */
function fitted(pixels: Float32Array): Uint8Array {
  const size = Math.sqrt(pixels.length)
  const rgba = Uint8ClampedArray.from({ length: 4 * pixels.length }, (_, index) => (index % 4 === 3 ? 255 : Math.round(pixels[index >> 2] ?? 0)))
  return fitImage({ width: size, height: size, rgba }, { height: side, width: side, fit: 'stretch', channels: 1 })
}

it('finds pictures that were made brighter, noisy, coarse, smaller or larger, and no others', () => {
  const random = stream(11, 'pictures')
  const makers = Array.from({ length: 300 }, () => picture(random))
  const pictures = makers.map((make) => fitted(make(64)))
  const originalOf = pictures.map((_, row) => row)
  for (let copy = 0; copy < 100; copy++) {
    const pixels = makers[copy]?.(64) ?? new Float32Array(0)
    const changes = [() => pixels.map((value) => 0.8 * value + 25), () => pixels.map((value) => value + 6 * random.normal()), () => pixels.map((value) => 16 * Math.round(value / 16)), () => makers[copy]?.(40) ?? pixels, () => makers[copy]?.(90) ?? pixels]
    pictures.push(fitted(changes[copy % changes.length]?.() ?? pixels))
    originalOf.push(copy)
  }
  const hashes = Uint32Array.from(pictures.flatMap((pixels) => [...differenceHash(pixels, [side, side])]))
  const { precision, recall } = judged(nearDuplicateImages(hashes).groups, originalOf)
  expect(precision).toBe(1)
  expect(recall).toBeGreaterThanOrEqual(0.95)
})

it('finds texts in which a word was changed, added, left out or written otherwise, and no others', () => {
  const random = stream(12, 'texts')
  // Words by rank, the frequent ones far more often, and phrases that many texts share.
  const word = (): string => `w${Math.floor(Math.exp(random.uniform() * Math.log(3000)))}`
  const phrase = Array.from({ length: 8 }, word).join(' ')
  const texts = Array.from({ length: 300 }, (_, row) => [...Array.from({ length: 50 + random.integer(30) }, word), ...(row % 2 === 0 ? [phrase] : [])].join(' '))
  const originalOf = texts.map((_, row) => row)
  for (let copy = 0; copy < 100; copy++) {
    const words = (texts[copy] ?? '').split(' ')
    const place = 10 + random.integer(30)
    const changes = [() => words.with(place, word()), () => words.toSpliced(place, 0, word(), word()), () => words.toSpliced(place, 1), () => words.map((each) => `${each.toUpperCase()},`)]
    texts.push((changes[copy % changes.length]?.() ?? words).join(' '))
    originalOf.push(copy)
  }
  const { groups, complete } = nearDuplicateTexts(texts.map(shinglesOf))
  const { precision, recall } = judged(groups, originalOf)
  expect(complete).toBe(true)
  expect([precision, recall]).toEqual([1, 1])
})
