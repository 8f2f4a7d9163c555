import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashedTextFeatures, hashText, hashTexts } from './hashed-text-features.ts'

const rowOf = (features: Float32Array, row: number, width: number): Float32Array => features.subarray(row * width, (row + 1) * width)
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, index) => sum + value * b[index]!, 0)

describe('hashed text features', () => {
  it('are the same on every machine', () => {
    expect(['', 'free', 'free money', 'деньги'].map((text) => hashText(text, 0))).toEqual([2872998923, 1615737909, 919360624, 3946218553])
    expect(hashText('free', 1)).not.toBe(hashText('free', 0))
  })

  it('have length 1, or 0 without a word', () => {
    const texts = ['Free money', null, '...', 'a b a b a']
    const features = hashedTextFeatures(texts, { width: 64 })
    expect([0, 1, 2, 3].map((row) => dot(rowOf(features, row, 64), rowOf(features, row, 64)))).toEqual([expect.closeTo(1, 5), 0, 0, expect.closeTo(1, 5)])
  })

  it('count repeated n-grams as 1 + ln(occurrences), signed by the hash', () => {
    const [text] = hashTexts(['a a a'], { width: 1 << 20, longest: 1, seed: 3, inverseDocumentFrequency: false })
    expect([...text!.columns]).toEqual([(hashText('a', 3) & 0x7fffffff) % (1 << 20)])
    expect(text!.weights[0]).toBeCloseTo((1 + Math.log(3)) * (hashText('a', 3) >= 2 ** 31 ? -1 : 1), 5)
  })

  it('weigh rare words above common ones where asked to', () => {
    const texts = ['the rare', 'the', 'the', 'the']
    const [first] = hashTexts(texts, { width: 4096, longest: 1, seed: 0, inverseDocumentFrequency: true })
    const weight = (word: string): number => Math.abs(first!.weights[first!.columns.indexOf(hashText(word, 0) & 4095)]!)
    expect(weight('the')).toBeCloseTo(1, 6)
    expect(weight('rare')).toBeCloseTo(Math.log(5 / 2) + 1, 6)
  })

  it('keep inner products on average over seeds', () => {
    // Three of four words in common: the cosine of the exact vectors is 3/4.
    const cosines = Array.from({ length: 400 }, (_, seed) => {
      const features = hashedTextFeatures(['alpha beta gamma delta', 'alpha beta gamma epsilon'], { width: 16, longest: 1, seed })
      return dot(rowOf(features, 0, 16), rowOf(features, 1, 16))
    })
    expect(cosines.reduce((a, b) => a + b) / cosines.length).toBeCloseTo(0.75, 1)
  })

  it('do not depend on the other texts without document frequencies, nor on the order of words for single words', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 5 }), fc.string(), fc.integer({ min: 1, max: 200 }), (others, text, width) => {
        const alone = hashedTextFeatures([text], { width })
        expect(rowOf(hashedTextFeatures([...others, text], { width }), others.length, width)).toEqual(alone)
      })
    )
    expect(hashedTextFeatures(['one two three'], { longest: 1 })).toEqual(hashedTextFeatures(['three one two'], { longest: 1 }))
    expect(hashedTextFeatures(['one two three'])).not.toEqual(hashedTextFeatures(['three one two']))
  })

  it('refuse a width that makes no sense', () => {
    for (const width of [0, -1, 1.5, 2 ** 21]) expect(() => hashedTextFeatures(['x'], { width })).toThrow(RangeError)
  })
})
