/** What a labeling function does on a sample of rows, for its editor. */
export interface FunctionPreview {
  /** Rows looked at; labelled ones of the dev split first. */
  readonly rows: number
  readonly coverage: number
  readonly overlaps: number
  readonly conflicts: number
  /** On the dev rows: votes, those that are right, and their share. */
  readonly dev: { readonly votes: number; readonly correct: number; readonly accuracy: number | null }
  readonly hits: readonly PreviewExample[]
  /** Dev rows of the function's class that it misses. */
  readonly misses: readonly PreviewExample[]
  readonly milliseconds: number
}

export interface PreviewExample {
  readonly row: number
  readonly vote: number
  /** Truth on dev rows, -1 elsewhere. */
  readonly truth: number
  readonly text: string
  /** Where in `text` the function hit, as [start, end), or null. */
  readonly match: readonly [number, number] | null
}

/** Where the next rule would pay. */
export interface RuleSuggestions {
  readonly terms: readonly {
    readonly text: string
    readonly label: number
    /** Rows that hold the term, and the share of the data set. */
    readonly count: number
    readonly coverage: number
    /** Share of the class among labelled rows that hold it, with a 95% interval; null without labels. */
    readonly precision: { readonly value: number; readonly interval: readonly [number, number]; readonly n: number } | null
  }[]
  readonly clusters: readonly { readonly size: number; readonly terms: readonly string[]; readonly rows: readonly number[] }[]
  readonly uncovered: number
  readonly conflicting: number
}
