import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { TextCells } from '../datasets/formats/text-cell.ts'
import { GatheredTexts } from '../datasets/formats/text-column.ts'
import type { RowBlock } from '../datasets/importing/row-builder.ts'
import { openBench } from '../store/bench.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'
import { joinTexts, packTexts } from '../store/text-chunk.ts'
import { BlockFiles, BlockReader } from './block-files.ts'
import { openBlockStage } from './block-stage.ts'
import { JobContext } from './job-context.ts'
import type { FromWorker } from './protocol.ts'

function openContext(abort = new AbortController()) {
  const bench = openBench(`${temporaryFolder()}/test.weakbench`, { create: true })
  const blocks = new BlockFiles()
  const sent: FromWorker[] = []
  const context = new JobContext({ jobId: '1', input: null, bench, checkpoint: null, checkpointInterval: 0, signal: abort.signal, send: (message) => void sent.push(message), blocks })
  return { context, blocks, sent, close: () => { blocks.remove(); bench.close() } }
}

const blocksOf = (count: number): RowBlock[] =>
  Array.from({ length: count }, (_, block) => ({
    start: 4 * block,
    count: 4,
    features: Float32Array.of(block, 1, 2, 3),
    columns: [
      { type: 'number', values: Float64Array.of(block, NaN, 1 / 3, -1e300) },
      new GatheredTexts(joinTexts([packTexts(['a', null, 'größe', `${block}`])]), new TextCells('utf-8', null)),
      { type: 'text', values: ['x', '', null, '😀'] }
    ]
  }))

async function stage(bytes: number) {
  const { context, blocks, sent, close } = openContext()
  const opened = openBlockStage(context, bytes)
  opened.begin({ description: 'what', types: ['number', 'text', 'text'] })
  // Eight files at most: main takes them as they come.
  const reader = new BlockReader()
  const read: string[] = []
  const take = (): void => {
    for (const message of sent.splice(0)) {
      if (message.type !== 'dataset-block') continue
      const bytesThere = readFileSync(message.path).length
      read.push(`${message.start} ${JSON.stringify([message.features, message.columns])} ${reader.read(message.path, bytesThere).toString('base64')}`)
      blocks.taken(message.slot)
    }
  }
  const timer = setInterval(take, 1)
  for (const block of blocksOf(30)) await opened.add(block)
  const end = await opened.end(['cat'])
  opened.close()
  clearInterval(timer)
  take()
  close()
  return { end, read }
}

test('a thread writes, hashes and summarises the same as the job itself, in order', async () => {
  const [thread, inline] = [await stage(Infinity), await stage(0)]
  expect(thread.read).toHaveLength(30)
  expect(thread).toEqual(inline)
  expect(inline.end.statistics.map(({ count, missing }) => [count, missing])).toEqual([[90, 30], [90, 30], [90, 30]])
})

test('whoever waits for a free file hears of a cancellation, and of a thread that failed', async () => {
  const abort = new AbortController()
  const { context, sent, close } = openContext(abort)
  const opened = openBlockStage(context, Infinity)
  const [block] = blocksOf(1)
  if (block === undefined) throw new Error('There is no block.')
  // Not begun: the thread has nothing to put the block into.
  await expect((async () => { for (let times = 0; times < 20; times++) await opened.add(structuredClone({ ...block, columns: [] })) })()).rejects.toThrow()
  const waiting = (async () => { for (;;) await context.blockPlace() })()
  setTimeout(() => abort.abort(), 5)
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
  expect(sent).toEqual([])
  opened.close()
  close()
})

test('main removes what a worker left, and says when a block is cut short', async () => {
  const blocks = new BlockFiles()
  const { path } = await blocks.next(new AbortController().signal)
  const reader = new BlockReader()
  expect(() => reader.read(path, 8)).toThrow()
  reader.remove()
  expect(existsSync(dirname(path))).toBe(false)
})
