import { expect, test } from 'vitest'
import { addDataset, temporaryBench } from './fixtures/sample-bench.ts'

test('pinned splits come back by row, can be moved and let go', () => {
  const bench = temporaryBench()
  const { id } = addDataset(bench)
  const other = addDataset(bench)
  bench.splits.set(id, [1, 4, 9], ['test', 'teacher', 'none'])
  bench.splits.set(id, [4, 1], ['student', null])
  expect(bench.splits.of(id, [9, 1, 4, 0])).toEqual(['none', null, 'student', null])
  expect(Array.from(bench.splits.pinned(id, 6))).toEqual([-1, -1, -1, -1, 3, -1])
  expect(bench.splits.of(other.id, [4])).toEqual([null])
  expect(() => bench.splits.set('none', [0], ['test'])).toThrow(/FOREIGN KEY/)
})

test('pins of an older version are kept by the first change after it', () => {
  const bench = temporaryBench()
  const { id } = addDataset(bench)
  bench.connection.run("INSERT INTO split_assignment (dataset_id, row, split) VALUES (?, 2, 'test'), (?, 3, 'teacher')", id, id)
  expect(bench.splits.of(id, [2, 3, 4])).toEqual(['test', 'teacher', null])
  bench.splits.set(id, [3, 4], [null, 'none'])
  expect(bench.splits.of(id, [2, 3, 4])).toEqual(['test', null, 'none'])
})
