import { describe, expect, it } from 'vitest'
import { BenchError } from '../../shared/contract/errors.ts'
import { type Examples, matchClasses, matchLines } from './vote-rows.ts'

const examples = (ids: readonly (string | null)[]): Examples => ({ name: 'Mail', count: ids.length, idOf: (row) => ids[row] ?? null })
const lines = (ids: readonly string[]) => ({ file: 'v.csv', count: ids.length, ids })
const said = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof BenchError) return error.message
  }
  return 'nothing was refused'
}

describe('lines of a vote file', () => {
  it('find their examples by id, in any order and some of them', () => {
    expect(matchLines(lines(['c', 'a']), examples(['a', 'b', 'c']), 'auto')).toEqual({ by: 'id', rows: Int32Array.of(2, 0) })
  })
  it('go by position without ids, without an id column, or where the ids are others altogether', () => {
    const position = { by: 'position', rows: Int32Array.of(0, 1) }
    expect(matchLines({ file: 'v.csv', count: 2, ids: null }, examples(['a', 'b']), 'auto')).toEqual(position)
    expect(matchLines(lines(['x', 'y']), { name: 'Mail', count: 2, idOf: null }, 'auto')).toEqual(position)
    expect(matchLines(lines(['0', '1']), examples(['a', 'b']), 'auto')).toEqual(position)
    expect(matchLines(lines(['b', 'a']), examples(['a', 'b']), 'position')).toEqual(position)
  })
  it.each([
    ['counts that differ', () => matchLines({ file: 'v.csv', count: 3, ids: null }, examples(['a', 'b']), 'auto'), 'v.csv has 3 rows, "Mail" has 2 examples.'],
    ['ids of which some are unknown', () => matchLines(lines(['a', 'x']), examples(['a', 'b']), 'auto'), 'v.csv, row 2: "Mail" has no example with the id "x".'],
    ['unknown ids that were asked for', () => matchLines(lines(['x', 'y']), examples(['a', 'b']), 'id'), 'v.csv, row 1: "Mail" has no example with the id "x".'],
    ['an id twice in the file', () => matchLines(lines(['a', 'a']), examples(['a', 'b']), 'auto'), 'v.csv, row 2: the id "a" stands in row 1 already.'],
    ['an id of two examples', () => matchLines(lines(['a', 'b']), examples(['a', 'b', 'a']), 'auto'), 'v.csv, row 1: "Mail" has several examples with the id "a".'],
    ['ids that the file lacks', () => matchLines({ file: 'v.csv', count: 2, ids: null }, examples(['a', 'b']), 'id'), 'v.csv has no ids.'],
    ['ids that the data set lacks', () => matchLines(lines(['a', 'b']), { name: 'Mail', count: 2, idOf: null }, 'id'), '"Mail" has no id column.']
  ])('are refused for %s', (_what, work, message) => expect(said(work)).toBe(message))
})

describe('classes of a vote file', () => {
  const mail = { name: 'Mail', classes: [{ position: 0, name: 'ham' }, { position: 3, name: 'spam' }] }
  it('are found by name, without regard to case where that is enough', () => {
    expect(matchClasses('t.json', ['SPAM', 'ham'], mail)).toEqual([3, 0])
    expect(matchClasses('t.json', ['A', 'a'], { name: 'Letters', classes: [{ position: 0, name: 'a' }, { position: 1, name: 'A' }] })).toEqual([1, 0])
  })
  it('are found by position where positions are all that the file names', () => expect(matchClasses('t.json', ['0', '1'], { name: 'Mail', classes: [{ position: 0, name: 'ham' }, { position: 1, name: 'spam' }] })).toEqual([0, 1]))
  it('are refused where the data set has none of that name', () => expect(said(() => matchClasses('t.json', ['ham', 'news'], mail))).toBe('t.json votes for the class "news", which "Mail" does not have.'))
})
