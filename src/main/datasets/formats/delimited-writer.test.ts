import fc from 'fast-check'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { writeDelimited, type WriteDelimitedOptions } from './delimited-writer.ts'
import { openDelimited } from './delimited.ts'
import { inFolder } from './fuzzing.ts'
import type { ColumnValues, SourceColumn } from './source-file.ts'
import { readRows } from './source-rows.ts'
import { fuzzText } from './text-fuzzing.ts'

const columns: readonly SourceColumn[] = [{ name: 'n', type: 'number' }, { name: 't', type: 'text' }]

async function written(rows: readonly (readonly [number | null, string | null])[], options: WriteDelimitedOptions = {}): Promise<string> {
  const batch: readonly ColumnValues[] = [
    { type: 'number', values: Float64Array.from(rows, ([number]) => number ?? NaN) },
    { type: 'text', values: rows.map(([, text]) => text) }
  ]
  return joined(writeDelimited(columns, [batch], options))
}

async function joined(chunks: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}

describe('writeDelimited', () => {
  it('frames, doubles and leaves missing values empty', async () => {
    expect(await written([[1, 'plain'], [null, null], [-0, ''], [0.1, 'a,b'], [1e300, 'say "hi"'], [5, 'two\nlines'], [6, ' x']])).toBe(
      'n,t\n1,plain\n,\n-0,""\n0.1,"a,b"\n1e+300,"say ""hi"""\n5,"two\nlines"\n6," x"\n'
    )
  })

  it('puts an apostrophe before formula-like texts and none before numbers', async () => {
    expect(await written([[-1, '=1+1'], [2, '+x'], [3, '-x'], [4, '@x'], [5, '\tx'], [6, '\rx'], [7, '\'x'], [8, 'a=b']])).toBe(
      'n,t\n-1,\'=1+1\n2,\'+x\n3,\'-x\n4,\'@x\n5,\'\tx\n6,"\'\rx"\n7,\'\'x\n8,a=b\n'
    )
    expect(await written([[1, '=x']], { neutralise: false })).toBe('n,t\n1,=x\n')
  })

  it('writes other delimiters, newlines, decimal commas, a byte order mark and no header', async () => {
    const options: WriteDelimitedOptions = { delimiter: ';', newline: '\r\n', decimal: ',', byteOrderMark: true, header: false }
    expect(await written([[1.5, 'a;b'], [2, 'c,d']], options)).toBe('\ufeff1,5;"a;b"\r\n2;c,d\r\n')
    expect(await written([[1.5, 'x']], { decimal: ',' })).toBe('n,t\n"1,5",x\n')
  })

  it('writes an array column as one column an element', async () => {
    const values: ColumnValues = { type: 'array', values: Float32Array.of(1, 2, 3, 4) }
    expect(await joined(writeDelimited([{ name: 'v', type: 'array', shape: [2], dtype: 'float32' }], [[values]]))).toBe('v.0,v.1\n1,2\n3,4\n')
  })

  it('writes many rows in several chunks', async () => {
    const chunks: string[] = []
    const values: ColumnValues = { type: 'text', values: Array.from({ length: 20_000 }, (_, row) => `row ${row}`) }
    for await (const chunk of writeDelimited([{ name: 't', type: 'text' }], [[values]])) chunks.push(chunk)
    expect(chunks.length).toBeGreaterThan(2)
    expect(chunks.join('').split('\n')).toHaveLength(20_002)
  })
})

describe('what is written', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom('"', '\'', ',', ';', '\t', '\n', '\r', ' ', '=', '-', '@', 'a', '1', 'é', '😀', '\\'), maxLength: 8 })
  ).filter((value) => !value.includes('\0'))
  const rows = fc.array(fc.tuple(fc.option(fc.double({ noNaN: true })), fc.option(text)), { maxLength: 12 })
  const options = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'), newline: fc.constantFrom('\n' as const, '\r\n' as const),
    decimal: fc.constantFrom('.' as const, ',' as const), byteOrderMark: fc.boolean(), packed: fc.boolean()
  })

  it('reads back equal', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'round.csv')
      await fc.assert(fc.asyncProperty(rows, options, async (values, { packed, ...writing }) => {
        const content = await written(values, writing)
        writeFileSync(path, packed ? gzipSync(content) : content)
        const file = await openDelimited(path, { ...writing, quote: '"', header: true, encoding: 'utf-8', neutralised: true, types: { n: 'number', t: 'text' } })
        const result = await readRows(file)
        expect(result.rejected).toEqual([])
        expect(result.rows).toEqual(values)
      }), { numRuns: 400, seed: 5 })
    })
  })

  it('reads back equal where one column of texts is all there is', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'one.csv')
      await fc.assert(fc.asyncProperty(fc.array(fc.option(text), { maxLength: 8 }), async (values) => {
        writeFileSync(path, await joined(writeDelimited([{ name: 't', type: 'text' }], [[{ type: 'text', values }]])))
        const file = await openDelimited(path, { delimiter: ',', quote: '"', header: true, encoding: 'utf-8', skipLines: 0, neutralised: true, types: { t: 'text' } })
        expect((await readRows(file)).rows.map((row) => row[0])).toEqual(values)
      }), { numRuns: 200, seed: 6 })
    })
  })
})

describe('damaged files', () => {
  const content = Buffer.from(`id,score,text,label\n${Array.from({ length: 30 }, (_, row) => `${row},${row / 7},"text ""${row}"",\nsecond line é",class ${row % 3}`).join('\n')}\n`)

  it('never crash, hang or lose a row, with everything detected', async () => {
    const outcome = await fuzzText(content, (path) => openDelimited(path), 2000)
    expect(outcome.read).toBeGreaterThan(1500)
    expect(outcome.rejectedRows).toBeGreaterThan(500)
  })

  it('never crash, hang or lose a row, as told and with small limits', async () => {
    const outcome = await fuzzText(content, (path) => openDelimited(path, { delimiter: ',', quote: '"', header: true, encoding: 'utf-8', cellBytes: 40, recordBytes: 200 }), 1500)
    expect(outcome.read).toBeGreaterThan(1000)
  })

  it('never crash when packed', async () => {
    const outcome = await fuzzText(gzipSync(content), (path) => openDelimited(path), 600)
    expect(outcome.refused).toBeGreaterThan(100)
  })

  it('never crash as UTF-16', async () => {
    const outcome = await fuzzText(Buffer.from(`\ufeff${content.toString()}`, 'utf16le'), (path) => openDelimited(path), 500)
    expect(outcome.read).toBeGreaterThan(300)
  })
})
