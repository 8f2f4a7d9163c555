import type { RunRole } from '../../shared/domain/run.ts'
import type { Engine } from '../compute/engine.ts'
import type { Stages } from './stages.ts'

/** What is known of a run when it begins. */
export interface RunDescription {
  /** Unique within the job and the same at every attempt. */
  readonly key: string
  readonly name: string
  readonly arm: string
  readonly role: RunRole
  readonly seed: number
  readonly config: Readonly<Record<string, unknown>>
  /** Key of the run that supervises this one. */
  readonly parentKey?: string
  /** Key of a version given to `version`. */
  readonly versionKey?: string
}

/** An immutable selection of a data set, stored with the runs that name it. */
export interface VersionDescription {
  readonly key: string
  readonly datasetId: string
  readonly name: string
  readonly labelSourceId: string
  readonly rows: Int32Array
  /** Index of each row's split in `splits`. */
  readonly splits: Uint8Array
  readonly labels: Int32Array
}

/** A run under way: what it reports is stored as it comes. */
export interface RunRecorder {
  metric(name: string, step: number, value: number): void
  /** Class probabilities (rows.length x classes, row-major) of data set rows. */
  predictions(split: string, rows: Int32Array, classes: number, probabilities: Float32Array): void
  artifact(name: string, mediaType: string, data: Uint8Array): void
  end(summary: Readonly<Record<string, number>>): void
}

/** Everything a training procedure (a paper, a sweep) may ask of the job it runs in. */
export interface TrainingContext {
  readonly engine: Engine
  readonly stages: Stages
  readonly signal: AbortSignal
  version(version: VersionDescription): void
  begin(run: RunDescription): RunRecorder
  log(level: 'info' | 'warning' | 'error', message: string): void
  /** Says how far the job is: units done of units in all, what is being done, and the share of the work where units differ in cost. */
  progress(done: number, total: number, unit: string, message: string, fraction?: number): void
  /** Lets messages in (a cancellation above all); call it every few milliseconds. Throws when the job is cancelled. */
  breathe(): Promise<void>
}
