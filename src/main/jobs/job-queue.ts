import { BenchError } from '../../shared/contract/errors.ts'
import type { Job } from '../../shared/domain/job.ts'
import type { Bench } from '../store/bench.ts'
import type { NewJob } from '../store/jobs.ts'
import { benchErrorOf } from '../store/sqlite-errors.ts'
import { BackgroundCheckpoints } from './background-checkpoints.ts'
import { defaultWorkers, threadsOfWorker } from './machine-limits.ts'
import type { JobObserver } from './message-sink.ts'
import { recoverJobs } from './recover-jobs.ts'
import { type JobEnd, RunningJob } from './running-job.ts'
import type { ForkWorker } from './worker-process.ts'

export { defaultWorkers } from './machine-limits.ts'

export interface QueueLimits {
  /** Workers at a time; by default what `defaultWorkers` finds. */
  readonly workers?: number
  /** Shortest time between two checkpoints of a job, in milliseconds: what a killed worker computes again at most. Default 1000. */
  readonly checkpointInterval?: number
}

/** How long the queue waits before it tries again to store what a full disk refused, in milliseconds. */
const retryInterval = 1000

/**
 * The job queue: starts waiting jobs in order as workers become free, one process a job, and writes how each ended.
 * All state that matters is in the bench file, so that after a crash the next start finds what was running.
 */
export class JobQueue {
  readonly #bench: Bench
  readonly #fork: ForkWorker
  readonly #observer: JobObserver
  readonly #workers: number
  readonly #checkpointInterval: number
  readonly #checkpoints: BackgroundCheckpoints
  readonly #running = new Map<string, RunningJob>()
  /** Jobs whose end the file did not take (a full disk). */
  readonly #unstored = new Map<string, { readonly running: RunningJob; readonly end: JobEnd }>()
  readonly #waiters = new Map<string, ((end: JobEnd) => void)[]>()
  #retry: NodeJS.Timeout | undefined
  #closed = false

  constructor(bench: Bench, fork: ForkWorker, observer: JobObserver, limits: QueueLimits = {}) {
    this.#bench = bench
    this.#fork = fork
    this.#observer = observer
    this.#checkpoints = new BackgroundCheckpoints(bench, fork)
    this.#workers = limits.workers ?? defaultWorkers()
    this.#checkpointInterval = limits.checkpointInterval ?? 1000
    if (!bench.readOnly) recoverJobs(bench)
  }

  get runningCount(): number {
    return this.#running.size
  }

  /** Jobs under way or waiting. */
  get activeCount(): number {
    return this.#running.size + this.#bench.jobs.withStatus('queued').length
  }

  /** The job as stored, with the process and progress of now where it is running, and its end where the file did not take it. */
  live(job: Job): Job {
    const running = this.#running.get(job.id)
    if (running !== undefined) return { ...job, progress: running.progress, pid: running.pid }
    const unstored = this.#unstored.get(job.id)
    if (unstored === undefined) return job
    const { status, error } = unstored.end
    return { ...job, status, error, progress: unstored.running.progress, resumable: status !== 'done' }
  }

  enqueue(job: NewJob): Job {
    const stored = this.#bench.jobs.insert(job)
    this.#admit([stored])
    return this.live(this.#bench.jobs.require(stored.id))
  }

  /** Enqueues what `prepare` returns, all jobs or none, in one transaction with whatever else it writes. */
  enqueueAll(prepare: () => readonly NewJob[]): void {
    this.#admit(this.#bench.transaction(() => prepare().map((job) => this.#bench.jobs.insert(job))))
  }

  #admit(jobs: readonly Job[]): void {
    for (const job of jobs) this.#changed(job.id)
    this.#schedule()
  }

