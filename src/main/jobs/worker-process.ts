/** How a worker process ended: an exit code, or the signal that killed it where the host can tell. */
export interface WorkerExit {
  readonly code: number | null
  readonly signal: string | null
}

/**
 * A worker process as the job queue sees it, whatever the host forks it with. Messages are structured-clone data
 * (typed arrays stay typed arrays) and arrive in the order sent.
 */
export interface WorkerProcess {
  /** Undefined until the process has started, and where it could not be started. */
  readonly pid: number | undefined
  /** Does nothing once the process is gone; its end is told by `onExit`. */
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, after the last message and the last output. */
  onExit(listener: (exit: WorkerExit) => void): void
  /** Kills at once (SIGKILL); the worker gets no chance to object. */
  kill(): void
  /** The last lines of its stdout and stderr, for the reason of a failure; empty when it wrote nothing. */
  lastOutput(): string
}

/** Starts one worker process; never throws: a process that cannot start exits at once with its reason as output. */
export type ForkWorker = () => WorkerProcess
