/** How a long computation tells how far it is and lets others have their turn. */
export interface Pace {
  /** Units done of all. */
  readonly progress?: (done: number, total: number) => void
  /** Awaited every few milliseconds; what it throws, such as a cancellation, ends the computation. */
  readonly breathe?: () => Promise<void>
}
