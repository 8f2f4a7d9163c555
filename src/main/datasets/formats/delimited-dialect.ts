import { BenchError } from '../../../shared/contract/errors.ts'
import { detectDecimal, detectHeader, largestColumns } from './delimited-columns.ts'
import { doubledMark, RecordScanner, wideMark, type RecordDialect } from './record-scanner.ts'
import { byteEncodingOf, sampleText } from './text-bytes.ts'
import { asBuffer, decodeLeniently, detectEncoding, type ByteEncoding, type TextEncoding } from './text-encoding.ts'

/** How a delimited file is written. Everything is detected and can be overridden. */
export interface DelimitedOptions {
  /** One ASCII character. */
  readonly delimiter: string
  /** The character that frames cells; null where quotes are characters as any other. */
  readonly quote: string | null
  /** Whether the first record names the columns. */
  readonly header: boolean
  readonly encoding: TextEncoding
  readonly decimal: '.' | ','
  /** Lines before the header, or the first row, that are left out. */
  readonly skipLines: number
}

const sampledRecords = 1000
/** Bytes of a cell that are looked at: enough for a name and a number. */
const sampledCellBytes = 4096
/** In the order they win a tie: a comma is the likeliest to stand inside cells as well. */
const delimiters = ['\t', ';', '|', ','] as const

/**
 * Tells how a delimited file is written from its first bytes (unpacked), taking what is given as settled.
 *
 * @param whole whether the bytes are the whole file
 */
export function detectDelimited(firstBytes: Uint8Array, given: Partial<DelimitedOptions> = {}, whole = false): DelimitedOptions {
  return detectWithRecords(firstBytes, given, whole).options
}

/** Like `detectDelimited`, with the first records as they are then read. */
export function detectWithRecords(firstBytes: Uint8Array, given: Partial<DelimitedOptions>, whole: boolean): { readonly options: DelimitedOptions; readonly sampled: SampledRecords } {
  const encoding = given.encoding ?? detectEncoding(firstBytes)
  const text = sampleText(firstBytes, encoding)
  const announced = announcedDelimiter(text)
  const skipLines = given.skipLines ?? (announced === null ? 0 : 1)
  const delimiter = given.delimiter ?? announced
  const sample = { bytes: text, skipLines, whole, encoding: byteEncodingOf(encoding) }
  const { delimiter: found, quote } = detectSeparation(sample, delimiter, given.quote)
  const sampled = sampleRecords(sample, { delimiter: found, quote })
  const { records } = sampled
  const decimal = given.decimal ?? detectDecimal(records.slice(1), found)
  return { options: { delimiter: found, quote, header: given.header ?? detectHeader(records, decimal), encoding, decimal, skipLines }, sampled }
}

/** The beginning of a delimited file in its byte encoding. */
export interface DelimitedSample {
  readonly bytes: Uint8Array
  readonly skipLines: number
  readonly whole: boolean
  readonly encoding: ByteEncoding
}

/** The first records of a sample: their cells as text, and how many could not be read. */
export interface SampledRecords {
  readonly records: readonly (readonly string[])[]
  readonly rejected: number
  /** Whether the sample ends inside the only record. */
  readonly cut: boolean
}

/** Reads the records of a sample; one that the sample cuts off is left out, unless it is the only one. */
export function sampleRecords(sample: DelimitedSample, { delimiter, quote }: Pick<DelimitedOptions, 'delimiter' | 'quote'>): SampledRecords {
  const records: string[][] = []
  const counts = scanSample(sample, byteDialect(delimiter, quote), (scanner) => {
    const kept = Math.min(scanner.fieldCount, largestColumns + 1)
    records.push(Array.from({ length: kept }, (_, field) => cellText(scanner, field, sample.encoding, quote)))
  })
  return { records, ...counts }
}

/** The dialect as bytes. */
export function byteDialect(delimiter: string, quote: string | null): RecordDialect {
  return { delimiter: delimiter.charCodeAt(0), quote: quote === null ? null : quote.charCodeAt(0) }
}

/** @throws BenchError `invalid-input` where the characters cannot separate or frame cells */
export function checkDialect({ delimiter, quote, skipLines }: Partial<DelimitedOptions>): void {
  const single = (text: string): boolean => text.length === 1 && text > '\0' && text < '\x80' && text !== '\r' && text !== '\n'
  const refuse = (message: string, field: string, hint: string): never => { throw new BenchError('invalid-input', message, { field, hint }) }
  if (delimiter !== undefined && !single(delimiter)) refuse('A delimiter is one ASCII character, no line break.', 'delimiter', 'Give a comma, semicolon, tab or bar.')
  if (quote !== undefined && quote !== null && !single(quote)) refuse('A quote is one ASCII character, no line break.', 'quote', 'Give " or \'.')
  if (quote !== undefined && quote !== null && quote === delimiter) refuse('Delimiter and quote are the same character.', 'quote', 'Give two different ones.')
  if (skipLines !== undefined && !(Number.isSafeInteger(skipLines) && skipLines >= 0)) refuse('The lines to leave out are no whole number.', 'skipLines', 'Give 0 or more.')
}

