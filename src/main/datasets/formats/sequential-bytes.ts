import type { Readable } from 'node:stream'
import type { BytesFile } from './bytes-file.ts'

/** Bytes that can only be read on, each once: a file from some place, or what a decompressor gives. */
export interface SequentialBytes {
  /** The next bytes, fewer than `length` only where they end. The buffer is the caller's. */
  read(length: number): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

/** A file's bytes from `offset` on. Closing leaves the file open. */
export function sequentialFile(file: BytesFile, offset: number): SequentialBytes {
  let position = offset
  return {
    async read(length) {
      const bytes = await file.read(position, Math.min(length, Math.max(0, file.size - position)))
      position += bytes.length
      return bytes
    },
    close: () => Promise.resolve()
  }
}

/** A stream's bytes; holds one chunk of it at a time. Errors of the stream are thrown by `read`. */
export function sequentialStream(stream: Readable): SequentialBytes {
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  return {
    async read(length) {
      const parts: Uint8Array[] = []
      let have = 0
      while (have < length) {
        if (rest.length === 0) {
          const next = await chunks.next()
          if (next.done === true) break
          rest = next.value
        }
        const part = rest.subarray(0, length - have)
        rest = rest.subarray(part.length)
        parts.push(part)
        have += part.length
      }
      return joined(parts, have)
    },
    close() {
      stream.destroy()
      return Promise.resolve()
    }
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
