import { describe, expect, it } from 'vitest'
import { exportName, withEnding } from './export-path.ts'

describe('the path of an export', () => {
  it('is named after the data set', () => {
    expect([exportName('MNIST 10k', 'csv'), exportName('  Äpfel/Birnen ', 'json-lines'), exportName('///', 'npy')]).toEqual(['mnist-10k.csv', 'äpfel-birnen.jsonl', 'data.npy'])
  })
  it('follows the format, whatever else a person wrote', () => {
    expect(withEnding('/a/b.csv', 'parquet')).toBe('/a/b.parquet')
    expect(withEnding('/a/b.JSONL', 'label-studio')).toBe('/a/b.json')
    expect(withEnding('/a.b/c', 'npy')).toBe('/a.b/c.npy')
    expect(withEnding('', 'csv')).toBe('')
  })
})
