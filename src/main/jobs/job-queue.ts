import { availableParallelism, freemem, totalmem } from 'node:os'
import { BenchError } from '../../shared/contract/errors.ts'
import type { Job } from '../../shared/domain/job.ts'
import type { Bench } from '../store/bench.ts'
import type { NewJob } from '../store/jobs.ts'
import { benchErrorOf } from '../store/sqlite-errors.ts'
import type { JobObserver } from './message-sink.ts'
import { type JobEnd, RunningJob } from './running-job.ts'
import type { ForkWorker } from './worker-process.ts'

/** Memory a worker is expected to need (Node, an engine, a data set), in bytes. */
const workerMemory = 512 * 1024 * 1024

export interface QueueLimits {
  /** Workers at a time; by default one a core, fewer where memory is short, never fewer than one. */
  readonly workers?: number
}

/** The number of workers that this machine carries now. */
export const defaultWorkers = (cores = availableParallelism(), free = Math.max(freemem(), totalmem() / 4)): number => Math.max(1, Math.min(cores, Math.floor(free / workerMemory)))

/**
 * The job queue: starts waiting jobs in order as workers become free, one process a job, and writes how each ended.
 * All state that matters is in the bench file, so that after a crash the next start finds what was running.
 */
export class JobQueue {
  readonly #bench: Bench
  readonly #fork: ForkWorker
  readonly #observer: JobObserver
  readonly #workers: number
  readonly #running = new Map<string, RunningJob>()
  readonly #waiters = new Map<string, ((end: JobEnd) => void)[]>()
  #closed = false

  constructor(bench: Bench, fork: ForkWorker, observer: JobObserver, limits: QueueLimits = {}) {
    this.#bench = bench
    this.#fork = fork
    this.#observer = observer
    this.#workers = limits.workers ?? defaultWorkers()
    if (!bench.readOnly) this.#recover()
  }

