import { constants, gunzipSync } from 'node:zlib'
import { inferType } from './delimited-columns.ts'
import { detectDelimited, sampleRecords } from './delimited-dialect.ts'
import { jsonElements } from './json-elements.ts'
import { layoutOf } from './json-records.ts'
import { fieldOf, isArray, isObject, parseJson, type JsonValue } from './json-value.ts'
import { byteEncodingOf, isGzip, sampleText } from './text-bytes.ts'
import { decodeLeniently, detectEncoding } from './text-encoding.ts'

/** Formats of text files. */
export type TextFormat = 'delimited' | 'json-lines' | 'text' | 'label-studio' | 'doccano'

const packedBytes = 64 * 1024
const looked = 256 * 1024

/** Tells what a text file holds from its name and first bytes (gzip is looked into); null where it is no text. */
export function recogniseText(path: string, firstBytes: Uint8Array): TextFormat | null {
  const bytes = isGzip(firstBytes) ? unpackedBeginning(firstBytes) : firstBytes.subarray(0, looked)
  if (bytes === null || bytes.length === 0 || isBinary(bytes)) return null
  const extension = /\.([^./\\]+)$/.exec(path.toLowerCase().replace(/\.gz$/, ''))?.[1] ?? ''
  if (/^(?:csv|tsv|tab|psv|ssv)$/.test(extension)) return 'delimited'
  const text = sampleText(bytes, detectEncoding(bytes))
  const json = jsonFormat(text)
  if (json !== null) return json
  if (/^(?:jsonl|ndjson|json)$/.test(extension)) return 'json-lines'
  if (/^(?:md|log|rst|html?)$/.test(extension)) return 'text'
  return isTable(bytes, extension === 'txt' || extension === 'text') ? 'delimited' : 'text'
}

function unpackedBeginning(packed: Uint8Array): Uint8Array | null {
  try {
    return gunzipSync(packed.subarray(0, packedBytes), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, looked)
  } catch {
    return null
  }
}

/** Compressed or coded numbers have control characters everywhere, text hardly any. */
function isBinary(bytes: Uint8Array): boolean {
  const encoding = detectEncoding(bytes)
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return false
  const beginning = decodeLeniently(bytes.subarray(0, 8), 'windows-1252')
  if (/^(?:PAR1|ARROW1|FEA1|\u201cNUMPY|PK[\p{Cc}]{2}|%PDF-|\u2030PNG|\u00ff\u00d8\u00ff|RIFF|GIF8)/u.test(beginning)) return true
  let controls = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number
    if (byte < 32 && !(byte >= 9 && byte <= 13) && byte !== 27) controls += 1
  }
  return controls > bytes.length * 0.03
}

function jsonFormat(text: Uint8Array): TextFormat | null {
  const beginning = decodeLeniently(text.subarray(0, 4096), 'utf-8')
  if (!/^\s*(?:\{|\[\s*[{\]])/.test(beginning)) return null
  const first = layoutOf(beginning) === 'array' ? firstElement(text) : firstLine(text)
  const parsed = parseJson(first, 'utf-8')
  if ('value' in parsed) return formatOf(parsed.value)
  // The first row may be longer than what is looked at.
  return first.length >= text.length - 2 && /"(?:annotations|predictions)"\s*:\s*\[/.test(beginning) && /"data"\s*:\s*\{/.test(beginning) ? 'label-studio' : 'json-lines'
}

function firstElement(text: Uint8Array): Uint8Array {
  const first = jsonElements(text).next()
  return first.done === true ? text : first.value.bytes
}

function firstLine(text: Uint8Array): Uint8Array {
  const newline = text.indexOf(10)
  return newline < 0 ? text : text.subarray(0, newline)
}

function formatOf(row: JsonValue): TextFormat {
  if (!isObject(row)) return 'json-lines'
  const lists = (name: string): boolean => isArray(fieldOf(row, name))
  if (isObject(fieldOf(row, 'data')) && ['annotations', 'completions', 'predictions'].some(lists)) return 'label-studio'
  const text = fieldOf(row, 'text') ?? fieldOf(row, 'data')
  return typeof text === 'string' && (lists('label') || lists('labels')) ? 'doccano' : 'json-lines'
}

/** Whether the lines fall into the same number of fields; prose has commas too, so that a comma must part numbers from the rest. */
function isTable(bytes: Uint8Array, prose: boolean): boolean {
  const options = detectDelimited(bytes)
  const { records, rejected } = sampleRecords({ bytes: sampleText(bytes, options.encoding), skipLines: options.skipLines, whole: false, encoding: byteEncodingOf(options.encoding) }, options)
  const width = records[1]?.length ?? 0
  if (width < 2 || records.length < 2) return false
  const sound = records.filter((record) => record.length === width).length / (records.length + rejected) >= 0.95
  if (!sound || options.delimiter === '\t' || !prose) return sound
  const rows = records.slice(1)
  return rows.length > 1 && Array.from({ length: width }, (_, column) => inferType(rows.map((row) => row[column] ?? ''), options.decimal, new Set())).includes('number')
}
