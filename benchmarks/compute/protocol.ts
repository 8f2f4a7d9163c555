/** What a peer says when it has started: what it is, or why it cannot take part and how to get it. */
export type Hello = { readonly version: string; readonly device: string } | { readonly missing: string; readonly remedy?: string }

/** One line to a peer; each is answered by one line. */
export type Question =
  | { readonly op: 'load'; readonly file: string }
  | { readonly op: 'values'; readonly variant: string; readonly steps: number }
  | { readonly op: 'time'; readonly variant: string; readonly milliseconds: number }

export type Answer =
  | { readonly variants: readonly string[] }
  | { readonly values: readonly number[] }
  | { readonly times: readonly number[] }
  | { readonly failed: string }

/** A case made ready in a peer, in one of its variants (`together`, `one after another`; the empty name where there is but one). */
export interface Workload {
  /** Back to the initial parameters. */
  reset(): void
  /** What peers are compared by: the losses before each of so many steps, or elements of the product. */
  values(steps: number): number[]
  /** Makes steps and waits for their results. */
  run(steps: number): void
  dispose(): void
}
