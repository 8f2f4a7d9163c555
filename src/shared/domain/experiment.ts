import type { RunStatus } from './run.ts'
import type { TrainingConfig, TrainingSummary } from './training.ts'
import type { WeakToStrongConfig, WeakToStrongSummary } from './weak-to-strong.ts'

interface ExperimentFacts {
  readonly id: string
  readonly name: string
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
}

/** The shipped experiment on handwritten digits. */
export interface WeakToStrongExperiment extends ExperimentFacts {
  readonly kind: 'weak-to-strong'
  readonly config: WeakToStrongConfig
  readonly summary: WeakToStrongSummary | null
}

/** Arms and seeds trained on a data set of the person's own. */
export interface TrainingExperiment extends ExperimentFacts {
  readonly kind: 'training'
  readonly config: TrainingConfig
  readonly summary: TrainingSummary | null
}

/** A set of runs that belong together: one configuration over arms and seeds. */
export type Experiment = WeakToStrongExperiment | TrainingExperiment

/** What an experiment was asked to do and what it found, by its kind. */
export type ExperimentKind = Experiment['kind']
export type ExperimentConfig = Experiment['config']
export type ExperimentSummary = NonNullable<Experiment['summary']>
