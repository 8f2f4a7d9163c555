import { gzipSync } from 'node:zlib'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BenchError } from '../../../shared/contract/errors.ts'
import { detectDelimited } from './delimited-dialect.ts'
import { openDelimited, type OpenDelimitedOptions } from './delimited.ts'
import { readRows, type ReadRows } from './source-rows.ts'

let folder = ''
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'delimited-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(content: string | Uint8Array): string {
  const path = join(folder, 'data.csv')
  writeFileSync(path, content)
  return path
}

async function read(content: string | Uint8Array, options: OpenDelimitedOptions = {}): Promise<ReadRows & { columns: string[], warnings: readonly string[] }> {
  const opened = await openDelimited(file(content), options)
  return { ...await readRows(opened), columns: opened.columns.map((column) => `${column.name}:${column.type}`), warnings: opened.warnings }
}

async function failure(attempt: Promise<unknown>): Promise<BenchError> {
  const error: unknown = await attempt.then(() => null, (reason: unknown) => reason)
  if (!(error instanceof BenchError)) throw new Error(`expected a BenchError, got ${String(error)}`)
  return error
}

describe('a sound file', () => {
  it('gives typed columns, missing values and row numbers', async () => {
    const result = await read('id,score,text,label\n1,0.5,hello,spam\n2,,"a, ""b""\nc",ham\n3,-1e-3,,spam\n4,NA,"",ham\n')
    expect(result.columns).toEqual(['id:number', 'score:number', 'text:text', 'label:text'])
    expect(result.rows).toEqual([[1, 0.5, 'hello', 'spam'], [2, null, 'a, "b"\nc', 'ham'], [3, -0.001, null, 'spam'], [4, null, '', 'ham']])
    expect(result.rowNumbers).toEqual([1, 2, 3, 4])
    expect(result.rejected).toEqual([])
    expect(result.warnings).toEqual([])
  })

  it.each([['LF', '\n'], ['CRLF', '\r\n'], ['CR', '\r']])('ends lines with %s', async (_name, newline) => {
    const result = await read(['a,b', '1,x', '"2","y"', '', '3,z'].join(newline))
    expect(result.rows).toEqual([[1, 'x'], [2, 'y'], [3, 'z']])
  })

  it('counts lines inside quoted cells', async () => {
    const result = await read('a,b\r\n1,"x\r\ny\rz\nw"\r\n2,p,q\r\n')
    expect(result.rejected.map((row) => [row.row, row.line])).toEqual([[2, 6]])
  })

  it('keeps quotes inside cells that do not begin with one', async () => {
    expect((await read('a,b\n1,5" pipe\n2,say "hi"\n')).rows).toEqual([[1, '5" pipe'], [2, 'say "hi"']])
  })

  it('keeps spaces of texts and ignores those around numbers', async () => {
    expect((await read('a,b\n 1 , x \n')).rows).toEqual([[1, ' x ']])
  })

  it('treats a blank line as a row without value where there is one column', async () => {
    expect((await read('text\na\n\nb\n')).rows).toEqual([['a'], [null], ['b']])
  })

  it('passes over the rows as often as asked', async () => {
    const opened = await openDelimited(file('a,b\n1,x\n2,y\n'))
    expect((await readRows(opened)).rows).toEqual((await readRows(opened)).rows)
    await opened.close()
  })

  it('reads more rows than a batch holds, in order, with a fraction that never falls', async () => {
    const lines = Array.from({ length: 20_000 }, (_, row) => `${row},t${row}`)
    const opened = await openDelimited(file(`a,b\n${lines.join('\n')}`))
    const sizes: number[] = []
    let next = 1
    let fraction = 0
    for await (const batch of opened.batches()) {
      sizes.push(batch.rowNumbers.length)
      expect(batch.fraction).toBeGreaterThanOrEqual(fraction)
      fraction = batch.fraction
      for (const row of batch.rowNumbers) expect(row).toBe(next++)
    }
    expect(sizes).toEqual([8192, 8192, 3616])
    expect(fraction).toBe(1)
  })
})

