import { open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { BenchError } from '../../../shared/contract/errors.ts'
import { badData } from './bad-data.ts'

/** A file opened for reading at any place. */
export interface BytesFile {
  readonly path: string
  /** File name without its folder, for messages. */
  readonly name: string
  readonly size: number
  /**
   * Bytes from `offset` on, in a buffer of their own.
   *
   * @throws BenchError `bad-data` where the file ends before
   */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

const gone = new Set(['ENOENT', 'ENOTDIR', 'ELOOP'])

/**
 * Opens a regular file.
 *
 * @throws BenchError `not-found` where there is none, `bad-data` where it cannot be read or is no file
 */
export async function openBytes(path: string): Promise<BytesFile> {
  const name = basename(path)
  const handle = await openHandle(path, name)
  const stat = await handle.stat()
  if (!stat.isFile()) {
    await handle.close()
    throw badData(name, 'this is no file.', { hint: 'Choose a file.' })
  }
  let closed = false
  return {
    path,
    name,
    size: stat.size,
    read: (offset, length) => readExactly(handle, name, offset, length, stat.size),
    async close() {
      if (closed) return
      closed = true
      await handle.close()
    }
  }
}

async function openHandle(path: string, name: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (gone.has(code)) throw new BenchError('not-found', `There is no file ${path}.`, { hint: 'Check the path.' }, error)
    throw badData(name, `the file cannot be opened (${code}).`, { hint: 'Check that you may read it.', cause: error })
  }
}

async function readExactly(handle: FileHandle, name: string, offset: number, length: number, size: number): Promise<Uint8Array<ArrayBuffer>> {
  // Checked before anything is allocated: lengths come from headers, and headers lie.
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > size) {
    throw badData(name, `the file ends before byte ${offset + length}, it has ${size}.`, { field: `byte ${offset}` })
  }
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done)
    if (bytesRead === 0) throw badData(name, `the file became shorter while it was read.`, { field: `byte ${offset + done}` })
    done += bytesRead
  }
  return bytes
}

/** Opens a file and what `make` makes of it; the file is closed again where that fails. */
export async function withOpened<Source>(path: string, make: (file: BytesFile) => Promise<Source>): Promise<Source> {
  const file = await openBytes(path)
  try {
    return await make(file)
  } catch (error) {
    await file.close()
    throw error
  }
}
