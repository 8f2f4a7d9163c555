import { isAscii } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable, Transform } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { BenchError } from '../../../shared/contract/errors.ts'
import { badData, throwIfCancelled } from './bad-data.ts'
import { openBytes } from './bytes-file.ts'
import { detectEncoding, wholeCharacters, type ByteEncoding, type TextEncoding } from './text-encoding.ts'
import { Utf16Transcoder } from './utf-16.ts'

/** The beginning of a text file, unpacked where it is gzip. */
export interface TextProbe {
  readonly path: string
  readonly name: string
  /** Size on disk. */
  readonly size: number
  readonly compressed: boolean
  /** First bytes of the text as they stand in the (unpacked) file. */
  readonly sample: Uint8Array
  /** Whether `sample` is all there is. */
  readonly whole: boolean
}

/** A stretch of a text file in `ByteEncoding`, without byte order mark, and the share of the file read so far. */
export interface TextChunk {
  readonly bytes: Uint8Array
  readonly fraction: number
}

export interface TextReading {
  readonly encoding: TextEncoding
  readonly signal?: AbortSignal | undefined
  /** Bytes that a compressed file may unpack to; see `defaultUnpackedLimit`. */
  readonly unpackedLimit?: number | undefined
}

const chunkBytes = 1 << 20
const smallestChunk = 16 * 1024
/** Bytes of a sample, unless told otherwise. */
export const sampleBytes = 256 * 1024
/** How far the encoding is looked for where a file begins with plain ASCII. */
const encodingBytes = 64 * 1024 * 1024

/** Text shrinks 3 to 20 fold; a small file that unpacks to more than this was made to fill memory or disk. */
export function defaultUnpackedLimit(compressedSize: number): number {
  return Math.max(2 ** 30, 100 * compressedSize)
}

/** Bytes as the scanners see them: UTF-16 has become UTF-8. */
export function byteEncodingOf(encoding: TextEncoding): ByteEncoding {
  return encoding === 'windows-1252' ? 'windows-1252' : 'utf-8'
}

/** Whether bytes begin as a gzip member does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8
}

/**
 * Reads the beginning of a text file, `bytes` of it.
 *
 * @throws BenchError `not-found`, or `bad-data` where the file cannot be read or unpacked
 */
export async function probeText(path: string, bytes = sampleBytes): Promise<TextProbe> {
  const file = await openBytes(path)
  try {
    const compressed = isGzip(await file.read(0, Math.min(3, file.size)))
    return { path, name: file.name, size: file.size, compressed, ...await beginning(path, file.name, compressed, file.size, bytes) }
  } finally {
    await file.close()
  }
}

/** Names the encoding by the sample or, where that is plain ASCII, by the first lines further on that are not. */
export async function encodingOf(probe: TextProbe): Promise<TextEncoding> {
  const detected = detectEncoding(probe.sample)
  if (detected !== 'utf-8' || probe.whole || !isAscii(probe.sample)) return detected
  const looked = probe.compressed ? encodingBytes / 8 : encodingBytes
  let seen = 0
  for await (const bytes of probe.compressed ? unpackedBytes(probe) : plainBytes(probe)) {
    if (!isAscii(bytes)) {
      const first = bytes.findIndex((byte) => byte >= 0x80)
      return detectEncoding(bytes.subarray(bytes.lastIndexOf(10, first) + 1))
    }
    seen += bytes.length
    if (seen >= looked) break
  }
  return detected
}

async function* unpackedBytes({ path, name, compressed, size }: TextProbe): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of rawChunks(path, name, compressed, size)) yield bytes
}

