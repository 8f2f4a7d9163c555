/** A thread beside the one that reads a file: packs, hashes and summarises its blocks and writes them for main; see `block-stage.ts`. */
import { parentPort } from 'node:worker_threads'
import { type ErrorPayload, toErrorPayload } from '../../shared/contract/errors.ts'
import { BlockDigest, type DigestEnd, type DigestStart } from '../datasets/importing/block-digest.ts'
import type { BlockColumn, RowBlock } from '../datasets/importing/row-builder.ts'
import { TextCells } from '../datasets/formats/text-cell.ts'
import { GatheredTexts } from '../datasets/formats/text-column.ts'
import type { TextColumn } from '../store/text-chunk.ts'
import { type BlockPlace, BlockWriter } from './block-files.ts'

/** A column on its way to the thread: texts that are bytes without the class around them. */
export type SentColumn = { readonly type: 'number'; readonly values: Float64Array } | { readonly type: 'text'; readonly values: readonly (string | null)[] } | { readonly type: 'bytes'; readonly texts: TextColumn }

/** What the thread is told. */
export type ToBlockThread = { readonly type: 'begin'; readonly start: DigestStart } | { readonly type: 'block'; readonly place: BlockPlace; readonly features: RowBlock['features']; readonly columns: readonly SentColumn[] } | { readonly type: 'end'; readonly classNames: readonly string[] }

/** What it answers: the bytes of each part written, in the order of the blocks; then the end. */
export type FromBlockThread =
  | { readonly type: 'written'; readonly bytes: readonly number[] }
  | { readonly type: 'end'; readonly end: DigestEnd }
  | { readonly type: 'failed'; readonly error: ErrorPayload }

function serve(answer: (reply: FromBlockThread) => void): (order: ToBlockThread) => void {
  const writer = new BlockWriter()
  let digest: BlockDigest | undefined
  let cells: readonly TextCells[] = []
  const received = (column: SentColumn, place: number): BlockColumn => (column.type === 'bytes' ? new GatheredTexts(column.texts, cells[place] ?? new TextCells('utf-8', null)) : column)
  const begin = (start: DigestStart): void => {
    digest = new BlockDigest(start)
    cells = start.types.map(() => new TextCells('utf-8', null))
  }
  return (order) => {
    try {
      if (order.type === 'begin') return begin(order.start)
      if (digest === undefined) throw new Error('A block comes before the description of its columns.')
      if (order.type === 'end') return answer({ type: 'end', end: digest.end(order.classNames) })
      const parts = digest.add({ features: order.features, columns: order.columns.map(received) })
      writer.write(order.place.path, parts)
      answer({ type: 'written', bytes: parts.map(({ length }) => length) })
    } catch (error) {
      answer({ type: 'failed', error: toErrorPayload(error) })
    }
  }
}

const port = parentPort
if (port !== null) port.on('message', serve((reply) => port.postMessage(reply)))
