import { badData, throwIfCancelled } from './bad-data.ts'
import { jsonElements } from './json-elements.ts'
import { textChunks, type TextProbe, type TextReading } from './text-bytes.ts'
import { LineCutter } from './text-lines.ts'
import { isBlank } from './text-pieces.ts'

/** A row of a JSON file as it stands there. */
export interface JsonRecord {
  readonly bytes: Uint8Array
  readonly line: number
  readonly fault: string | null
  /** Share of the file read so far. */
  readonly fraction: number
}

/** lines: a value a line (JSON Lines). array: one array of values over the whole file. */
export type JsonLayout = 'lines' | 'array'

export interface JsonRecordReading extends TextReading {
  readonly layout: JsonLayout
  /** Bytes of one line, or of one file that is an array. */
  readonly lineBytes: number
  readonly arrayBytes: number
}

/** lines, unless the first character opens an array and the next one an object or the end of the array. */
export function layoutOf(sample: string): JsonLayout {
  return /^\s*\[\s*(?:[{\]]|$)/.test(sample) ? 'array' : 'lines'
}

/** The rows of a JSON file, blank lines left out; those of an array are held in memory all at once, as bytes. */
export function jsonRecords(probe: TextProbe, reading: JsonRecordReading): AsyncGenerator<JsonRecord> {
  return reading.layout === 'lines' ? lineRecords(probe, reading) : arrayRecords(probe, reading)
}

async function* lineRecords(probe: TextProbe, reading: JsonRecordReading): AsyncGenerator<JsonRecord> {
  const cutter = new LineCutter(10, reading.lineBytes)
  const tooLong = `The line is longer than ${reading.lineBytes} bytes.`
  let fraction = 0
  for await (const chunk of textChunks(probe, reading)) {
    fraction = chunk.fraction
    for (const { bytes, line, cut } of cutter.lines(chunk.bytes)) {
      if (!isBlank(bytes)) yield { bytes, line, fault: cut ? tooLong : null, fraction }
    }
  }
  for (const { bytes, line, cut } of cutter.end()) if (!isBlank(bytes)) yield { bytes, line, fault: cut ? tooLong : null, fraction }
}

async function* arrayRecords(probe: TextProbe, reading: JsonRecordReading): AsyncGenerator<JsonRecord> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of textChunks(probe, reading)) {
    chunks.push(chunk.bytes)
    length += chunk.bytes.length
    if (length <= reading.arrayBytes) continue
    throw badData(probe.name, `the JSON array is larger than ${reading.arrayBytes} bytes.`, { hint: 'Save it as JSON Lines, one object a line, which may be of any size.' })
  }
  const text = Buffer.concat(chunks)
  for (const { bytes, line, fault } of jsonElements(text)) {
    throwIfCancelled(reading.signal)
    yield { bytes, line, fault, fraction: (bytes.byteOffset - text.byteOffset + bytes.length) / text.length }
  }
}
