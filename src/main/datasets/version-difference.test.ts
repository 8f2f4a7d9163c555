import { expect, test } from 'vitest'
import { versionDifference } from './version-difference.ts'

test('rows that came, went, moved and have another label are told apart', () => {
  const before = { rows: Int32Array.of(0, 1, 2, 3), splits: Uint8Array.of(3, 3, 4, 4), labels: Int32Array.of(0, 1, 1, -1) }
  const after = { rows: Int32Array.of(1, 2, 3, 9), splits: Uint8Array.of(3, 3, 4, 4), labels: Int32Array.of(0, 0, 2, 1) }
  expect(versionDifference(before, after)).toEqual({
    added: { count: 1, rows: [9] },
    removed: { count: 1, rows: [0] },
    relabelled: { count: 3, rows: [1, 2, 3] },
    moved: { count: 1, rows: [2] },
    byClass: [{ from: 1, to: 0, count: 2, rows: [1, 2] }, { from: -1, to: 2, count: 1, rows: [3] }]
  })
  expect(versionDifference(before, before)).toMatchObject({ relabelled: { count: 0, rows: [] }, byClass: [] })
})

test('only the first thousand rows are listed', () => {
  const rows = Int32Array.from({ length: 2500 }, (_, row) => row)
  const version = { rows, splits: new Uint8Array(2500), labels: new Int32Array(2500) }
  const { relabelled, byClass } = versionDifference(version, { ...version, labels: new Int32Array(2500).fill(1) })
  expect([relabelled.count, relabelled.rows.length]).toEqual([2500, 1000])
  expect([byClass[0]?.count, byClass[0]?.rows.length]).toEqual([2500, 200])
})
