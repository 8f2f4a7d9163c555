import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stream } from '../../learn/random.ts'
import { nGrams } from '../../learn/tokens.ts'
import { compileFunction } from './evaluate-function.ts'
import { gramCorpus } from './gram-corpus.ts'
import { logOdds, rankTerms, withoutRepeats } from './log-odds.ts'
import { sphericalKMeans } from './spherical-k-means.ts'
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
    // Counts are 10 and 10, so the prior weighs 2 in all: 0.9 for the first term.
    const { difference, deviation } = logOdds([8, 2], [1, 9], [9, 11])
    expect(difference[0]).toBeCloseTo(Math.log(8.9 / (12 - 8.9)) - Math.log(1.9 / (12 - 1.9)), 10)
    expect(deviation[0]).toBeCloseTo(Math.sqrt(1 / 8.9 + 1 / 1.9), 10)
  })

  it('turn around when the groups are exchanged', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(counts, counts, (first, second) => {
        const background = first.map((count, term) => count + (second[term] ?? 0))
        const [there, back] = [logOdds(first, second, background), logOdds(second, first, background)]
        for (let term = 0; term < 4; term++) {
          expect(back.difference[term]).toBeCloseTo(-there.difference[term]!, 8)
          expect(back.deviation[term]).toBeCloseTo(there.deviation[term]!, 8)
        }
      })
    )
  })

  it('rank what is sure to tell before what is common or rare, and leave out what says nothing', () => {
    const fillers = Array.from({ length: 20 }, (_, place) => `word${place}`)
    const grams = ['rare', 'kernel', 'leaning', 'the', '2002', 'telling', 'x y', ...fillers]
    const [first, second] = [[3, 60, 90, 80, 40, 150, 30, ...fillers.map(() => 50)], [0, 3, 45, 20, 0, 5, 0, ...fillers.map(() => 50)]]
    const background = first.map((count, term) => count + second[term]!)
    const ranked = rankTerms(grams, logOdds(first, second, background), background, 400, (_, z) => z > 1)
    // `leaning` stands in a third of all documents of any language, and hardly more often in the first group; `telling` is more common still, but nearly all of one.
    expect(ranked.map((term) => grams[term])).toEqual(['telling', 'kernel', 'rare'])
  })

  it('keep one of two terms that say the same', () => {
    const grams = ['click here', 'click', 'here', 'please click here', 'other']
    const counts = [40, 50, 300, 39, 41]
    expect(withoutRepeats([0, 1, 3, 2, 4], grams, counts, 10)).toEqual(['click here', 'here', 'other'])
    expect(withoutRepeats([0, 1, 2, 4], grams, counts, 2)).toEqual(['click here', 'here'])
  })
})

describe('the corpus', () => {
  it('holds the n-grams that enough texts hold, as counting each does', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd', 'B', '.', ', ')
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')), { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), (texts, least) => {
        const expected = new Map<string, Set<number>>()
        texts.forEach((text, document) => nGrams(text, 3).forEach((gram) => expected.set(gram, (expected.get(gram) ?? new Set()).add(document))))
        const frequent = [...expected].filter(([, documents]) => documents.size >= least)
        const { grams, documents } = gramCorpus(texts, 3, least)
        expect([...grams].sort()).toEqual(frequent.map(([gram]) => gram).sort())
        documents.forEach((own, document) => expect(Array.from(own, (gram) => grams[gram]).sort()).toEqual(frequent.filter(([, held]) => held.has(document)).map(([gram]) => gram).sort()))
        expect(documents.every((own) => own.every((gram, at) => at === 0 || own[at - 1]! < gram))).toBe(true)
      })
    )
  })
})

describe('spherical k-means', () => {
  it('finds groups of directions, whatever their lengths', () => {
    const random = stream(3)
    const rows = Array.from({ length: 90 }, (_, row) => {
      const weights = Float64Array.from({ length: 4 }, (__, place) => (place === 0 ? 1 : random.uniform() * 0.3))
      const length = Math.hypot(...weights)
      return { positions: Int32Array.from({ length: 4 }, (__, place) => (row % 3) * 5 + place), values: weights.map((weight) => weight / length) }
    })
    const { assignments, closeness } = sphericalKMeans({ width: 15, positions: rows.map(({ positions }) => positions), values: rows.map(({ values }) => values) }, 3, 0, { starts: 2, iterations: 10 })
    for (let row = 3; row < 90; row++) expect(assignments[row]).toBe(assignments[row % 3])
    expect(new Set(assignments).size).toBe(3)
    expect(Math.min(...closeness)).toBeGreaterThan(0.8)
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
