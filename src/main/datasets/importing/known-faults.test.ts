import { expect, test } from 'vitest'
import { LabelCodes, mostClasses } from './label-codes.ts'
import { type RowBlock, RowBuilder } from './row-builder.ts'
import { RowCheck } from './row-check.ts'

// What is expected here does not hold yet: each test turns red when it does, and then loses its `fails`.

test.fails('photos are handed over in blocks of at most 256 MB', () => {
  const source = { name: 'image', type: 'array', shape: [224, 224, 3], dtype: 'uint8' } as const
  const width = 224 * 224 * 3
  const layout = { kind: 'image', shape: source.shape, dtype: 'uint8', width, parts: [{ column: { index: 0, source, role: 'feature' }, offset: 0, width }] } as const
  const blocks: RowBlock[] = []
  const builder = new RowBuilder(layout, [], 8192, (block) => blocks.push(block))
  const batch = [{ type: 'array', values: new Uint8Array(200 * width) }] as const
  for (let rows = 0; rows < 2000; rows += 200) builder.take(batch, 0, 200)
  builder.finish()
  expect(Math.max(...blocks.map(({ features }) => features.length))).toBeLessThanOrEqual(256 * 2 ** 20)
})

test.fails('too many classes name the column and the row', () => {
  const check = new RowCheck([{ index: 0, source: { name: 'kind', type: 'text' }, role: 'label' }], new LabelCodes(null))
  const values = Array.from({ length: mostClasses + 5 }, (_, row) => `class ${row}`)
  const attempt = (): unknown => check.takeAll([{ type: 'text', values }], 0, values.length, Float64Array.from(values, (_, row) => row + 1))
  expect(attempt).toThrow(/"kind" has more than 10,000 distinct values by row 10,001/)
})
