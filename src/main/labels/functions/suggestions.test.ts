import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stream } from '../../learn/random.ts'
import { compileFunction } from './evaluate-function.ts'
import { logOddsScores, withoutRepeats } from './log-odds.ts'
import { type SuggestionInput, suggestRules } from './suggestions.ts'

const themes = [
  ['goal', 'match', 'league', 'penalty', 'striker', 'free kick'],
  ['compiler', 'kernel', 'patch', 'memory leak', 'thread', 'socket'],
  ['butter', 'oven', 'flour', 'baking powder', 'recipe', 'sugar']
]
const filler = ['the', 'a', 'and', 'of', 'to', 'in', 'we', 'it', 'was', 'on']

/** Texts of three themes in turn, which are the classes 0, 1 and 0 again. */
function themed(count: number, seed: number): { texts: string[]; truth: Int32Array } {
  const random = stream(seed)
  const texts = Array.from({ length: count }, (_, row) =>
    Array.from({ length: 12 }, () => {
      const words = random.bernoulli(0.35) ? themes[row % 3]! : filler
      return words[random.integer(words.length)]!
    }).join(' ')
  )
  return { texts, truth: Int32Array.from({ length: count }, (_, row) => (row % 3 === 1 ? 1 : 0)) }
}
const inputOf = (count: number, changes: Partial<SuggestionInput> = {}): SuggestionInput => {
  const { texts, truth } = themed(count, 1)
  return { rows: Int32Array.from(texts, (_, row) => 1000 + row), texts: [texts], votes: [], truth, classes: 2, seed: 5, ...changes }
}

describe('log-odds with an informative prior', () => {
  it('are the formula of Monroe, Colaresi and Quinn', () => {
    const first = new Map([['a', 8], ['b', 2]])
    const second = new Map([['a', 1], ['b', 9]])
    const background = new Map([['a', 9], ['b', 11]])
    // Counts are 10 and 10, so the prior weighs 2 in all: 0.9 for a.
    const difference = Math.log(8.9 / (12 - 8.9)) - Math.log(1.9 / (12 - 1.9))
    expect(logOddsScores(first, second, background).get('a')).toBeCloseTo(difference / Math.sqrt(1 / 8.9 + 1 / 1.9), 10)
  })

  it('turn around when the groups are exchanged', () => {
    const counts = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 50 })), { selector: ([gram]) => gram, minLength: 4 }).map((entries) => new Map(entries))
    fc.assert(
      fc.property(counts, counts, (first, second) => {
        const background = new Map([...first].map(([gram, count]) => [gram, count + (second.get(gram) ?? 0)]))
        const [there, back] = [logOddsScores(first, second, background), logOddsScores(second, first, background)]
        for (const [gram, score] of there) expect(back.get(gram)).toBeCloseTo(-score, 8)
      })
    )
  })

  it('keep one of two terms that say the same', () => {
    const counts = new Map([['click here', 40], ['click', 50], ['here', 300], ['please click here', 39], ['other', 41]])
    expect(withoutRepeats(['click here', 'click', 'please click here', 'here', 'other'], counts, 10)).toEqual(['click here', 'here', 'other'])
    expect(withoutRepeats(['click here', 'click', 'here', 'other'], counts, 2)).toEqual(['click here', 'here'])
  })
})

