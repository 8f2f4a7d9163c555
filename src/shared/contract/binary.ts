import { decode, encode, ExtensionCodec } from '@msgpack/msgpack'
import { checkMessageStructure } from './message-structure.ts'

/**
 * MessagePack with typed arrays kept as what they are: one extension type a kind of array, the bytes copied once,
 * never through JSON. Byte order is the machine's (little-endian on every platform the bench runs on).
 */
type NumericArray = Int8Array | Int16Array | Int32Array | Uint16Array | Uint32Array | Float32Array | Float64Array | BigInt64Array
const kinds = [Int8Array, Int16Array, Int32Array, Uint16Array, Uint32Array, Float32Array, Float64Array, BigInt64Array] as const

const codec = new ExtensionCodec()
kinds.forEach((Kind, index) => {
  codec.register({
    type: index + 1,
    encode: (value: unknown): Uint8Array | null => {
      if (!(value instanceof Kind)) return null
      const array: NumericArray = value
      return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    },
    // Copied because the slice of the message need not be aligned to the element size.
    decode: (bytes: Uint8Array): NumericArray => new Kind(bytes.slice().buffer)
  })
})

/** Encodes structured data with typed arrays; `undefined` object fields are dropped, and a single -0 becomes 0 (within typed arrays it stays). */
export const encodeBinary = (value: unknown): Uint8Array => encode(value, { extensionCodec: codec, ignoreUndefined: true })

/** The inverse of encodeBinary. Throws on malformed bytes; callers answer with a typed error. */
export function decodeBinary(bytes: Uint8Array): unknown {
  // A plain view: Node's Buffer has a slice that does not copy, and bytes inside the message would come out as Buffers.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  checkMessageStructure(plain)
  return decode(plain, { extensionCodec: codec })
}
