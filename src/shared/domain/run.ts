export const runStatuses = ['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted'] as const
export type RunStatus = (typeof runStatuses)[number]

/** What a run is to its experiment. */
export type RunRole = 'pretraining' | 'teacher' | 'student' | 'ceiling' | 'intermediate' | 'single'

/** One training run: everything needed to repeat it, and its scalar results. */
export interface Run {
  readonly id: string
  readonly experimentId: string | null
  readonly jobId: string | null
  /** Stable within its job, so that a resumed job finds its runs again. */
  readonly key: string
  readonly name: string
  /** Arm of the experiment (`weak`, `naive`, `confidence`, `bootstrapping`, `ceiling`, ...). */
  readonly arm: string
  readonly role: RunRole
  readonly seed: number
  readonly config: Readonly<Record<string, unknown>>
  readonly datasetVersionId: string | null
  readonly engine: string
  readonly codeVersion: string
  readonly status: RunStatus
  readonly statusReason: string | null
  readonly parentId: string | null
  /** Final scalar results, e.g. { testAccuracy: 0.87, macroF1: 0.86, ece: 0.03, seconds: 4.2 }. */
  readonly summary: Readonly<Record<string, number>>
  readonly tags: readonly string[]
  readonly notes: string
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly deletedAt: number | null
}

/** One metric of one run: parallel arrays, steps ascending. NaN and infinities are kept as they are. */
export interface MetricSeries {
  readonly name: string
  readonly steps: Int32Array
  readonly values: Float64Array
}

export interface RunMetrics {
  readonly runId: string
  readonly series: readonly MetricSeries[]
}

/** One configuration field that is not the same in all runs compared. */
export interface ConfigDifference {
  readonly field: string
  /** Value in each run, in the order asked; undefined where the run lacks the field. */
  readonly values: readonly unknown[]
}
