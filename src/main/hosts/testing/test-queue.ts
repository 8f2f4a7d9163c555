import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { nodeFork } from '../node-fork.ts'
import { type Bench, openBench } from '../../store/bench.ts'
import { temporaryFolder } from '../../store/fixtures/temporary-folder.ts'
import { JobQueue } from '../../jobs/job-queue.ts'
import type { JobObserver } from '../../jobs/message-sink.ts'
import type { JobEnd } from '../../jobs/running-job.ts'

/** A bench file with a job queue over real worker processes. */
export interface TestQueue {
  readonly bench: Bench
  readonly queue: JobQueue
  /** Runs one job to its end. */
  run(kind: string, input: unknown): Promise<JobEnd>
  /** Resolves when no job is under way or waiting. */
  idle(): Promise<void>
}

const silent: JobObserver = {
  jobChanged: () => undefined,
  progress: () => undefined,
  datasetsChanged: () => undefined,
  runsChanged: () => undefined,
  runEnded: () => undefined,
  metrics: () => undefined,
  trouble: (message) => {
    throw new Error(message)
  }
}

/** Opened on a new file, and closed when the test ends. */
export function openTestQueue(): TestQueue {
  const bench = openBench(join(temporaryFolder(), 'test.weakbench'), { create: true })
  const queue = new JobQueue(bench, nodeFork(), silent, { workers: 2 })
  onTestFinished(async () => {
    await queue.close()
    bench.close()
  })
  return {
    bench,
    queue,
    run: (kind, input) => queue.wait(queue.enqueue({ kind, name: kind, input }).id),
    async idle() {
      while (queue.activeCount > 0) await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
