import { BlockFiles } from '../../jobs/block-files.ts'
import { JobContext } from '../../jobs/job-context.ts'
import { type JobObserver, MessageSink } from '../../jobs/message-sink.ts'
import { jobKinds } from '../../jobs/kinds.ts'
import type { FromWorker } from '../../jobs/protocol.ts'
import type { Bench } from '../../store/bench.ts'

const silent: JobObserver = {
  jobChanged: () => undefined,
  progress: () => undefined,
  datasetsChanged: () => undefined,
  runsChanged: () => undefined,
  runEnded: () => undefined,
  metrics: () => undefined,
  trouble: (message) => {
    throw new Error(message)
  }
}

/**
 * Runs one job in this process, its messages written into the bench at once, and gives its result: for tests of what a job does, many
 * times faster than a worker process. What it wrote of an unfinished data set is removed where it fails, as when a worker does.
 */
export async function runHere(bench: Bench, kind: string, input: unknown, { signal = new AbortController().signal, onMessage = () => undefined }: { readonly signal?: AbortSignal; readonly onMessage?: (message: FromWorker) => void } = {}): Promise<unknown> {
  const load = jobKinds[kind]
  if (load === undefined) throw new Error(`There is no kind of job named ${kind}.`)
  const job = bench.jobs.insert({ kind, name: kind, input })
  const sink = new MessageSink(bench, job, silent)
  const blocks = new BlockFiles()
  const send = (message: FromWorker): void => {
    onMessage(message)
    if (message.type === 'progress' || message.type === 'done' || message.type === 'failed' || message.type === 'cancelled') return
    sink.apply(message)
    if (message.type === 'dataset-block') blocks.taken(message.slot)
  }
  try {
    const work = await load()
    return await work(new JobContext({ jobId: job.id, input, bench, checkpoint: null, checkpointInterval: Infinity, signal, send, blocks }))
  } catch (error) {
    sink.abandon()
    throw error
  } finally {
    blocks.remove()
  }
}