  /** Jobs that a crash cut off become interrupted: a person decides whether they go on. Half-made imports are removed. */
  #recover(): void {
    this.#bench.transaction(() => {
      for (const job of this.#bench.jobs.withStatus('running', 'cancelling', 'queued')) {
        this.#bench.jobs.end(job.id, 'interrupted', null)
        this.#bench.runs.endUnfinished(job.id, 'interrupted', 'The bench was closed or ended before this run did.')
      }
      this.#bench.datasets.removeIncomplete()
    })
  }

  get runningCount(): number {
    return this.#running.size
  }

  /** Jobs under way or waiting. */
  get activeCount(): number {
    return this.#running.size + this.#bench.jobs.withStatus('queued').length
  }

  /** The job as stored, with the process and progress of now where it is running. */
  live(job: Job): Job {
    const running = this.#running.get(job.id)
    return running === undefined ? job : { ...job, progress: running.progress, pid: running.pid }
  }

  enqueue(job: NewJob): Job {
    const stored = this.#bench.jobs.insert(job)
    this.#changed(stored.id)
    this.#schedule()
    return this.#bench.jobs.require(stored.id)
  }

  /** Resolves when the job ends, however it ends. */
  async wait(id: string): Promise<JobEnd> {
    return new Promise((resolve) => this.#waiters.set(id, [...(this.#waiters.get(id) ?? []), resolve]))
  }

  cancel(id: string): void {
    const job = this.#require(id)
    const running = this.#running.get(id)
    if (running !== undefined) {
      this.#bench.jobs.setStatus(id, 'cancelling')
      running.cancel()
      this.#changed(id)
    } else if (job.status === 'queued') {
      this.#finish(id, { status: 'cancelled', error: null, result: null })
    } else if (job.status === 'interrupted' || job.status === 'failed') {
      throw new BenchError('conflict', `The job "${job.name}" is not running.`, { hint: 'Discard it if it should not be offered any more.' })
    }
  }

  /** Puts an interrupted, failed or cancelled job back into the queue; it goes on from its last checkpoint. */
  resume(id: string): Job {
    const job = this.#require(id)
    if (!job.resumable) throw new BenchError('conflict', `The job "${job.name}" is ${job.status}; there is nothing to resume.`)
    this.#bench.jobs.requeue(id)
    this.#changed(id)
    this.#schedule()
    return this.live(this.#bench.jobs.require(id))
  }

  /** Gives up on a job that could be resumed: drops its checkpoint, keeps its runs. */
  discard(id: string): void {
    const job = this.#require(id)
    if (!job.resumable) throw new BenchError('conflict', `The job "${job.name}" is ${job.status}; only a job that has stopped can be discarded.`)
    this.#bench.transaction(() => {
      this.#bench.jobs.dropCheckpoint(id)
      this.#bench.jobs.end(id, 'cancelled', null)
      this.#bench.runs.endUnfinished(id, 'cancelled', 'Given up after an interruption.')
    })
    this.#changed(id)
  }

  /** Ends every worker at once; what was running can be resumed when the file is opened again. */
  async close(): Promise<void> {
    this.#closed = true
    const endings = [...this.#running.values()].map((running) => {
      running.interrupt()
      return running.ended
    })
    await Promise.all(endings)
    if (this.#bench.readOnly) return
    for (const job of this.#bench.jobs.withStatus('queued')) this.#bench.jobs.end(job.id, 'interrupted', null)
  }

  #schedule(): void {
    for (const job of this.#bench.jobs.withStatus('queued')) {
      if (this.#closed || this.#running.size >= this.#workers) return
      const before = this.#bench.jobs.afterJobId(job.id)
      const status = before === null ? 'done' : this.#bench.jobs.get(before)?.status
      if (status === 'done') this.#start(job)
      else if (status === 'failed' || status === 'cancelled' || status === undefined) this.#refuse(job, before)
    }
  }

  #refuse(job: Job, before: string | null): void {
    const name = before === null ? undefined : this.#bench.jobs.get(before)?.name
    const error = { code: 'conflict', message: `"${job.name}" needs the result of "${name ?? before}", which did not finish.`, hint: `Resume "${name ?? before}" first, then this one.` } as const
    this.#finish(job.id, { status: 'failed', error, result: null })
  }

  #start(job: Job): void {
    this.#bench.jobs.start(job.id)
    const running = new RunningJob(this.#bench, this.#bench.jobs.require(job.id), this.#fork(), this.#observer)
    this.#running.set(job.id, running)
    this.#changed(job.id)
    void running.ended.then((end) => {
      this.#running.delete(job.id)
      this.#conclude(running, end)
      this.#schedule()
    })
  }

  /** Writes the end of a job. Where even that fails (a full disk), the next opening finds it running, hence interrupted. */
  #conclude(running: RunningJob, end: JobEnd): void {
    const { id } = running.job
    try {
      this.#bench.jobs.setProgress(id, running.progress)
      if (end.status !== 'done') running.abandon()
      this.#finish(id, end)
    } catch (error) {
      this.#observer.trouble(`The end of "${running.job.name}" could not be stored: ${benchErrorOf(error, this.#bench.path)?.message ?? String(error)}`)
      this.#observer.jobChanged({ ...running.job, status: end.status, error: end.error, progress: running.progress })
      this.#release(id, end)
    }
  }

  #finish(id: string, end: JobEnd): void {
    const job = this.#bench.jobs.require(id)
    const runIds = this.#bench.transaction(() => {
      this.#bench.jobs.end(id, end.status, end.error)
      if (end.status === 'done') this.#bench.jobs.dropCheckpoint(id)
      return this.#bench.runs.endUnfinished(id, end.status === 'done' ? 'failed' : end.status, reasonOf(end))
    })
    if (runIds.length > 0) this.#observer.runsChanged(runIds, job.experimentId)
    this.#changed(id)
    this.#release(id, end)
  }

  #release(id: string, end: JobEnd): void {
    for (const resolve of this.#waiters.get(id) ?? []) resolve(end)
    this.#waiters.delete(id)
  }

  #require(id: string): Job {
    const job = this.#bench.jobs.get(id)
    if (job === undefined) throw new BenchError('not-found', `There is no job ${id}.`, { hint: 'It may have been removed; look at the list of jobs again.' })
    return job
  }

  #changed(id: string): void {
    this.#observer.jobChanged(this.live(this.#bench.jobs.require(id)))
  }
}

/** What the runs that a job leaves unfinished say of their end. */
function reasonOf(end: JobEnd): string {
  switch (end.status) {
    case 'cancelled':
      return 'Cancelled.'
    case 'interrupted':
      return 'The bench was closed before this run ended.'
    case 'failed':
      return end.error?.message ?? 'The job failed.'
    case 'done':
      return 'The job ended without ending this run.'
  }
}
