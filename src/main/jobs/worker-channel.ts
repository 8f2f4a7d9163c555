/** The worker's end of the channel to main. */
export interface WorkerChannel {
  send(message: unknown): void
  /** Resolves when every message sent so far has been handed to the operating system; wait for it before exiting. */
  sent(): Promise<void>
  onMessage(listener: (message: unknown) => void): void
  /** Called when main is gone; the worker should stop at once. */
  onDisconnect(listener: () => void): void
}

/** The part of Electron's `process.parentPort` used here, typed by hand so that the core stays free of Electron. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown
}

/**
 * Opens the channel of a worker process: Electron's `parentPort` in a utility process, the IPC channel of
 * `child_process.fork` elsewhere. Throws when the process was started by hand and has neither.
 */
export function openWorkerChannel(): WorkerChannel {
  const { parentPort } = process as NodeJS.Process & { readonly parentPort?: ParentPort | null }
  if (parentPort) return utilityChannel(parentPort)
  if (typeof process.send === 'function') return forkChannel()
  throw new Error('A worker is started by the bench, not by hand: it has no channel to answer through.')
}

function utilityChannel(port: ParentPort): WorkerChannel {
  return {
    send: (message) => port.postMessage(message),
    sent: () => new Promise((resolve) => setImmediate(resolve)),
    onMessage: (listener) => void port.on('message', (event) => listener(event.data)),
    // Chromium ends a utility process with its parent, so there is never anything left to tell.
    onDisconnect: () => undefined
  }
}

function forkChannel(): WorkerChannel {
  let pending: Promise<unknown> = Promise.resolve()
  // A terminal's Ctrl+C reaches the whole process group; only main decides what becomes of a job.
  process.on('SIGINT', () => undefined)
  process.on('SIGHUP', () => undefined)
  return {
    send(message) {
      if (!process.connected) return
      const done = new Promise((resolve) => process.send?.(message, undefined, undefined, resolve))
      pending = Promise.all([pending, done])
    },
    async sent() {
      await pending
    },
    onMessage: (listener) => void process.on('message', listener),
    onDisconnect: (listener) => void process.once('disconnect', listener)
  }
}
