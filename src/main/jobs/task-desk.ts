import { BenchError } from '../../shared/contract/errors.ts'
import type { FromTaskWorker, ToWorker } from './protocol.ts'
import type { ForkWorker, WorkerProcess } from './worker-process.ts'

/** How long the process stays for the next question, in milliseconds. */
const idleTime = 60_000

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly limit: number
}

/**
 * Answers questions that take longer than main may (a preview of a file, of a labeling function, agreement), in one worker
 * process that stays warm, so that an editor can ask at every pause in typing. Nothing is stored: what is worth keeping is a job.
 */
export class TaskDesk {
  readonly #fork: ForkWorker
  readonly #waiting = new Map<number, Waiting>()
  #worker: WorkerProcess | undefined
  #next = 1
  #idle: NodeJS.Timeout | undefined
  /** Counts the time of the question being answered. */
  #timer: NodeJS.Timeout | undefined

  constructor(fork: ForkWorker) {
    this.#fork = fork
  }

  /**
   * Asks one question. Questions are answered in the order they were asked.
   *
   * @param limit how long the answer may take once its turn has come, in milliseconds; the process is then ended, and what else it
   *   was asked fails too
   * @throws BenchError of the task; `worker-died` when it crashed or took too long
   */
  ask(kind: string, input: unknown, benchPath: string, limit = 30_000): Promise<unknown> {
    clearTimeout(this.#idle)
    const worker = (this.#worker ??= this.#start())
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, limit })
      if (this.#waiting.size === 1) this.#watch()
      worker.send({ type: 'task', id, kind, input, benchPath } satisfies ToWorker)
    })
  }

  /** Ends the process; questions under way fail. */
  close(): void {
    clearTimeout(this.#idle)
    this.#worker?.kill()
  }

  /** Begins the time of the oldest question: the process answers them one by one, so those behind it only wait. */
  #watch(): void {
    clearTimeout(this.#timer)
    const [first] = this.#waiting
    if (first === undefined) return
    const [id, { limit }] = first
    this.#timer = setTimeout(() => {
      this.#settle(id)?.reject(new BenchError('worker-died', `There was no answer within ${limit / 1000} s.`, { hint: 'Try it on fewer rows or with something simpler.' }))
      this.#worker?.kill()
    }, limit)
  }

  #start(): WorkerProcess {
    const worker = this.#fork()
    worker.onMessage((message) => this.#receive(message as FromTaskWorker))
    worker.onExit(({ code, signal }) => {
      if (this.#worker === worker) this.#worker = undefined
      const error = new BenchError('worker-died', `The process that was to answer is gone (${signal ?? `exit code ${code ?? 'unknown'}`}).`, { hint: 'Try again.', details: worker.lastOutput() })
      for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(error)
    })
    return worker
  }

  #receive(message: FromTaskWorker): void {
    const waiting = this.#settle(message.id)
    if ('error' in message) waiting?.reject(BenchError.from(message.error))
    else waiting?.resolve(message.value)
    if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.#worker?.kill(), idleTime).unref()
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    this.#watch()
    return waiting
  }
}
