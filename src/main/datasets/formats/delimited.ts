import { BenchError } from '../../../shared/contract/errors.ts'
import { badData } from './bad-data.ts'
import { readDelimited } from './delimited-batches.ts'
import { checkColumnCount, defaultMissing, inferType, uniqueNames, type DelimitedColumnType, type SampleRecords } from './delimited-columns.ts'
import { checkDialect, detectWithRecords, type DelimitedOptions } from './delimited-dialect.ts'
import type { CellReading } from './cell-reading.ts'
import type { SourceFile } from './source-file.ts'
import { byteEncodingOf, encodingOf, probeText, sampleBytes, type TextProbe } from './text-bytes.ts'

/** What a caller may settle; the rest is detected. */
export interface OpenDelimitedOptions extends Partial<DelimitedOptions> {
  /** Types of columns, by the name they have in `SourceFile.columns`; the others are inferred from the first rows. */
  readonly types?: Readonly<Record<string, DelimitedColumnType>>
  /** The file was written with apostrophes before formula-like texts (`writeDelimited`); takes them away again. */
  readonly neutralised?: boolean
  /** What stands for a missing number beside an empty cell. */
  readonly missing?: readonly string[]
  /** Bytes of one cell (default 1 MiB) and of one record (default 16 MiB); what is longer is rejected. */
  readonly cellBytes?: number
  readonly recordBytes?: number
  /** Bytes a compressed file may unpack to. */
  readonly unpackedLimit?: number
}

/** An opened delimited file and how it is read. */
export interface DelimitedFile extends SourceFile {
  readonly options: DelimitedOptions
}

const defaultCellBytes = 1024 * 1024
const defaultRecordBytes = 16 * 1024 * 1024
const samples = [sampleBytes, 4 * 1024 * 1024, 2 * defaultRecordBytes]

/**
 * Opens CSV, TSV or any text of delimited columns, plain or gzip. Numbers: NaN is missing. Texts: an empty cell is missing,
 * an empty quoted cell is an empty text. Blank lines are left out, but in a file of one column they are rows without value.
 *
 * @throws BenchError `not-found`; `bad-data` where there is nothing to read or the header cannot be read; `invalid-input`
 *   for options that fit no file or name no column
 */
export async function openDelimited(path: string, options: OpenDelimitedOptions = {}): Promise<DelimitedFile> {
  checkDialect(options)
  const { probe, detected, records } = await firstRecords(path, options)
  checkColumnCount(probe.name, records[0]?.length ?? 0)
  const { names, rows, warnings } = namedColumns(records, detected.header)
  const reading = cellReading(names, rows, detected, options)
  const limits = { recordBytes: options.recordBytes ?? defaultRecordBytes, unpackedLimit: options.unpackedLimit }
  return {
    format: 'delimited',
    columns: names.map((name, index) => ({ name, type: reading.types[index] ?? 'text' })),
    rows: null,
    bytes: probe.size,
    warnings: [
      ...(options.encoding === undefined && detected.encoding === 'windows-1252' ? ['The file is not UTF-8; it is read as windows-1252.'] : []),
      ...warnings,
      ...(probe.whole && records.length === 1 && detected.header ? ['The file has a header and no rows.'] : [])
    ],
    options: detected,
    batches: (signal) => readDelimited(probe, detected, reading, limits, signal),
    close: () => Promise.resolve()
  }
}

interface FirstRecords {
  readonly probe: TextProbe
  readonly detected: DelimitedOptions
  readonly records: SampleRecords
}

/** Reads as much of the file as it takes to see two records, or the first one where the second is very long. */
async function firstRecords(path: string, options: OpenDelimitedOptions): Promise<FirstRecords> {
  for (const bytes of samples) {
    const probe = await probeText(path, bytes)
    if (probe.sample.length === 0) throw badData(probe.name, 'the file is empty.', { hint: 'Choose a file with rows in it.' })
    const encoding = options.encoding ?? await encodingOf(probe)
    const { options: detected, sampled: { records, cut } } = detectWithRecords(probe.sample, { ...options, encoding }, probe.whole)
    if (records.length > 1 || (records.length === 1 && (probe.whole || (!cut && bytes > sampleBytes)))) return { probe, detected, records }
    if (probe.whole) break
  }
  const hint = 'Check delimiter, quote and encoding; if a quote is opened and never closed, read the file without quotes.'
  throw new BenchError('bad-data', `${path}: no row of the file can be read.`, { field: 'row 1', hint })
}

interface NamedColumns {
  readonly names: readonly string[]
  /** Cells of the first rows with a cell for every column. */
  readonly rows: SampleRecords
  readonly warnings: readonly string[]
}

function namedColumns(records: SampleRecords, header: boolean): NamedColumns {
  const data = header ? records.slice(1) : records
  const given = header ? headerCells(records[0] ?? [], data) : Array.from({ length: usualLength(data) }, (_, index) => `column ${index + 1}`)
  const { names, warnings } = uniqueNames(given)
  return { names, warnings, rows: data.filter((record) => record.length === names.length) }
}

/**
 * The cells of a header, and one without a name where every row has one cell more: at the end if the rows end with a
 * delimiter, else at the start, where R and others write row names without naming them.
 */
function headerCells(header: readonly string[], data: SampleRecords): readonly string[] {
  if (data.length === 0 || !data.every((record) => record.length === header.length + 1)) return header
  return data.every((record) => record.at(-1) === '') ? [...header, ''] : ['', ...header]
}

function usualLength(records: SampleRecords): number {
  const counts = new Map<number, number>()
  for (const record of records) counts.set(record.length, (counts.get(record.length) ?? 0) + 1)
  return [...counts].reduce((left, right) => right[1] > left[1] ? right : left, [0, 0])[0]
}

function cellReading(names: readonly string[], rows: SampleRecords, detected: DelimitedOptions, options: OpenDelimitedOptions): CellReading {
  const missing = new Set(options.missing ?? defaultMissing)
  const types = new Map(Object.entries(options.types ?? {}))
  for (const name of types.keys()) {
    if (names.includes(name)) continue
    throw new BenchError('invalid-input', `The file has no column "${name}" to give a type.`, { field: `types.${name}`, hint: `Its columns are ${names.slice(0, 20).join(', ')}.` })
  }
  return {
    names,
    types: names.map((name, index) => types.get(name) ?? inferType(rows.map((row) => row[index] ?? ''), detected.decimal, missing)),
    encoding: byteEncodingOf(detected.encoding),
    quote: detected.quote,
    decimal: detected.decimal,
    missing,
    neutralised: options.neutralised ?? false,
    cellBytes: options.cellBytes ?? defaultCellBytes
  }
}