/** A plain file chunk by chunk, read in large steps into the same memory: for looking through much of it quickly. */
async function* plainBytes({ path, name, size }: TextProbe): AsyncGenerator<Uint8Array> {
  const step = Buffer.allocUnsafeSlow(Math.min(8 * chunkBytes, size))
  const file = await open(path)
  try {
    for (let from = 0; from < size;) {
      const { bytesRead } = await file.read(step, 0, step.length, from)
      if (bytesRead === 0) return
      for (let at = 0; at < bytesRead; at += chunkBytes) yield step.subarray(at, Math.min(bytesRead, at + chunkBytes))
      from += bytesRead
    }
  } catch (error) {
    throw badData(name, 'the file cannot be read on.', { cause: error })
  } finally {
    await file.close()
  }
}

/**
 * The text from its start, memory bounded: one chunk at a time.
 *
 * @throws BenchError `bad-data` where it cannot be read or unpacked (on), `cancelled` when the signal is aborted
 */
export async function* textChunks(probe: TextProbe, reading: TextReading): AsyncGenerator<TextChunk> {
  const { encoding, signal } = reading
  const transcoder = encoding === 'utf-16le' || encoding === 'utf-16be' ? new Utf16Transcoder(encoding) : null
  const limit = reading.unpackedLimit ?? defaultUnpackedLimit(probe.size)
  let unpacked = 0
  let fraction = 0
  let start = true
  for await (const chunk of rawChunks(probe.path, probe.name, probe.compressed, probe.size)) {
    throwIfCancelled(signal)
    unpacked += chunk.bytes.length
    if (probe.compressed && unpacked > limit) {
      const hint = 'It may be a bomb made to fill the disk. If you trust it, unpack it yourself and import the unpacked file.'
      throw badData(probe.name, `the file unpacks to more than ${limit} bytes.`, { hint })
    }
    fraction = chunk.fraction
    const bytes = transcoder === null ? chunk.bytes : transcoder.write(chunk.bytes)
    if (bytes.length === 0) continue
    yield { bytes: start ? withoutMark(bytes) : bytes, fraction }
    start = false
  }
  const rest = transcoder?.end()
  if (rest !== undefined && rest.length > 0) yield { bytes: rest, fraction }
}

/** Leaves out the byte order mark, in UTF-8 as the transcoder and most editors write it. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
}

/** A sample as the scanners see it: in a byte encoding, without byte order mark, cut to whole characters. */
export function sampleText(sample: Uint8Array, encoding: TextEncoding): Uint8Array {
  if (encoding === 'windows-1252') return sample
  const bytes = withoutMark(encoding === 'utf-8' ? sample : new Utf16Transcoder(encoding).write(sample))
  return bytes.subarray(0, wholeCharacters(bytes))
}

async function beginning(path: string, name: string, compressed: boolean, size: number, wanted: number): Promise<Pick<TextProbe, 'sample' | 'whole'>> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of rawChunks(path, name, compressed, size)) {
    parts.push(chunk.bytes)
    length += chunk.bytes.length
    if (length > wanted) break
  }
  return { sample: Buffer.concat(parts).subarray(0, wanted), whole: length <= wanted }
}

async function* rawChunks(path: string, name: string, compressed: boolean, size: number): AsyncGenerator<TextChunk> {
  const file = createReadStream(path, { highWaterMark: Math.min(chunkBytes, Math.max(smallestChunk, size)) })
  // An error of the file must reach whoever reads the unpacked bytes; pipe() alone would let the process die of it.
  const stream: Readable = compressed ? unpacked(file, Math.min(chunkBytes, Math.max(smallestChunk, 4 * size))) : file
  try {
    for await (const bytes of stream as AsyncIterable<Uint8Array>) {
      yield { bytes, fraction: size === 0 ? 1 : Math.min(1, file.bytesRead / size) }
    }
  } catch (error) {
    if (error instanceof BenchError) throw error
    throw badData(name, compressed ? 'the compressed text cannot be unpacked on.' : 'the file cannot be read on.', { cause: error })
  } finally {
    stream.destroy()
    file.destroy()
  }
}

function unpacked(file: Readable, chunkSize: number): Transform {
  const unpacking = createGunzip({ chunkSize })
  file.once('error', (error) => unpacking.destroy(error))
  return file.pipe(unpacking)
}