describe('encodings', () => {
  const text = 'name,n\nZoë,1\n漢字😀,2\n'
  const rows = [['Zoë', 1], ['漢字😀', 2]]

  it('reads UTF-8 with and without byte order mark', async () => {
    expect((await read(text)).rows).toEqual(rows)
    const marked = await read(`\ufeff${text}`)
    expect(marked.rows).toEqual(rows)
    expect(marked.columns).toEqual(['name:text', 'n:number'])
  })

  it('reads UTF-16, little and big endian, with and without byte order mark', async () => {
    const little = Buffer.from(`\ufeff${text}`, 'utf16le')
    expect((await read(little)).rows).toEqual(rows)
    expect((await read(Buffer.from(little).swap16())).rows).toEqual(rows)
    const plain = Buffer.from('name,n\nabc,1\n', 'utf16le')
    expect((await read(plain)).rows).toEqual([['abc', 1]])
    expect((await read(Buffer.from(plain).swap16())).rows).toEqual([['abc', 1]])
  })

  it('rejects the row of a lone UTF-16 surrogate', async () => {
    const result = await read(Buffer.from('\ufeffname,n\na\ud800b,1\nc,2\n', 'utf16le'))
    expect(result.rows).toEqual([['c', 2]])
    expect(result.rejected[0]).toMatchObject({ row: 1, line: 2, column: 'name' })
  })

  it('reads a whole file of windows-1252 and says so', async () => {
    const result = await read(Buffer.from('name,n\nZo\xeb,1\n\x80 5,2\n', 'latin1'))
    expect(result.rows).toEqual([['Zoë', 1], ['€ 5', 2]])
    expect(result.warnings).toEqual(['The file is not UTF-8; it is read as windows-1252.'])
  })

  it('finds windows-1252 behind a long stretch of ASCII', async () => {
    const lines = Array.from({ length: 60_000 }, (_, row) => `${row},plain`).join('\n')
    const opened = await openDelimited(file(Buffer.from(`n,name\n${lines}\n7,Zo\xeb\n`, 'latin1')))
    expect(opened.options.encoding).toBe('windows-1252')
  })

  it('rejects the rows of a UTF-8 file whose bytes are not UTF-8, naming the byte', async () => {
    const result = await read(Buffer.concat([Buffer.from('name,n\nZoë,1\nx'), Buffer.from([0xe9]), Buffer.from('y,2\nend,3\n')]))
    expect(result.rows).toEqual([['Zoë', 1], ['end', 3]])
    expect(result.rejected).toEqual([{ row: 2, line: 3, column: 'name', reason: 'Byte 0xE9 at position 2 is not UTF-8.', excerpt: 'x\ufffdy' }])
  })

  it('takes the encoding it is told', async () => {
    const result = await read(Buffer.from('name,n\nZo\xeb,1\n', 'latin1'), { encoding: 'utf-8', header: true })
    expect(result.rejected).toHaveLength(1)
  })
})

