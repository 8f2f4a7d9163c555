import { throwIfCancelled } from './bad-data.ts'
import { byteDialect, type DelimitedOptions } from './delimited-dialect.ts'
import type { CellReading } from './cell-reading.ts'
import { DelimitedRows } from './delimited-rows.ts'
import { RecordScanner } from './record-scanner.ts'
import type { SourceBatch } from './source-file.ts'
import { textChunks, type TextProbe } from './text-bytes.ts'

export interface DelimitedLimits {
  readonly recordBytes: number
  readonly unpackedLimit?: number | undefined
}

/**
 * Reads all rows of a delimited file once. Memory: one record and one chunk of bytes, one batch of values.
 *
 * @throws BenchError `bad-data` where the file cannot be read on, `cancelled`
 */
export async function* readDelimited(probe: TextProbe, options: DelimitedOptions, reading: CellReading, limits: DelimitedLimits, signal?: AbortSignal): AsyncGenerator<SourceBatch> {
  throwIfCancelled(signal)
  const columns = reading.names.length
  const scanner = new RecordScanner(byteDialect(options.delimiter, options.quote), { recordBytes: limits.recordBytes, fields: columns })
  scanner.skip(options.skipLines)
  const rows = new DelimitedRows(reading, options.delimiter)
  const filling: Filling = { scanner, rows, single: columns === 1, header: options.header }
  for await (const chunk of textChunks(probe, { encoding: options.encoding, signal, unpackedLimit: limits.unpackedLimit })) {
    scanner.push(chunk.bytes)
    while (fill(filling)) {
      yield rows.take(chunk.fraction)
      throwIfCancelled(signal)
    }
  }
  scanner.end()
  while (fill(filling)) yield rows.take(1)
  if (!rows.empty) yield rows.take(1)
}

interface Filling {
  readonly scanner: RecordScanner
  readonly rows: DelimitedRows
  /** In a file of one column a blank line is a row. */
  readonly single: boolean
  /** Whether the header is still to come. */
  header: boolean
}

/** Takes records until the batch is full (true) or the bytes at hand are used up (false). */
function fill(filling: Filling): boolean {
  const { scanner, rows, single } = filling
  for (;;) {
    if (!filling.header) rows.addPlain(scanner)
    if (rows.full) return true
    const result = scanner.next()
    if (result === 'more' || result === 'end') return false
    if (filling.header) {
      if (result === 'record') filling.header = false
    } else if (result === 'rejected') rows.addRejected(scanner)
    else if (result === 'record' || single) rows.add(scanner)
  }
}
