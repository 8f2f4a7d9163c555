/**
 * LZ4 decompression, strict: every length is checked before anything is copied. Errors are plain `RangeError`s, which readers turn into
 * `bad-data` with the file's name. Source: lz4_Block_format.md and lz4_Frame_format.md of the lz4 project.
 */

const frameMagic = 0x184d2204

/** Decompresses one block to the end of `output` from `start` on; gives the place after its last byte. Matches may reach back before `start`. */
export function lz4Block(input: Uint8Array, output: Uint8Array, start = 0): number {
  let at = 0
  let to = start
  const lengthFrom = (nibble: number): number => {
    let length = nibble
    if (nibble < 15) return length
    for (let more = 255; more === 255;) {
      more = byteAt(input, at++)
      length += more
    }
    return length
  }
  while (at < input.length) {
    const token = byteAt(input, at++)
    const literals = lengthFrom(token >> 4)
    if (at + literals > input.length || to + literals > output.length) throw new RangeError('LZ4: literals beyond the end')
    output.set(input.subarray(at, at + literals), to)
    at += literals
    to += literals
    if (at === input.length) return to
    const distance = byteAt(input, at++) | (byteAt(input, at++) << 8)
    const length = lengthFrom(token & 15) + 4
    if (distance === 0 || distance > to || to + length > output.length) throw new RangeError('LZ4: a match outside the output')
    // Byte by byte where source and target overlap: the match repeats what it writes.
    if (distance >= length) output.copyWithin(to, to - distance, to - distance + length)
    else for (let index = 0; index < length; index++) output[to + index] = output[to + index - distance] ?? 0
    to += length
  }
  throw new RangeError('LZ4: the block ends without literals')
}

function byteAt(input: Uint8Array, at: number): number {
  const value = input[at]
  if (value === undefined) throw new RangeError('LZ4: the input ends too early')
  return value
}

/** Decompresses a frame to exactly `length` bytes. Checksums are skipped; the formats that carry such frames have their own lengths to check by. */
export function lz4Frame(input: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  if (view.getUint32(0, true) !== frameMagic) throw new RangeError('LZ4: no frame')
  const flags = view.getUint8(4)
  if (flags >> 6 !== 1) throw new RangeError('LZ4: an unknown version of the frame')
  const [blockChecksum, contentSize, dictionary] = [flags & 0x10, flags & 0x08, flags & 0x01]
  if (dictionary !== 0) throw new RangeError('LZ4: a dictionary is needed')
  const output = new Uint8Array(length)
  let at = 7 + (contentSize === 0 ? 0 : 8)
  let to = 0
  for (;;) {
    const field = view.getUint32(at, true)
    at += 4
    if (field === 0) break
    const size = field & 0x7fffffff
    if (at + size > input.length) throw new RangeError('LZ4: a block beyond the end')
    const block = input.subarray(at, at + size)
    if (field >>> 31 === 1) {
      if (to + size > length) throw new RangeError('LZ4: more bytes than claimed')
      output.set(block, to)
      to += size
    } else {
      to = lz4Block(block, output, to)
    }
    at += size + (blockChecksum === 0 ? 0 : 4)
  }
  if (to !== length) throw new RangeError('LZ4: fewer bytes than claimed')
  return output
}

/** Decompresses Hadoop's framing of blocks (big-endian sizes before each), which Parquet's deprecated `LZ4` codec mostly means; null where it is none. */
export function lz4Hadoop(input: Uint8Array, length: number): Uint8Array<ArrayBuffer> | null {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const output = new Uint8Array(length)
  let at = 0
  let to = 0
  while (at + 8 <= input.length) {
    const [plain, packed] = [view.getUint32(at), view.getUint32(at + 4)]
    at += 8
    if (at + packed > input.length || to + plain > length) return null
    if (lz4Block(input.subarray(at, at + packed), output, to) !== to + plain) return null
    at += packed
    to += plain
  }
  return at === input.length && to === length ? output : null
}
