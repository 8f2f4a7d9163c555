import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nGrams, tokenize } from './tokens.ts'

const words = (text: string): string[] => tokenize(text).map((token) => token.text)

describe('tokens', () => {
  it('are lower-case words of any script', () => {
    expect(words('Don’t PANIC: 42 Über_cool Привет, 日本 e\u0301t\u00e9 — $5')).toEqual(["don't", 'panic', '42', 'über_cool', 'привет', '日本', 'e\u0301t\u00e9', '5'])
    expect(words("'quoted' rock'n'roll o' x''y")).toEqual(['quoted', "rock'n'roll", 'o', 'x', 'y'])
    expect(words('İstanbul ŞİŞ')).toEqual(['İstanbul', 'ŞİŞ'])
    expect(words('')).toEqual([])
  })

  it('stand where they say', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        let before = 0
        for (const { text: word, start, end } of tokenize(text)) {
          expect(start).toBeGreaterThanOrEqual(before)
          expect(end - start).toBe(word.length)
          const raw = text.slice(start, end).replaceAll('’', "'")
          expect([raw, raw.toLowerCase()]).toContain(word)
          before = end
        }
      })
    )
  })
})

describe('n-grams', () => {
  it('are neighbouring words with nothing but white space between', () => {
    expect(nGrams('Click  here\nnow. Or not', 3)).toEqual(['click', 'click here', 'click here now', 'here', 'here now', 'now', 'or', 'or not', 'not'])
    expect(nGrams('one, two', 2)).toEqual(['one', 'two'])
    expect(nGrams('a b c', 1)).toEqual(['a', 'b', 'c'])
  })
})
