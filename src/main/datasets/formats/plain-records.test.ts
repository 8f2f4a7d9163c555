import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CellReading } from './cell-reading.ts'
import { DelimitedRows } from './delimited-rows.ts'
import { RecordScanner } from './record-scanner.ts'
import type { SourceBatch } from './source-file.ts'

const reading: CellReading = {
  names: ['a', 'b', 'c'], types: ['number', 'text', 'number'], encoding: 'utf-8', quote: '"', decimal: '.', missing: new Set(['NA']), neutralised: false, cellBytes: 12
}

/** Reads bytes given in pieces; with `plain` false, every record is cut by the scanner first. */
function readAll(bytes: Uint8Array, pieces: readonly number[], given: CellReading, delimiter: string, plain: boolean): SourceBatch {
  const scanner = new RecordScanner({ delimiter: delimiter.charCodeAt(0), quote: given.quote?.charCodeAt(0) ?? null }, { recordBytes: 1000, fields: given.names.length })
  const rows = new DelimitedRows(given, delimiter)
  let at = 0
  for (let turn = 0; ;) {
    if (plain) rows.addPlain(scanner)
    const result = scanner.next()
    if (result === 'end') return rows.take(1)
    if (result === 'rejected') rows.addRejected(scanner)
    else if (result === 'record') rows.add(scanner)
    else if (result === 'more' && at < bytes.length) {
      const length = pieces[turn++ % pieces.length] ?? 1
      scanner.push(bytes.subarray(at, at + length))
      at += length
    } else if (result === 'more') scanner.end()
  }
}

/** Numbers as their bits, so that -0 and NaN count. */
const seen = ({ rowNumbers, columns, rejected }: SourceBatch): unknown => ({
  rows: Array.from(rowNumbers),
  columns: columns.map((column) => (column.type === 'number' ? Array.from(new BigUint64Array(column.values.slice().buffer), String) : Array.from(column.type === 'text' ? column.values : []))),
  rejected
})

const number = fc.oneof(
  fc.double().map(String),
  fc.stringMatching(/^[+-]?[0-9]{0,12}\.?[0-9]{0,12}$/),
  fc.stringMatching(/^[0-9]{1,3}e-?[0-9]{1,2}$/),
  fc.constantFrom('', '-', '""', '"12"', '"-1.5"', ' 3', '4 ', 'NA', 'inf', 'x', '1.2.3', '2147483647', '2147483648', '999999999', '-0', '0.000000001', '1,5', '"1,5"')
)
const words = fc.oneof(
  fc.constantFrom('', '""', 'cat', '"a, b"', '"a ""b"""', 'in"ner', 'é', '"größe"', '😀', '\ufeff', '"two\nlines"', '"cr\rlf"', '\0', '"\0"', '"open', '"bad"x', "'=x", 'longer than 12 bytes', '"longer than 12 bytes"', '  '),
  fc.string({ maxLength: 6 })
)
const ends = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '\n\n', '\r\r\n', '')
const records = fc.array(fc.tuple(number, words, number, ends, fc.constantFrom('', '', '', '', ',extra')), { maxLength: 12 })
const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 })

describe('PlainRecords', () => {
  it('reads what the scanner reads, to the bit, wherever the bytes are cut', () => {
    fc.assert(fc.property(records, pieces, fc.constantFrom(',', ';', '\t', '.', '-', '1', 'e'), fc.constantFrom<'.' | ','>('.', ','), fc.constantFrom('"', '\'', null, '9'), fc.boolean(), (content, cuts, delimiter, decimal, quote, neutralised) => {
      const bytes = Buffer.from(content.map(([a, b, c, end, extra]) => [a, b, c].join(delimiter) + extra + end).join(''))
      const given = { ...reading, decimal, quote, neutralised }
      expect(seen(readAll(bytes, cuts, given, delimiter, true))).toEqual(seen(readAll(bytes, cuts, given, delimiter, false)))
    }), { numRuns: 1200, seed: 4 })
  })

  it('reads bytes that are no UTF-8, or another encoding, as the scanner does', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom<'utf-8' | 'windows-1252'>('utf-8', 'windows-1252'), (text, encoding) => {
      const bytes = Buffer.concat([Buffer.from('1,'), text, Buffer.from(',2\n3,plain,4\n')])
      const given = { ...reading, encoding }
      expect(seen(readAll(bytes, [7], given, ',', true))).toEqual(seen(readAll(bytes, [7], given, ',', false)))
    }), { numRuns: 500, seed: 5 })
  })

  it('takes plain records itself', () => {
    const bytes = Buffer.from('1,cat,2.5\r\n-3,"a, b",\n4,é,"7"\n5,,0.123456789\n')
    const scanner = new RecordScanner({ delimiter: 44, quote: 34 }, { recordBytes: 1000, fields: 3 })
    const rows = new DelimitedRows(reading, ',')
    scanner.push(bytes)
    rows.addPlain(scanner)
    expect(scanner.nextStart).toBe(bytes.length)
    const { columns } = rows.take(1)
    expect(columns.map((column) => Array.from<unknown>(column.values))).toEqual([[1, -3, 4, 5], ['cat', 'a, b', 'é', null], [2.5, NaN, 7, 0.123456789]])
  })
})
