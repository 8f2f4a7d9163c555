import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { BenchError } from '../../shared/contract/errors.ts'

/** Blocks under way at a time: bounds the memory that a slow disk under the bench file can cost. */
const slots = 8
const prefix = 'weakbench-blocks-'

/** Where a block lies until main has taken it. */
export interface BlockPlace {
  readonly path: string
  readonly slot: number
}

/** Bytes that a part takes in a block, so that numbers behind it lie as the processor wants them. */
export const paddedBytes = (bytes: number): number => Math.ceil(bytes / 8) * 8

/**
 * The worker's side of handing main large blocks: a few small files that are written again and again, so that they stay in the
 * page cache. A channel of messages would copy each block four times, and carries a megabyte only in pieces that wait for both
 * event loops.
 */
export class BlockFiles {
  #folder: string | undefined
  readonly #free = Array.from({ length: slots }, (_, slot) => slot)
  readonly #waiting = new EventTarget()

  /** A file for the next block, once one is free. Throws an AbortError when the signal is aborted meanwhile. */
  async next(signal: AbortSignal): Promise<BlockPlace> {
    while (this.#free.length === 0) await once(this.#waiting, 'taken', { signal })
    const slot = this.#free.shift() ?? 0
    this.#folder ??= inTemporaryFolder(() => mkdtempSync(join(tmpdir(), prefix)))
    return { path: join(this.#folder, String(slot)), slot }
  }

  /** Main has taken what lay there. */
  taken(slot: number): void {
    this.#free.push(slot)
    this.#waiting.dispatchEvent(new Event('taken'))
  }

  /** Removes the files; only where main, which does so when the worker ends, is gone. */
  remove(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Writes blocks; its files stay open until the process ends. */
export class BlockWriter {
  readonly #files = new Map<string, number>()

  /** Writes parts one after the other, each padded. */
  write(path: string, parts: readonly Uint8Array[]): void {
    inTemporaryFolder(() => {
      const file = this.#files.get(path) ?? openSync(path, 'w')
      this.#files.set(path, file)
      let at = 0
      for (const part of parts) {
        for (let written = 0; written < part.length;) written += writeSync(file, part, written, part.length - written, at + written)
        at += paddedBytes(part.length)
      }
      ftruncateSync(file, at)
    })
  }
}

function inTemporaryFolder<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new BenchError('internal', `The folder for temporary files, ${tmpdir()}, cannot be written.`, { hint: 'It may be full or read-only: free some space there.', details: String(error) }, error)
  }
}

/** Main's side of it. */
export class BlockReader {
  #folder: string | undefined
  #memory = Buffer.allocUnsafeSlow(0)

  /** The first bytes of a block, valid until the next call. Throws where there are fewer. */
  read(path: string, bytes: number): Buffer {
    this.#folder = dirname(path)
    if (this.#memory.length < bytes) this.#memory = Buffer.allocUnsafeSlow(Math.ceil(bytes * 1.2))
    const file = openSync(path, 'r')
    try {
      for (let at = 0; at < bytes;) {
        const read = readSync(file, this.#memory, at, bytes - at, at)
        if (read === 0) throw new Error(`The block ${path} is cut short.`)
        at += read
      }
    } finally {
      closeSync(file)
    }
    return this.#memory.subarray(0, bytes)
  }

  /** Removes the files once the worker has ended. */
  remove(): void {
    if (this.#folder !== undefined && basename(this.#folder).startsWith(prefix)) rmSync(this.#folder, { recursive: true, force: true })
  }
}
