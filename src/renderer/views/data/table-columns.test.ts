import { describe, expect, it } from 'vitest'
import type { LabelSource } from '../../../shared/domain/dataset.ts'
import type { Sort } from '../../../shared/domain/filter.ts'
import { mailColumns } from '../../testing/fake-data.ts'
import { nextSort, shownColumns, sortOf, tableColumns } from './table-columns.ts'

const given: LabelSource = { id: 'given', datasetId: 'mail', kind: 'given', name: 'label', createdAt: 0, labelled: 5, detail: null }
const teacher: LabelSource = { ...given, id: 'teacher', kind: 'model', name: 'teacher' }
const columns = tableColumns({ source: given, others: [teacher], columns: mailColumns, splits: true, count: 1000 }, { 'column:words': 333, split: 2 })

describe('columns of the table', () => {
  it('are row, sources, split and data, in this order, with remembered widths in bounds', () => {
    expect(columns.map((one) => one.key)).toEqual(['row', 'source:given', 'source:model:teacher', 'split', 'column:subject', 'column:words'])
    expect([columns[5]?.width, columns[3]?.width, columns[5]?.numeric, columns[4]?.numeric]).toEqual([333, 40, true, false])
  })
  it('of the data set are the first ones until some are chosen', () => {
    const many = Array.from({ length: 300 }, (_, position) => ({ ...mailColumns[1], position, name: `c${position}` }) as (typeof mailColumns)[number])
    expect([shownColumns(many, null).length, shownColumns(many, many.map((one) => one.name)).length]).toEqual([24, 100])
    expect(shownColumns(many, ['c7', 'gone', 'c3']).map((one) => one.name)).toEqual(['c3', 'c7'])
  })
})

describe('a click on a header', () => {
  it('sorts ascending, descending, then by row again', () => {
    const words = columns[5]
    if (words === undefined) throw new Error('The column is missing.')
    const seen: (Sort | null)[] = []
    let sort: Sort | null = null
    for (let click = 0; click < 3; click += 1) seen.push((sort = nextSort(words, sort)))
    expect(seen).toEqual([{ by: 'column', column: 'words', descending: false }, { by: 'column', column: 'words', descending: true }, null])
    expect([sortOf(words, seen[1] ?? null), sortOf(words, null)]).toEqual(['descending', null])
  })
  it('on the row turns the order around', () => {
    const row = columns[0]
    if (row === undefined) throw new Error('The column is missing.')
    expect([sortOf(row, null), nextSort(row, null), nextSort(row, { by: 'row', descending: true })]).toEqual(['ascending', { by: 'row', descending: true }, null])
  })
})
