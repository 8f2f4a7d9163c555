import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inFolder } from './fuzzing.ts'
import { openText, type OpenTextOptions } from './plain-text.ts'
import { readRows, type ReadRows } from './source-rows.ts'
import { fuzzText } from './text-fuzzing.ts'

async function read(content: string | Uint8Array, options: OpenTextOptions = {}): Promise<ReadRows & { texts: unknown[] }> {
  return inFolder(async (folder) => {
    const path = join(folder, 'data.txt')
    writeFileSync(path, content)
    const result = await readRows(await openText(path, options))
    return { ...result, texts: result.rows.map((row) => row[0]) }
  })
}

describe('a line an example', () => {
  it.each([['LF', '\n'], ['CRLF', '\r\n'], ['CR', '\r']])('ends at %s; blank lines are none', async (_name, newline) => {
    const result = await read(['first, line', '', ' \t', ' "second" é ', 'third'].join(newline))
    expect(result.texts).toEqual(['first, line', ' "second" é ', 'third'])
    expect(result.rowNumbers).toEqual([1, 2, 3])
  })

  it('reads gzip and other encodings', async () => {
    expect((await read(gzipSync('a\nb\n'))).texts).toEqual(['a', 'b'])
    expect((await read(Buffer.from('\ufeffé\r\n😀', 'utf16le'))).texts).toEqual(['é', '😀'])
    expect((await read(Buffer.from('Zo\xeb\n', 'latin1'))).texts).toEqual(['Zoë'])
  })

  it('rejects what is no text, with its line', async () => {
    const result = await read(Buffer.concat([Buffer.from('é\n\na\0b\nx'), Buffer.from([0xff]), Buffer.from(`\n${'y'.repeat(2000)}\nend`)]), { pieceBytes: 1000 })
    expect(result.texts).toEqual(['é', 'end'])
    expect(result.rejected.map(({ row, line, reason }) => [row, line, reason])).toEqual([
      [2, 3, 'The text holds a NUL character.'],
      [3, 4, 'Byte 0xFF at position 2 is not UTF-8.'],
      [4, 5, 'The line is longer than 1000 bytes.']
    ])
    expect(result.rejected[2]?.excerpt).toBe('y'.repeat(200))
  })

  it('keeps a line of exactly the limit, whatever ends it', async () => {
    for (const newline of ['\n', '\r\n']) expect((await read(`${'x'.repeat(10)}${newline}${'y'.repeat(11)}${newline}`, { pieceBytes: 10 })).texts).toEqual(['x'.repeat(10)])
  })

  it('refuses an empty file and a wrong number of characters', async () => {
    await expect(read('')).rejects.toMatchObject({ payload: { code: 'bad-data' } })
    await expect(read('a', { unit: 'characters', characters: 0 })).rejects.toMatchObject({ payload: { code: 'invalid-input', field: 'characters' } })
  })
})

describe('a paragraph an example', () => {
  it('ends at blank lines', async () => {
    const result = await read('\n\none\r\ntwo\r\n\r\n  \r\nthree\r\n\r\n', { unit: 'paragraph' })
    expect(result.texts).toEqual(['one\ntwo', 'three'])
  })

  it('is rejected when too long, and the next one is read', async () => {
    const result = await read(`a\n\n${'long\n'.repeat(100)}\nb\n`, { unit: 'paragraph', pieceBytes: 100 })
    expect(result.texts).toEqual(['a', 'b'])
    expect(result.rejected).toMatchObject([{ row: 2, line: 3, reason: 'The paragraph is longer than 100 bytes.' }])
  })
})

describe('a number of characters an example', () => {
  it('counts code points, not bytes', async () => {
    expect((await read('aé漢😀b\nc', { unit: 'characters', characters: 3 })).texts).toEqual(['aé漢', '😀b\n', 'c'])
    expect((await read(Buffer.from('\xe9\xe9\xe9', 'latin1'), { unit: 'characters', characters: 2 })).texts).toEqual(['éé', 'é'])
  })

  it('joins back to the text', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 9 }), async (random, characters) => {
      const text = `>${random.replaceAll(/[\0\s\ufeff]/gu, '_')}`
      const { texts } = await read(text, { unit: 'characters', characters, encoding: 'utf-8' })
      expect(texts.join('')).toBe(text)
      expect(texts.slice(0, -1).every((piece) => Array.from(String(piece)).length === characters)).toBe(true)
    }), { numRuns: 150, seed: 7 })
  })
})

describe('many chunks', () => {
  it('give the same rows as one', async () => {
    const lines = Array.from({ length: 60_000 }, (_, row) => `line ${row} é ${'x'.repeat(row % 50)}`)
    expect((await read(lines.join('\r\n'))).texts).toEqual(lines)
    const { texts } = await read(lines.join('\n'), { unit: 'characters', characters: 777 })
    expect(texts.join('')).toBe(lines.join('\n'))
  })
})

describe('damaged files', () => {
  it('never crash, hang or lose a row', async () => {
    const content = Buffer.from(Array.from({ length: 30 }, (_, row) => `line ${row} é😀\r\n${row % 4 === 0 ? '\r\n' : ''}`).join(''))
    for (const unit of ['line', 'paragraph', 'characters'] as const) {
      const outcome = await fuzzText(content, (path) => openText(path, { unit, characters: 20 }), 500)
      expect(outcome.read).toBeGreaterThan(450)
    }
  })
})
