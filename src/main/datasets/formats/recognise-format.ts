import { open } from 'node:fs/promises'
import { recogniseBinary } from './binary-detection.ts'
import type { SourceFormat } from './source-file.ts'
import { recogniseText } from './text-detection.ts'

/** What is looked at of a file: enough for any header and some lines. */
const lookedBytes = 256 * 1024

/** What the file or folder is, by its beginning and name; null where nothing fits. */
export async function recogniseFormat(path: string, isFolder: boolean): Promise<SourceFormat | null> {
  const bytes = isFolder ? new Uint8Array(0) : await beginningOf(path)
  return (await recogniseBinary(path, bytes, isFolder)) ?? (isFolder ? null : recogniseText(path, bytes))
}

async function beginningOf(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const bytes = new Uint8Array(lookedBytes)
    const { bytesRead } = await file.read(bytes, 0, lookedBytes, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
