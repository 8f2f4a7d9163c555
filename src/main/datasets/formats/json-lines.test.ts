import fc from 'fast-check'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { BenchError } from '../../../shared/contract/errors.ts'
import { inFolder } from './fuzzing.ts'
import { openJsonLines, type OpenJsonOptions } from './json-lines.ts'
import { readRows, type ReadRows } from './source-rows.ts'
import { fuzzText } from './text-fuzzing.ts'

async function read(content: string | Uint8Array, options: OpenJsonOptions = {}): Promise<ReadRows & { columns: string[] }> {
  return inFolder(async (folder) => {
    const path = join(folder, 'data.jsonl')
    writeFileSync(path, content)
    const file = await openJsonLines(path, options)
    const columns = file.columns.map((column) => `${column.name}:${column.type}${column.shape === undefined ? '' : `[${column.shape.join('x')}]`}`)
    return { ...await readRows(file), columns }
  })
}

async function failure(attempt: Promise<unknown>): Promise<BenchError> {
  const error: unknown = await attempt.then(() => null, (reason: unknown) => reason)
  if (!(error instanceof BenchError)) throw new Error(`expected a BenchError, got ${String(error)}`)
  return error
}

describe('JSON Lines', () => {
  it('makes columns of the fields of all first rows', async () => {
    const result = await read('{"n":1,"t":"a","b":true}\n\n{"t":"é😀","n":2.5,"o":{"x":[1,"y"]},"b":null}\r\n{"tags":["p","q"]}')
    expect(result.columns).toEqual(['n:number', 't:text', 'b:text', 'o:text', 'tags:text'])
    expect(result.rows).toEqual([[1, 'a', 'true', null, null], [2.5, 'é😀', null, '{"x":[1,"y"]}', null], [null, null, null, null, '["p","q"]']])
  })

  it('makes array columns of arrays of one shape', async () => {
    const result = await read('{"v":[1,2,0.5],"m":[[1,2],[3,4]],"r":[1]}\n{"v":[4,5,6],"m":[[5,6],[7,8]],"r":[1,2]}\n')
    expect(result.columns).toEqual(['v:array[3]', 'm:array[2x2]', 'r:text'])
    expect(result.rows).toEqual([[[1, 2, 0.5], [1, 2, 3, 4], '[1]'], [[4, 5, 6], [5, 6, 7, 8], '[1,2]']])
  })

  it('keeps whole numbers that a double would change as texts', async () => {
    const result = await read('{"id":1234567890123456789,"x":9007199254740992}\n{"id":1,"x":100000000000000000000}\n')
    expect(result.rows).toEqual([['1234567890123456789', 2 ** 53], ['1', 1e20]])
  })

  it('takes fields by whatever name', async () => {
    const result = await read('{"__proto__":1,"constructor":"x","toString":2,"":3}\n{"toString":4}\n')
    expect(result.rows).toEqual([[1, 'x', 2, 3], [null, null, 4, null]])
  })

  it('rejects what does not fit, naming line and field', async () => {
    const first = Array.from({ length: 1000 }, (_, row) => `{"n":${row},"v":[1,2],"t":"x"}`)
    const bad = ['{"n":"abc","v":[1,2]}', '{"n":1,"v":[1]}', '{"n":1,"v":[1,2],"extra":5}', '{"n":1', '[1,2]', '{"n":1,"v":null}', '{"n":1,"v":[1,2],"t":"\\u0000"}', '{"n":1,"v":[1,2],"t":"\\ud800"}', '{"n":"7","v":[1,2]}']
    const result = await read([...first, ...bad].join('\n'))
    expect(result.rows).toHaveLength(1001)
    expect(result.rows.at(-1)).toEqual([7, [1, 2], null])
    expect(result.rejected.map(({ row, line, column, reason }) => [row, line, column, reason])).toEqual([
      [1001, 1001, 'n', '"abc" is no number.'],
      [1002, 1002, 'v', 'The array has the shape 1 where 2 is expected.'],
      [1003, 1003, 'extra', 'No row at the beginning of the file has this field.'],
      [1004, 1004, null, expect.stringContaining('The row is not valid JSON')],
      [1005, 1005, null, 'The row is no JSON object.'],
      [1006, 1006, 'v', 'The field is no array of numbers.'],
      [1007, 1007, 't', 'The text holds a NUL character.'],
      [1008, 1008, 't', 'The text holds half a character (a lone surrogate).']
    ])
    expect(result.rejected[3]?.excerpt).toBe('{"n":1')
    expect((await read([...first, ...bad].join('\n'), { unknownFields: 'ignore' })).rows).toHaveLength(1002)
  })

  it('takes the types it is told', async () => {
    expect((await read('{"n":1,"v":[1,2]}\n', { types: { n: 'text', v: 'text' } })).rows).toEqual([['1', '[1,2]']])
    expect((await failure(read('{"n":1}\n', { types: { z: 'text' } }))).code).toBe('invalid-input')
  })

  it('reads gzip, a byte order mark and UTF-16', async () => {
    const text = '{"t":"é"}\n'
    for (const content of [gzipSync(text), `\ufeff${text}`, Buffer.from(`\ufeff${text}`, 'utf16le')]) expect((await read(content)).rows).toEqual([['é']])
  })

  it('rejects bytes that are not UTF-8 and lines that are too long', async () => {
    const result = await read(Buffer.concat([Buffer.from('{"t":"é"}\n{"t":"'), Buffer.from([0xe9]), Buffer.from(`"}\n{"t":"${'x'.repeat(5000)}"}\n{"t":"end"}\n`)]), { lineBytes: 1000 })
    expect(result.rows).toEqual([['é'], ['end']])
    expect(result.rejected.map(({ line, reason }) => [line, reason])).toEqual([[2, 'Byte 0xE9 at position 7 is not UTF-8.'], [3, 'The line is longer than 1000 bytes.']])
  })

  it('survives values nested without end', async () => {
    const result = await read(`{"t":"x"}\n{"t":${'['.repeat(200_000)}${']'.repeat(200_000)}}\n`)
    expect(result.rows[0]).toEqual(['x'])
    expect(result.rows.length + result.rejected.length).toBe(2)
  })

  it('says where there is nothing to read', async () => {
    for (const content of ['', '\n\n', 'hello\n', '[]', '{}']) expect((await failure(read(content))).code).toBe('bad-data')
  })
})

