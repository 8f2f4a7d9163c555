import type { ErrorPayload } from '../../shared/contract/errors.ts'
import type { EngineId } from '../../shared/domain/engine.ts'
import type { JobLogLine, JobProgress } from '../../shared/domain/job.ts'
import type { RunMetrics } from '../../shared/domain/run.ts'
import type { StepModel } from '../learn/step-time.ts'
import type { RunDescription, VersionDescription } from '../runs/training-context.ts'
import type { NewDataset } from '../store/datasets.ts'
import type { Predictions } from '../store/runs.ts'

/** What main asks a worker about engines: drivers may crash or hang the process that loads them. */
export type EngineTask =
  | { readonly kind: 'probe-webgpu' }
  | { readonly kind: 'measure'; readonly engine: EngineId; readonly model: StepModel }

/** What main tells a worker: one job, and perhaps to stop it. */
export type ToWorker =
  | {
      readonly type: 'start'
      readonly jobId: string
      readonly kind: string
      readonly input: unknown
      readonly benchPath: string
      readonly checkpoint: Uint8Array | null
      /** Shortest time between two checkpoints, in milliseconds. */
      readonly checkpointInterval: number
    }
  | { readonly type: 'cancel' }
  /** Instead of a job: something about engines that main must not do itself; answered by `done` or `failed`. */
  | { readonly type: 'engine-task'; readonly task: EngineTask }

/**
 * What a worker tells main, which alone writes the bench file. Messages arrive in order, and each is applied in one
 * transaction, so that at any moment the file holds a prefix of what the worker has done.
 */
export type FromWorker =
  | { readonly type: 'progress'; readonly progress: JobProgress }
  | { readonly type: 'log'; readonly level: JobLogLine['level']; readonly message: string }
  | { readonly type: 'dataset-begin'; readonly dataset: NewDataset }
  | { readonly type: 'dataset-features'; readonly start: number; readonly count: number; readonly data: Uint8Array | Float32Array }
  | { readonly type: 'dataset-labels'; readonly kind: 'given'; readonly source: string; readonly rows: Int32Array; readonly labels: Int32Array }
  | { readonly type: 'dataset-complete' }
  | { readonly type: 'version'; readonly version: VersionDescription }
  | { readonly type: 'run-begin'; readonly run: RunDescription; readonly engine: string; readonly codeVersion: string }
  /** `runId` of each entry is the run's key. */
  | { readonly type: 'metrics'; readonly runs: readonly RunMetrics[] }
  | { readonly type: 'predictions'; readonly key: string; readonly predictions: Predictions }
  | { readonly type: 'artifact'; readonly key: string; readonly name: string; readonly mediaType: string; readonly data: Uint8Array }
  | { readonly type: 'run-end'; readonly key: string; readonly summary: Readonly<Record<string, number>> }
  | { readonly type: 'checkpoint'; readonly data: Uint8Array }
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly error: ErrorPayload }
  | { readonly type: 'cancelled' }
