import { CompressionType, setCompressionCodec, Type, type DataType } from '@uwdata/flechette'
import type { ArrowBatchHeader } from './arrow-metadata.ts'
import { lz4Frame } from './lz4.ts'
import { zstd } from './parquet-codecs.ts'

/** Checks of a batch's buffers before the Arrow library reads them, and the decompressors it reads them with. Errors are plain `RangeError`s. */

const largestBuffer = 2 ** 30
/** Rows that a batch without any data (nulls only) may claim. */
const largestEmpty = 2 ** 20

/** Gives the library its decompressors, for good. Compressing is not offered: the bench writes no Arrow files. */
export function registerArrowCodecs(): void {
  setCompressionCodec(CompressionType.LZ4_FRAME, { decode: (bytes, length) => decompress(0, bytes, length), encode: notOffered })
  setCompressionCodec(CompressionType.ZSTD, { decode: (bytes, length) => decompress(1, bytes, length), encode: notOffered })
}

function notOffered(): never {
  throw new RangeError('Arrow buffers are not compressed here')
}

function decompress(codec: number, bytes: Uint8Array, length: number): Uint8Array {
  if (!(length >= 0 && length <= largestBuffer)) throw new RangeError(`a buffer claims ${length} bytes`)
  if (codec > 1) throw new RangeError(`compression ${codec} is not known; save the file with LZ4 or Zstandard or without compression`)
  if (codec === 0 && length > 256 * bytes.length + 64) throw new RangeError(`a buffer claims to grow from ${bytes.length} to ${length} bytes`)
  if (length === 0) return new Uint8Array(0)
  const plain = codec === 0 ? lz4Frame(bytes, length) : zstd(bytes, length)
  if (plain.length !== length) throw new RangeError(`a buffer has ${plain.length} bytes instead of ${length}`)
  // The library lays typed arrays over the bytes, which must begin at a multiple of their size.
  return plain.byteOffset % 8 === 0 ? plain : Uint8Array.from(plain)
}

/**
 * Checks that all buffers lie in the body, and that no column claims more rows than the largest buffer has bits: nothing that is read later can
 * run further than eight times the data.
 */
export function checkBuffers({ rows, nodeLengths, buffers, codec }: ArrowBatchHeader, body: Uint8Array): void {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  let largest = 0
  for (const { offset, length } of buffers) {
    if (offset < 0 || length < 0 || offset + length > body.length) throw new RangeError('a buffer lies outside its batch')
    largest = Math.max(largest, codec === null || length === 0 ? length : plainLength(view, offset, length))
  }
  const most = Math.max(8 * largest, largestEmpty)
  for (const claimed of [rows, ...nodeLengths]) if (claimed > most) throw new RangeError(`a batch claims ${claimed} rows in ${largest} bytes`)
}

/** Length of a compressed buffer's content, which stands before it; -1 says that it is not compressed after all. */
function plainLength(view: DataView, offset: number, length: number): number {
  if (length < 8) throw new RangeError('a compressed buffer without its length')
  const claimed = Number(view.getBigInt64(offset, true))
  if (claimed < -1 || claimed > largestBuffer) throw new RangeError(`a buffer claims ${claimed} bytes`)
  return claimed === -1 ? length - 8 : claimed
}

const textTypes = new Set<number>([Type.Utf8, Type.Binary, Type.LargeUtf8, Type.LargeBinary])
const plainTypes = new Set<number>([...textTypes, Type.Null, Type.Bool, Type.Int, Type.Float, Type.Date, Type.Time, Type.Timestamp, Type.Duration, Type.Decimal, Type.FixedSizeBinary])

/**
 * Checks a dictionary's values, which the library expands at once: text must have offsets that rise and stay inside, or few bytes could
 * become texts without bound. Nested dictionaries are refused.
 */
export function checkDictionary(type: DataType, { nodeLengths, buffers, codec }: ArrowBatchHeader, body: Uint8Array): void {
  if (!plainTypes.has(type.typeId)) throw new RangeError('a dictionary of nested values')
  if (!textTypes.has(type.typeId)) return
  const count = nodeLengths[0] ?? 0
  const [, offsetsAt, valuesAt] = buffers
  if (offsetsAt === undefined || valuesAt === undefined) throw new RangeError('a dictionary without its buffers')
  const wide = type.typeId === Type.LargeUtf8 || type.typeId === Type.LargeBinary
  const offsets = plainBytes(body, offsetsAt, codec)
  const values = codec === null || valuesAt.length === 0 ? valuesAt.length : plainLength(new DataView(body.buffer, body.byteOffset), valuesAt.offset, valuesAt.length)
  const view = new DataView(offsets.buffer, offsets.byteOffset, offsets.byteLength)
  let before = 0
  for (let index = 0; index <= count && count > 0; index++) {
    const offset = wide ? Number(view.getBigInt64(8 * index, true)) : view.getInt32(4 * index, true)
    if (offset < before || offset > values) throw new RangeError('the texts of a dictionary overlap or lie outside')
    before = offset
  }
}

function plainBytes(body: Uint8Array, { offset, length }: { readonly offset: number, readonly length: number }, codec: number | null): Uint8Array {
  const bytes = body.subarray(offset, offset + length)
  if (codec === null || length === 0) return bytes
  const claimed = plainLength(new DataView(body.buffer, body.byteOffset), offset, length)
  return claimed === length - 8 && new DataView(body.buffer, body.byteOffset).getBigInt64(offset, true) === -1n ? bytes.subarray(8) : decompress(codec, bytes.subarray(8), claimed)
}