  /** Resolves when the job ends, however it ends. */
  async wait(id: string): Promise<JobEnd> {
    return new Promise((resolve) => this.#waiters.set(id, [...(this.#waiters.get(id) ?? []), resolve]))
  }

  cancel(id: string): void {
    const job = this.#require(id)
    const running = this.#running.get(id)
    if (running !== undefined) {
      // First of all the worker: a full disk must not keep it computing.
      running.cancel()
      this.#bench.jobs.setStatus(id, 'cancelling')
      this.#changed(id)
    } else if (job.status === 'queued') {
      this.#finish(id, { status: 'cancelled', error: null, result: null })
      this.#schedule()
    } else if (job.status === 'interrupted' || job.status === 'failed') {
      throw new BenchError('conflict', `The job "${job.name}" is not running.`, { hint: 'Discard it if it should not be offered any more.' })
    }
  }

  /**
   * Puts an interrupted, failed or cancelled job back into the queue, and with it the job whose result it needs, should
   * that have stopped too. A job goes on from its last checkpoint.
   */
  resume(id: string): Job {
    const job = this.#require(id)
    if (!job.resumable) throw new BenchError('conflict', `The job "${job.name}" is ${job.status}; there is nothing to resume.`)
    this.#storeEnds()
    const stopped = [...this.#needsOf(id), job].filter((each) => each.resumable)
    this.#bench.transaction(() => {
      for (const each of stopped) this.#bench.jobs.requeue(each.id)
    })
    this.#admit(stopped)
    return this.live(this.#bench.jobs.require(id))
  }

  /** The jobs that this one waits for, directly or not, the first to run first. */
  #needsOf(id: string): readonly Job[] {
    const before = this.#bench.jobs.afterJobId(id)
    const job = before === null ? undefined : this.#bench.jobs.get(before)
    return job === undefined ? [] : [...this.#needsOf(job.id), this.live(job)]
  }

  /** Gives up on a job that could be resumed: drops its checkpoint, keeps its runs. */
  discard(id: string): void {
    const job = this.#require(id)
    if (!job.resumable) throw new BenchError('conflict', `The job "${job.name}" is ${job.status}; only a job that has stopped can be discarded.`)
    this.#storeEnds()
    const runIds = this.#bench.transaction(() => {
      this.#bench.jobs.dropCheckpoint(id)
      this.#bench.jobs.end(id, 'cancelled', null)
      return this.#bench.runs.endUnfinished(id, 'cancelled', 'Given up after an interruption.')
    })
    if (runIds.length > 0) this.#observer.runsChanged(runIds, job.experimentId)
    this.#changed(id)
    this.#schedule()
  }

  /** Ends every worker at once; what was running can be resumed when the file is opened again. */
  async close(): Promise<void> {
    this.#closed = true
    const endings = [...this.#running.values()].map((running) => {
      running.interrupt()
      return running.ended
    })
    await Promise.all([...endings, this.#checkpoints.close()])
    clearTimeout(this.#retry)
    if (this.#bench.readOnly) return
    try {
      this.#storeEnds()
      for (const job of this.#bench.jobs.withStatus('queued')) this.#finish(job.id, { status: 'interrupted', error: null, result: null })
    } catch (error) {
      // The next opening finds these jobs unfinished, which says the same.
      this.#trouble('How the last jobs ended could not be stored', error)
    }
  }

  #schedule(): void {
    try {
      for (const job of this.#bench.jobs.withStatus('queued')) {
        if (this.#closed) return
        const before = this.#bench.jobs.afterJobId(job.id)
        const needed = before === null ? undefined : this.#bench.jobs.get(before)
        const status = needed === undefined ? 'done' : this.live(needed).status
        if (status === 'failed' || status === 'cancelled') this.#refuse(job, needed?.name ?? '')
        else if (status === 'done' && this.#running.size < this.#workers) this.#start(job)
      }
    } catch (error) {
      this.#trouble('Waiting jobs could not be started', error)
      this.#tryAgainLater()
    }
  }

  #refuse(job: Job, needed: string): void {
    const error = { code: 'conflict', message: `"${job.name}" needs the result of "${needed}", which did not finish.`, hint: `Resume it: "${needed}" is then resumed first.` } as const
    this.#finish(job.id, { status: 'failed', error, result: null })
  }

  #start(job: Job): void {
    this.#bench.jobs.start(job.id)
    const running = new RunningJob(this.#bench, this.#bench.jobs.require(job.id), this.#fork(), this.#observer, this.#checkpointInterval, threadsOfWorker(this.#running.size + 1), this.#checkpoints)
    this.#running.set(job.id, running)
    this.#shareCores()
    this.#changed(job.id)
    void running.ended.then((end) => {
      this.#running.delete(job.id)
      this.#shareCores()
      this.#conclude(running, end)
      this.#checkpoints.settle()
      this.#schedule()
    })
  }

  #shareCores(): void {
    for (const running of this.#running.values()) running.useThreads(threadsOfWorker(this.#running.size))
  }

  /** Writes the end of a job, again and again where the file does not take it; the job has ended all the same. */
  #conclude(running: RunningJob, end: JobEnd): void {
    const { id, name } = running.job
    this.#unstored.set(id, { running, end })
    try {
      this.#storeEnds()
    } catch (error) {
      this.#trouble(`How "${name}" ended could not be stored yet`, error)
      this.#observer.jobChanged(this.live(running.job))
      this.#release(id, end)
      this.#tryAgainLater()
    }
  }

  /** Stores what `#unstored` holds; throws where the file still does not take it. */
  #storeEnds(): void {
    for (const [id, { running, end }] of this.#unstored) {
      this.#bench.transaction(() => {
        this.#bench.jobs.setProgress(id, running.progress)
        if (end.status !== 'done') running.abandon()
        this.#storeEnd(id, end)
      })
      this.#unstored.delete(id)
      this.#tell(id, end)
    }
  }

  #tryAgainLater(): void {
    if (this.#closed) return
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => {
      try {
        this.#storeEnds()
      } catch {
        // Said once already.
        return this.#tryAgainLater()
      }
      this.#schedule()
    }, retryInterval).unref()
  }

  #finish(id: string, end: JobEnd): void {
    this.#bench.transaction(() => this.#storeEnd(id, end))
    this.#tell(id, end)
  }

  #storeEnd(id: string, end: JobEnd): void {
    this.#bench.jobs.end(id, end.status, end.error)
    if (end.status === 'done') this.#bench.jobs.dropCheckpoint(id)
    this.#bench.runs.endUnfinished(id, end.status === 'done' ? 'failed' : end.status, reasonOf(end))
  }

  #tell(id: string, end: JobEnd): void {
    const job = this.#bench.jobs.require(id)
    const runIds = [...this.#bench.runs.idsByKey(id).values()]
    if (runIds.length > 0) this.#observer.runsChanged(runIds, job.experimentId)
    this.#changed(id)
    this.#release(id, end)
  }

  #release(id: string, end: JobEnd): void {
    for (const resolve of this.#waiters.get(id) ?? []) resolve(end)
    this.#waiters.delete(id)
  }

  #trouble(what: string, error: unknown): void {
    this.#observer.trouble(`${what}: ${benchErrorOf(error, this.#bench.path)?.message ?? String(error)}`)
  }

  #require(id: string): Job {
    const job = this.#bench.jobs.get(id)
    if (job === undefined) throw new BenchError('not-found', `There is no job ${id}.`, { hint: 'It may have been removed; look at the list of jobs again.' })
    return this.live(job)
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
