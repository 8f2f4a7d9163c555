import { setImmediate } from 'node:timers/promises'
import { BenchError } from '../../shared/contract/errors.ts'
import type { JobLogLine } from '../../shared/domain/job.ts'
import type { Bench } from '../store/bench.ts'
import type { BlockFiles, BlockPlace } from './block-files.ts'
import type { FromWorker } from './protocol.ts'

/** Longest time a worker computes without letting messages in, in milliseconds: what a cancellation waits at most. */
const breathInterval = 20

/** Time over which a rate is measured, in milliseconds. */
const rateSpan = 2000

/** What a job context is made of. */
interface JobContextOptions<Input> {
  readonly jobId: string
  readonly input: Input
  readonly bench: Bench
  readonly checkpoint: Uint8Array | null
  readonly checkpointInterval: number
  readonly signal: AbortSignal
  readonly send: (message: FromWorker) => void
  readonly blocks: BlockFiles
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
  readonly #blocks: BlockFiles
  readonly #beforeBreath: (() => void)[] = []
  readonly #startedAt = performance.now()
  #firstFraction: number | undefined
  readonly #marks: { readonly at: number; readonly done: number }[] = []
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
    this.#blocks = options.blocks
  }

  /** A file for the next `dataset-block`; waits while main has too many to store, but no longer than until `failed` is aborted: then throws its reason. */
  async blockPlace(failed?: AbortSignal): Promise<BlockPlace> {
    failed?.throwIfAborted()
    try {
      return await this.#blocks.next(failed === undefined ? this.signal : AbortSignal.any([this.signal, failed]))
    } catch (error) {
      if (this.signal.aborted) throw new BenchError('cancelled', 'The job was cancelled.')
      failed?.throwIfAborted()
      throw error
    }
  }

  log(level: JobLogLine['level'], message: string): void {
    this.send({ type: 'log', level, message })
  }

  /**
   * Says how far the job is. Time left follows from the share of the work done in this attempt (what a checkpoint brought
   * along was not computed now), the rate from the last seconds, because units of one job may differ much in cost.
   *
   * @param fraction share of the work that is done, where units differ in cost; by default done / total
   */
  progress(done: number, total: number, unit: string, message: string, fraction: number = total > 0 ? done / total : 0): void {
    const now = performance.now()
    this.#firstFraction ??= fraction
    if (now - this.#lastProgress < 100 && done < total) return
    this.#lastProgress = now
    const seconds = (now - this.#startedAt) / 1000
    const gained = fraction - this.#firstFraction
    const secondsLeft = seconds > 0.5 && gained > 0 ? (seconds * (1 - fraction)) / gained : null
    this.send({ type: 'progress', progress: { fraction: Math.min(1, fraction), message, rate: this.#rate(done, now), unit, secondsLeft } })
  }

  /** Units a second over the last two seconds; null before there is such a span. */
  #rate(done: number, now: number): number | null {
    this.#marks.push({ at: now, done })
    while (this.#marks.length > 2 && now - (this.#marks[1]?.at ?? now) >= rateSpan) this.#marks.shift()
    const [first] = this.#marks
    if (first === undefined || now - first.at < 500) return null
    return ((done - first.done) * 1000) / (now - first.at)
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
