import { describe, expect, it } from 'vitest'
import { closestName, editDistance } from './closest-name.ts'
import { completions, mostCompletions } from './completions.ts'
import { parseQuery } from './parse-query.ts'
import type { QueryVocabulary } from './vocabulary.ts'

const vocabulary: QueryVocabulary = {
  classes: [
    { position: 0, name: 'ham' },
    { position: 1, name: 'spam mail' }
  ],
  columns: [
    { name: 'price', type: 'number' },
    { name: 'home page', type: 'text' }
  ],
  sources: [
    { kind: 'given', name: 'labels' },
    { kind: 'model', name: 'teacher' },
    { kind: 'labeling-function', name: 'free money' }
  ]
}

/** Completions where `|` is, as the lines they make. */
const linesAt = (line: string): readonly string[] => {
  const cursor = line.indexOf('|')
  const text = line.replace('|', '')
  return completions(text, cursor, vocabulary).map(({ insert, from, to }) => text.slice(0, from) + insert + text.slice(to))
}

describe('completions', () => {
  it.each([
    ['pri|', ['price']],
    ['a lab|', ['a label:']],
    ['label:sp|', ['label:"spam mail"']],
    ['label:ham,sp| foo', ['label:ham,"spam mail" foo']],
    ['label:"spam m|', ['label:"spam mail"']],
    ['split:|', ['split:none', 'split:pretrain', 'split:teacher', 'split:student', 'split:test', 'split:unpinned']],
    ['missing:|', ['missing:price', 'missing:"home page"']],
    ['confidence(mod|', ['confidence(model:teacher']],
    ['lf:fr|', ['lf:"free money"']],
    ['money|', ['lf:"free money"']],
    ['given!=model:te|', ['given!=model:teacher']],
    ['given=t|', ['given=model:teacher']],
    ['model:teacher:h|', ['model:teacher:ham']],
    ['pri|ce>3', ['price>3']],
    ['price>|', []],
    ['zzz|', []]
  ])('%s', (line, expected) => {
    expect(linesAt(line)).toEqual(expected)
  })

  it('offers everything at the beginning of a term, and what it offers can be read', () => {
    expect(linesAt('|')).toHaveLength(5 + 1 + 2 + 3 + 2)
    for (const line of [...linesAt('label:|'), ...linesAt('given=|'), ...linesAt('missing:|'), ...linesAt('split:|')]) expect(parseQuery(line, vocabulary)).toHaveProperty('filter')
  })

  it('stays short and quick with very many classes', () => {
    const many = { ...vocabulary, classes: Array.from({ length: 200_000 }, (_, position) => ({ position, name: `class ${position}` })) }
    expect(completions('label:19999', 11, many)).toHaveLength(12)
    expect(completions('label:c', 7, many)).toHaveLength(mostCompletions)
  })
})

describe('closest name', () => {
  it('by edit distance, without regard to case, never far-fetched', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3)
    expect(closestName('PRCE', ['page', 'price'])).toBe('price')
    expect(closestName('zebra', ['page', 'price'])).toBeNull()
  })
})
