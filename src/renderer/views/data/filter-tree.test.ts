import { describe, expect, it } from 'vitest'
import type { Filter } from '../../../shared/domain/filter.ts'
import { addPart, changePart, conditionCount, dependsOnLabels, matchesAll, movePart, partAt, removePart, rowsFilter, searchedWords, setGroupKind, toggleMark } from './filter-tree.ts'

const a: Filter = { kind: 'number', column: 'a', comparison: '>', value: 1 }
const b: Filter = { kind: 'search', query: 'free "cash prize"' }
const c: Filter = { kind: 'label', source: null, is: [0] }
const tree: Filter = { kind: 'and', parts: [a, { kind: 'or', parts: [b, c] }] }

describe('parts of a filter', () => {
  it('are found, changed, added and removed by their place, leaving the rest as it is', () => {
    expect(partAt(tree, [1, 0])).toBe(b)
    expect(partAt(tree, [0, 0])).toBeUndefined()
    expect(addPart(tree, [1], a)).toEqual({ kind: 'and', parts: [a, { kind: 'or', parts: [b, c, a] }] })
    expect(addPart(a, [], b)).toEqual({ kind: 'and', parts: [a, b] })
    expect(removePart(tree, [1, 1])).toEqual({ kind: 'and', parts: [a, { kind: 'or', parts: [b] }] })
    expect(removePart(tree, [])).toEqual({ kind: 'and', parts: [] })
    expect(removePart(tree, [7])).toBe(changePart(tree, [7], () => null))
    expect(setGroupKind(tree, [], 'or')).toMatchObject({ kind: 'or' })
    expect(tree).toEqual({ kind: 'and', parts: [a, { kind: 'or', parts: [b, c] }] })
  })
  it('are marked and unmarked', () => {
    const off = toggleMark(tree, [1], 'off')
    expect(partAt(off, [1])).toMatchObject({ off: true })
    expect(toggleMark(off, [1], 'off')).toEqual(tree)
  })
  it('move in reading order: past a condition, into a group and out of it', () => {
    expect(movePart(tree, [0], 1)).toEqual({ filter: { kind: 'and', parts: [{ kind: 'or', parts: [a, b, c] }] }, path: [0, 0] })
    expect(movePart(tree, [1, 0], 1)).toEqual({ filter: { kind: 'and', parts: [a, { kind: 'or', parts: [c, b] }] }, path: [1, 1] })
    expect(movePart(tree, [1, 0], -1)).toEqual({ filter: { kind: 'and', parts: [a, b, { kind: 'or', parts: [c] }] }, path: [1] })
    expect(movePart(tree, [1, 1], 1)).toEqual({ filter: { kind: 'and', parts: [a, { kind: 'or', parts: [b] }, c] }, path: [2] })
    expect(movePart(tree, [0], -1)).toEqual({ filter: tree, path: [0] })
  })
  it('come back to their place when moved there and back', () => {
    for (const path of [[0], [1, 0]]) {
      const there = movePart(tree, path, 1)
      expect(movePart(there.filter, there.path, -1)).toEqual({ filter: tree, path })
    }
  })
})

describe('a filter', () => {
  it('knows whether it matches all, and whether labels decide', () => {
    expect([matchesAll(tree), matchesAll({ kind: 'and', parts: [] }), matchesAll({ kind: 'and', parts: [{ ...c, off: true }] }), matchesAll({ kind: 'and', parts: [], negated: true })]).toEqual([false, true, true, false])
    expect([dependsOnLabels(tree), dependsOnLabels(a)]).toEqual([true, false])
    expect(conditionCount(tree)).toBe(3)
  })
  it('tells the words to mark', () => {
    expect(searchedWords(tree)).toEqual(['free', 'cash prize'])
    expect(searchedWords({ ...b, negated: true })).toEqual([])
  })
  it('of rows joins neighbours and says what is too much', () => {
    expect(rowsFilter([5, 3, 4, 9, 9]).filter.parts).toEqual([{ kind: 'rows', from: 3, to: 5 }, { kind: 'rows', from: 9, to: 9 }])
    const { filter, left } = rowsFilter(Array.from({ length: 400 }, (_, index) => index * 2))
    expect([filter.parts.length, left]).toEqual([150, 250])
  })
})
