import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordScanner } from './record-scanner.ts'

/** What a scanner says of some text given in chunks: kind, line and fields of each record. */
function scanned(text: string, chunkLengths: readonly number[], recordBytes = 1000): string[] {
  const bytes = Buffer.from(text)
  const scanner = new RecordScanner({ delimiter: 44, quote: 34 }, { recordBytes, fields: 100 })
  const found: string[] = []
  let at = 0
  let turn = 0
  for (;;) {
    const result = scanner.next()
    if (result === 'end') return found
    if (result === 'more') {
      if (at >= bytes.length) scanner.end()
      else {
        const length = chunkLengths[turn++ % chunkLengths.length] ?? 1
        scanner.push(bytes.subarray(at, at + length))
        at += length
      }
      continue
    }
    const fields = Array.from({ length: result === 'record' ? scanner.fieldCount : 0 }, (_, field) => Buffer.from(scanner.bytes.subarray(scanner.starts[field], scanner.ends[field])).toString())
    found.push(`${scanner.line} ${result} ${JSON.stringify(fields)}`)
  }
}

const text = fc.string({ unit: fc.constantFrom('"', '"', ',', '\n', '\r', 'a', 'b', 'é'), maxLength: 60 })

describe('RecordScanner', () => {
  it('finds records, blank lines and lines', () => {
    expect(scanned('a,"b\nc"\n\n"d ""e""",\r\nlast', [1000])).toEqual([
      '1 record ["a","b\\nc"]', '3 blank []', '4 record ["d \\"\\"e\\"\\"",""]', '5 record ["last"]'
    ])
  })

  it('finds the same however the bytes are cut into chunks', () => {
    fc.assert(fc.property(text, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }), (content, chunks) => {
      expect(scanned(content, chunks)).toEqual(scanned(content, [content.length * 2 + 1]))
    }), { numRuns: 5000, seed: 9 })
  })

  it('names for every line the record it belongs to, whatever the quotes', () => {
    fc.assert(fc.property(text, fc.integer({ min: 1, max: 40 }), (content, recordBytes) => {
      const lines = scanned(content, [5], recordBytes).map((record) => Number(record.split(' ')[0]))
      const all = content.split(/\r\n|\r|\n/)
      const last = all.at(-1) === '' ? all.length - 1 : all.length
      lines.forEach((line, index) => expect(line).toBeGreaterThan(lines[index - 1] ?? 0))
      if (last > 0) expect(lines[0]).toBe(1)
      expect(lines.at(-1) ?? 0).toBeLessThanOrEqual(last)
    }), { numRuns: 3000, seed: 10 })
  })

  it('rejects a record with an open quote and scans the lines it had swallowed one by one', () => {
    expect(scanned('a,"open\nb,"x"\nc,"y\nz"\n', [1000])).toEqual(['1 rejected []', '2 record ["b","x"]', '3 record ["c","y\\nz"]'])
  })

  it('keeps no more than the limit of a record without end', () => {
    const scanner = new RecordScanner({ delimiter: 44, quote: 34 }, { recordBytes: 1000, fields: 10 })
    const results = new Set<string>()
    for (let chunk = 0; chunk < 200; chunk += 1) {
      scanner.push(Buffer.alloc(500, 'x'))
      results.add(scanner.next())
      expect(scanner.bytes.length).toBeLessThanOrEqual(2000)
    }
    expect([...results]).toEqual(['more', 'rejected'])
    scanner.push(Buffer.from('\nend\n'))
    expect(scanner.next()).toBe('record')
    expect(scanner.line).toBe(2)
  })
})
