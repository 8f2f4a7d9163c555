import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { type EventMessage, type InputOf, type OutputOf, type ProcedureName, type Procedures, type Reply } from '../../../shared/contract/index.ts'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { Job } from '../../../shared/domain/job.ts'
import { until } from './test-core.ts'

/** A core in a process of its own (main-process.ts), which a test may kill. */
export class KillableCore {
  /** What was last heard of each job. */
  readonly jobs = new Map<string, Job>()
  /** Shares of the work done, as each attempt of a job reported them. */
  readonly reported: { readonly id: string; readonly attempt: number; readonly fraction: number }[] = []
  readonly #process: ChildProcess
  readonly #exited: Promise<void>
  readonly #replies = new Map<number, Reply>()
  #ready = false
  #calls = 0

  private constructor(path: string, checkpointInterval: number, workers: number) {
    const entry = fileURLToPath(new URL('main-process.ts', import.meta.url))
    this.#process = fork(entry, [path, String(checkpointInterval), String(workers)], { execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    // Not `close`, which never comes after a disconnect from this side.
    this.#exited = new Promise((resolve) => this.#process.once('exit', () => resolve()))
    this.#process.on('message', (message) => this.#hear(message as EventMessage | { readonly id: number; readonly reply: Reply } | { readonly ready: true }))
    onTestFinished(() => this.kill())
  }

  static async open(path: string, limits: { readonly checkpointInterval: number; readonly workers: number }): Promise<KillableCore> {
    const core = new KillableCore(path, limits.checkpointInterval, limits.workers)
    await until('the core', () => core.#ready)
    return core
  }

  #hear(message: EventMessage | { readonly id: number; readonly reply: Reply } | { readonly ready: true }): void {
    if ('ready' in message) this.#ready = true
    else if ('id' in message) this.#replies.set(message.id, message.reply)
    else if (message.topic === 'jobs.changed') for (const job of message.payload.jobs) this.jobs.set(job.id, job)
    else if (message.topic === 'jobs.progress') for (const { id, progress } of message.payload.jobs) this.#progress(id, progress)
  }

  #progress(id: string, progress: Job['progress']): void {
    const job = this.jobs.get(id)
    if (job === undefined) return
    this.jobs.set(id, { ...job, progress })
    this.reported.push({ id, attempt: job.attempts, fraction: progress.fraction })
  }

  async call<P extends ProcedureName>(procedure: P, input: InputOf<Procedures[P]>): Promise<OutputOf<Procedures[P]>> {
    const id = this.#calls++
    this.#process.send({ id, procedure, input })
    const reply = await until(`the answer to ${procedure}`, () => this.#replies.get(id))
    if (!reply.ok) throw BenchError.from(reply.error)
    return reply.value as OutputOf<Procedures[P]>
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#exited
  }

  /** Asks the core to close, and waits for it. */
  async close(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect()
    await this.#exited
  }
}
