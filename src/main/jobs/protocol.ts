import type { ErrorPayload } from '../../shared/contract/errors.ts'
import type { ColumnStatistics, DatasetColumn } from '../../shared/domain/column.ts'
import type { DatasetClass, LabelSourceKind } from '../../shared/domain/dataset.ts'
import type { EngineId } from '../../shared/domain/engine.ts'
import type { QuarantinedRow } from '../../shared/domain/import.ts'
import type { JobLogLine, JobProgress } from '../../shared/domain/job.ts'
import type { ImportedVotes } from '../../shared/domain/labeling-function.ts'
import type { RunMetrics } from '../../shared/domain/run.ts'
import type { StepModel } from '../learn/step-time.ts'
import type { RunDescription, VersionDescription } from '../runs/training-context.ts'
import type { PackedColumn } from '../store/columns.ts'
import type { NewDataset } from '../store/datasets.ts'
import type { NewNoiseCheck, NoiseArray } from '../store/noise-checks.ts'
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
      /** How many threads it may compute with. */
      readonly threads: number
    }
  | { readonly type: 'cancel' }
  /** The block that lay in this slot of the worker's block files is stored. */
  | { readonly type: 'taken'; readonly slot: number }
  /** From now on; sent when other workers start or end. */
  | { readonly type: 'threads'; readonly threads: number }
  /** Instead of a job: something about engines that main must not do itself; answered by `done` or `failed`. */
  | { readonly type: 'engine-task'; readonly task: EngineTask }
  /** Instead of a job: carry the write-ahead log over into the file (`BackgroundCheckpoints`), then exit. */
  | { readonly type: 'checkpoint'; readonly benchPath: string }
  /** Instead of a job: a question of the task desk; the worker stays for the next. */
  | { readonly type: 'task'; readonly id: number; readonly kind: string; readonly input: unknown; readonly benchPath: string }

/** A worker's answer to a `task`. */
export type FromTaskWorker = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: ErrorPayload }

/**
 * What a worker tells main, which alone writes the bench file. Messages arrive in order, and each is applied in one
 * transaction, so that at any moment the file holds a prefix of what the worker has done.
 */
export type FromWorker =
  | { readonly type: 'progress'; readonly progress: JobProgress }
  | { readonly type: 'log'; readonly level: JobLogLine['level']; readonly message: string }
  | { readonly type: 'dataset-begin'; readonly dataset: NewDataset }
  | { readonly type: 'dataset-features'; readonly start: number; readonly count: number; readonly data: Uint8Array | Float32Array }
  /** The data set being imported has this many rows by now. */
  | { readonly type: 'dataset-grow'; readonly count: number }
  | { readonly type: 'dataset-columns'; readonly columns: readonly DatasetColumn[] }
  | { readonly type: 'dataset-column-chunk'; readonly start: number; readonly count: number; readonly columns: readonly { readonly position: number; readonly column: PackedColumn }[] }
  /**
   * Rows of the data set being imported, with features and columns: what the three messages above say, of rows that are many. The
   * parts lie in a file one after the other, each padded (`BlockFiles`); answered by `taken`.
   */
  | {
      readonly type: 'dataset-block'
      readonly start: number
      readonly count: number
      readonly path: string
      readonly slot: number
      readonly features: { readonly dtype: 'uint8' | 'float32'; readonly bytes: number }
      readonly columns: readonly { readonly position: number; readonly type: 'number' | 'text'; readonly bytes: number }[]
    }
  | { readonly type: 'dataset-settle'; readonly featureHash: string; readonly classes: readonly DatasetClass[] }
  | { readonly type: 'dataset-splits'; readonly rows: Int32Array; readonly splits: Uint8Array }
  | { readonly type: 'quarantine'; readonly rows: readonly QuarantinedRow[] }
  /** Here and below, `datasetId` null is the data set being imported. */
  | { readonly type: 'dataset-report'; readonly datasetId: string | null; readonly kind: string; readonly report: unknown }
  | {
      readonly type: 'label-batch'
      readonly datasetId: string | null
      readonly kind: LabelSourceKind
      readonly source: string
      readonly start: number
      /** null: consecutive rows from `start`. */
      readonly rows: Int32Array | null
      readonly labels: Int32Array
      readonly confidence: Float32Array | null
      /** When it was said, in milliseconds since 1970; absent: now. */
      readonly at?: number
    }
  | { readonly type: 'soft-labels'; readonly datasetId: string | null; readonly kind: LabelSourceKind; readonly source: string; readonly start: number; readonly classes: number; readonly probabilities: Float32Array }
  | { readonly type: 'source-detail'; readonly datasetId: string; readonly kind: LabelSourceKind; readonly source: string; readonly detail: string }
  /** The votes of this version of a labeling function are in the source of that name. */
  | { readonly type: 'function-applied'; readonly datasetId: string; readonly functionId: string; readonly source: string }
  /** Labeling functions that came with their votes, which are in the sources of these names. */
  | { readonly type: 'votes-imported'; readonly datasetId: string | null; readonly functions: readonly { readonly name: string; readonly source: string; readonly definition: ImportedVotes }[] }
  | { readonly type: 'column-order'; readonly datasetId: string; readonly position: number; readonly rows: Int32Array }
  | { readonly type: 'search-texts'; readonly datasetId: string; readonly start: number; readonly texts: readonly string[] }
  /** What was sent about the data set is complete: windows read it again. */
  | { readonly type: 'dataset-changed'; readonly datasetId: string }
  | { readonly type: 'dataset-complete' }
  /** A check for wrong labels, hidden until it is complete; its arrays follow, then columns of scores in place of those of before. */
  | { readonly type: 'noise-begin'; readonly check: NewNoiseCheck }
  | { readonly type: 'noise-array'; readonly start: number; readonly array: NoiseArray }
  | { readonly type: 'score-column'; readonly datasetId: string; readonly name: string; readonly values: Float64Array; readonly order: Int32Array; readonly statistics: ColumnStatistics }
  | { readonly type: 'noise-complete'; readonly datasetId: string }
  | { readonly type: 'projection'; readonly datasetId: string; readonly method: string; readonly points: Float32Array }
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
