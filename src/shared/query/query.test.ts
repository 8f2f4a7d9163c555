import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splits } from '../domain/dataset.ts'
import { comparisons, type Condition, type Filter, largestFilter, largestRow } from '../domain/filter.ts'
import { formatQuery, normalFilter } from './format-query.ts'
import { parseQuery } from './parse-query.ts'
import { type QueryVocabulary, sourceReference } from './vocabulary.ts'

const vocabulary: QueryVocabulary = {
  classes: [
    { position: 0, name: 'ham' },
    { position: 1, name: 'spam' },
    { position: 2, name: 'not sure' },
    { position: 3, name: '1' }
  ],
  columns: [
    { name: 'price', type: 'number' },
    { name: 'noise', type: 'number' },
    { name: 'food', type: 'text' },
    { name: 'label', type: 'number' },
    { name: 'home page', type: 'text' }
  ],
  sources: [
    { kind: 'given', name: 'MNIST labels' },
    { kind: 'model', name: 'teacher' },
    { kind: 'annotator', name: 'me' },
    { kind: 'labeling-function', name: 'free money' }
  ]
}

const partsOf = (text: string): readonly Filter[] => {
  const result = parseQuery(text, vocabulary)
  if ('error' in result) throw new Error(`${text}: ${result.error.message}`)
  return result.filter.parts
}
const errorOf = (text: string) => {
  const result = parseQuery(text, vocabulary)
  if (!('error' in result)) throw new Error(`${text} was read`)
  return result.error
}
const number = (column: string, comparison: (typeof comparisons)[number], value: number): Condition => ({ kind: 'number', column, comparison, value })
const search = (query: string): Condition => ({ kind: 'search', query })

describe('terms', () => {
  it.each<[string, Filter]>([
    ['label:spam', { kind: 'label', source: null, is: [1] }],
    ['label:0', { kind: 'label', source: null, is: [0] }],
    ['label:SPAM', { kind: 'label', source: null, is: [1] }],
    // The class named 1 wins over the class at position 1, which #1 still reaches.
    ['label:1', { kind: 'label', source: null, is: [3] }],
    ['label:#1', { kind: 'label', source: null, is: [1] }],
    ['label:ham,"not sure", 3', { kind: 'label', source: null, is: [0, 2, 3] }],
    ['label!=spam', { kind: 'label', source: null, is: [1], negated: true }],
    ['label:none', { kind: 'label', source: null, is: 'none' }],
    ['label!=none', { kind: 'label', source: null, is: 'none', negated: true }],
    ['given:any', { kind: 'label', source: 'given', is: 'any' }],
    ['model:spam', { kind: 'label', source: 'model', is: [1] }],
    ['model:teacher:spam', { kind: 'label', source: 'model:teacher', is: [1] }],
    ['"lf:free money"=spam', { kind: 'label', source: 'lf:free money', is: [1] }],
    ['lf:"free money"=spam', { kind: 'label', source: 'lf:free money', is: [1] }],
    ['labeling-function:"free money":spam', { kind: 'label', source: 'lf:free money', is: [1] }],
    ['teacher:spam', { kind: 'label', source: 'model:teacher', is: [1] }],
    ['given!=model:teacher', { kind: 'agreement', first: 'given', second: 'model:teacher', differ: true }],
    ['given=annotator:me', { kind: 'agreement', first: 'given', second: 'annotator:me', differ: false }],
    ['model:teacher = given', { kind: 'agreement', first: 'model:teacher', second: 'given', differ: false }],
    ['given="lf:free money"', { kind: 'agreement', first: 'given', second: 'lf:free money', differ: false }],
    ['noise>0.8', number('noise', '>', 0.8)],
    ['noise <= -1.5e3', number('noise', '<=', -1500)],
    ['"label">=2', number('label', '>=', 2)],
    ['price:3', number('price', '=', 3)],
    ['price:10..', number('price', '>=', 10)],
    ['price:..-2', number('price', '<=', -2)],
    ['price:10..20', { kind: 'and', parts: [number('price', '>=', 10), number('price', '<=', 20)] }],
    ['-price:10..20', { kind: 'and', parts: [number('price', '>=', 10), number('price', '<=', 20)], negated: true }],
    ['price:3,5', { kind: 'or', parts: [number('price', '=', 3), number('price', '=', 5)] }],
    ['price!=3,5', { kind: 'and', parts: [number('price', '!=', 3), number('price', '!=', 5)] }],
    ['food:soup', { kind: 'value', column: 'food', comparison: '=', value: 'soup' }],
    ['food!="10..20"', { kind: 'value', column: 'food', comparison: '!=', value: '10..20' }],
    ['food:10:30', { kind: 'value', column: 'food', comparison: '=', value: '10:30' }],
    ['"home page"~"contains text"', { kind: 'value', column: 'home page', comparison: 'contains', value: 'contains text' }],
    ['missing:"home page"', { kind: 'missing', column: 'home page' }],
    ['confidence(model:teacher)<0.6', { kind: 'confidence', source: 'model:teacher', comparison: '<', value: 0.6 }],
    ['split:student', { kind: 'split', split: 'student' }],
    ['split!=unpinned', { kind: 'split', split: 'unpinned', negated: true }],
    ['row:100..200', { kind: 'rows', from: 100, to: 200 }],
    ['row:7', { kind: 'rows', from: 7, to: 7 }],
    ['money', search('money')],
    ['confidence', search('confidence')],
    ['well-known!', search('well-known!')],
    ['"free money"', search('"free money"')],
    ['search:"free \\"win cash\\""', search('free "win cash"')],
    ['#label:spam', { kind: 'label', source: null, is: [1], off: true }],
    ['#-money', { ...search('money'), negated: true, off: true }],
    ['NOT money', { ...search('money'), negated: true }],
    ['-label!=spam', { kind: 'label', source: null, is: [1] }]
  ])('%s', (text, expected) => {
    expect(partsOf(text)).toEqual([expected])
  })

  it('the line of the manual', () => {
    expect(partsOf('label:spam given!=model:teacher noise>0.8 split:student "free money"')).toHaveLength(5)
  })

  it('AND binds closer than OR, parentheses closest', () => {
    const [a, b, c] = [search('a'), search('b'), search('c')]
    expect(parseQuery('a b OR c', vocabulary)).toEqual({ filter: { kind: 'or', parts: [{ kind: 'and', parts: [a, b] }, c] } })
    expect(parseQuery('a AND (b OR c)', vocabulary)).toEqual({ filter: { kind: 'and', parts: [a, { kind: 'or', parts: [b, c] }] } })
    expect(parseQuery('-(a b)', vocabulary)).toEqual({ filter: { kind: 'and', parts: [{ kind: 'and', parts: [a, b], negated: true }] } })
    expect(parseQuery('  ', vocabulary)).toEqual({ filter: { kind: 'and', parts: [] } })
  })
})

