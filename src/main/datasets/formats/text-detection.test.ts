import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { recogniseText } from './text-detection.ts'
import { damagedText } from './text-fuzzing.ts'

const prose = 'It was a bright, cold day in April.\nThe clocks, all of them, were striking thirteen.\nHe went on.\n'
const table = 'a;b;c\n1;2;x\n3;4;y\n'

describe('recogniseText', () => {
  it.each([
    ['data.csv', 'a,b\n1,2\n', 'delimited'],
    ['data.csv', '{"a":1},x\n', 'delimited'],
    ['DATA.TSV', 'x', 'delimited'],
    ['iris.data', '5.1,3.5,setosa\n4.9,3.0,setosa\n', 'delimited'],
    ['table.txt', table, 'delimited'],
    ['table.txt', 'a\tb\nx\ty\nz\tw\n', 'delimited'],
    ['book.txt', prose, 'text'],
    ['pairs.txt', 'yes, sir\nno, sir\nwell, then\n', 'text'],
    ['readme.md', '| a | b |\n| 1 | 2 |\n', 'text'],
    ['rows.jsonl', '{"a":1}\n{"a":2}\n', 'json-lines'],
    ['rows.json', '[{"a":1},{"a":2}]', 'json-lines'],
    ['rows.jsonl', 'broken', 'json-lines'],
    ['noname', '\ufeff{"a":1}\n', 'json-lines'],
    ['export.json', '[\n{"id":1,"data":{"text":"a"},"annotations":[]}]', 'label-studio'],
    ['export.json', `[{"id":1,"annotations":[{"id":1}],"data":{"text":"${'long '.repeat(100)}`, 'label-studio'],
    ['all.jsonl', '{"id":1,"text":"a","label":["x"]}\n', 'doccano'],
    ['all.jsonl', '{"id":1,"text":"a","label":"x"}\n', 'json-lines']
  ] as const)('%s: %#', (path, content, format) => {
    expect(recogniseText(path, Buffer.from(content))).toBe(format)
    expect(recogniseText(`${path}.gz`, gzipSync(content))).toBe(format)
  })

  it('looks into UTF-16', () => {
    expect(recogniseText('x', Buffer.from(`\ufeff${table}`, 'utf16le'))).toBe('delimited')
    expect(recogniseText('x.txt', Buffer.from(`\ufeff${prose}`, 'utf16le'))).toBe('text')
  })

  it('knows what is no text', () => {
    const numbers = Buffer.from(Float64Array.from({ length: 500 }, (_, index) => Math.sin(index)).buffer)
    for (const bytes of [Buffer.alloc(0), Buffer.from('PAR1....'), Buffer.from('\x93NUMPY\x01\0', 'latin1'), Buffer.from('PK\x03\x04xx'), Buffer.from([0, 0, 8, 3, 0, 0, 0, 1]), numbers, gzipSync(numbers)]) {
      expect(recogniseText('data.csv', bytes)).toBeNull()
    }
  })

  it('opens no more of a bomb than it looks at takes', () => {
    expect(recogniseText('zeros.gz', gzipSync(Buffer.alloc(200_000_000, 'a')))).toBe('text')
  })

  it('never throws on damaged beginnings', () => {
    for (const content of [table, prose, '[{"id":1,"data":{"text":"a"},"annotations":[]}]', '{"text":"a","label":["x"]}\n']) {
      for (let seed = 1; seed <= 300; seed += 1) expect(() => recogniseText('data', damagedText(Buffer.from(content), seed))).not.toThrow()
    }
  })
})
