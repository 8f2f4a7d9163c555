import { pipeline, Readable } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl'
import { badData } from './bad-data.ts'
import type { BytesFile } from './bytes-file.ts'
import { sequentialStream, type SequentialBytes } from './sequential-bytes.ts'

/** One file of a zip archive. Its name is only ever shown, never used as a path. */
export interface ZipEntry {
  readonly name: string
  /** Bytes inflated, as the archive claims; reading checks it. */
  readonly size: number
  readonly compressedSize: number
  readonly deflated: boolean
  readonly crc32: number
  readonly dataStart: number
}

/** What is refused as a zip bomb before anything is inflated. */
export interface ZipLimits {
  readonly entries: number
  /** Bytes inflated of all entries together. */
  readonly inflatedBytes: number
  /** Inflated over compressed bytes of an entry; entries below `smallBytes` are never too dense (arrays of zeros are honest). */
  readonly ratio: number
  readonly smallBytes: number
}

export const zipLimits: ZipLimits = { entries: 1024, inflatedBytes: 64 * 2 ** 30, ratio: 200, smallBytes: 2 ** 28 }

const hint = 'The archive may be damaged; save it again.'

/**
 * Lists an archive's entries from its central directory.
 *
 * @throws BenchError `bad-data` where it is no zip, is encrypted or compressed in another way than deflate, or is beyond the limits
 */
export async function listZip(file: BytesFile, limits: ZipLimits = zipLimits): Promise<readonly ZipEntry[]> {
  let zip: ZipFile
  try {
    zip = await fromRandomAccessReaderPromise(readerOf(file), file.size, { autoClose: false, lazyEntries: true })
  } catch (error) {
    throw badData(file.name, 'this is no zip archive, or it is cut short.', { cause: error, hint })
  }
  // After listing, an error would have no listener and end the process.
  zip.on('error', () => undefined)
  try {
    if (zip.entryCount > limits.entries) throw badData(file.name, `the archive claims ${zip.entryCount} entries, at most ${limits.entries} are read.`, { field: 'directory', hint })
    const entries: ZipEntry[] = []
    for (let index = 0; index < zip.entryCount; index++) entries.push(await describe(file.name, zip, await nextEntry(file.name, zip), limits))
    checkTotal(file, entries, limits)
    return entries
  } finally {
    zip.close()
  }
}

/** The archive's directory is read through the file that is open already; entries are read past yauzl, by `openZipEntry`. */
function readerOf(file: BytesFile): RandomAccessReader {
  const reader = new DirectoryReader()
  reader.read = (buffer, offset, length, position, callback) => {
    file.read(position, length).then((bytes) => {
      buffer.set(bytes, offset)
      callback(null)
    }, callback)
  }
  return reader
}

class DirectoryReader extends RandomAccessReader {
  override close(callback: (error: Error | null) => void): void {
    callback(null)
  }
}

function nextEntry(name: string, zip: ZipFile): Promise<Entry> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      zip.off('entry', found)
      zip.off('error', failed)
    }
    const found = (entry: Entry): void => {
      settle()
      resolve(entry)
    }
    const failed = (error: Error): void => {
      settle()
      reject(badData(name, 'the archive\'s directory is damaged.', { field: 'directory', cause: error, hint }))
    }
    zip.on('entry', found)
    zip.on('error', failed)
    zip.readEntry()
  })
}

async function describe(file: string, zip: ZipFile, entry: Entry, limits: ZipLimits): Promise<ZipEntry> {
  const name = entry.fileName
  const bad = (sentence: string, cause?: unknown): Error => badData(file, `${JSON.stringify(name.slice(0, 100))} ${sentence}`, { field: 'directory', hint, cause })
  if (entry.isEncrypted()) throw bad('is encrypted.')
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) throw bad(`is compressed by method ${entry.compressionMethod}; only deflate is read.`)
  if (entry.uncompressedSize > limits.smallBytes && entry.uncompressedSize > limits.ratio * entry.compressedSize) {
    throw bad(`would grow from ${entry.compressedSize} to ${entry.uncompressedSize} bytes, as only a zip bomb does.`)
  }
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
    const { uncompressedSize: size, compressedSize } = entry
    return { name, size, compressedSize, deflated: entry.compressionMethod === 8, crc32: entry.crc32, dataStart: fileDataStart }
  } catch (error) {
    throw bad('lies outside the archive.', error)
  }
}

function checkTotal({ name: file, size }: BytesFile, entries: readonly ZipEntry[], limits: ZipLimits): void {
  const total = entries.reduce((sum, each) => sum + each.size, 0)
  // Entries may share their bytes, so that each is honest and all together are not.
  if (total > limits.smallBytes && total > limits.ratio * size) throw badData(file, `the archive would grow from ${size} to ${total} bytes, as only a zip bomb does.`, { field: 'directory', hint })
  if (total > limits.inflatedBytes) throw badData(file, `the archive would inflate to ${total} bytes, more than the ${limits.inflatedBytes} that are read.`, { field: 'directory', hint })
}

const chunkBytes = 1 << 18

/**
 * An entry's bytes, inflated as they are read. `read` throws `bad-data` where they do not inflate, are more or fewer than the directory
 * claims, or have another checksum (known at the last byte).
 */
export function openZipEntry(file: BytesFile, entry: ZipEntry): SequentialBytes {
  const raw = Readable.from(rawChunks(file, entry), { objectMode: false })
  const stream = entry.deflated ? inflated(raw) : raw
  const source = sequentialStream(stream)
  const bad = (sentence: string, cause?: unknown): Error => badData(file.name, `${JSON.stringify(entry.name.slice(0, 100))} ${sentence}`, { field: entry.name.slice(0, 100), hint, cause })
  let count = 0
  let sum = 0
  const next = async (length: number): Promise<Uint8Array<ArrayBuffer>> => {
    try {
      return await source.read(length)
    } catch (error) {
      throw bad('does not inflate.', error)
    }
  }
  return {
    async read(length) {
      const bytes = await next(Math.min(length, entry.size - count))
      if (bytes.length < Math.min(length, entry.size - count)) throw bad(`inflates to ${count + bytes.length} bytes, the archive claims ${entry.size}.`)
      count += bytes.length
      sum = crc32(bytes, sum)
      if (bytes.length > 0 && count === entry.size) {
        if ((await next(1)).length > 0) throw bad(`inflates to more than the ${entry.size} bytes that the archive claims.`)
        if (sum !== entry.crc32) throw bad('has a wrong checksum.')
      }
      return bytes
    },
    close: () => source.close()
  }
}

function inflated(raw: Readable): Readable {
  const inflate = createInflateRaw()
  // Errors reach the reader of `inflate`, which pipeline destroys with them.
  return pipeline(raw, inflate, () => undefined)
}

async function* rawChunks(file: BytesFile, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < entry.compressedSize; done += chunkBytes) {
    yield await file.read(entry.dataStart + done, Math.min(chunkBytes, entry.compressedSize - done))
  }
}