describe('errors name the place and what to do', () => {
  it.each([
    ['foo>1', 0, 3, 'There is no column or source named foo. Did you mean food?'],
    ['a zebra:1', 2, 7, 'There is no column or source named zebra. Put text to search for in quotes.'],
    ['label:spom', 6, 10, 'There is no class spom. Did you mean spam?'],
    ['label:9', 6, 7, 'There is no class 9.'],
    ['given=model:teacer', 6, 18, 'There is no label source model:teacer. Did you mean model:teacher?'],
    ['aggregate:spam', 0, 9, 'There is no label source of kind aggregate yet.'],
    ['missing:foood', 8, 13, 'There is no column named foood. Did you mean food?'],
    ['split:train', 6, 11, 'There is no split train; the splits are none, pretrain, teacher, student, test and unpinned.'],
    ['row:a', 4, 5, 'a are no rows; write one row such as 7, or the first and the last such as 100..200.'],
    ['row:9..99999999999', 4, 18, '9..99999999999 are no rows; write one row such as 7, or the first and the last such as 100..200.'],
    ['price>cheap', 6, 11, '"cheap" is not a number; write one such as 0.8 or a range such as 10..20.'],
    ['price~1', 5, 7, 'The column price is a number; it cannot be compared with ~.'],
    ['food>1', 4, 6, 'The column food holds text; compare it with =, != or ~ (contains).'],
    ['label>1', 5, 7, 'Labels cannot be compared with >; use =, != or a colon.'],
    ['price>1,2', 5, 9, 'Only one value can follow >.'],
    ['"free', 0, 5, 'The quote that begins here is never closed.'],
    ['(a', 0, 1, 'This parenthesis is never closed.'],
    ['a)', 1, 2, 'This closing parenthesis has no opening one.'],
    ['a OR', 4, 4, 'A term is expected on both sides of OR.'],
    ['a AND', 5, 5, 'A term is expected after AND.'],
    ['a -', 3, 3, 'A term is expected here.'],
    ['price>', 6, 6, 'A value is expected here.'],
    ['=3', 0, 1, 'A term is expected here.'],
    ['""', 0, 2, 'There is nothing to search for between these quotes.'],
    ['food=a=b', 6, 7, 'A value ends here; put quotes around it where it holds such characters.']
  ])('%s', (text, from, to, message) => {
    expect(errorOf(text)).toEqual({ message, from, to })
  })

  it('refuses what is too large before it costs anything', () => {
    expect(errorOf('('.repeat(100_000)).message).toContain('too large')
    expect(errorOf('a '.repeat(largestFilter + 1)).message).toContain('too large')
    expect(errorOf('a OR '.repeat(largestFilter + 1) + 'a').message).toContain('too large')
  })

  it('never throws, and every error lies within the line', () => {
    const pieces = fc.constantFrom('label', 'given', 'model', 'teacher', 'price', 'food', ':', '=', '!=', '<', '~', ',', '(', ')', '-', '#', '"', ' ', ' OR ', 'NOT ', '..', '3', 'none', '\\', 'é', 'confidence(')
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (chosen) => {
        const text = chosen.join('')
        const result = parseQuery(text, vocabulary)
        if ('error' in result) {
          expect(result.error.from).toBeGreaterThanOrEqual(0)
          expect(result.error.to).toBeLessThanOrEqual(text.length)
          expect(result.error.from).toBeLessThanOrEqual(result.error.to)
        } else expect(parseQuery(formatQuery(result.filter, vocabulary), vocabulary)).toEqual({ filter: normalFilter(result.filter) })
      }),
      { numRuns: 3000, seed: 4 }
    )
  })
})

