import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import type { SourceFormat } from './source-file.ts'

/** Bytes of a file's beginning that `recogniseBinary` wants. */
export const recognisedBytes = 16

const cifarName = /^(data_batch_\d+|test_batch|train|test)\.bin$/
const imageName = /\.(png|jpe?g|jfif|webp)$/i

/**
 * The binary format of a file by its first bytes, or where they do not tell (IDX, CIFAR, gzip) by its name too; of a folder by the names in it.
 * Null where it is none of them: it may be text.
 */
export async function recogniseBinary(path: string, firstBytes: Uint8Array, isFolder: boolean): Promise<SourceFormat | null> {
  return isFolder ? recogniseFolder(path) : recogniseFile(basename(path), firstBytes)
}

function recogniseFile(name: string, bytes: Uint8Array): SourceFormat | null {
  const start = Buffer.from(bytes.subarray(0, recognisedBytes)).toString('latin1')
  if (start.startsWith('PAR1')) return 'parquet'
  // Feather version 1 as well: the reader says how to save it again.
  if (start.startsWith('ARROW1') || start.startsWith('FEA1')) return 'arrow'
  if (start.startsWith('\x93NUMPY')) return 'npy'
  if (start.startsWith('PK') && /\.npz$/i.test(name)) return 'npz'
  // A stream of Arrow messages begins with the marker -1 and a length that is a multiple of 8.
  if (start.startsWith('\xff\xff\xff\xff') && bytes.length >= 8 && (bytes[4] ?? 1) % 8 === 0 && /\.(arrows?|ipc|feather)$/i.test(name)) return 'arrow'
  if (isIdx(name, bytes)) return 'idx'
  return cifarName.test(name) || /^data_batch.*\.bin$/.test(name) ? 'cifar-10' : null
}

const idxTypes = new Set([0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e])

function isIdx(name: string, bytes: Uint8Array): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return /idx\d/i.test(name)
  return bytes[0] === 0 && bytes[1] === 0 && idxTypes.has(bytes[2] ?? 0) && (bytes[3] ?? 0) >= 1 && (bytes[3] ?? 0) <= 4
}

/** How many names of a folder are looked at for images, its own or those of its first folders. */
const looked = 200

async function recogniseFolder(path: string): Promise<SourceFormat | null> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  if (entries.some((entry) => cifarName.test(entry.name))) return 'cifar-10'
  if (entries.some((entry) => imageName.test(entry.name))) return 'image-folder'
  for (const entry of entries.filter((each) => each.isDirectory()).slice(0, looked)) {
    const inner = await readdir(`${path}/${entry.name}`, { recursive: true }).catch(() => [])
    if (inner.some((name) => imageName.test(name))) return 'image-folder'
  }
  return null
}
