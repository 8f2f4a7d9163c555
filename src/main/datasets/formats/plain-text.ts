import { BenchError } from '../../../shared/contract/errors.ts'
import { badData } from './bad-data.ts'
import { jsonBatches, type ReadRow } from './json-source.ts'
import type { JsonObject } from './json-value.ts'
import type { SourceColumn, SourceFile } from './source-file.ts'
import { byteEncodingOf, encodingOf, probeText, textChunks, type TextProbe, type TextReading } from './text-bytes.ts'
import { decodeExactly, decodeLeniently, utf8Fault, type ByteEncoding, type TextEncoding } from './text-encoding.ts'
import { LineCutter, newlineOf, type TextLine } from './text-lines.ts'
import { CharacterCutter, isBlank, ParagraphCutter, type PieceCutter } from './text-pieces.ts'

/** What one example of a text file is. */
export type TextUnit = 'line' | 'paragraph' | 'characters'

export interface OpenTextOptions {
  /** Default: a line. Lines with nothing on them are left out, and paragraphs end at them. */
  readonly unit?: TextUnit
  /** With the unit `characters`: how many an example has (default 1000). */
  readonly characters?: number
  readonly encoding?: TextEncoding
  /** Bytes of one line or paragraph (default 1 MiB); what is longer is rejected. */
  readonly pieceBytes?: number
  /** Bytes a compressed file may unpack to. */
  readonly unpackedLimit?: number
}

/** An opened text file and how it is read. */
export interface TextFile extends SourceFile {
  readonly options: { readonly unit: TextUnit, readonly characters: number, readonly encoding: TextEncoding }
}

const columns: readonly SourceColumn[] = [{ name: 'text', type: 'text' }]
const defaultCharacters = 1000
const mostCharacters = 1_000_000
const defaultPieceBytes = 1024 * 1024

/**
 * Opens plain text, as it is or gzip, as one column `text`: a line, a paragraph or a number of characters an example.
 *
 * @throws BenchError `not-found`; `bad-data` where the file is empty or cannot be read; `invalid-input` for a wrong number of characters
 */
export async function openText(path: string, options: OpenTextOptions = {}): Promise<TextFile> {
  const { unit = 'line', characters = defaultCharacters } = options
  if (!Number.isSafeInteger(characters) || characters < 1 || characters > mostCharacters) {
    throw new BenchError('invalid-input', 'The number of characters of an example is out of range.', { field: 'characters', hint: `Give a whole number from 1 to ${mostCharacters}.` })
  }
  const probe = await probeText(path)
  if (probe.sample.length === 0) throw badData(probe.name, 'the file is empty.', { hint: 'Choose a file with text in it.' })
  const encoding = options.encoding ?? await encodingOf(probe)
  const limit = options.pieceBytes ?? defaultPieceBytes
  return {
    format: 'text',
    columns,
    rows: null,
    bytes: probe.size,
    warnings: options.encoding === undefined && encoding === 'windows-1252' ? ['The file is not UTF-8; it is read as windows-1252.'] : [],
    options: { unit, characters, encoding },
    batches: (signal) => jsonBatches(pieces(probe, { encoding, signal, unpackedLimit: options.unpackedLimit }, { unit, characters, limit }), columns, false, signal),
    close: () => Promise.resolve()
  }
}

interface Cutting {
  readonly unit: TextUnit
  readonly characters: number
  readonly limit: number
}

async function* pieces(probe: TextProbe, reading: TextReading, cutting: Cutting): AsyncGenerator<ReadRow<JsonObject>> {
  const encoding = byteEncodingOf(reading.encoding)
  let cutter: PieceCutter | null = null
  let fraction = 0
  for await (const chunk of textChunks(probe, reading)) {
    cutter ??= cutterOf(cutting, newlineOf(chunk.bytes), encoding)
    fraction = chunk.fraction
    for (const piece of cutter.lines(chunk.bytes)) if (!isBlank(piece.bytes)) yield rowOf(piece, cutting, encoding, fraction)
  }
  for (const piece of cutter?.end() ?? []) if (!isBlank(piece.bytes)) yield rowOf(piece, cutting, encoding, fraction)
}

function cutterOf({ unit, characters, limit }: Cutting, newline: number, encoding: ByteEncoding): PieceCutter {
  if (unit === 'line') return new LineCutter(newline, limit)
  return unit === 'paragraph' ? new ParagraphCutter(newline, limit) : new CharacterCutter(characters, encoding === 'utf-8')
}

function rowOf({ bytes, line, cut }: TextLine, { unit, limit }: Cutting, encoding: ByteEncoding, fraction: number): ReadRow<JsonObject> {
  const place = { line, excerpt: () => decodeLeniently(bytes.subarray(0, 800), encoding).slice(0, 200) }
  if (cut) return { row: null, fault: `The ${unit} is longer than ${limit} bytes.`, place, fraction }
  const text = decodeExactly(bytes, encoding)
  if (text === null) return { row: null, fault: utf8Fault(bytes) ?? 'The text is not UTF-8.', place, fraction }
  return { row: { text }, fault: '', place, fraction }
}