describe('rows that do not fit', () => {
  it('names row, line, column and value of a text among numbers', async () => {
    const lines = Array.from({ length: 1500 }, (_, row) => `${row},${row / 2}`)
    lines[1200] = '1200,abc'
    const result = await read(`a,b\n${lines.join('\n')}\n`)
    expect(result.rows).toHaveLength(1499)
    expect(result.rejected).toEqual([{ row: 1201, line: 1202, column: 'b', reason: '"abc" is no number.', excerpt: 'abc' }])
  })

  it('rejects ragged rows', async () => {
    const result = await read('a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n')
    expect(result.rows).toEqual([[1, 2, 3], [10, 11, 12]])
    expect(result.rejected).toEqual([
      { row: 2, line: 3, column: null, reason: 'The row has 2 cells where 3 are expected.', excerpt: '4,5' },
      { row: 3, line: 4, column: null, reason: 'The row has 4 cells where 3 are expected.', excerpt: '6,7,8,9' }
    ])
  })

  it('rejects a row with a zero byte', async () => {
    const result = await read('a,b\n1,x\n2,y\0z\n3,w\n')
    expect(result.rows).toEqual([[1, 'x'], [3, 'w']])
    expect(result.rejected).toMatchObject([{ row: 2, line: 3, column: 'b', reason: 'The cell holds a NUL byte.' }])
  })

  it('goes on at the next line after a quote that is never closed', async () => {
    const lines = Array.from({ length: 3000 }, (_, row) => `${row},"text ${row}"`)
    lines[1000] = '1000,"never closed'
    const result = await read(`a,b\n${lines.join('\n')}\n`)
    expect(result.rejected).toMatchObject([{ row: 1001, line: 1002, column: null, excerpt: '1000,"never closed' }])
    expect(result.rows).toHaveLength(2999)
    expect(result.rows[1000]).toEqual([1001, 'text 1001'])
  })

  it('goes on when the quote is the last of the file', async () => {
    const result = await read('a,b\n1,x\n2,"y\n3,z\n4,w\n')
    expect(result.rows).toEqual([[1, 'x'], [3, 'z'], [4, 'w']])
    expect(result.rejected).toMatchObject([{ row: 2, line: 3, excerpt: '2,"y' }])
  })

  it('goes on with cells of several lines after wrong quoting', async () => {
    const result = await read('a,b\n1,"x" y\n2,"p\nq"\n3,"open\n4,"r\ns"\n')
    expect(result.rows).toEqual([[2, 'p\nq'], [4, 'r\ns']])
    expect(result.rejected.map((row) => [row.row, row.line])).toEqual([[1, 2], [3, 5]])
  })

  it('is not slowed down by a file of open quotes', async () => {
    const started = performance.now()
    const result = await read(`a,b\n${'x",\n'.repeat(2)}${'x","\n'.repeat(200_000)}`, { quote: '"', header: true })
    expect(result.rows.length + result.rejected.length).toBeGreaterThan(199_000)
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('rejects cells and records that are too long, holding neither', async () => {
    const long = 'x'.repeat(10_000_000)
    const result = await read(`a,b\n0,start\n1,${long}\n2,"${long}"\n3,"${long.slice(0, 1_000_000)}"\n4,end\n`)
    expect(result.rows.map((row) => row[0])).toEqual([0, 3, 4])
    expect(result.rejected).toMatchObject([
      { row: 2, line: 3, column: 'b', reason: 'The cell is 10000000 bytes long, more than 1048576.', excerpt: 'x'.repeat(200) },
      { row: 3, line: 4, column: 'b' }
    ])
  })

  it('rejects records beyond the limit and goes on behind them', async () => {
    const long = 'x'.repeat(3_000_000)
    const result = await read(`a,b\n0,start\n1,${long}\n2,"${long}"\n3,"${long}\n4,end\n`, { recordBytes: 1_000_000 })
    expect(result.rows).toEqual([[0, 'start'], [4, 'end']])
    expect(result.rejected.map((row) => [row.row, row.line])).toEqual([[2, 3], [3, 4], [4, 5]])
    expect(result.rejected[0]?.reason).toBe('The record is longer than 1000000 bytes.')
  })
})

describe('columns', () => {
  it('names unnamed and repeated columns, with warnings', async () => {
    const result = await read('a,,a,b\n1,2,3,x\n')
    expect(result.columns).toEqual(['a:number', 'column 2:number', 'a (2):number', 'b:text'])
    expect(result.warnings).toEqual(['Column 2 has no name; it is called "column 2".', 'The name "a" comes again in column 3; it is called "a (2)".'])
  })

  it('keeps codes with leading zeros and whole numbers that a double would change as texts', async () => {
    const result = await read('zip,tweet,n\n01234,1234567890123456789,0\n99999,1234567890123456790,0.5\n')
    expect(result.columns).toEqual(['zip:text', 'tweet:text', 'n:number'])
    expect(result.rows[0]).toEqual(['01234', '1234567890123456789', 0])
  })

  it('takes the types it is told, and refuses names that are none', async () => {
    expect((await read('a,b\n1,2\n', { types: { a: 'text' } })).rows).toEqual([['1', 2]])
    const error = await failure(read('a,b\n1,2\n', { types: { z: 'text' } }))
    expect(error.payload).toMatchObject({ code: 'invalid-input', field: 'types.z' })
  })

  it('finds the unnamed column of row names and of delimiters at line ends', async () => {
    expect((await read('x,y\nr1,1,2\nr2,3,4\n')).columns).toEqual(['column 1:text', 'x:number', 'y:number'])
    expect((await read('x,y\n1,2,\n3,4,\n')).columns).toEqual(['x:number', 'y:number', 'column 3:text'])
  })

  it('opens a header without rows, and refuses an empty file', async () => {
    const result = await read('a,b\n')
    expect(result.columns).toEqual(['a:text', 'b:text'])
    expect(result.rows).toEqual([])
    expect(result.warnings).toEqual(['The file has a header and no rows.'])
    expect((await failure(read(''))).code).toBe('bad-data')
    expect((await failure(read('\n\n'))).code).toBe('bad-data')
  })

  it('refuses a million columns', async () => {
    const error = await failure(read(`${'a,'.repeat(1_000_000)}\n${'1,'.repeat(1_000_000)}\n`, { delimiter: ',' }))
    expect(error.payload.message).toContain('more than 65536')
  })

  it('takes apostrophes before formula-like texts away when told', async () => {
    expect((await read("a,b\n1,'=x\n2,''y\n3,z\n", { neutralised: true, quote: '"' })).rows).toEqual([[1, '=x'], [2, "'y"], [3, 'z']])
  })
})

describe('files', () => {
  it('reads gzip, and members one after the other', async () => {
    const packed = Buffer.concat([gzipSync('a,b\n1,x\n'), gzipSync('2,y\n')])
    expect((await read(packed)).rows).toEqual([[1, 'x'], [2, 'y']])
  })

  it('stops at a compressed file that unpacks without end', async () => {
    const opened = await openDelimited(file(gzipSync(`a,b\n${'1,x\n'.repeat(1_000_000)}`)), { unpackedLimit: 2_000_000 })
    const error = await failure(readRows(opened))
    expect(error.code).toBe('bad-data')
    expect(error.payload.message).toContain('unpacks to more than 2000000 bytes')
  })

  it('says where a compressed file is cut or damaged', async () => {
    const lines = Array.from({ length: 200_000 }, (_, row) => `${row},${Math.sin(row)}`).join('\n')
    const packed = gzipSync(`a,b\n${lines}\n`)
    const error = await failure(read(packed.subarray(0, packed.length / 2)))
    expect(error.payload).toMatchObject({ code: 'bad-data', message: 'data.csv: the compressed text cannot be unpacked on.' })
  })

  it('says what is missing or no file', async () => {
    expect((await failure(openDelimited(join(folder, 'none.csv')))).code).toBe('not-found')
    expect((await failure(openDelimited(folder))).code).toBe('bad-data')
  })

  it('stops when cancelled', async () => {
    const opened = await openDelimited(file(`a,b\n${'1,x\n'.repeat(50_000)}`))
    const abort = new AbortController()
    const pass = (async () => { for await (const batch of opened.batches(abort.signal)) if (batch.rowNumbers.length > 0) abort.abort() })()
    expect((await failure(pass)).code).toBe('cancelled')
  })

  it('refuses delimiters and quotes that cannot be', async () => {
    for (const options of [{ delimiter: '' }, { delimiter: '\n' }, { delimiter: '€' }, { quote: ',,' }, { delimiter: '"', quote: '"' }, { skipLines: -1 }]) {
      expect((await failure(read('a,b\n', options))).code).toBe('invalid-input')
    }
  })
})

describe('detection', () => {
  const bytes = (text: string): Uint8Array => Buffer.from(text)

  it.each([
    ['comma', 'a,b\n1,x;y\n2,z\n', ','],
    ['semicolon with decimal commas', 'a;b\n1,5;2,5\n3,5;4,5\n', ';'],
    ['tab with commas inside', 'a\tb\nx, y\t1\nz, w\t2\n', '\t'],
    ['bar', 'a|b|c\n1|2|3\n', '|'],
    ['one column', 'text\nhello\nworld\n', ',']
  ])('finds the delimiter: %s', (_name, text, delimiter) => {
    expect(detectDelimited(bytes(text), {}, true).delimiter).toBe(delimiter)
  })

  it('reads the delimiter that Excel announces and leaves the line out', async () => {
    const result = await read('sep=;\na;b\n1;x\n')
    expect(result.rows).toEqual([[1, 'x']])
  })

  it('finds the decimal comma, also in quoted cells, but not in thousands', async () => {
    expect((await read('a;b\n1,5;x\n-2,25;y\n')).rows).toEqual([[1.5, 'x'], [-2.25, 'y']])
    expect((await read('a,b\n"1,5",x\n"2,75",y\n')).rows).toEqual([[1.5, 'x'], [2.75, 'y']])
    expect((await read('a,b\n"1,500",x\n"2,750",y\n')).rows).toEqual([['1,500', 'x'], ['2,750', 'y']])
  })

  it.each([
    ['names above numbers', 'a,b\n1,2\n', true],
    ['numbers as names above numbers, with one name', 'label,0,1\n5,0,0\n', true],
    ['numbers only', '1,2\n3,4\n', false],
    ['texts, with names', 'text,label\nhello there.,spam\nbye now,ham\n', true],
    ['texts that come again', 'hello there,spam\nbye now,spam\n', false],
    ['a sentence', 'This is the first sentence.,x\nAnd the second one.,y\n', false]
  ])('finds the header: %s', (_name, text, header) => {
    expect(detectDelimited(bytes(text), {}, true).header).toBe(header)
  })

  it('finds single quotes, and tab-separated text where quotes mean nothing', async () => {
    expect((await read("a,b\n1,'x,y'\n2,'z'\n")).rows).toEqual([[1, 'x,y'], [2, 'z']])
    const tweets = await read('a\tb\n1\t"open\n2\tplain\n3\t"again\n4\tx\n')
    expect(tweets.rows).toEqual([[1, '"open'], [2, 'plain'], [3, '"again'], [4, 'x']])
  })
})
