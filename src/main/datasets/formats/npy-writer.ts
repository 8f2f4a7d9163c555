import { BenchError } from '../../../shared/contract/errors.ts'

/** Elements that can be written: numbers little-endian, or text at a fixed width of UTF-32 code points. */
export type NpyWriteType = 'float32' | 'float64' | 'int32' | 'uint8' | { readonly text: number }

const descriptions = { float32: '<f4', float64: '<f8', int32: '<i4', uint8: '|u1' } as const

/**
 * The header of an NPY file in version 1.0 as numpy.save writes it: padded with spaces so that the elements begin at a multiple of 64 bytes.
 * After it come the elements, last axis fastest. Source: numpy.lib.format.
 */
export function npyHeaderBytes(type: NpyWriteType, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const descr = typeof type === 'string' ? descriptions[type] : `<U${type.text}`
  const tuple = shape.length === 1 ? `(${String(shape[0])},)` : `(${shape.join(', ')})`
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64
  const bytes = new Uint8Array(length).fill(0x20)
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
  new DataView(bytes.buffer).setUint16(8, length - 10, true)
  bytes.set(new TextEncoder().encode(dictionary), 10)
  bytes[length - 1] = 0x0a
  return bytes
}

/** Code points of the longest text, the width that `{ text }` needs; at least 1. */
export function textWidth(texts: Iterable<string>): number {
  let width = 1
  for (const text of texts) width = Math.max(width, Array.from(text).length)
  return width
}

/**
 * Bytes of texts at a fixed width.
 *
 * @throws BenchError `invalid-input` for a text that is longer, or ends with NUL (which the format cannot keep)
 */
export function npyTextBytes(texts: readonly string[], width: number): Uint8Array<ArrayBuffer> {
  const points = new Uint32Array(texts.length * width)
  texts.forEach((text, row) => {
    const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0)
    if (characters.length > width) throw new BenchError('invalid-input', `Row ${row + 1} has ${characters.length} characters, more than the width of ${width}.`, { hint: 'Find the longest text first.' })
    if (characters.at(-1) === 0) throw new BenchError('invalid-input', `The text of row ${row + 1} ends with a NUL character, which NPY cannot keep.`, { hint: 'Export as CSV, JSON Lines or Parquet.' })
    points.set(characters, row * width)
  })
  return littleEndian(points)
}

/** Bytes of numbers, little-endian whatever the machine. */
export function npyNumberBytes(values: Float32Array | Float64Array | Int32Array | Uint8Array): Uint8Array<ArrayBuffer> {
  return littleEndian(values)
}

const machineIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

function littleEndian(values: Float32Array | Float64Array | Int32Array | Uint8Array | Uint32Array): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.copyBytesFrom(values)
  if (!machineIsLittleEndian && values.BYTES_PER_ELEMENT === 4) bytes.swap32()
  if (!machineIsLittleEndian && values.BYTES_PER_ELEMENT === 8) bytes.swap64()
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** A whole NPY file as chunks of bytes: header, then the elements of each part in turn. `parts` together hold exactly the shape's elements. */
export async function* npyChunks(
  type: NpyWriteType,
  shape: readonly number[],
  parts: AsyncIterable<NpyPart> | Iterable<NpyPart>
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield npyHeaderBytes(type, shape)
  const expected = shape.reduce((product, size) => product * size, 1)
  let written = 0
  for await (const part of parts) {
    written += part.length
    if (written > expected) break
    yield isTexts(part) ? npyTextBytes(part, typeof type === 'string' ? 0 : type.text) : npyNumberBytes(part)
  }
  if (written !== expected) throw new BenchError('internal', `An NPY file of ${shape.join(' x ')} elements was given ${written} of ${expected}.`)
}

/** Some elements to write, in order. Numbers must be of the file's type. */
export type NpyPart = Float32Array | Float64Array | Int32Array | Uint8Array | readonly string[]

function isTexts(part: NpyPart): part is readonly string[] {
  return Array.isArray(part)
}
