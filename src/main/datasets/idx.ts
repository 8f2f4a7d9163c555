import { BenchError } from '../../shared/contract/errors.ts'

/** An array read from an IDX file: sizes of its dimensions and its elements, first dimension slowest. */
export interface IdxArray {
  readonly shape: readonly number[]
  readonly data: Uint8Array
}

const unsignedByte = 0x08
const largestElements = 2 ** 31 - 1

/**
 * Reads the IDX layout of MNIST: two zero bytes, a type (only 0x08, unsigned byte, is met in practice), the number of
 * dimensions, each size as a big-endian 32-bit integer, then the elements.
 * Throws `bad-data` naming the byte that is wrong; nothing is allocated on the word of a header that lies.
 */
export function readIdx(bytes: Uint8Array, name: string): IdxArray {
  const bad = (message: string, field: string): BenchError => new BenchError('bad-data', `${name}: ${message}`, { field, hint: 'The file is not a whole IDX file; get it again.' })
  if (bytes.length < 4) throw bad('the file ends inside its header', 'byte 0')
  if (bytes[0] !== 0 || bytes[1] !== 0) throw bad('the file does not begin with two zero bytes, so it is not IDX', 'byte 0')
  if (bytes[2] !== unsignedByte) throw bad(`elements of type 0x${(bytes[2] ?? 0).toString(16)} are not unsigned bytes (0x08)`, 'byte 2')
  const dimensions = bytes[3] ?? 0
  if (dimensions === 0) throw bad('the header names no dimension', 'byte 3')
  const start = 4 + 4 * dimensions
  if (bytes.length < start) throw bad('the file ends inside its header', 'byte 4')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index))
  // Zero first: the sizes before it may multiply to Infinity, and Infinity times 0 is not a number.
  const elements = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1)
  if (elements > largestElements) throw bad(`the header claims ${elements} elements, more than a file can hold`, 'byte 4')
  if (bytes.length - start !== elements) throw bad(`the header claims ${elements} elements (${shape.join(' x ')}), the file holds ${bytes.length - start}`, 'byte 4')
  return { shape, data: bytes.slice(start) }
}
