/** What a vote matrix holds where a function or annotator says nothing. */
export const abstain = -1

/** Classes a vote matrix may have at most. */
export const maximumClasses = 1000

/** How votes become soft labels. */
export const labelModelMethods = ['majority', 'weighted', 'dawid-skene', 'one-coin', 'matrix-completion', 'triplet', 'correlated'] as const
export type LabelModelMethod = (typeof labelModelMethods)[number]

/** One row of the labeling-function table, in the vocabulary of Snorkel's LFAnalysis. Shares are of all examples. */
export interface FunctionSummary {
  readonly name: string
  /** Classes the function votes for, ascending. */
  readonly polarity: readonly number[]
  /** Share of examples it votes on. */
  readonly coverage: number
  /** Share of examples where it and at least one other function vote. */
  readonly overlaps: number
  /** Share of examples where it votes and at least one other function votes for another class. */
  readonly conflicts: number
  /** Votes that equal the truth, where that is known; null without any truth. */
  readonly correct: number | null
  /** Votes that differ from the truth, where that is known; null without any truth. */
  readonly incorrect: number | null
  /** correct / (correct + incorrect); null where there is nothing to divide. */
  readonly empiricalAccuracy: number | null
}

/** How often each pair of functions meets. Matrices are functions x functions, row-major and symmetric. */
export interface PairCounts {
  /** Examples both vote on; on the diagonal, examples the function votes on. */
  readonly bothVote: Float64Array
  /** Examples both vote on alike. */
  readonly agree: Float64Array
  /** Share of all examples where both vote and differ. */
  readonly conflict: Float64Array
}

/** The labeling-function table of a vote matrix. */
export interface FunctionAnalysis {
  readonly rows: number
  readonly functions: readonly FunctionSummary[]
  /** Share of examples with at least one vote. */
  readonly coverage: number
  /** Share of examples with at least two votes. */
  readonly overlap: number
  /** Share of examples with two votes that differ. */
  readonly conflict: number
  readonly pairs: PairCounts
}

/** Why an answer of a label model should be read with care. */
export type LabelModelWarningCode =
  | 'few-functions'
  | 'one-class'
  | 'low-coverage'
  | 'near-chance'
  | 'against-unanimous'
  | 'no-overlap'
  | 'silent-functions'
  | 'not-converged'
  | 'few-opinions'

export interface LabelModelWarning {
  readonly code: LabelModelWarningCode
  /** One or two sentences for people. */
  readonly message: string
  /** Rows concerned, where the warning counts rows. */
  readonly count?: number
  /** Names of the functions concerned. */
  readonly functions?: readonly string[]
}

/** What a label model believes of one function. */
export interface FunctionAccuracy {
  readonly name: string
  /** Probability that a vote of the function is right; null for a function that never votes. */
  readonly accuracy: number | null
  /** 95% interval of the accuracy; null for a function that never votes. */
  readonly interval: readonly [number, number] | null
  readonly votes: number
}

/** The soft labels of a label model, with the majority vote beside them. */
export interface LabelModelResult {
  readonly method: LabelModelMethod
  readonly rows: number
  readonly classes: number
  /** rows x classes, row-major; a row without a vote holds the class balance. */
  readonly probabilities: Float32Array
  /** 1 where a row has a vote, else 0. */
  readonly covered: Uint8Array
  readonly functions: readonly FunctionAccuracy[]
  readonly classBalance: readonly number[]
  readonly iterations: number
  readonly warnings: readonly LabelModelWarning[]
  /** Groups of functions that the model counts as one opinion (column positions); empty for models that know no dependence. */
  readonly dependent: readonly (readonly number[])[]
  readonly majority: {
    /** rows x classes, row-major; ties are split evenly. */
    readonly probabilities: Float32Array
    /** Rows with a vote where the model's most probable class is none of the majority's. */
    readonly differs: number
  }
}

/** What stays of a label model's answer beside the labels: the detail of its aggregate source. */
export interface LabelModelReport {
  readonly method: LabelModelMethod
  readonly functions: readonly FunctionAccuracy[]
  readonly sourceIds: readonly string[]
  readonly classBalance: readonly number[]
  readonly warnings: readonly LabelModelWarning[]
  readonly dependent: readonly (readonly number[])[]
  /** Share of rows with a vote. */
  readonly coverage: number
  /** Rows where it answers against the majority vote. */
  readonly differsFromMajority: number
  /** Accuracy over rows with a vote and a known truth, beside that of the majority vote; null without truth. */
  readonly accuracy: { readonly model: number; readonly majority: number; readonly n: number } | null
  readonly seconds: number
}
