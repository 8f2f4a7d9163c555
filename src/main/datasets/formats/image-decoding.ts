import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import decodeJpeg, { init as startJpeg } from '@jsquash/jpeg/decode.js'
import decodePng, { init as startPng } from '@jsquash/png/decode.js'
import decodeWebp, { init as startWebp } from '@jsquash/webp/decode.js'
import { readImageHeader, UnreadableImage, type ImageHeader } from './image-header.ts'

/** A decoded image: four bytes a pixel (red, green, blue, opacity), rows from the top. */
export interface PixelImage {
  readonly width: number
  readonly height: number
  readonly rgba: Uint8Array | Uint8ClampedArray
}

/** Pixels of an image at most: four bytes each are held at once. */
export const largestPixels = 40_000_000

const binaries = {
  png: '@jsquash/png/codec/pkg/squoosh_png_bg.wasm',
  jpeg: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  webp: '@jsquash/webp/codec/dec/webp_dec.wasm'
}
const load = createRequire(import.meta.url)
/** Decoders that are ready. JPEG's and WebP's are started anew after a failure, which leaves their memory in any state; PNG's cleans up after itself. */
const ready = new Set<ImageHeader['kind']>()
/** What the JPEG decoder has to say of the image at hand; it only warns where data is missing. */
const jpegWarnings: string[] = []

/**
 * Decodes a PNG, JPEG (turned as its EXIF orientation says) or still WebP image, by WebAssembly builds of the reference libraries.
 *
 * @throws UnreadableImage for what is no image, is cut short or damaged, or has more than `largestPixels`
 */
export async function decodeImage(bytes: Uint8Array): Promise<PixelImage> {
  const header = readImageHeader(bytes)
  const { kind, width, height } = header
  if (width === 0 || height === 0) throw new UnreadableImage('The image has no pixels.')
  if (width * height > largestPixels) throw new UnreadableImage(`The image has ${width} x ${height} pixels, more than the ${largestPixels / 1e6} million that are read.`)
  await start(kind)
  jpegWarnings.length = 0
  let image: ImageData
  try {
    image = await decoders[kind](ownBuffer(bytes))
  } catch (error) {
    if (kind !== 'png') ready.delete(kind)
    throw new UnreadableImage('The image is damaged or cut short.', { cause: error })
  }
  const warning = jpegWarnings.find((each) => /premature end|bad Huffman/i.test(each))
  if (warning !== undefined) throw new UnreadableImage(/premature end/i.test(warning) ? 'The image is cut short.' : 'The image is damaged.')
  if (image.data.length !== 4 * image.width * image.height || image.width * image.height !== width * height) throw new UnreadableImage('The image has another size than it claims.')
  return { width: image.width, height: image.height, rgba: image.data }
}

const decoders: Readonly<Record<ImageHeader['kind'], (bytes: ArrayBuffer) => Promise<ImageData>>> = {
  png: (bytes) => decodePng(bytes),
  jpeg: (bytes) => decodeJpeg(bytes, { preserveOrientation: true }),
  webp: (bytes) => decodeWebp(bytes)
}

async function start(kind: ImageHeader['kind']): Promise<void> {
  if (ready.has(kind)) return
  const wasmBinary = ownBuffer(await readFile(load.resolve(binaries[kind])))
  // The declared options lack the two that every module built by Emscripten takes.
  const options: object = { wasmBinary, print: () => undefined, printErr: (line: string) => void jpegWarnings.push(line) }
  if (kind === 'jpeg') await startJpeg(options)
  else if (kind === 'webp') await startWebp(options)
  else await startPng(wasmBinary)
  ready.add(kind)
}

function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}
