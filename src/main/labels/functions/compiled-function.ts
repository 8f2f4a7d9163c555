/** Values of one column for the rows of a batch; null and NaN are missing. */
export type ColumnValues = readonly (string | null)[] | Float64Array

/** Rows that a function votes on in one call; every array has an entry a row. */
export interface FunctionBatch {
  /** Row of the data set behind each entry. */
  readonly rows: Int32Array
  readonly columns: Readonly<Record<string, ColumnValues>>
  /** rows x width of the data set's features, row-major; only `nearest-prototype` reads it. */
  readonly features?: Float32Array
}

/** The data set's feature space, as far as prototypes need it. */
export interface FeatureSpace {
  readonly width: number
  /** Spread of each feature over the data set, as `measureColumns` gives it. */
  readonly scale: Float32Array
  /** Features of rows of the data set, row-major. */
  featuresOf(rows: Int32Array): Float32Array
}

/** What a stored run predicted, an entry a row of the data set; label -1 where it predicted nothing. */
export interface RunPredictions {
  readonly labels: Int32Array
  /** Largest class probability. */
  readonly confidence: Float32Array
}

/** How much a function may use before it is stopped. */
export interface FunctionLimits {
  /** For one row, wall clock on a machine with time to spare. */
  readonly rowMilliseconds: number
  /** For all rows that one compiled function is applied to, wall clock. */
  readonly totalMilliseconds: number
  /** Memory that JavaScript may take in its sandbox; one row's cells may take a quarter of it. */
  readonly memoryBytes: number
}

export const defaultLimits: FunctionLimits = { rowMilliseconds: 200, totalMilliseconds: 600_000, memoryBytes: 64 * 2 ** 20 }

/** What a definition is compiled against: the data set's classes and columns, and what some kinds need beyond. */
export interface FunctionContext {
  /** Class names by position. */
  readonly classes: readonly string[]
  readonly columns: readonly { readonly name: string; readonly type: 'text' | 'number' }[]
  readonly features?: FeatureSpace
  readonly predictionsOf?: (runId: string) => RunPredictions | Promise<RunPredictions>
  readonly limits?: Partial<FunctionLimits>
}

/** Where in a row a function found what it looks for: characters `start` to `end` (excluded) of a text column. */
export interface Match {
  readonly column: string
  readonly start: number
  readonly end: number
}

/** A labeling function ready to vote. It keeps no memory of rows: the order and size of batches do not change a vote. */
export interface CompiledFunction {
  /**
   * A class position or -1 (abstains) for every row of the batch.
   *
   * @throws BenchError `bad-data` naming the row where the function failed or took longer than its limits
   */
  apply(batch: FunctionBatch): Promise<Int32Array>
  /** The first match in the entry `index` of the batch; null without one, and for kinds that do not look for text. */
  matchIn(batch: FunctionBatch, index: number): Match | null
}
