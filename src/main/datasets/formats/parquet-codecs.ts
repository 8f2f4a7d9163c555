import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { snappyUncompress, type CompressionCodec } from 'hyparquet'
import { lz4Block, lz4Hadoop } from './lz4.ts'

/** Bytes of one page, decompressed, at most. */
export const largestPage = 512 * 1024 * 1024

/** The most that a codec's format can grow its input by; what claims more is a lie. Zstandard and Brotli have no limit worth checking. */
const largestGrowth: Partial<Record<CompressionCodec, number>> = { UNCOMPRESSED: 1, SNAPPY: 64, GZIP: 1032, LZ4: 256, LZ4_RAW: 256 }

/**
 * Decompresses a page to exactly `length` bytes; throws a plain error where it does not. Nothing larger than `length` is ever allocated.
 */
export function decompressPage(codec: CompressionCodec, input: Uint8Array, length: number): Uint8Array {
  if (!(length >= 0 && length <= largestPage)) throw new RangeError(`a page claims ${length} bytes`)
  if (length > (largestGrowth[codec] ?? Infinity) * input.length + 64) throw new RangeError(`a page claims to grow from ${input.length} to ${length} bytes`)
  const output = length === 0 ? new Uint8Array(0) : decompressed(codec, input, length)
  if (output.length !== length) throw new RangeError(`a page has ${output.length} bytes instead of ${length}`)
  return output
}

function decompressed(codec: CompressionCodec, input: Uint8Array, length: number): Uint8Array {
  const options = { maxOutputLength: length }
  switch (codec) {
    case 'UNCOMPRESSED': return input
    case 'SNAPPY': return snappy(input, length)
    case 'GZIP': return gunzipSync(input, options)
    case 'BROTLI': return brotliDecompressSync(input, options)
    case 'ZSTD': return zstd(input, length)
    case 'LZ4': return lz4Hadoop(input, length) ?? lz4(input, length)
    case 'LZ4_RAW': return lz4(input, length)
    case 'LZO': throw new RangeError('LZO compression is not known')
  }
}

/** Decompresses Zstandard, at most `length` bytes. */
export function zstd(input: Uint8Array, length: number): Uint8Array {
  // Node.js before 22.15 has none.
  if (typeof zstdDecompressSync !== 'function') throw new RangeError('Zstandard needs Node.js 22.15 or later; save the file with Snappy or LZ4')
  return zstdDecompressSync(input, { maxOutputLength: length })
}

function snappy(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length)
  snappyUncompress(input, output)
  return output
}

function lz4(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length)
  if (lz4Block(input, output) !== length) throw new RangeError('LZ4: fewer bytes than claimed')
  return output
}
