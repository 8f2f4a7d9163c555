import { BenchError } from '../../shared/contract/errors.ts'
import { useEngine } from '../compute/engine.ts'
import { useThreads } from '../compute/wasm/threads/thread-count.ts'
import { probeWebgpu } from '../compute/webgpu/webgpu.ts'
import { stepTime } from '../learn/step-time.ts'
import { threadsOfWorker } from './machine-limits.ts'
import type { EngineTask, FromWorker, ToWorker } from './protocol.ts'
import type { ForkWorker } from './worker-process.ts'

/** The worker's side. @returns a `WebgpuProbe`, or the milliseconds of a step */
export async function performEngineTask(task: EngineTask): Promise<unknown> {
  if (task.kind === 'probe-webgpu') return probeWebgpu()
  // As a job that runs alone.
  useThreads(threadsOfWorker(1))
  await useEngine(task.engine)
  return stepTime(task.model)
}

/**
 * Main's side: runs a task in a worker of its own and waits for its answer.
 *
 * @param limit how long it may take, in milliseconds; it is then killed
 * @throws BenchError of the worker, or `worker-died` when it crashed or did not answer in time
 */
export function runEngineTask(fork: ForkWorker, task: EngineTask, limit: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = fork()
    const timer = setTimeout(() => {
      reject(new BenchError('worker-died', `It did not answer within ${limit / 1000} s.`, { hint: 'Update the driver of the GPU.' }))
      worker.kill()
    }, limit)
    worker.onMessage((message) => {
      const answer = message as FromWorker
      if (answer.type === 'done') resolve(answer.result)
      if (answer.type === 'failed') reject(BenchError.from(answer.error))
    })
    worker.onExit(({ code, signal }) => {
      clearTimeout(timer)
      // Does nothing after an answer.
      reject(new BenchError('worker-died', `It crashed (${signal ?? `exit code ${code ?? 'unknown'}`}).`, { hint: 'Update the driver of the GPU.', details: worker.lastOutput() }))
    })
    worker.send({ type: 'engine-task', task } satisfies ToWorker)
  })
}
