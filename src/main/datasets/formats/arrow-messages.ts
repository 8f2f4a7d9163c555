import { BenchError } from '../../../shared/contract/errors.ts'
import { readArrowHeader, type ArrowHeader } from './arrow-metadata.ts'
import { badData } from './bad-data.ts'
import type { BytesFile } from './bytes-file.ts'

/** A message of an Arrow file or stream: its header, and where its metadata and body lie. */
export interface ArrowMessage {
  readonly header: ArrowHeader
  readonly headStart: number
  readonly headLength: number
  readonly bodyStart: number
}

const largestHead = 64 * 2 ** 20
const largestBody = 2 ** 30
const hint = 'It may be cut short; save it again, e.g. with pyarrow.feather.write_feather(table, path) or as Parquet.'

/**
 * Walks the messages of an Arrow IPC file (also called Feather version 2) or stream. Of a file, the messages before its footer are walked as a
 * stream, which they are by the format.
 *
 * @throws BenchError `bad-data` for Feather version 1, a missing end, and lengths that do not fit the file
 */
export async function listArrowMessages(file: BytesFile): Promise<readonly ArrowMessage[]> {
  const { start, end } = await span(file)
  const messages: ArrowMessage[] = []
  let at = start
  while (at + 4 <= end) {
    const prefix = await file.read(at, Math.min(8, end - at))
    const view = new DataView(prefix.buffer)
    const first = view.getInt32(0, true)
    // Before version 0.15 the length came without the marker of -1.
    const prefixLength = first === -1 ? 8 : 4
    const headLength = first === -1 && prefix.length === 8 ? view.getInt32(4, true) : first
    if (headLength === 0) return messages
    const headStart = at + prefixLength
    if (headLength < 0 || headLength > largestHead || headStart + headLength > end) throw badData(file.name, `the message at byte ${at} claims ${headLength} bytes of metadata, more than there are.`, { field: `byte ${at}`, hint })
    const header = await readHeader(file, at, headStart, headLength)
    const bodyStart = headStart + headLength
    if (bodyStart + header.bodyLength > end) throw badData(file.name, `the message at byte ${at} claims ${header.bodyLength} bytes, the file holds ${end - bodyStart} there.`, { field: `byte ${at}`, hint })
    if (header.bodyLength > largestBody) throw badData(file.name, `the batch at byte ${at} has ${header.bodyLength} bytes, more than the ${largestBody} that are read at once.`, { field: `byte ${at}`, hint: 'Save it in smaller record batches, e.g. write_feather(table, path, chunksize=65536).' })
    messages.push({ header, headStart, headLength, bodyStart })
    at = bodyStart + header.bodyLength
  }
  return messages
}

async function readHeader(file: BytesFile, at: number, headStart: number, headLength: number): Promise<ArrowHeader> {
  try {
    return readArrowHeader(await file.read(headStart, headLength))
  } catch (error) {
    if (error instanceof BenchError) throw error
    throw badData(file.name, `the metadata at byte ${at} is damaged: ${error instanceof Error ? error.message : ''}.`, { field: `byte ${at}`, hint, cause: error })
  }
}

async function span(file: BytesFile): Promise<{ start: number, end: number }> {
  const magic = Buffer.from(await file.read(0, Math.min(6, file.size))).toString('latin1')
  if (magic.startsWith('FEA1')) throw badData(file.name, 'this is Feather version 1, which cannot be read.', { hint: 'Save it as version 2: pyarrow.feather.write_feather(table, path, version=2).' })
  if (magic !== 'ARROW1') return { start: 0, end: file.size }
  const tail = file.size < 18 ? new Uint8Array(10) : await file.read(file.size - 10, 10)
  if (Buffer.from(tail.subarray(4)).toString('latin1') !== 'ARROW1') throw badData(file.name, 'it does not end with ARROW1, so it is no whole Arrow file.', { field: 'footer', hint })
  const footer = new DataView(tail.buffer).getInt32(0, true)
  if (footer < 0 || footer > file.size - 18) throw badData(file.name, `the footer claims ${footer} bytes, the file holds ${file.size - 18} before it.`, { field: 'footer', hint })
  return { start: 8, end: file.size - 10 - footer }
}

/** A message as the library reads it: marker, length, metadata, body; the body at a multiple of 8, whatever the file did. */
export async function messageBytes(file: BytesFile, { header, headStart, headLength, bodyStart }: ArrowMessage): Promise<Uint8Array<ArrayBuffer>> {
  const padded = Math.ceil(headLength / 8) * 8
  const bytes = new Uint8Array(8 + padded + header.bodyLength)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, -1, true)
  view.setInt32(4, padded, true)
  bytes.set(await file.read(headStart, headLength), 8)
  bytes.set(await file.read(bodyStart, header.bodyLength), 8 + padded)
  return bytes
}
