import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { BenchError } from '../../shared/contract/errors.ts'
import { BlockDigest, type DigestEnd, type DigestStart } from '../datasets/importing/block-digest.ts'
import type { BlockColumn, RowBlock } from '../datasets/importing/row-builder.ts'
import { type BlockPlace, BlockWriter } from './block-files.ts'
import type { FromBlockThread, SentColumn, ToBlockThread } from './block-thread.ts'
import type { JobContext } from './job-context.ts'

/** Where the blocks of an import go: packed, hashed and summarised, then to main. */
export interface BlockStage {
  /** Says what the blocks will hold; before the first one. */
  begin(start: DigestStart): void
  /** Hands over a block, whose arrays belong to the stage from now on; waits while too many are under way. */
  add(block: RowBlock): Promise<void>
  /** Resolves once all blocks are on their way to main. */
  end(classNames: readonly string[]): Promise<DigestEnd>
  /** Ends the thread, if there is one. */
  close(): void
}

/** Bytes of a file below which starting a thread takes longer than it saves. */
const worthThread = 16 * 1024 * 1024

/** @param bytes size of the file that the blocks come from */
export const openBlockStage = (context: JobContext, bytes: number): BlockStage => (bytes < worthThread ? new InlineStage(context) : new ThreadStage(context))

/** A block without its values. */
interface Outline {
  readonly start: number
  readonly count: number
  readonly place: BlockPlace
  readonly dtype: 'uint8' | 'float32'
  readonly types: readonly ('number' | 'text')[]
}

const outlineOf = ({ start, count, features, columns }: RowBlock, place: BlockPlace): Outline => ({
  start,
  count,
  place,
  dtype: features instanceof Uint8Array ? 'uint8' : 'float32',
  types: columns.map(({ type }) => type)
})

/** @param bytes of the features, then of each column */
function announce(context: JobContext, { start, count, place, dtype, types }: Outline, [features = 0, ...bytes]: readonly number[]): void {
  context.send({ type: 'dataset-block', start, count, ...place, features: { dtype, bytes: features }, columns: types.map((type, position) => ({ position, type, bytes: bytes[position] ?? 0 })) })
}

class InlineStage implements BlockStage {
  readonly #context: JobContext
  readonly #writer = new BlockWriter()
  #digest = new BlockDigest({ description: '', types: [] })

  constructor(context: JobContext) {
    this.#context = context
  }

  begin(start: DigestStart): void {
    this.#digest = new BlockDigest(start)
  }

  async add(block: RowBlock): Promise<void> {
    const place = await this.#context.blockPlace()
    const parts = this.#digest.add(block)
    this.#writer.write(place.path, parts)
    announce(this.#context, outlineOf(block, place), parts.map(({ length }) => length))
  }

  end(classNames: readonly string[]): Promise<DigestEnd> {
    return Promise.resolve(this.#digest.end(classNames))
  }

  close(): void {
    // Nothing was started.
  }
}

class ThreadStage implements BlockStage {
  readonly #context: JobContext
  readonly #thread: Worker
  /** Blocks that the thread has not written yet. */
  readonly #under: Outline[] = []
  readonly #ended: Promise<DigestEnd>
  /** Aborted with what the thread failed of. */
  readonly #failed = new AbortController()

  constructor(context: JobContext) {
    this.#context = context
    this.#thread = new Worker(threadEntry(), { execArgv: [] })
    this.#ended = new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#failed.abort(error)
        reject(error)
      }
      this.#thread.on('error', fail)
      this.#thread.on('message', (reply: FromBlockThread) => {
        if (reply.type === 'failed') return fail(new BenchError(reply.error.code, reply.error.message, reply.error))
        if (reply.type === 'end') return resolve(reply.end)
        const next = this.#under.shift()
        if (next !== undefined) announce(context, next, reply.bytes)
      })
    })
    // Whoever waits for the end hears of it; a failure before is thrown by the next `add`.
    this.#ended.catch(() => undefined)
  }

  begin(start: DigestStart): void {
    this.#thread.postMessage({ type: 'begin', start } satisfies ToBlockThread)
  }

  async add(block: RowBlock): Promise<void> {
    const place = await this.#context.blockPlace(this.#failed.signal)
    this.#under.push(outlineOf(block, place))
    const { features } = block
    const columns = block.columns.map(sent)
    this.#thread.postMessage({ type: 'block', place, features, columns } satisfies ToBlockThread, wholeBuffers([features, ...columns.flatMap(arraysOf)]))
  }

  async end(classNames: readonly string[]): Promise<DigestEnd> {
    this.#thread.postMessage({ type: 'end', classNames } satisfies ToBlockThread)
    return this.#ended
  }

  close(): void {
    void this.#thread.terminate()
  }
}

const sent = (column: BlockColumn): SentColumn => (column.type === 'number' || column.texts === undefined ? column : { type: 'bytes', texts: column.texts })

function arraysOf(column: SentColumn): readonly ArrayBufferView[] {
  if (column.type === 'number') return [column.values]
  return column.type === 'bytes' ? [column.texts.bytes, column.texts.offsets, column.texts.missing] : []
}

/** The memory of the arrays that can change hands without a copy: those that are the whole of it. */
const wholeBuffers = (arrays: readonly ArrayBufferView[]): ArrayBuffer[] =>
  [...new Set(arrays.flatMap(({ buffer, byteLength }) => (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [])))]

/** `block-thread.ts` in a source tree, `block-thread.js` in a build (which may put this code one folder deeper). */
function threadEntry(): string {
  const found = ['block-thread.js', '../block-thread.js', 'block-thread.ts'].map((name) => resolve(import.meta.dirname, name)).find((path) => existsSync(path))
  if (!found) throw new Error('The code of the threads is missing; build or install the bench again.')
  return found
}
