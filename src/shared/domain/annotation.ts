/** What an annotation queue is ordered by. */
export const queueOrders = ['row', 'random', 'uncertainty', 'margin', 'disagreement', 'noise'] as const
export type QueueOrder = (typeof queueOrders)[number]

/** Examples waiting for one annotator's label, first to be shown first. */
export interface AnnotationQueue {
  readonly rows: Int32Array
  /** Examples that match the filter and have no label of this annotator. */
  readonly waiting: number
  /** Examples that match the filter. */
  readonly total: number
}

/** What a source says of some examples, for an annotator to accept; an entry for each row asked. */
export interface SuggestedLabels {
  /** Class position, -1 for none. */
  readonly labels: Int32Array
  /** How sure the source is, NaN where it does not say. */
  readonly confidences: Float32Array
}

/** How far annotators agree about the examples that several of them have labelled. */
export interface AgreementReport {
  readonly annotators: readonly { readonly sourceId: string; readonly name: string; readonly labelled: number; readonly quality: number | null }[]
  /** Examples with at least two labels. */
  readonly shared: number
  /** null where it is not defined: too few labels in common. */
  readonly fleissKappa: number | null
  readonly krippendorffAlpha: number | null
  readonly pairs: readonly {
    readonly first: number
    readonly second: number
    /** Examples both have labelled, and those they agree on. */
    readonly both: number
    readonly agree: number
    readonly cohenKappa: number | null
  }[]
  /** Examples that annotators label differently, the most disputed first, at most 1000. */
  readonly conflicts: readonly { readonly row: number; readonly labels: readonly number[]; readonly consensus: number; readonly confidence: number }[]
  readonly conflictCount: number
}