interface Separation {
  readonly delimiter: string
  readonly quote: string | null
}

function detectSeparation(sample: DelimitedSample, delimiter: string | null, quote: string | null | undefined): Separation {
  const assumed = quote === undefined ? '"' : quote
  const candidates = delimiter === null ? delimiters.filter((candidate) => candidate !== quote) : [delimiter]
  // One that does not occur makes one field of every record.
  const scored = candidates.filter((candidate) => sample.bytes.includes(candidate.charCodeAt(0))).map((candidate) => ({ delimiter: candidate, ...consistency(sample, byteDialect(candidate, assumed)) }))
  const best = scored.filter((each) => each.fields > 1).reduce<(typeof scored)[number] | undefined>((left, right) => left === undefined || better(right, left) ? right : left, undefined)
  const found = delimiter ?? best?.delimiter ?? ','
  return { delimiter: found, quote: quote === undefined ? detectQuote(sample, found) : quote }
}

function better(left: Consistency, right: Consistency): boolean {
  if (left.records === 1 && right.records === 1) return left.fields > right.fields
  return left.share > right.share
}

interface Consistency {
  /** Share of the records with the most frequent number of fields. */
  readonly share: number
  readonly fields: number
  readonly records: number
}

function consistency(sample: DelimitedSample, dialect: RecordDialect): Consistency {
  const counts = new Map<number, number>()
  let records = 0
  const { rejected } = scanSample(sample, dialect, (scanner) => {
    records += 1
    counts.set(scanner.fieldCount, (counts.get(scanner.fieldCount) ?? 0) + 1)
  })
  const [fields, most] = [...counts].reduce((left, right) => right[1] > left[1] ? right : left, [1, 0])
  return { share: most / Math.max(1, records + rejected), fields, records: records + rejected }
}

/**
 * The double quote, unless cells are framed by single quotes and none by double ones, or double quotes open cells without
 * closing them and the records are sound when quotes mean nothing. The latter is custom with tabs and bars only: in a file
 * of commas an open quote is a mistake.
 */
function detectQuote(sample: DelimitedSample, delimiter: string): string | null {
  if (!sample.bytes.includes(34) && !sample.bytes.includes(39)) return '"'
  const plain = sampleRecords(sample, { delimiter, quote: null }).records
  const framed = (quote: string): number => count(plain, (cell) => cell.length > 1 && cell.startsWith(quote) && cell.endsWith(quote))
  const opened = count(plain, (cell) => cell.startsWith('"') && !(cell.length > 1 && cell.endsWith('"')))
  const asDouble = consistency(sample, byteDialect(delimiter, '"'))
  if (framed('"') === 0 && opened === 0 && framed('\'') > 0 && delimiter !== '\'') {
    const single = consistency(sample, byteDialect(delimiter, '\'')).share
    const most = framed('\'') * 2 >= plain.length
    if (most ? single >= asDouble.share : single > asDouble.share) return '\''
  }
  if (delimiter === ',' || delimiter === ';') return '"'
  const asPlain = consistency(sample, byteDialect(delimiter, null))
  return opened > framed('"') && asPlain.share >= 0.95 && asPlain.share > asDouble.share ? null : '"'
}

function count(records: SampledRecords['records'], test: (cell: string) => boolean): number {
  return records.reduce((sum, record) => sum + record.filter(test).length, 0)
}

function scanSample(sample: DelimitedSample, dialect: RecordDialect, use: (scanner: RecordScanner) => void): Omit<SampledRecords, 'records'> {
  const scanner = new RecordScanner(dialect, { recordBytes: sample.bytes.length, fields: Math.min(largestColumns, sample.bytes.length) + 1 })
  scanner.skip(sample.skipLines)
  scanner.push(sample.bytes)
  if (sample.whole) scanner.end()
  let records = 0
  let rejected = 0
  let cut = false
  for (;;) {
    const result = scanner.next()
    if (result === 'more' && records === 0) {
      scanner.end()
      cut = true
    } else if (result === 'more' || result === 'end' || records + rejected >= sampledRecords) return { rejected, cut }
    if (result === 'rejected') rejected += 1
    if (result === 'record') {
      records += 1
      use(scanner)
    }
  }
}

function cellText(scanner: RecordScanner, field: number, encoding: ByteEncoding, quote: string | null): string {
  const start = scanner.starts[field] ?? 0
  const end = Math.min(scanner.ends[field] ?? 0, start + sampledCellBytes)
  const mark = scanner.marks[field] ?? 0
  const text = (mark & wideMark) === 0 ? asBuffer(scanner.bytes).toString('latin1', start, end) : decodeLeniently(scanner.bytes.subarray(start, end), encoding)
  return quote !== null && (mark & doubledMark) !== 0 ? text.replaceAll(quote + quote, quote) : text
}

/** Excel announces a delimiter in a first line such as `sep=;`. */
function announcedDelimiter(bytes: Uint8Array): string | null {
  return /^sep=([^\r\n\w])(?:\r|\n|$)/.exec(decodeLeniently(bytes.subarray(0, 8), 'windows-1252'))?.[1] ?? null
}
