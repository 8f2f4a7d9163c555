import type { RunStatus } from './run.ts'
import type { WeakToStrongConfig, WeakToStrongSummary } from './weak-to-strong.ts'

/** A set of runs that belong together: one configuration over arms and seeds. */
export interface Experiment {
  readonly id: string
  readonly kind: 'weak-to-strong'
  readonly name: string
  readonly config: WeakToStrongConfig
  readonly status: RunStatus
  readonly datasetVersionId: string | null
  readonly notes: string
  readonly createdAt: number
  readonly endedAt: number | null
  readonly deletedAt: number | null
  readonly runCount: number
  readonly jobIds: readonly string[]
  /** Seconds of computing, from the first job's start to the last one's end (or now). */
  readonly seconds: number
  readonly summary: WeakToStrongSummary | null
}
