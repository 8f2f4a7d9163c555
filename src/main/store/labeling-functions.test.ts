import { expect, test } from 'vitest'
import { addDataset, temporaryBench } from './fixtures/sample-bench.ts'

const definition = { kind: 'interval', column: 'x', from: 0, to: null, label: 0 } as const

test('functions stand in the order they were first made, however fast, each in its newest version', () => {
  const bench = temporaryBench()
  const { id } = addDataset(bench)
  const names = ['short', 'zebra', 'apple', 'money', 'loud', 'calm']
  for (const name of [...names, 'zebra', 'calm', 'zebra']) bench.functions.setDeleted([bench.functions.insert(id, name, definition).id], null)
  expect(bench.functions.list(id).map(({ name, version }) => [name, version])).toEqual(names.map((name) => [name, name === 'zebra' ? 3 : name === 'calm' ? 2 : 1]))
  expect(bench.functions.versions(id, 'zebra').map(({ version }) => version)).toEqual([3, 2, 1])
  const [newest] = bench.functions.versions(id, 'zebra')
  bench.functions.setDeleted([newest?.id ?? ''], 1)
  expect(bench.functions.list(id).find(({ name }) => name === 'zebra')?.version).toBe(2)
})

test('saved filters stand in the order they were made', () => {
  const bench = temporaryBench()
  const { id } = addDataset(bench)
  const names = ['b', 'c', 'a', 'z', 'd']
  for (const name of names) bench.filters.setDeleted(bench.filters.insert(id, name, { kind: 'and', parts: [] }, null), null)
  expect(bench.filters.list(id).map(({ name }) => name)).toEqual(names)
})
