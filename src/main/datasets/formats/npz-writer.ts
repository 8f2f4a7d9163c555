import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import { npyChunks, type NpyPart, type NpyWriteType } from './npy-writer.ts'

/** An array to write into an NPZ. `parts` gives its elements in order, once. */
export interface NpzWriteArray {
  /** Name without `.npy`. */
  readonly name: string
  readonly type: NpyWriteType
  readonly shape: readonly number[]
  readonly parts: () => AsyncIterable<NpyPart> | Iterable<NpyPart>
}

/** The earliest moment zip can tell; with it the same arrays always give the same bytes. */
const moment = new Date(1980, 0, 1)

/** A whole NPZ as chunks of bytes; `deflate` compresses as numpy.savez_compressed does, else entries are stored. Errors of `parts` are thrown. */
export async function* npzChunks(arrays: readonly NpzWriteArray[], { deflate }: { readonly deflate: boolean }): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile()
  const failed = new Promise<never>((_, reject) => void zip.on('error', reject))
  failed.catch(() => undefined)
  for (const { name, type, shape, parts } of arrays) {
    zip.addReadStreamLazy(`${name}.npy`, { mtime: moment, forceDosTimestamp: true, mode: 0o100644, compress: deflate }, (give) => {
      const elements = Readable.from(npyChunks(type, shape, parts()), { objectMode: false })
      elements.on('error', (error) => zip.emit('error', error))
      give(null, elements)
    })
  }
  zip.end()
  const chunks: AsyncIterator<Uint8Array> = zip.outputStream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  for (;;) {
    const next = await Promise.race([chunks.next(), failed])
    if (next.done === true) return
    yield next.value
  }
}
