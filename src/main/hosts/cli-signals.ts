const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** npm passes Ctrl+C on to a command that the terminal has told already; only one this much later is a second one, in milliseconds. */
const second = 1000

/** The first signal that asks this process to end. */
export interface SignalWatch {
  readonly signal: AbortSignal
  readonly name: NodeJS.Signals | null
  /** Gives the signals back to their usual meaning. */
  stop(): void
}

/** Listens for signals: the first one raises the abort signal, an impatient second one ends the process at once. */
export function onSignal(): SignalWatch {
  const controller = new AbortController()
  let name: NodeJS.Signals | null = null
  let since = 0
  const heard = (signal: NodeJS.Signals): void => {
    if (name === null) {
      name = signal
      since = Date.now()
      controller.abort()
    } else if (Date.now() - since > second) process.exit(130)
  }
  for (const signal of signals) process.on(signal, heard)
  return {
    signal: controller.signal,
    get name() {
      return name
    },
    stop() {
      for (const signal of signals) process.removeListener(signal, heard)
    }
  }
}
