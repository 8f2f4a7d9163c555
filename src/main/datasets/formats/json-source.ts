import { throwIfCancelled } from './bad-data.ts'
import { jsonRecords, type JsonRecord, type JsonRecordReading } from './json-records.ts'
import { JsonRows, type JsonPlace } from './json-rows.ts'
import { parseJson, type JsonObject, type JsonValue } from './json-value.ts'
import { decodeLeniently, type ByteEncoding } from './text-encoding.ts'
import { byteEncodingOf, type TextProbe } from './text-bytes.ts'
import type { SourceBatch, SourceColumn } from './source-file.ts'

/** What becomes of a value: its row, or one sentence why it is none. */
export type RowOf<Row> = (value: JsonValue) => Row | string

/** A row of a JSON file, or why it could not be read. */
export interface ReadRow<Row> {
  readonly row: Row | null
  readonly fault: string
  readonly place: JsonPlace
  readonly fraction: number
}

/** Parses the rows of a JSON file one by one. */
export async function* jsonFileRows<Row extends object>(probe: TextProbe, reading: JsonRecordReading, rowOf: RowOf<Row>): AsyncGenerator<ReadRow<Row>> {
  const encoding = byteEncodingOf(reading.encoding)
  for await (const record of jsonRecords(probe, reading)) yield readRow(record, encoding, rowOf)
}

/**
 * Reads all rows of a JSON file into batches.
 *
 * @param strict whether a field that is no column rejects its row
 * @throws BenchError `bad-data` where the file cannot be read on, `cancelled`
 */
export async function* jsonBatches(rows: AsyncIterable<ReadRow<JsonObject>>, columns: readonly SourceColumn[], strict: boolean, signal?: AbortSignal): AsyncGenerator<SourceBatch> {
  throwIfCancelled(signal)
  const gathered = new JsonRows(columns, strict)
  for await (const { row, fault, place, fraction } of rows) {
    if (row === null) gathered.reject(place, fault)
    else gathered.add(row, place)
    if (!gathered.full) continue
    yield gathered.take(fraction)
    throwIfCancelled(signal)
  }
  if (!gathered.empty) yield gathered.take(1)
}

const excerptLength = 200

function readRow<Row extends object>(record: JsonRecord, encoding: ByteEncoding, rowOf: RowOf<Row>): ReadRow<Row> {
  const { bytes, line, fraction } = record
  const place = { line, excerpt: () => decodeLeniently(bytes.subarray(0, 4 * excerptLength), encoding).slice(0, excerptLength) }
  const refused = (fault: string): ReadRow<Row> => ({ row: null, fault, place, fraction })
  if (record.fault !== null) return refused(record.fault)
  const parsed = parseJson(bytes, encoding)
  if ('fault' in parsed) return refused(parsed.fault)
  const row = rowOf(parsed.value)
  return typeof row === 'string' ? refused(row) : { row, fault: '', place, fraction }
}
