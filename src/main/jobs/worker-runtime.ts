import { BenchError, toErrorPayload } from '../../shared/contract/errors.ts'
import { withoutAllocationFailure } from '../compute/allocation-failure.ts'
import { useThreads } from '../compute/wasm/threads/thread-count.ts'
import { openBench } from '../store/bench.ts'
import { checkpointFile } from '../store/checkpoint.ts'
import { BlockFiles } from './block-files.ts'
import { JobContext } from './job-context.ts'
import { jobKinds } from './kinds.ts'
import type { EngineTask, FromWorker, ToWorker } from './protocol.ts'
import { taskServer } from './task-runtime.ts'
import type { WorkerChannel } from './worker-channel.ts'

/**
 * A worker's life: wait for one job, do it, say how it ended, and exit. When main is gone there is nobody left to
 * write the bench file, so the worker stops at once; the job is then resumed from its last checkpoint.
 */
export function serveJob(channel: WorkerChannel, exit: (code: number) => void): void {
  const abort = new AbortController()
  const blocks = new BlockFiles()
  let started = false
  let answerTask: ReturnType<typeof taskServer> | undefined
  channel.onDisconnect(() => {
    blocks.remove()
    exit(0)
  })
  channel.onMessage((message) => {
    const order = message as ToWorker
    if (order.type === 'task') return (answerTask ??= taskServer((reply) => channel.send(reply)))(order)
    if (order.type === 'cancel') return abort.abort()
    if (order.type === 'taken') return blocks.taken(order.slot)
    if (order.type === 'threads') return useThreads(order.threads)
    if (started) return
    started = true
    if (order.type === 'checkpoint') {
      checkpointFile(order.benchPath)
      return exit(0)
    }
    const send = (reply: FromWorker): void => channel.send(reply)
    void (order.type === 'start' ? perform(order, abort.signal, blocks, send) : answer(order.task, send))
      .then(() => channel.sent())
      .then(() => exit(0))
  })
}

async function answer(task: EngineTask, send: (message: FromWorker) => void): Promise<void> {
  try {
    const { performEngineTask } = await import('./engine-task.ts')
    send({ type: 'done', result: await performEngineTask(task) })
  } catch (error) {
    send({ type: 'failed', error: toErrorPayload(withoutAllocationFailure(error)) })
  }
}

async function perform(order: Extract<ToWorker, { type: 'start' }>, signal: AbortSignal, blocks: BlockFiles, send: (message: FromWorker) => void): Promise<void> {
  try {
    const load = jobKinds[order.kind]
    if (load === undefined) throw new BenchError('internal', `There is no kind of job named ${order.kind}.`, { hint: 'The job may be of a newer Weakbench; discard it.' })
    useThreads(order.threads)
    const bench = openBench(order.benchPath, { readOnly: true })
    try {
      const { jobId, input, checkpoint, checkpointInterval } = order
      const work = await load()
      const result = await work(new JobContext({ jobId, input, bench, checkpoint, checkpointInterval, signal, send, blocks }))
      send({ type: 'done', result: result ?? null })
    } finally {
      bench.close()
    }
  } catch (error) {
    if (signal.aborted) send({ type: 'cancelled' })
    else send({ type: 'failed', error: toErrorPayload(withoutAllocationFailure(error)) })
  }
}
