import { readFile, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { badData, throwIfCancelled } from './bad-data.ts'
import { decodeImage, type PixelImage } from './image-decoding.ts'
import { listImages, type ImageFile } from './image-files.ts'
import { UnreadableImage } from './image-header.ts'
import { fitImage, type ImageTarget } from './image-resizing.ts'
import { batchOf } from './row-batches.ts'
import type { RejectedRow, SourceBatch, SourceColumn, SourceFile } from './source-file.ts'

export interface ImageFolderOptions {
  /** Size that all images are brought to; left out, that of the first image that can be read. */
  readonly size?: { readonly height: number, readonly width: number }
  readonly colour?: 'colour' | 'grey'
  /** What gives way where the proportions differ; `stretch` where nothing is said. */
  readonly fit?: ImageTarget['fit']
}

/** Images a batch holds at most: decoding takes milliseconds each, and progress shall be seen. */
const batchImages = 256
const largestValues = 2 ** 26

/**
 * Opens a folder of images: `image` (uint8, height x width [x 3]), `label` (the first folder on the way to the file, where there are such
 * folders) and `path` within the folder. Files that are no images, are damaged, or lie outside (links) are rejected with the reason.
 *
 * @throws BenchError `bad-data` where no image can be read or the size is out of range
 */
export async function openImageFolder(path: string, options: ImageFolderOptions = {}): Promise<SourceFile> {
  const { files, warnings } = await listImages(path)
  const root = await realpath(path)
  const channels = options.colour === 'grey' ? 1 : 3
  const size = options.size ?? (await firstSize(root, files))
  const target: ImageTarget = { ...size, channels, fit: options.fit ?? 'stretch' }
  const fits = [size.height, size.width].every((each) => Number.isInteger(each) && each > 0) && size.height * size.width * channels <= largestValues
  if (!fits) throw badData(basename(path), `images of ${size.height} x ${size.width} pixels cannot be held.`, { field: 'size', hint: 'Choose a smaller size.' })
  const labelled = files.some((file) => file.label !== null)
  const columns: readonly SourceColumn[] = [
    { name: 'image', type: 'array', shape: channels === 1 ? [size.height, size.width] : [size.height, size.width, 3], dtype: 'uint8' },
    ...(labelled ? [{ name: 'label', type: 'text' } as const] : []),
    { name: 'path', type: 'text' }
  ]
  return {
    format: 'image-folder',
    columns,
    rows: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    warnings,
    batches: (signal) => readBatches(root, files, columns, target, signal),
    close: () => Promise.resolve()
  }
}

async function firstSize(root: string, files: readonly ImageFile[]): Promise<{ height: number, width: number }> {
  let reason = ''
  for (const file of files) {
    const image = await readImage(root, file)
    if (typeof image !== 'string') return { height: image.height, width: image.width }
    reason = reason === '' ? `${file.path}: ${image}` : reason
  }
  throw badData(basename(root), `none of the ${files.length} images can be read (${reason})`, { hint: 'Check that they are whole PNG, JPEG or WebP files.' })
}

/** The decoded image, or the sentence why there is none. */
async function readImage(root: string, { path, refused }: ImageFile): Promise<PixelImage | string> {
  if (refused !== null) return refused
  try {
    return await decodeImage(await readFile(join(root, path)))
  } catch (error) {
    if (error instanceof UnreadableImage) return error.message
    return `The file cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'}).`
  }
}

async function* readBatches(root: string, files: readonly ImageFile[], columns: readonly SourceColumn[], target: ImageTarget, signal: AbortSignal | undefined): AsyncGenerator<SourceBatch> {
  const elements = target.height * target.width * target.channels
  const step = Math.max(1, Math.min(batchImages, Math.floor((32 * 2 ** 20) / elements)))
  const labelled = columns.some((column) => column.name === 'label')
  for (let done = 0; done < files.length; done += step) {
    const part = files.slice(done, done + step)
    const values = new Uint8Array(part.length * elements)
    const rejected: RejectedRow[] = []
    for (const [index, file] of part.entries()) {
      throwIfCancelled(signal)
      const image = await readImage(root, file)
      if (typeof image === 'string') rejected.push({ row: done + index + 1, line: null, column: 'image', reason: image, excerpt: file.path.slice(0, 200) })
      else values.set(fitImage(image, target), index * elements)
    }
    const texts = [...(labelled ? [part.map((file) => file.label)] : []), part.map((file) => file.path)]
    yield batchOf(columns, {
      firstRow: done + 1,
      count: part.length,
      values: [{ type: 'array', values }, ...texts.map((each) => ({ type: 'text', values: each }) as const)],
      rejected,
      fraction: (done + part.length) / files.length
    })
  }
}
