/** The calls of one window that are not answered yet, each with the controller that cancels it. */
export class OpenCalls {
  readonly #controllers = new Map<number, AbortController>()

  get size(): number {
    return this.#controllers.size
  }

  /** Runs a call under a signal of its own. A call with an id already in use gets null: an answer could not be told from the first one's. */
  async run<T>(id: number, call: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    if (this.#controllers.has(id)) return null
    const controller = new AbortController()
    this.#controllers.set(id, controller)
    try {
      return await call(controller.signal)
    } finally {
      this.#controllers.delete(id)
    }
  }

  cancel(id: number): void {
    this.#controllers.get(id)?.abort()
  }

  /** For a window that is gone. */
  cancelAll(): void {
    for (const controller of this.#controllers.values()) controller.abort()
  }
}
