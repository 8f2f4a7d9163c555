import { describe, expect, it } from 'vitest'
import { isSelected, nothingSelected, onlyRow, type RowSelection, rowsOf, selectedCount, toggleRow } from './row-selection.ts'

const matching: RowSelection = { kind: 'matching', filter: { kind: 'and', parts: [] }, count: 12_345 }

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
})
