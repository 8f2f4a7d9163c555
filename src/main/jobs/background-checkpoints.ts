import type { Bench } from '../store/bench.ts'
import type { ToWorker } from './protocol.ts'
import type { ForkWorker, WorkerProcess } from './worker-process.ts'

/** Bytes that may wait in the write-ahead log. */
const mostWaiting = 256 * 1024 * 1024

/**
 * Keeps main from waiting for the disk while imports store much: meanwhile SQLite carries nothing over from its log into the file,
 * and a process of its own does so afterwards, or in between where the log has become long.
 */
export class BackgroundCheckpoints {
  readonly #bench: Bench
  readonly #fork: ForkWorker
  /** Bytes stored since the last checkpoint was begun. */
  #waiting = 0
  #held = false
  #closed = false
  #worker: WorkerProcess | undefined
  #ended: Promise<void> = Promise.resolve()
  #paused: (() => void)[] = []

  constructor(bench: Bench, fork: ForkWorker) {
    this.#bench = bench
    this.#fork = fork
  }

  /** Notes that so many bytes were stored; calls `more` when others may follow. */
  stored(bytes: number, more: () => void): void {
    if (!this.#held) {
      this.#held = true
      this.#bench.holdCheckpoints()
    }
    this.#waiting += bytes
    if (this.#waiting < mostWaiting) return more()
    this.#paused.push(more)
    this.#start()
  }

  /** Says that a job has ended, which may have stored much. */
  settle(): void {
    if (this.#held) this.#start()
  }

  /** Ends a checkpoint under way: what it leaves, the closing of the file does. */
  async close(): Promise<void> {
    this.#closed = true
    this.#worker?.kill()
    await this.#ended
  }

  #start(): void {
    if (this.#worker !== undefined || this.#closed) return
    const worker = this.#fork()
    this.#worker = worker
    this.#waiting = 0
    this.#ended = new Promise((resolve) => {
      worker.onExit(() => {
        this.#worker = undefined
        this.#finish()
        resolve()
      })
    })
    worker.send({ type: 'checkpoint', benchPath: this.#bench.path } satisfies ToWorker)
  }

  #finish(): void {
    const paused = this.#paused.splice(0)
    // Something else is being stored; its end carries that over.
    if (this.#waiting === 0 && !this.#closed) {
      this.#held = false
      this.#bench.resumeCheckpoints()
    }
    paused.forEach((more) => more())
  }
}
