import { type ChildProcess, fork } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import type { ForkWorker, WorkerExit, WorkerProcess } from '../jobs/worker-process.ts'
import { ProcessOutput } from './process-output.ts'
import { workerEntry } from './worker-entry.ts'

/** How long after a worker's exit its last messages and output are waited for, in milliseconds. */
const drainTime = 1000

/** Forks workers with `child_process.fork`; structured clone on the channel, so that typed arrays cross as they are. */
export function nodeFork(entry: string = workerEntry()): ForkWorker {
  return () => {
    // Options of this process (a test runner's, a debugger's) are not the worker's.
    const child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [], env: { ...compileCache(entry), ...process.env } })
    return workerProcess(child)
  }
}

/**
 * A worker of a source tree keeps what it compiled for the next one, which then starts in half the time; a build has nothing to strip
 * and little to compile. The folder is the tree's own, as nobody else may write there.
 */
const compileCache = (entry: string): NodeJS.ProcessEnv => (entry.endsWith('.ts') ? { NODE_COMPILE_CACHE: resolve(dirname(entry), '../../node_modules/.cache/weakbench') } : {})

function workerProcess(child: ChildProcess): WorkerProcess {
  const output = new ProcessOutput()
  output.follow(child.stdout)
  output.follow(child.stderr)
  const ended = end(child, output)
  return {
    get pid() {
      return child.pid
    },
    send(message) {
      // The error of a message that came too late is the exit, which onExit tells.
      if (child.connected) child.send(message as object, () => undefined)
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void ended.then(listener),
    kill: () => void child.kill('SIGKILL'),
    lastOutput: () => output.last()
  }
}

/** Resolves once the process is gone and its channel and pipes are drained, or drained long enough. */
function end(child: ChildProcess, output: ProcessOutput): Promise<WorkerExit> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      output.append(`\n${error.message}`)
      if (child.pid === undefined) resolve({ code: null, signal: null })
    })
    child.once('exit', (code, signal) => {
      const timer = setTimeout(() => resolve({ code, signal }), drainTime)
      child.once('close', () => {
        clearTimeout(timer)
        resolve({ code, signal })
      })
    })
  })
}
