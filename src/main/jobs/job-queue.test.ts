import { expect, onTestFinished, test } from 'vitest'
import { nodeFork } from '../hosts/node-fork.ts'
import { benchWithSample, pause, quickConfig, until } from '../hosts/testing/test-core.ts'
import type { Job } from '../../shared/domain/job.ts'
import { type Bench, openBench } from '../store/bench.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'
import { addRun, newDataset, weakToStrongDefaults } from '../store/fixtures/sample-bench.ts'
import { defaultWorkers, JobQueue, type QueueLimits } from './job-queue.ts'
import { threadsOfWorker } from './machine-limits.ts'
import type { ToWorker } from './protocol.ts'
import type { ForkWorker } from './worker-process.ts'
import type { JobObserver } from './message-sink.ts'

interface Observed {
  readonly bench: Bench
  readonly queue: JobQueue
  readonly jobs: Job[]
  readonly troubles: string[]
}

const silent = (): void => undefined
const silentObserver: JobObserver = { jobChanged: silent, progress: silent, datasetsChanged: silent, runsChanged: silent, runEnded: silent, metrics: silent, trouble: silent }

/** A queue with real workers over a real file; all that it tells is kept. */
function openQueue(path: string, limits: QueueLimits, fork = nodeFork()): Observed {
  const bench = openBench(path, { create: true })
  const jobs: Job[] = []
  const troubles: string[] = []
  const observer: JobObserver = { ...silentObserver, jobChanged: (job) => void jobs.push(job), trouble: (text) => void troubles.push(text) }
  const queue = new JobQueue(bench, fork, observer, limits)
  onTestFinished(async () => {
    await queue.close()
    bench.close()
  })
  return { bench, queue, jobs, troubles }
}

test('as many workers as cores carry, fewer where memory is short, never none', () => {
  const gigabyte = 1024 ** 3
  expect(defaultWorkers(8, 64 * gigabyte)).toBe(8)
  expect(defaultWorkers(8, 2 * gigabyte)).toBe(4)
  expect(defaultWorkers(8, 0.1 * gigabyte)).toBe(1)
  expect(defaultWorkers(1, 64 * gigabyte)).toBe(1)
  expect(defaultWorkers()).toBeGreaterThanOrEqual(1)
})

test('workers that run share the cores out among their threads', { timeout: 60_000 }, async () => {
  expect([1, 2, 3, 9].map((running) => threadsOfWorker(running, 8))).toEqual([8, 4, 2, 1])
  expect(threadsOfWorker(1, 1)).toBe(1)
  const told: number[][] = []
  const fork: ForkWorker = () => {
    const worker = nodeFork()()
    const own: number[] = []
    told.push(own)
    const send = (message: unknown): void => {
      const order = message as ToWorker
      if ('threads' in order) own.push(order.threads)
      worker.send(message)
    }
    return { ...worker, send }
  }
  const { queue } = openQueue(`${temporaryFolder()}/test.weakbench`, { workers: 2 }, fork)
  const ids = ['first', 'second', 'third'].map((name) => queue.enqueue({ kind: 'check-bench', name, input: {} }).id)
  await Promise.all(ids.map((id) => queue.wait(id)))
  const [all, half] = [threadsOfWorker(1), threadsOfWorker(2)]
  // The first starts alone, then beside the second; the third beside whichever is left.
  expect(told[0]?.slice(0, 2)).toEqual(all === half ? [all] : [all, half])
  expect(told[1]?.[0]).toBe(half)
  expect(told).toHaveLength(3)
  expect(new Set(told.flat())).toEqual(new Set([all, half]))
})

test('no more workers than the limit, first come, first served', { timeout: 60_000 }, async () => {
  const { bench, queue, jobs } = openQueue(`${temporaryFolder()}/test.weakbench`, { workers: 2 })
  const ids = Array.from({ length: 5 }, (_, index) => queue.enqueue({ kind: 'check-bench', name: `check ${index}`, input: {} }).id)
  expect([queue.runningCount, queue.activeCount]).toEqual([2, 5])
  const ends = await Promise.all(ids.map((id) => queue.wait(id)))
  expect(ends).toEqual(Array(5).fill({ status: 'done', error: null, result: { problems: [] } }))
  const running = new Set<string>()
  let most = 0
  const started: string[] = []
  for (const job of jobs) {
    if (job.status === 'running' && !running.has(job.id)) started.push(job.id)
    if (job.status === 'running') running.add(job.id)
    else running.delete(job.id)
    most = Math.max(most, running.size)
  }
  expect(most).toBe(2)
  expect(started).toEqual(ids)
  expect(bench.jobs.withStatus('done')).toHaveLength(5)
})

