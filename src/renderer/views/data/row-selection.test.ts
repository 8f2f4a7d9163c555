import { describe, expect, it } from 'vitest'
import { isSelected as isSelectedAt, nothingSelected, onlyRow, type RowSelection, rowsOf, selectedCount, toggleRow } from './row-selection.ts'

const matching: RowSelection = { kind: 'matching', filter: { kind: 'and', parts: [] }, count: 12_345 }

const range: RowSelection = { kind: 'range', filter: { kind: 'and', parts: [] }, sort: null, first: 10, count: 30_000 }
const isSelected = (selection: RowSelection, row: number): boolean => isSelectedAt(selection, { row, index: row })

describe('a selection', () => {
  it('counts what it holds', () => {
    expect([nothingSelected, onlyRow(3), rowsOf([1, 2, 2]), matching].map(selectedCount)).toEqual([0, 1, 2, 12_345])
  })
  it('takes rows in and out', () => {
    const both = toggleRow(onlyRow(3), 5)
    expect([isSelected(both, 3), isSelected(both, 5), isSelected(both, 4)]).toEqual([true, true, false])
    expect(toggleRow(both, 3)).toEqual(onlyRow(5))
  })
  it('of all that match holds every row shown, and gives way to a single one', () => {
    expect(isSelected(matching, 99)).toBe(true)
    expect(toggleRow(matching, 99)).toEqual(onlyRow(99))
  })
  it('of a long range holds its places, whatever rows stand there', () => {
    expect([9, 10, 30_009, 30_010].map((index) => isSelectedAt(range, { row: 0, index }))).toEqual([false, true, true, false])
    expect(selectedCount(range)).toBe(30_000)
    expect(toggleRow(range, 12)).toEqual(onlyRow(12))
  })
})