const awkward = fc.constantFrom('OR', 'NOT', 'label', 'given', 'none', 'any', '#1', '-x', 'a:b', 'x!', '10..20', '"q"', 'back\\slash', 'two words', 'tab\t', 'é', '3', 'model:teacher', 'confidence', ',', '')
const name = fc.oneof(awkward, fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 5 }))
const filled = name.filter((text) => text.length > 0)

const vocabularies = fc.record({
  classes: fc.array(name, { minLength: 1, maxLength: 6 }).map((names) => names.map((each, position) => ({ position, name: each }))),
  columns: fc.uniqueArray(fc.record({ name: filled, type: fc.constantFrom<'number' | 'text'>('number', 'text') }), { minLength: 2, maxLength: 6, selector: (column) => column.name }),
  sources: fc.uniqueArray(
    fc.record({ kind: fc.constantFrom('given' as const, 'truth' as const, 'model' as const, 'annotator' as const, 'labeling-function' as const), name: filled }),
    { minLength: 1, maxLength: 5, selector: (source) => sourceReference(source) }
  )
})

function filtersOver(known: QueryVocabulary): fc.Arbitrary<Filter> {
  const reference: fc.Arbitrary<string> = fc.constantFrom(...known.sources.flatMap((source) => [sourceReference(source), sourceReference(source).split(':')[0] ?? '']))
  const columnsOf = (type: 'number' | 'text') => known.columns.filter((column) => column.type === type).map((column) => column.name)
  const value = fc.double({ noNaN: true, noDefaultInfinity: true })
  const flags = { negated: fc.option(fc.boolean(), { nil: undefined }), off: fc.option(fc.boolean(), { nil: undefined }) }
  const comparison = fc.constantFrom(...comparisons)
  const is: fc.Arbitrary<'none' | 'any' | number[]> = fc.oneof(fc.constantFrom('none' as const, 'any' as const), fc.array(fc.nat(known.classes.length - 1), { minLength: 1, maxLength: 3 }))
  const conditions: fc.Arbitrary<Condition>[] = [
    fc.record({ kind: fc.constant('label'), source: fc.option(reference, { nil: null }), is, ...flags }),
    fc.record({ kind: fc.constant('agreement'), first: reference, second: reference, differ: fc.boolean(), ...flags }),
    fc.record({ kind: fc.constant('missing'), column: fc.constantFrom(...known.columns.map((column) => column.name)), ...flags }),
    fc.record({ kind: fc.constant('confidence'), source: reference, comparison, value, ...flags }),
    fc.record({ kind: fc.constant('split'), split: fc.constantFrom(...splits, 'unpinned' as const), ...flags }),
    fc.record({ kind: fc.constant('search'), query: filled, ...flags }),
    fc.record({ kind: fc.constant('rows'), from: fc.nat(largestRow), to: fc.nat(largestRow), ...flags })
  ]
  const [numbers, texts] = [columnsOf('number'), columnsOf('text')]
  if (numbers.length > 0) conditions.push(fc.record({ kind: fc.constant('number'), column: fc.constantFrom(...numbers), comparison, value, ...flags }))
  if (texts.length > 0) conditions.push(fc.record({ kind: fc.constant('value'), column: fc.constantFrom(...texts), comparison: fc.constantFrom('=', '!=', 'contains'), value: name, ...flags }))
  const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', maxDepth: 4 },
      fc.oneof(...conditions),
      fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), parts: fc.array(tie('filter'), { maxLength: 4 }), ...flags })
    )
  }))
  return filter
}

describe('writing', () => {
  it('reads back what it wrote, whatever the names', () => {
    const cases = vocabularies.chain((known) => fc.tuple(fc.constant(known), filtersOver(known)))
    fc.assert(
      fc.property(cases, ([known, filter]) => {
        expect(parseQuery(formatQuery(filter, known), known)).toEqual({ filter: normalFilter(filter) })
      }),
      { numRuns: 2000, seed: 5 }
    )
  })

  it.each([
    'label:spam given!=model:teacher noise>0.8 split:student "free money"',
    'price:10..20 OR -(food~soup missing:price)',
    'lf:"free money":spam #confidence(model:teacher)<0.6',
    'label:ham,"not sure",1 row:3..9'
  ])('%s', (text) => {
    const result = parseQuery(text, vocabulary)
    if ('error' in result) throw new Error(result.error.message)
    expect(formatQuery(result.filter, vocabulary)).toBe(text)
  })

  it('a class whose name another one has before it is written by position', () => {
    const twins = { ...vocabulary, classes: [{ position: 0, name: 'x' }, { position: 1, name: 'x' }] }
    expect(formatQuery({ kind: 'label', source: null, is: [0, 1, 7] }, twins)).toBe('label:x,#1,#7')
  })
})
