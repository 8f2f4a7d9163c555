import { BenchError } from '../../../shared/contract/errors.ts'
import { badData } from './bad-data.ts'
import { largestColumns } from './delimited-columns.ts'
import { JsonColumnInference } from './json-columns.ts'
import { layoutOf, type JsonRecordReading } from './json-records.ts'
import { jsonBatches, jsonFileRows } from './json-source.ts'
import { isObject, type JsonObject, type JsonValue } from './json-value.ts'
import type { SourceColumn, SourceFile } from './source-file.ts'
import { byteEncodingOf, encodingOf, probeText, sampleText, type TextProbe } from './text-bytes.ts'
import { decodeLeniently, type TextEncoding } from './text-encoding.ts'

/** What a caller may settle about a JSON file. */
export interface OpenJsonOptions {
  readonly encoding?: TextEncoding
  /** Types of columns by name; the others are inferred. An array as text is its JSON. */
  readonly types?: Readonly<Record<string, 'number' | 'text'>>
  /** What becomes of a row with a field that no row at the beginning of the file has (default: it is rejected). */
  readonly unknownFields?: 'reject' | 'ignore'
  /** Bytes of one line (default 16 MiB) and of a file that is one array (default 256 MiB). */
  readonly lineBytes?: number
  readonly arrayBytes?: number
  /** Bytes a compressed file may unpack to. */
  readonly unpackedLimit?: number
}

const defaultLineBytes = 16 * 1024 * 1024
const defaultArrayBytes = 256 * 1024 * 1024
/** Rows, and bytes of text, from which columns are inferred. */
const inferredRows = 1000
const inferredBytes = 8 * 1024 * 1024

/**
 * Opens JSON Lines, or a JSON array of objects, plain or gzip. Fields become columns: numbers and arrays of numbers of one
 * shape as they are, booleans as `true` and `false`, other arrays and objects as their JSON; absent and null are missing.
 *
 * @throws BenchError `not-found`; `bad-data` where no row is an object; `invalid-input` for a type of no column
 */
export async function openJsonLines(path: string, options: OpenJsonOptions = {}): Promise<SourceFile> {
  const probe = await probeText(path)
  const reading = await jsonReading(probe, options)
  const columns = typed(await inferred(probe, reading), options.types ?? {})
  return {
    format: 'json-lines',
    columns,
    rows: null,
    bytes: probe.size,
    warnings: [],
    batches: (signal) => jsonBatches(jsonFileRows(probe, { ...reading, signal }, objectRow), columns, options.unknownFields !== 'ignore', signal),
    close: () => Promise.resolve()
  }
}

/** How the rows of a JSON file are found: encoding and layout detected, limits as told. */
export async function jsonReading(probe: TextProbe, options: OpenJsonOptions): Promise<JsonRecordReading> {
  const encoding = options.encoding ?? await encodingOf(probe)
  const beginning = decodeLeniently(sampleText(probe.sample, encoding).subarray(0, 4096), byteEncodingOf(encoding))
  return {
    encoding,
    layout: layoutOf(beginning),
    lineBytes: options.lineBytes ?? defaultLineBytes,
    arrayBytes: options.arrayBytes ?? defaultArrayBytes,
    unpackedLimit: options.unpackedLimit
  }
}

function objectRow(value: JsonValue): JsonObject | string {
  return isObject(value) ? value : 'The row is no JSON object.'
}

async function inferred(probe: TextProbe, reading: JsonRecordReading): Promise<readonly SourceColumn[]> {
  const inference = new JsonColumnInference()
  let rows = 0
  let refused = 0
  let fault = 'it is empty.'
  for await (const { row, fault: reason, fraction } of jsonFileRows(probe, reading, objectRow)) {
    if (row === null) {
      if (refused === 0) fault = reason
      refused += 1
    } else {
      inference.see(row)
      rows += 1
    }
    if (inference.size > largestColumns) throw badData(probe.name, `the first rows have more than ${largestColumns} fields.`, { field: `row ${rows}`, hint: 'Keep many numbers of a row in one array.' })
    if (rows >= inferredRows || (rows === 0 && refused >= 10 * inferredRows) || (rows > 0 && fraction * probe.size > inferredBytes)) break
  }
  if (inference.size === 0) throw badData(probe.name, `no row of the file is a JSON object with fields: ${fault}`, { field: 'row 1', hint: 'Write one JSON object a line, or one array of objects.' })
  return inference.columns()
}

function typed(columns: readonly SourceColumn[], types: Readonly<Record<string, 'number' | 'text'>>): readonly SourceColumn[] {
  for (const name of Object.keys(types)) {
    if (columns.some((column) => column.name === name)) continue
    throw new BenchError('invalid-input', `The file has no field "${name}" to give a type.`, { field: `types.${name}`, hint: `Its fields are ${columns.slice(0, 20).map((column) => column.name).join(', ')}.` })
  }
  return columns.map((column) => {
    const type = Object.hasOwn(types, column.name) ? types[column.name] : undefined
    return type === undefined || type === column.type ? column : { name: column.name, type }
  })
}
