import { crc32 } from 'node:zlib'

/** What the first bytes of an image tell, before it is decoded. */
export interface ImageHeader {
  readonly kind: 'png' | 'jpeg' | 'webp'
  readonly width: number
  readonly height: number
}

/** An image that cannot be read: the message is the sentence for the person. */
export class UnreadableImage extends Error {
  override readonly name = 'UnreadableImage'
}

/**
 * Reads kind and size of a PNG, JPEG or WebP file and checks that it is whole as far as its structure tells (PNG: every chunk's checksum; WebP:
 * its length; whether a JPEG is whole only decoding shows).
 *
 * @throws UnreadableImage saying what is wrong
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (starts(bytes, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return pngHeader(bytes, view)
    if (starts(bytes, 0, [0xff, 0xd8, 0xff])) return jpegHeader(bytes, view)
    if (starts(bytes, 0, [0x52, 0x49, 0x46, 0x46]) && starts(bytes, 8, [0x57, 0x45, 0x42, 0x50])) return webpHeader(bytes, view)
  } catch (error) {
    if (error instanceof RangeError) throw new UnreadableImage('The image is cut short.')
    throw error
  }
  throw new UnreadableImage(bytes.length === 0 ? 'The file is empty.' : 'The file is no PNG, JPEG or WebP image.')
}

function starts(bytes: Uint8Array, at: number, expected: readonly number[]): boolean {
  return expected.every((byte, index) => bytes[at + index] === byte)
}

/** Source: the PNG specification, sections 5 (chunks) and 11.2.2 (IHDR). */
function pngHeader(bytes: Uint8Array, view: DataView): ImageHeader {
  let at = 8
  for (;;) {
    const length = view.getUint32(at)
    const type = view.getUint32(at + 4)
    const end = at + 8 + length
    if (view.getUint32(end) !== crc32(bytes.subarray(at + 4, end))) throw new UnreadableImage('The image is damaged: the checksum of a part is wrong.')
    if (type === chunkType('IEND')) break
    at = end + 4
  }
  if (view.getUint32(12) !== chunkType('IHDR')) throw new UnreadableImage('The image is damaged: it does not begin with its size.')
  return { kind: 'png', width: view.getUint32(16), height: view.getUint32(20) }
}

function chunkType(name: string): number {
  return Buffer.from(name, 'latin1').readUInt32BE()
}

/** Frame markers hold the size; 0xC4, 0xC8 and 0xCC in their range are tables. Source: ITU-T T.81, B.1.1.3 and B.2.2. */
function jpegHeader(bytes: Uint8Array, view: DataView): ImageHeader {
  let at = 2
  for (;;) {
    if (view.getUint8(at) !== 0xff) throw new UnreadableImage('The image is damaged: a part does not begin where it should.')
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === 0xd9 || marker === 0xda) throw new UnreadableImage('The image is damaged: it has no size.')
    // Markers without a part of their own: TEM and restarts.
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2
      continue
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      if (view.getUint8(at + 9) === 4) throw new UnreadableImage('The image has the four colours of print (CMYK), which cannot be read; save it as RGB.')
      return { kind: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    }
    at += 2 + Math.max(2, view.getUint16(at + 2))
    if (at >= bytes.length) throw new UnreadableImage('The image is cut short.')
  }
}

/** Source: RFC 9649, WebP container: VP8X, VP8L (a lossless frame) or VP8 (a lossy frame) come first. */
function webpHeader(bytes: Uint8Array, view: DataView): ImageHeader {
  if (view.getUint32(4, true) + 8 > bytes.length) throw new UnreadableImage('The image is cut short.')
  const type = Buffer.from(bytes.subarray(12, 16)).toString('latin1')
  const size24 = (at: number): number => view.getUint16(at, true) + (view.getUint8(at + 2) << 16) + 1
  if (type === 'VP8X') {
    if ((view.getUint8(20) & 0x02) !== 0) throw new UnreadableImage('The image is animated; only still images can be read.')
    return { kind: 'webp', width: size24(24), height: size24(27) }
  }
  if (type === 'VP8L') {
    const bits = view.getUint32(21, true)
    return { kind: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (type === 'VP8 ') return { kind: 'webp', width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  throw new UnreadableImage('The image is damaged: it has no size.')
}
