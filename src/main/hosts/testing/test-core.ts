import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'
import { type EventMessage, type InputOf, type OutputOf, type ProcedureName, type Procedures, type Reply } from '../../../shared/contract/index.ts'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { Experiment } from '../../../shared/domain/experiment.ts'
import type { Job } from '../../../shared/domain/job.ts'
import { type Core, type CoreOptions, openCore } from '../../api/core.ts'
import { type Bench, openBench } from '../../store/bench.ts'
import { nodeFork } from '../node-fork.ts'

/** A core over a real bench file and real worker processes, as a test drives it; closed when the test ends. */
export class TestCore {
  readonly core: Core
  readonly path: string
  readonly events: EventMessage[] = []

  private constructor(core: Core, path: string) {
    this.core = core
    this.path = path
    core.events.subscribe((events) => void this.events.push(...events))
    onTestFinished(() => core.close().catch(() => undefined))
  }

  static async open(folder: string, options: Partial<CoreOptions> = {}): Promise<TestCore> {
    const path = options.benchPath ?? join(folder, 'test.weakbench')
    const host = { kind: 'node', nativeDialogs: false, documents: folder, chooseBench: () => Promise.resolve(null), chooseFile: () => Promise.resolve(null) } as const
    return new TestCore(await openCore({ benchPath: path, fork: nodeFork(), host, stateFolder: join(folder, 'state'), ...options }), path)
  }

  reply(procedure: string, input: unknown = {}, signal: AbortSignal = new AbortController().signal): Promise<Reply> {
    return this.core.dispatch(procedure, input, { signal, clientId: 'test' })
  }

  /** Calls a procedure; throws the BenchError it answers. */
  async call<P extends ProcedureName>(procedure: P, input: InputOf<Procedures[P]>): Promise<OutputOf<Procedures[P]>> {
    const reply = await this.reply(procedure, input)
    if (!reply.ok) throw BenchError.from(reply.error)
    // The dispatcher answers with what the procedure of this name returns.
    return reply.value as OutputOf<Procedures[P]>
  }

  async job(id: string): Promise<Job> {
    const job = (await this.call('jobs.list', {})).find((each) => each.id === id)
    if (job === undefined) throw new Error(`There is no job ${id}.`)
    return job
  }

  /** SIGKILL for the process of a running job. */
  async killWorker(jobId: string): Promise<void> {
    const { pid } = await this.job(jobId)
    if (pid === null) throw new Error(`The job ${jobId} has no process.`)
    process.kill(pid, 'SIGKILL')
  }

  /** Waits until the experiment neither runs nor waits. */
  async settled(experimentId: string): Promise<Experiment> {
    const experiment = await this.call('experiments.get', { experimentId })
    if (experiment.status !== 'running' && experiment.status !== 'queued') return experiment
    await pause(15)
    return this.settled(experimentId)
  }

  /** Looks into the file beside the core. */
  inspect<T>(look: (bench: Bench) => T): T {
    const bench = openBench(this.path, { readOnly: true })
    try {
      return look(bench)
    } finally {
      bench.close()
    }
  }

  close(): Promise<void> {
    return this.core.close()
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Looks every few milliseconds until there is something; throws after `patience` milliseconds. */
export async function until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>, patience = 20_000): Promise<T> {
  const end = performance.now() + patience
  while (performance.now() < end) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await pause(5)
  }
  throw new Error(`Waited ${patience} ms in vain for ${what}.`)
}

/** True while a process of this id runs; one that has ended and only waits for its parent to notice (`Z` on Linux) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const stat = `/proc/${pid}/stat`
    return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'))
  } catch {
    return false
  }
}

/** A small weak-to-strong configuration: about a second of computing. */
export const quickConfig = { pretraining: 'digit-labels' as const, pretrainingSteps: 40, headSteps: 40, studentLevel: 3, seeds: [0] }

/** One that computes for minutes, to be stopped. */
export const longConfig = { ...quickConfig, pretrainingSteps: 10_000 }

const templates: string[] = []
let template: Promise<string> | undefined
afterAll(() => {
  for (const folder of templates) rmSync(folder, { recursive: true, force: true })
})

/** `test.weakbench` in the folder, with the sample in it; imported once a test file, then copied. */
export async function benchWithSample(folder: string): Promise<string> {
  template ??= importOnce()
  const path = join(folder, 'test.weakbench')
  copyFileSync(await template, path)
  return path
}

async function importOnce(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'weakbench-template-'))
  templates.push(folder)
  const path = join(folder, 'template.weakbench')
  const core = await openCore({ benchPath: path, fork: nodeFork(), host: { kind: 'node', nativeDialogs: false, documents: folder, chooseBench: () => Promise.resolve(null), chooseFile: () => Promise.resolve(null) }, stateFolder: folder })
  const context = { signal: new AbortController().signal, clientId: 'test' }
  await core.dispatch('datasets.add-sample', { sample: 'mnist-10k' }, context)
  await until('the sample', async () => {
    const reply = await core.dispatch('datasets.list', {}, context)
    return reply.ok && (reply.value as readonly unknown[]).length === 1 && core.runningJobs() === 0
  })
  await core.close()
  return path
}
