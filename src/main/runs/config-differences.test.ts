import { describe, expect, it } from 'vitest'
import { configDifferences } from './config-differences.ts'

describe('differences of configurations', () => {
  it('names nested fields with dots, in alphabetical order, values in the order asked', () => {
    const configs = [
      { steps: 10, loss: { name: 'cross-entropy' }, batchSize: 32 },
      { steps: 20, loss: { name: 'confidence', weight: 0.75 }, batchSize: 32 }
    ]
    expect(configDifferences(configs)).toEqual([
      { field: 'loss.name', values: ['cross-entropy', 'confidence'] },
      { field: 'loss.weight', values: [undefined, 0.75] },
      { field: 'steps', values: [10, 20] }
    ])
  })

  it('finds none where all are alike, whatever the order of fields', () => {
    expect(configDifferences([{ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 }])).toEqual([])
    expect(configDifferences([{ a: 1 }])).toEqual([])
    expect(configDifferences([])).toEqual([])
  })

  it('tells a missing field from null, false, 0, an empty text, list and object', () => {
    for (const value of [null, false, 0, '', [], {}]) expect(configDifferences([{ a: value }, {}])).toEqual([{ field: 'a', values: [value, undefined] }])
  })

  it('tells a text from the number it spells', () => {
    expect(configDifferences([{ a: 1 }, { a: '1' }])).toEqual([{ field: 'a', values: [1, '1'] }])
  })

  it('compares lists as values', () => {
    expect(configDifferences([{ seeds: [0, 1] }, { seeds: [1, 0] }])).toEqual([{ field: 'seeds', values: [[0, 1], [1, 0]] }])
  })

  it('shows a field that is an object in one run and a value in another under both names', () => {
    expect(configDifferences([{ loss: 'plain' }, { loss: { name: 'confidence' } }])).toEqual([
      { field: 'loss', values: ['plain', undefined] },
      { field: 'loss.name', values: [undefined, 'confidence'] }
    ])
  })

  it('needs one run of many to differ', () => {
    expect(configDifferences([{ a: 1, b: 1 }, { a: 1, b: 1 }, { a: 2, b: 1 }])).toEqual([{ field: 'a', values: [1, 1, 2] }])
  })
})
