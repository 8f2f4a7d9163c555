const events = ['uncaughtException', 'unhandledRejection'] as const

/**
 * Runs a start-up that installs process-wide exception handlers and removes those it added.
 * The WebAssembly loader adds two that rethrow everything, which would turn any handled failure of the
 * host process into a crash with a foreign stack.
 */
export async function quietly<T>(startUp: () => Promise<T>): Promise<T> {
  const before = new Map(events.map((event) => [event, process.rawListeners(event)]))
  try {
    return await startUp()
  } finally {
    for (const event of events) {
      for (const listener of process.rawListeners(event)) {
        if (!before.get(event)?.includes(listener)) process.removeListener(event, listener as (...args: unknown[]) => void)
      }
    }
  }
}
