import { describe, expect, it } from 'vitest'
import * as v from 'valibot'
import { FilterSchema } from '../../../shared/domain/filter.ts'
import { formatQuery } from '../../../shared/query/format-query.ts'
import { parseQuery } from '../../../shared/query/parse-query.ts'
import type { QueryVocabulary } from '../../../shared/query/vocabulary.ts'
import { asKind, conditionKinds, freshCondition, possibleKinds, typedNumber } from './conditions.ts'

const vocabulary: QueryVocabulary = {
  classes: [{ position: 0, name: 'ham' }, { position: 1, name: 'spam' }], columns: [{ name: 'words', type: 'number' }, { name: 'subject', type: 'text' }],
  sources: [{ kind: 'given', name: 'label' }, { kind: 'model', name: 'teacher' }]
}

describe('conditions of the filter builder', () => {
  it('are valid from the start, and a query line reads them back', () => {
    for (const kind of conditionKinds) {
      const condition = freshCondition(kind, vocabulary)
      expect(v.is(FilterSchema, condition), kind).toBe(true)
      const filter = { kind: 'and' as const, parts: [condition] }
      expect(parseQuery(formatQuery(filter, vocabulary), vocabulary), kind).toEqual({ filter })
    }
  })
  it('are offered where the data set has something for them', () => {
    expect(possibleKinds(vocabulary)).toEqual(conditionKinds)
    expect(possibleKinds({ classes: [], columns: [], sources: [] })).toEqual(['split', 'rows'])
  })
  it('keep their marks under another kind', () => {
    expect(asKind({ kind: 'rows', from: 1, to: 2, negated: true }, 'split', vocabulary)).toEqual({ kind: 'split', split: 'unpinned', negated: true })
    const same = freshCondition('label', vocabulary)
    expect(asKind(same, 'label', vocabulary)).toBe(same)
  })
  it('read numbers, and nothing else', () => {
    expect([typedNumber(' 0.5 '), typedNumber('-3'), typedNumber('1e3'), typedNumber(''), typedNumber('x'), typedNumber('Infinity')]).toEqual([0.5, -3, 1000, null, null, null])
  })
})