describe('a JSON array', () => {
  it('is read as a whole, with lines', async () => {
    const result = await read('[\n  {"n": 1,\n   "t": "a, ]}\\""},\n  {"n": 2}, {"n": 3}\n]\n')
    expect(result.rows).toEqual([[1, 'a, ]}"'], [2, null], [3, null]])
    expect(result.rejected).toEqual([])
  })

  it('goes on behind a broken row', async () => {
    const result = await read('[\n{"n":1},\n{"n":"open},\n{"n":3},\n{"n" 4},\n{"n":5,\n{"n":6},\n{"n":7}')
    expect(result.rows.map((row) => row[0])).toEqual([1, 3, 6, 7])
    expect(result.rejected.map(({ row, line, reason }) => [row, line, reason])).toEqual([
      [2, 3, 'A string is not closed on its line.'],
      [4, 5, expect.stringContaining('not valid JSON')],
      [5, 6, 'A bracket is not closed.']
    ])
  })

  it('says where it is cut off or goes on behind its end', async () => {
    expect((await read('[{"n":1},{"n":')).rejected).toMatchObject([{ row: 2, reason: 'The array is cut off inside this row.' }])
    expect((await read('[{"n":1}] x')).rejected).toMatchObject([{ row: 2, reason: 'After the end of the array stands more.' }])
  })

  it('has a size limit', async () => {
    const error = await failure(read(`[${'{"n":1},'.repeat(1000)}{"n":1}]`, { arrayBytes: 1000 }))
    expect(error.payload.hint).toContain('JSON Lines')
  })
})

describe('what JSON.stringify writes', () => {
  const value = fc.record({ n: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })), t: fc.option(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))) })

  it('reads back equal, as lines and as an array', async () => {
    await fc.assert(fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 10 }), fc.boolean(), async (values, array) => {
      const result = await read(array ? JSON.stringify(values, null, 2) : values.map((each) => JSON.stringify(each)).join('\n'))
      const expected = values.map((each) => [each.n === null ? null : each.n + 0, each.t])
      expect(result.rows).toEqual(result.columns[0] === 'n:number' ? expected : expected.map(([, text]) => [null, text]))
    }), { numRuns: 200, seed: 4 })
  })
})

describe('damaged files', () => {
  const rows = Array.from({ length: 25 }, (_, row) => ({ id: row, text: `some "text" é ${row}`, vector: [row, 0.5, -1], nested: { a: [1, 'b'] }, flag: row % 2 === 0 }))

  it('never crash, hang or lose a row', async () => {
    const lines = await fuzzText(Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')), (path) => openJsonLines(path), 1200)
    expect(lines.read).toBeGreaterThan(900)
    expect(lines.rejectedRows).toBeGreaterThan(300)
    const array = await fuzzText(Buffer.from(JSON.stringify(rows, null, 1)), (path) => openJsonLines(path), 800)
    expect(array.read).toBeGreaterThan(500)
  })
})
