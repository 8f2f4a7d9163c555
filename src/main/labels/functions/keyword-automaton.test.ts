import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeywordAutomaton, type KeywordOptions } from './keyword-automaton.ts'

const wordsIn = (words: readonly string[], text: string, options: Partial<KeywordOptions> = {}): string[] => {
  const found = new Set<string>()
  new KeywordAutomaton(words, { caseSensitive: false, wholeWords: true, ...options }).scan(text, ({ word }) => {
    found.add(words[word]!)
    return false
  })
  return [...found].sort()
}

/** The same question answered by one regular expression a word. */
function byExpression(words: readonly string[], text: string, { caseSensitive, wholeWords }: KeywordOptions): string[] {
  const character = '[\\p{L}\\p{N}\\p{M}_]'
  const matches = words.filter((word) => {
    const body = word.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&').replace(/\s+/gu, '\\s+').replace(/['’]/gu, "['’]")
    const [before, after] = [new RegExp(`^${character}`, 'u').test(word), new RegExp(`${character}$`, 'u').test(word)]
    return new RegExp(`${wholeWords && before ? `(?<!${character})` : ''}${body}${wholeWords && after ? `(?!${character})` : ''}`, caseSensitive ? 'u' : 'iu').test(text)
  })
  return [...new Set(matches)].sort()
}

describe('the keyword automaton', () => {
  it('finds whole words only, in any case, and phrases across line breaks', () => {
    const text = 'Freedom is not FREE.\nClick   \n here, or don’t.'
    expect(wordsIn(['free', 'click here', "don't", 'freed', 'here or'], text)).toEqual(['click here', "don't", 'free'])
    expect(wordsIn(['free', 'freed'], text, { wholeWords: false })).toEqual(['free', 'freed'])
    expect(wordsIn(['FREE', 'Free'], text, { caseSensitive: true })).toEqual(['FREE'])
  })

  it('knows word edges of every script, and ends that are no letters', () => {
    expect(wordsIn(['über', 'ber', 'деньги', 'день', '円', '$$$', '100%', 'naïve'], 'Ganz ÜBER, ДЕНЬГИ! x$$$y 100%sure nai\u0308ve')).toEqual(['$$$', '100%', 'über', 'деньги'])
    // The letter outside the basic plane goes on the word.
    expect(wordsIn(['free'], '𝐀free')).toEqual([])
    expect(wordsIn(['free'], 'free𝐀')).toEqual([])
    expect(wordsIn(['σας'], 'ΣΑΣ')).toEqual(['σας'])
  })

  it('gives the characters where a word stands', () => {
    const places: string[] = []
    const text = 'So: act \t\n now!'
    new KeywordAutomaton(['act now'], { caseSensitive: false, wholeWords: true }).scan(text, ({ start, end }) => {
      places.push(text.slice(start, end))
      return true
    })
    expect(places).toEqual(['act \t\n now'])
  })

  it('ignores case at least as the filter does not', () => {
    // The filter in front of the automaton must never hide a text with a word in it.
    for (let unit = 0; unit < 65_536; unit++) {
      const character = String.fromCharCode(unit)
      const lower = character.toLowerCase()
      if (lower === character || lower.length > 1) continue
      expect(wordsIn([lower], character, { wholeWords: false }), character).toEqual([lower])
    }
  })

  it('needs time in proportion to the text, whatever is in it', () => {
    const started = performance.now()
    const text = `${' '.repeat(3_000_000)}a${'free '.repeat(600_000)}`
    expect(wordsIn(['a  b', ' x', 'free  money'], text, { wholeWords: false })).toEqual([])
    expect(performance.now() - started).toBeLessThan(10_000)
  })

  const piece = fc.constantFrom('a', 'b', 'ab', 'A', 'é', "'", '’', ' ', '\n', '_', '$', '.', '1', 'ß', '𝐀', 'ς', 'Σ')
  const text = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''))
  const word = fc
    .array(piece, { minLength: 1, maxLength: 12 })
    .map((parts) => parts.join('').trim())
    .filter((each) => each !== '')

  it.each([1, 40])('finds what one regular expression a word finds (%i words at most)', (most) => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: most }), text, fc.boolean(), fc.boolean(), (words, inText, caseSensitive, wholeWords) => {
        const options = { caseSensitive, wholeWords }
        const filler = most > 16 ? Array.from({ length: 17 }, (_, index) => `nothing${index}`) : []
        expect(wordsIn([...words, ...filler], inText, options)).toEqual(byExpression(words, inText, options))
      }),
      { numRuns: 1000 }
    )
  })
})
