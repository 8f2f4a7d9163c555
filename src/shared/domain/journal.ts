/** One change a person made, with its inverse kept in the bench file. */
export interface JournalEntry {
  readonly id: number
  readonly at: number
  /** For people: `Rename run "naive 3" to "naive, third seed"`. */
  readonly title: string
  readonly undone: boolean
}

export interface JournalState {
  readonly undo: { readonly depth: number; readonly title: string | null }
  readonly redo: { readonly depth: number; readonly title: string | null }
}
