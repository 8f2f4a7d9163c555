import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { badData } from './bad-data.ts'

/** A file of a folder of images. */
export interface ImageFile {
  /** Path within the folder, with `/` between its parts. */
  readonly path: string
  /** First folder on the way to it: its class; null of a file that lies in the folder itself. */
  readonly label: string | null
  readonly bytes: number
  /** Why it must not be read, e.g. a link that leads out of the folder; null where nothing stands against it. */
  readonly refused: string | null
}

export interface ImageFolderListing {
  readonly files: readonly ImageFile[]
  readonly warnings: readonly string[]
}

const imageName = /\.(png|jpe?g|jfif|webp)$/i
const otherImageName = /\.(gif|bmp|tiff?|ico|heic|heif|avif|svg|ppm|pgm)$/i
const largestFile = 256 * 2 ** 20
const deepest = 16
const mostFiles = 5_000_000

/**
 * All images of a folder and its folders, in the order of their paths (by code units, so that it is the same everywhere). Hidden files are
 * passed over; links are followed only to files within the folder.
 *
 * @throws BenchError `bad-data` where the folder cannot be read or holds no images
 */
export async function listImages(folder: string): Promise<ImageFolderListing> {
  const name = basename(folder)
  const root = await realpath(folder).catch((error: unknown) => {
    throw badData(name, 'the folder cannot be read.', { hint: 'Check that it is there and that you may read it.', cause: error })
  })
  const files: ImageFile[] = []
  const others = { images: [] as string[], files: 0, unreadable: [] as string[] }
  const walk = async (parts: readonly string[]): Promise<void> => {
    const entries = await readdir(join(root, ...parts), { withFileTypes: true }).catch(() => null)
    if (entries === null) {
      others.unreadable.push(parts.join('/'))
      return
    }
    for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
      const inner = [...parts, entry.name]
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory()) {
        if (inner.length <= deepest) await walk(inner)
        else others.unreadable.push(inner.join('/'))
      } else if (imageName.test(entry.name)) {
        files.push(await describe(root, inner))
        if (files.length > mostFiles) throw badData(name, `the folder holds more than ${mostFiles} images.`, { hint: 'Import it in parts.' })
      } else if (otherImageName.test(entry.name)) {
        others.images.push(inner.join('/'))
      } else if (entry.isFile()) {
        others.files++
      } else if (entry.isSymbolicLink()) {
        others.unreadable.push(inner.join('/'))
      }
    }
  }
  await walk([])
  if (files.length === 0) throw badData(name, 'the folder holds no PNG, JPEG or WebP images.', { hint: 'Choose a folder with one folder of images for each class, or with the images themselves.' })
  return { files, warnings: warningsOf(others) }
}

async function describe(root: string, parts: readonly string[]): Promise<ImageFile> {
  const path = join(root, ...parts)
  const found = await lstat(path).catch(() => null)
  const label = parts.length > 1 ? (parts[0] ?? null) : null
  if (found === null) return { path: parts.join('/'), label, bytes: 0, refused: 'The file is gone.' }
  const file = { path: parts.join('/'), label, bytes: found.size, refused: null }
  if (found.isSymbolicLink()) return { ...file, ...(await describeLink(root, path)) }
  if (!found.isFile()) return { ...file, refused: 'It is no file.' }
  return found.size > largestFile ? { ...file, refused: `The file has ${found.size} bytes, more than the ${largestFile} that are read.` } : file
}

async function describeLink(root: string, path: string): Promise<Pick<ImageFile, 'bytes' | 'refused'>> {
  const target = await realpath(path).catch(() => null)
  if (target === null) return { bytes: 0, refused: 'The link leads nowhere.' }
  const within = relative(root, target)
  if (within === '..' || within.startsWith(`..${sep}`) || within === '' || join(root, within) !== target) return { bytes: 0, refused: 'The link leads out of the folder.' }
  const found = await stat(target).catch(() => null)
  if (found?.isFile() !== true) return { bytes: 0, refused: 'The link leads to no file.' }
  return { bytes: found.size, refused: found.size > largestFile ? `The file has ${found.size} bytes, more than the ${largestFile} that are read.` : null }
}

function warningsOf({ images, files, unreadable }: { readonly images: readonly string[], readonly files: number, readonly unreadable: readonly string[] }): readonly string[] {
  const warnings: string[] = []
  if (images.length > 0) warnings.push(`${images.length} images of kinds that cannot be read are left out, e.g. ${images[0] ?? ''}.`)
  if (files > 0) warnings.push(`${files} files that are no images are left out.`)
  if (unreadable.length > 0) warnings.push(`${unreadable.length} folders or links cannot be read or are not followed, e.g. ${unreadable[0] ?? ''}.`)
  return warnings
}
