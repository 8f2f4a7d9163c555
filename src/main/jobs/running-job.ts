import type { ErrorPayload } from '../../shared/contract/errors.ts'
import { toErrorPayload } from '../../shared/contract/errors.ts'
import type { EngineId } from '../../shared/domain/engine.ts'
import type { Job, JobProgress, JobStatus } from '../../shared/domain/job.ts'
import type { Bench } from '../store/bench.ts'
import { benchErrorOf } from '../store/sqlite-errors.ts'
import type { BackgroundCheckpoints } from './background-checkpoints.ts'
import { type JobObserver, MessageSink } from './message-sink.ts'
import type { FromWorker, ToWorker } from './protocol.ts'
import type { WorkerExit, WorkerProcess } from './worker-process.ts'

/** How long a cancelled worker may take to stop by itself before it is killed, in milliseconds. */
const cancelGrace = 600

export interface JobEnd {
  readonly status: Extract<JobStatus, 'done' | 'failed' | 'cancelled' | 'interrupted'>
  readonly error: ErrorPayload | null
  readonly result: unknown
}

/** One job in one worker process, from its start to the process's exit. */
export class RunningJob {
  readonly job: Job
  readonly ended: Promise<JobEnd>
  progress: JobProgress
  readonly #worker: WorkerProcess
  readonly #sink: MessageSink
  readonly #bench: Bench
  readonly #observer: JobObserver
  readonly #checkpoints: BackgroundCheckpoints
  /** What the job computes on, where it computes on an engine. */
  readonly #engine: EngineId | undefined
  #outcome: JobEnd | undefined
  #stopAs: 'cancelled' | 'interrupted' | undefined
  #killTimer: NodeJS.Timeout | undefined
  #threads: number

  /**
   * @param checkpointInterval shortest time between two checkpoints, in milliseconds
   * @param threads how many threads it may compute with
   */
  constructor(bench: Bench, job: Job, worker: WorkerProcess, observer: JobObserver, checkpointInterval: number, threads: number, checkpoints: BackgroundCheckpoints) {
    this.job = job
    this.progress = job.progress
    this.#bench = bench
    this.#worker = worker
    this.#observer = observer
    this.#checkpoints = checkpoints
    this.#sink = new MessageSink(bench, job, observer)
    worker.onMessage((message) => this.#receive(message as FromWorker))
    this.ended = new Promise((resolve) => worker.onExit((exit) => resolve(this.#conclude(exit))))
    const input = bench.jobs.input(job.id)
    this.#engine = (input as { readonly engine?: EngineId } | null)?.engine
    const start: ToWorker = {
      type: 'start',
      jobId: job.id,
      kind: job.kind,
      input,
      benchPath: bench.path,
      checkpoint: bench.jobs.checkpoint(job.id) ?? null,
      checkpointInterval,
      threads
    }
    this.#threads = threads
    worker.send(start)
  }

  get pid(): number | null {
    return this.#worker.pid ?? null
  }

  /** Removes what an unfinished import has written; not needed after a job that is done. */
  abandon(): void {
    this.#sink.abandon()
  }

  /** Lets the worker compute with so many threads from now on; what it computes stays the same. */
  useThreads(threads: number): void {
    if (threads === this.#threads) return
    this.#threads = threads
    this.#worker.send({ type: 'threads', threads } satisfies ToWorker)
  }

  /** Asks the worker to stop and kills it if it does not soon. */
  cancel(): void {
    if (this.#stopAs !== undefined) return
    this.#stopAs = 'cancelled'
    this.#worker.send({ type: 'cancel' } satisfies ToWorker)
    this.#killTimer = setTimeout(() => this.#worker.kill(), cancelGrace)
  }

  /** Ends it at once as after a crash: it can be resumed from its last checkpoint. One being cancelled stays cancelled. */
  interrupt(): void {
    this.#stopAs ??= 'interrupted'
    this.#worker.kill()
  }

  #receive(message: FromWorker): void {
    // What arrives after the end was decided (a full disk, a cancellation) no longer counts.
    if (this.#outcome !== undefined || this.#stopAs === 'cancelled') return
    switch (message.type) {
      case 'progress':
        this.progress = message.progress
        return this.#observer.progress({ ...this.job, progress: message.progress })
      case 'done':
        this.#outcome = { status: 'done', error: null, result: message.result }
        return
      case 'failed':
        this.#outcome = { status: 'failed', error: this.#onEngine(message.error), result: null }
        return
      case 'cancelled':
        this.#outcome = { status: 'cancelled', error: null, result: null }
        return
      default:
        this.#store(message)
    }
  }

  #store(message: Parameters<MessageSink['apply']>[0]): void {
    try {
      this.#sink.apply(message)
      if (message.type === 'dataset-block') this.#answer(message)
    } catch (error) {
      const payload = toErrorPayload(benchErrorOf(error, this.#bench.path) ?? error)
      this.#outcome = { status: 'failed', error: payload, result: null }
      this.#worker.kill()
    }
  }

  #answer({ slot, features, columns }: Extract<FromWorker, { type: 'dataset-block' }>): void {
    const bytes = columns.reduce((sum, column) => sum + column.bytes, features.bytes)
    this.#checkpoints.stored(bytes, () => this.#worker.send({ type: 'taken', slot } satisfies ToWorker))
  }

  #conclude(exit: WorkerExit): JobEnd {
    clearTimeout(this.#killTimer)
    this.#sink.close()
    if (this.#outcome?.status === 'done' || this.#outcome?.status === 'failed') return this.#outcome
    if (this.#stopAs !== undefined) return { status: this.#stopAs, error: null, result: null }
    if (this.#outcome !== undefined) return this.#outcome
    return { status: 'failed', error: this.#onEngine(deathOf(exit, this.#worker.lastOutput())), result: null }
  }

  /** Says in a failure on which engine it happened, so that another can be offered. */
  #onEngine(error: ErrorPayload): ErrorPayload {
    return this.#engine === undefined ? error : { ...error, engine: this.#engine }
  }
}

/** Says why a worker that did not say so itself is gone. */
function deathOf(exit: WorkerExit, output: string): ErrorPayload {
  const how =
    exit.signal === 'SIGKILL'
      ? 'was killed (SIGKILL), by someone or by the system when memory ran out'
      : exit.signal !== null
        ? `was ended by signal ${exit.signal}`
        : exit.code === null
          ? 'could not be started'
          : `ended unexpectedly with exit code ${exit.code}`
  return {
    code: 'worker-died',
    message: `The worker process ${how}.`,
    hint: 'What it had stored is kept: resume the job from its last checkpoint, with fewer jobs at a time if memory is short.',
    ...(output === '' ? {} : { details: output })
  }
}
