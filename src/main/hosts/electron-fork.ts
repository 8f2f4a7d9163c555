import { type UtilityProcess, utilityProcess } from 'electron'
import type { Readable } from 'node:stream'
import type { ForkWorker, WorkerExit, WorkerProcess } from '../jobs/worker-process.ts'
import { ProcessOutput } from './process-output.ts'
import { workerEntry } from './worker-entry.ts'

/** Forks workers as Electron utility processes: they need no `runAsNode`, which release builds switch off. */
export function electronFork(entry: string = workerEntry()): ForkWorker {
  return () => workerProcess(utilityProcess.fork(entry, [], { stdio: ['ignore', 'pipe', 'pipe'], serviceName: 'Weakbench worker' }))
}

function workerProcess(child: UtilityProcess): WorkerProcess {
  const output = new ProcessOutput()
  // Electron types them as write-side streams; they are the child's readable ends.
  output.follow(child.stdout as Readable | null)
  output.follow(child.stderr as Readable | null)
  let pid: number | undefined
  child.once('spawn', () => (pid = child.pid))
  const ended = new Promise<WorkerExit>((resolve) => child.once('exit', (code) => resolve({ code, signal: null })))
  return {
    get pid() {
      return pid
    },
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void ended.then(listener),
    kill() {
      // UtilityProcess.kill asks politely, and a worker deep in a kernel does not listen.
      if (child.pid === undefined || !child.kill()) return
      try {
        process.kill(child.pid, 'SIGKILL')
      } catch {
        // Gone already.
      }
    },
    lastOutput: () => output.last()
  }
}
