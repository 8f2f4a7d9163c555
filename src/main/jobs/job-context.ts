import { setImmediate } from 'node:timers/promises'
import { BenchError } from '../../shared/contract/errors.ts'
import type { JobLogLine } from '../../shared/domain/job.ts'
import type { Bench } from '../store/bench.ts'
import type { FromWorker } from './protocol.ts'

/** Longest time a worker computes without letting messages in, in milliseconds: what a cancellation waits at most. */
const breathInterval = 20

/** What a job context is made of. */
interface JobContextOptions<Input> {
  readonly jobId: string
  readonly input: Input
  readonly bench: Bench
  readonly checkpoint: Uint8Array | null
  readonly checkpointInterval: number
  readonly signal: AbortSignal
  readonly send: (message: FromWorker) => void
}

/** What every kind of job is given in its worker. */
export class JobContext<Input = unknown> {
  readonly jobId: string
  readonly input: Input
  /** The bench file, read-only: only main writes. */
  readonly bench: Bench
  readonly checkpoint: Uint8Array | null
  /** Shortest time between two checkpoints, in milliseconds. */
  readonly checkpointInterval: number
  readonly signal: AbortSignal
  readonly send: (message: FromWorker) => void
  readonly #beforeBreath: (() => void)[] = []
  readonly #startedAt = performance.now()
  #firstDone: number | undefined
  #lastBreath = performance.now()
  #lastProgress = -Infinity

  constructor(options: JobContextOptions<Input>) {
    this.jobId = options.jobId
    this.input = options.input
    this.bench = options.bench
    this.checkpoint = options.checkpoint
    this.checkpointInterval = options.checkpointInterval
    this.signal = options.signal
    this.send = options.send
  }

  log(level: JobLogLine['level'], message: string): void {
    this.send({ type: 'log', level, message })
  }

  /** Rate and time left are those of this attempt: what a checkpoint brought along was not computed now. */
  progress(done: number, total: number, unit: string, message: string): void {
    const now = performance.now()
    this.#firstDone ??= done
    if (now - this.#lastProgress < 100 && done < total) return
    this.#lastProgress = now
    const seconds = (now - this.#startedAt) / 1000
    const rate = seconds > 0.5 && done > this.#firstDone ? (done - this.#firstDone) / seconds : null
    const fraction = total > 0 ? Math.min(1, done / total) : 0
    this.send({ type: 'progress', progress: { fraction, message, rate, unit, secondsLeft: rate === null ? null : (total - done) / rate } })
  }

  /** Work to do each time the job lets messages in, such as sending buffered metrics. */
  onBreath(work: () => void): void {
    this.#beforeBreath.push(work)
  }

  /** Lets messages in when it is time; throws `cancelled` once the job is. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#lastBreath >= breathInterval) {
      for (const work of this.#beforeBreath) work()
      await setImmediate()
      this.#lastBreath = performance.now()
    }
    if (this.signal.aborted) throw new BenchError('cancelled', 'The job was cancelled.')
  }
}