test('a kind of job that this version does not know fails by itself', { timeout: 30_000 }, async () => {
  const { queue } = openQueue(`${temporaryFolder()}/test.weakbench`, { workers: 1 })
  const end = await queue.wait(queue.enqueue({ kind: 'from-the-future', name: 'unknown', input: {} }).id)
  expect(end).toMatchObject({ status: 'failed', error: { message: 'There is no kind of job named from-the-future.' } })
})

test('a job that fills the disk fails with the reason; what was stored stays, and with space again it is resumed', { timeout: 120_000 }, async () => {
  const { bench, queue, troubles } = openQueue(await benchWithSample(temporaryFolder()), { workers: 1, checkpointInterval: 20 })
  const config = { ...weakToStrongDefaults, ...quickConfig, headSteps: 200 }
  const { id } = queue.enqueue({ kind: 'weak-to-strong-seed', name: 'seed 0', input: { sample: 'mnist-10k', seed: 0, config } })
  await until('a complete run', () => bench.runs.list({ jobId: id, status: ['done'] }).length > 0)
  const done = bench.runs.list({ jobId: id, status: ['done'] })
  const curves = bench.runs.metrics(done.map((run) => run.id))
  const { raw } = bench.connection
  const largest = Number(raw.pragma('max_page_count', { simple: true }))
  raw.pragma('max_page_count = 1')

  const end = await queue.wait(id)
  expect(end).toMatchObject({ status: 'failed', error: { code: 'bench-full' } })
  expect(queue.live(bench.jobs.require(id))).toMatchObject({ status: 'failed', resumable: true, pid: null, error: { code: 'bench-full' } })
  expect(queue.runningCount).toBe(0)
  expect(bench.runs.metrics(done.map((run) => run.id))).toEqual(curves)
  expect(bench.check()).toEqual([])

  raw.pragma(`max_page_count = ${largest}`)
  await until('the stored end', () => bench.jobs.require(id).status === 'failed', 5000)
  queue.resume(id)
  expect(await queue.wait(id)).toMatchObject({ status: 'done' })
  expect(bench.runs.list({ jobId: id }).map((run) => run.status)).toEqual(Array(9).fill('done'))
  expect(troubles.length).toBeLessThanOrEqual(1)
})

test('an end that the file does not take is told all the same and stored as soon as it can be', { timeout: 60_000 }, async () => {
  const { bench, queue, jobs, troubles } = openQueue(`${temporaryFolder()}/test.weakbench`, { workers: 1 })
  const first = queue.enqueue({ kind: 'check-bench', name: 'first', input: {} }).id
  const second = queue.enqueue({ kind: 'check-bench', name: 'second', input: {} }).id
  // A connection that may not write refuses every change, as a full disk does.
  bench.connection.raw.pragma('query_only = 1')
  expect(await queue.wait(first)).toMatchObject({ status: 'done' })
  expect(bench.jobs.require(first).status).toBe('running')
  expect(queue.live(bench.jobs.require(first)).status).toBe('done')
  expect(jobs.at(-1)).toMatchObject({ id: first, status: 'done' })
  await pause(50)
  expect(bench.jobs.require(second).status).toBe('queued')
  expect(troubles).toHaveLength(2)

  bench.connection.raw.pragma('query_only = 0')
  expect(await queue.wait(second)).toMatchObject({ status: 'done' })
  expect(bench.jobs.withStatus('done').map((job) => job.id)).toEqual([first, second])
})

test('closing interrupts what runs and what waits, and nobody waits for it for ever', { timeout: 30_000 }, async () => {
  const { bench, queue } = openQueue(`${temporaryFolder()}/test.weakbench`, { workers: 1 })
  const ids = ['running', 'waiting'].map((name) => queue.enqueue({ kind: 'check-bench', name, input: {} }).id)
  const ends = Promise.all(ids.map((id) => queue.wait(id)))
  await queue.close()
  expect((await ends).map((end) => end.status)).toEqual(['interrupted', 'interrupted'])
  expect(bench.jobs.withStatus('interrupted').map((job) => job.id)).toEqual(ids)
})

test('what a crash cut off is interrupted when the file is opened again, and cancelled where that had been asked for', { timeout: 30_000 }, () => {
  const { bench } = openQueue(`${temporaryFolder()}/test.weakbench`, { workers: 1 })
  const runs = (['running', 'cancelling', 'queued'] as const).map((status) => {
    const run = addRun(bench)
    bench.jobs.setStatus(run.jobId ?? '', status)
    return run
  })
  const half = bench.datasets.insert(newDataset)
  new JobQueue(bench, nodeFork(), silentObserver)
  expect(runs.map((run) => bench.jobs.require(run.jobId ?? '').status)).toEqual(['interrupted', 'cancelled', 'interrupted'])
  expect(runs.map((run) => bench.runs.require(run.id).status)).toEqual(['interrupted', 'cancelled', 'interrupted'])
  expect(() => bench.datasets.require(half.id)).toThrow('There is no data set')
  expect(bench.info().interrupted).toBe(2)
})