describe('suggestions', () => {
  it('are terms that tell the classes apart, with precision and interval', () => {
    const { terms, uncovered, conflicting } = suggestRules(inputOf(900))
    expect([uncovered, conflicting]).toEqual([900, 0])
    const [ham, spam] = [0, 1].map((label) => terms.filter((term) => term.label === label).map((term) => term.text))
    expect(spam).toEqual(expect.arrayContaining(['compiler', 'kernel', 'patch', 'thread', 'socket']))
    expect(ham).toHaveLength(12)
    for (const term of ham!) expect([...themes[0]!, ...themes[2]!].some((word) => word.split(' ').includes(term)), term).toBe(true)
    for (const term of filler) expect([...ham!, ...spam!]).not.toContain(term)
    for (const { precision } of terms) {
      expect(precision!.value).toBe(1)
      expect(precision!.interval[0]).toBeLessThan(1)
      expect(precision!.interval[0]).toBeGreaterThan(0.8)
    }
  })

  it('say of a term what the keyword function of that term would do', async () => {
    const input = inputOf(600, { truth: themed(600, 1).truth.map((label, row) => (row % 4 === 0 ? label : -1)) })
    const batch = { rows: input.rows, columns: { text: input.texts[0]! } }
    const { terms } = suggestRules(input)
    expect(terms.length).toBeGreaterThan(4)
    for (const { text, label, count, coverage, precision } of terms) {
      const compiled = await compileFunction({ kind: 'keywords', columns: ['text'], words: [text], all: false, caseSensitive: false, wholeWords: true, label }, { classes: ['a', 'b'], columns: [{ name: 'text', type: 'text' }] })
      const votes = await compiled.apply(batch)
      const judged = [...votes.keys()].filter((row) => votes[row] === label && input.truth[row]! >= 0)
      expect(count).toBe(votes.filter((vote) => vote === label).length)
      expect(coverage).toBe(count / 600)
      expect(precision?.n).toBe(judged.length)
      expect(precision?.value).toBe(judged.filter((row) => input.truth[row] === label).length / judged.length)
    }
  })

  it('leave alone what functions cover already', () => {
    const texts = themed(900, 1).texts
    // A function votes on every text about programs; the two other themes need rules.
    const votes = [Int32Array.from(texts, (_, row) => (row % 3 === 1 ? 1 : -1))]
    const { terms, uncovered, clusters } = suggestRules(inputOf(900, { votes }))
    expect(uncovered).toBe(600)
    expect(terms.filter(({ label }) => label === 1)).toEqual([])
    expect(terms.filter(({ label }) => label === 0).length).toBeGreaterThan(3)
    expect(clusters.reduce((sum, { size }) => sum + size, 0)).toBe(600)
    for (const { rows } of clusters) for (const row of rows) expect((row - 1000) % 3).not.toBe(1)
  })

  it('go by the votes where nobody has labelled anything, and then claim no precision', () => {
    const { texts, truth } = themed(900, 1)
    const votes = [truth.map((label, row) => (row % 2 === 0 ? label : -1))]
    const { terms } = suggestRules(inputOf(900, { votes, truth: new Int32Array(texts.length).fill(-1) }))
    expect(terms.filter(({ label }) => label === 1).map(({ text }) => text)).toContain('kernel')
    expect(terms.every(({ precision }) => precision === null)).toBe(true)
  })

  it('look at conflicting rows where all are covered', () => {
    const { truth } = themed(900, 1)
    const votes = [truth, truth.map((label, row) => (row % 3 === 2 ? 1 - label : label))]
    const { uncovered, conflicting, clusters } = suggestRules(inputOf(900, { votes }))
    expect([uncovered, conflicting]).toEqual([0, 300])
    expect(clusters.reduce((sum, { size }) => sum + size, 0)).toBe(300)
    for (const { rows } of clusters) for (const row of rows) expect((row - 1000) % 3).toBe(2)
  })

  it('group uncovered rows by theme', () => {
    const { clusters } = suggestRules(inputOf(900))
    expect(clusters.reduce((sum, { size }) => sum + size, 0)).toBe(900)
    const themesOf = clusters.map(({ terms }) => new Set(terms.map((term) => themes.findIndex((words) => words.includes(term))).filter((theme) => theme >= 0)))
    // Every theme has a cluster of its own.
    for (const theme of [0, 1, 2]) expect(themesOf.some((found) => found.size === 1 && found.has(theme))).toBe(true)
    expect(clusters.every(({ rows }) => rows.length > 0 && rows.every((row) => row >= 1000 && row < 1900))).toBe(true)
  })

  it('are the same for the same seed', () => {
    expect(suggestRules(inputOf(500))).toEqual(suggestRules(inputOf(500)))
  })

  it('are empty without texts or rows', () => {
    expect(suggestRules(inputOf(30, { texts: [] }))).toEqual({ terms: [], clusters: [], uncovered: 30, conflicting: 0 })
    expect(suggestRules({ rows: new Int32Array(), texts: [[]], votes: [[]], truth: [], classes: 2, seed: 0 })).toEqual({ terms: [], clusters: [], uncovered: 0, conflicting: 0 })
    expect(suggestRules(inputOf(30, { texts: [Array.from({ length: 30 }, () => null)] })).terms).toEqual([])
  })
})
