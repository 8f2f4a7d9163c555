import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stream } from '../../learn/random.ts'
import { differenceHash, hammingDistance } from './difference-hash.ts'
import { ExactDuplicates } from './exact-duplicates.ts'
import { jaccard, nearDuplicateTexts, shinglesOf } from './min-hash.ts'
import { nearDuplicateImages } from './near-images.ts'

test('copies are found whatever stands between them, and parts of a row are kept apart', () => {
  const duplicates = new ExactDuplicates(5)
  const rows: (string | null)[][] = [['a', 'bc'], ['ab', 'c'], ['a', 'bc'], [null, ''], ['', null]]
  rows.forEach((content, row) => duplicates.add(row, content))
  expect(duplicates.groups()).toEqual([{ rows: [0, 2], similarity: 1 }])
})

test('a picture made brighter, larger or noisy has nearly the same hash, another one does not', () => {
  const random = stream(1, 'pictures')
  const picture = Float32Array.from({ length: 32 * 32 }, (_, at) => 100 + 80 * Math.sin(at / 7) * Math.cos(Math.floor(at / 32) / 5))
  const own = differenceHash(picture, [32, 32])
  const larger = Float32Array.from({ length: 64 * 64 }, (_, at) => picture[Math.floor(Math.floor(at / 64) / 2) * 32 + Math.floor((at % 64) / 2)] ?? 0)
  expect(hammingDistance(own, differenceHash(picture.map((value) => value * 0.5 + 20), [32, 32]))).toBe(0)
  expect(hammingDistance(own, differenceHash(larger, [64, 64]))).toBeLessThanOrEqual(2)
  expect(hammingDistance(own, differenceHash(picture.map((value) => value + random.normal()), [32, 32]))).toBeLessThanOrEqual(6)
  expect(hammingDistance(own, differenceHash(Float32Array.from(picture, () => random.uniform()), [32, 32]))).toBeGreaterThan(12)
  expect(differenceHash([1, 2, 3, 4], [2, 2]).every(Number.isInteger)).toBe(true)
})

test('near pictures are those that comparing every pair finds', () => {
  const bit = fc.nat(63)
  const base = fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff))
  fc.assert(
    fc.property(fc.array(base, { minLength: 1, maxLength: 6 }), fc.array(fc.tuple(fc.nat(5), fc.array(bit, { maxLength: 6 })), { maxLength: 12 }), fc.constantFrom(2, 4, 7), (bases, copies, distance) => {
      const all = bases.map(([a, b]) => [a >>> 0, b >>> 0] as [number, number])
      for (const [of, bits] of copies) {
        const copy: [number, number] = [...(all[of % bases.length] ?? [0, 0])]
        for (const each of bits) copy[each >> 5] = ((copy[each >> 5] ?? 0) ^ (1 << (each & 31))) >>> 0
        all.push(copy)
      }
      const { groups, complete } = nearDuplicateImages(Uint32Array.from(all.flat()), distance)
      const groupOf = (row: number): number => groups.findIndex(({ rows }) => rows.includes(row))
      expect(complete).toBe(true)
      all.forEach((one, a) =>
        all.slice(0, a).forEach((other, b) => {
          if (hammingDistance(one, other) <= distance) expect(groupOf(a)).toBe(groupOf(b))
        })
      )
      // And no group holds a row that is near to none of its others.
      for (const { rows } of groups) for (const row of rows) expect(rows.some((other) => other !== row && hammingDistance(all[row] ?? [0, 0], all[other] ?? [0, 0]) <= distance)).toBe(true)
    })
  )
})

test('texts that share most of their shingles are found, in small changes of long texts too', () => {
  const random = stream(3, 'texts')
  const word = (): string => `w${random.integer(4000)}`
  const texts = Array.from({ length: 60 }, () => Array.from({ length: 60 }, word).join(' '))
  texts.push(`${texts[5] ?? ''} ${word()}`, (texts[9] ?? '').replace(/^\S+/, 'changed').toUpperCase(), '', '...', '')
  const shingles = texts.map(shinglesOf)
  const { groups, complete } = nearDuplicateTexts(shingles, 0.8)
  expect(complete).toBe(true)
  expect(groups.map(({ rows }) => rows)).toEqual([[5, 60], [9, 61]])
  for (const { rows, similarity } of groups) expect(similarity).toBe(jaccard(shingles[rows[0] ?? 0] ?? new Uint32Array(0), shingles[rows[1] ?? 0] ?? new Uint32Array(0)))
  expect(nearDuplicateTexts(shingles, 0.8)).toEqual({ groups, complete })
  expect(jaccard(Uint32Array.of(1, 2, 3), Uint32Array.of(2, 3, 4))).toBe(0.5)
  expect(shinglesOf('One two').length).toBe(1)
})

test('any number of equal pictures and texts is one group', () => {
  const hashes = new Uint32Array(2 * 5000).fill(7)
  expect(nearDuplicateImages(hashes)).toMatchObject({ complete: true, groups: [{ similarity: 1 }] })
  expect(nearDuplicateImages(hashes).groups[0]?.rows.length).toBe(5000)
  const shingles = Array.from({ length: 3000 }, (_, row) => shinglesOf(row % 3 === 0 ? `a note of its own, number ${row} of many` : 'Your order is on its way. Thank you!'))
  const { groups, complete } = nearDuplicateTexts(shingles)
  expect(complete).toBe(true)
  expect(groups.map(({ rows, similarity }) => [rows.length, similarity])).toEqual([[2000, 1]])
})

// More hashes than are compared pair by pair; half of them differ in few bits, so that their buckets are divided again.
test('near pictures among very many are found through the pieces of their hashes', () => {
  const random = stream(5, 'hashes')
  const [count, copies] = [24_000, 200]
  const hashes = new Uint32Array(2 * (count + copies))
  for (let row = 0; row < count; row++) {
    hashes[2 * row] = random.integer(2 ** 32)
    hashes[2 * row + 1] = row % 2 === 0 ? random.integer(2 ** 32) : random.integer(2 ** 8)
  }
  for (let copy = 0; copy < copies; copy++) {
    const own = 2 * (count + copy)
    hashes.set(hashes.subarray(2 * copy, 2 * copy + 2), own)
    for (const bit of random.permutation(64).slice(0, 4)) hashes[own + (bit >> 5)] = (hashes[own + (bit >> 5)] ?? 0) ^ (1 << (bit & 31))
  }
  const { groups, complete } = nearDuplicateImages(hashes, 4)
  expect(complete).toBe(true)
  for (let copy = 0; copy < copies; copy++) expect(groups.some(({ rows }) => rows.includes(copy) && rows.includes(count + copy))).toBe(true)
})
