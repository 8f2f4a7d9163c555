import * as v from 'valibot'
import type { AppInfo, BenchInfo, RecentBench } from '../domain/bench.ts'
import { type Dataset, type DatasetVersion, type LabelEvent, type LabelSource, splits } from '../domain/dataset.ts'
import type { EngineInfo } from '../domain/engine.ts'
import type { Experiment } from '../domain/experiment.ts'
import type { Job, JobLogLine } from '../domain/job.ts'
import type { JournalEntry, JournalState } from '../domain/journal.ts'
import { type ConfigDifference, type Run, type RunMetrics, runStatuses } from '../domain/run.ts'
import { sampleNames } from '../domain/sample.ts'
import { WeakToStrongConfig } from '../domain/weak-to-strong.ts'
import { dataProcedures } from './data-procedures.ts'
import { procedure } from './define.ts'
import * as f from './fields.ts'
import { labelProcedures } from './label-procedures.ts'
import { noiseProcedures } from './noise-procedures.ts'
import { trainingProcedures } from './training-procedures.ts'

/**
 * Every procedure of the bench, grouped by area (the part before the dot; one file of `src/main/api` an area).
 * Adding one here makes the compiler ask for its handler; both transports carry it without further change.
 */
export const procedures = {
  'app.info': procedure<AppInfo>()(f.nothing),
  /** Asks the host for a path; null when the person cancels or the host has no native dialogs. */
  'app.choose-bench': procedure<string | null>()(v.strictObject({ mode: v.picklist(['open', 'create', 'backup']) })),

  'bench.info': procedure<BenchInfo>()(f.nothing),
  'bench.recent': procedure<readonly RecentBench[]>()(f.nothing),
  'bench.open': procedure<BenchInfo>()(v.strictObject({ path: f.path, readOnly: v.optional(v.boolean(), false) })),
  'bench.create': procedure<BenchInfo>()(v.strictObject({ path: f.path })),
  'bench.backup': procedure<{ readonly path: string; readonly sizeBytes: number }>()(v.strictObject({ path: f.path })),
  'bench.check': procedure<{ readonly ok: boolean; readonly problems: readonly string[] }>()(f.nothing),
  'bench.forget': procedure<null>()(v.strictObject({ path: f.path })),

  'datasets.list': procedure<readonly Dataset[]>()(f.nothing),
  'datasets.sources': procedure<readonly LabelSource[]>()(v.strictObject({ datasetId: f.id })),
  'datasets.versions': procedure<readonly DatasetVersion[]>()(v.strictObject({ datasetId: f.id })),
  'datasets.label-history': procedure<readonly LabelEvent[]>()(v.strictObject({ datasetId: f.id, row: f.count })),
  'datasets.rename': procedure<JournalState>()(v.strictObject({ datasetId: f.id, name: f.name })),
  'datasets.set-deleted': procedure<JournalState>()(v.strictObject({ datasetId: f.id, deleted: v.boolean() })),
  /** Appends labels of the person's own annotator source; null withdraws. One journal entry whatever the number of rows. */
  'datasets.set-labels': procedure<JournalState>()(
    v.strictObject({
      datasetId: f.id,
      annotator: v.optional(f.name, 'me'),
      rows: v.pipe(v.array(f.count), v.minLength(1), v.maxLength(100_000)),
      label: v.nullable(f.count)
    })
  ),
  /** Pins rows to a split, or leaves them to the experiments' seeds again (null). `none` leaves them out of every experiment. */
  'datasets.set-split': procedure<JournalState>()(
    v.strictObject({ datasetId: f.id, rows: v.pipe(v.array(f.count), v.minLength(1), v.maxLength(100_000)), split: v.nullable(v.picklist(splits)) })
  ),
  /** Starts the job that brings a shipped sample into the bench (once; later calls return the data set's job). */
  'datasets.add-sample': procedure<{ readonly jobId: string | null; readonly datasetId: string | null }>()(v.strictObject({ sample: v.picklist(sampleNames) })),
  ...dataProcedures,
  ...labelProcedures,
  ...trainingProcedures,
  ...noiseProcedures,

  'experiments.list': procedure<readonly Experiment[]>()(f.nothing),
  'experiments.get': procedure<Experiment>()(v.strictObject({ experimentId: f.id })),
  'experiments.start-weak-to-strong': procedure<Experiment>()(v.strictObject({ name: v.optional(f.name), config: v.optional(WeakToStrongConfig, {}) })),
  'experiments.cancel': procedure<null>()(v.strictObject({ experimentId: f.id })),
  'experiments.resume': procedure<null>()(v.strictObject({ experimentId: f.id })),
  'experiments.rename': procedure<JournalState>()(v.strictObject({ experimentId: f.id, name: f.name })),
  'experiments.set-notes': procedure<JournalState>()(v.strictObject({ experimentId: f.id, notes: f.note })),
  'experiments.set-deleted': procedure<JournalState>()(v.strictObject({ experimentId: f.id, deleted: v.boolean() })),

  'runs.list': procedure<readonly Run[]>()(
    v.strictObject({
      experimentId: v.optional(f.id),
      status: v.optional(v.pipe(v.array(v.picklist(runStatuses)), v.maxLength(runStatuses.length))),
      limit: f.limit,
      offset: f.offset
    })
  ),
  'runs.get': procedure<Run>()(v.strictObject({ runId: f.id })),
  /** Metrics of several runs, thinned to at most `points` a series keeping each bucket's minimum and maximum. */
  'runs.metrics': procedure<readonly RunMetrics[]>()(
    v.strictObject({
      runIds: v.pipe(v.array(f.id), v.minLength(1), v.maxLength(1000)),
      names: v.optional(v.pipe(v.array(f.name), v.maxLength(100))),
      points: v.optional(v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(100_000)), 2000)
    })
  ),
  'runs.config-differences': procedure<readonly ConfigDifference[]>()(v.strictObject({ runIds: v.pipe(v.array(f.id), v.minLength(2), v.maxLength(200)) })),
  'runs.rename': procedure<JournalState>()(v.strictObject({ runId: f.id, name: f.name })),
  'runs.set-notes': procedure<JournalState>()(v.strictObject({ runId: f.id, notes: f.note })),
  'runs.set-tags': procedure<JournalState>()(v.strictObject({ runId: f.id, tags: v.pipe(v.array(f.tag), v.maxLength(50)) })),
  'runs.set-deleted': procedure<JournalState>()(v.strictObject({ runIds: f.ids, deleted: v.boolean() })),

  'jobs.list': procedure<readonly Job[]>()(v.strictObject({ limit: f.limit })),
  'jobs.log': procedure<readonly JobLogLine[]>()(v.strictObject({ jobId: f.id, after: v.optional(f.count, 0) })),
  'jobs.cancel': procedure<null>()(v.strictObject({ jobId: f.id })),
  'jobs.resume': procedure<Job>()(v.strictObject({ jobId: f.id })),
  /** Gives up on an interrupted job: its checkpoint is dropped, its runs stay, marked cancelled. */
  'jobs.discard': procedure<null>()(v.strictObject({ jobId: f.id })),

  'engines.list': procedure<readonly EngineInfo[]>()(f.nothing),
  /** Looks for engines again and measures a training step on each that `auto` may choose; takes seconds. */
  'engines.measure': procedure<readonly EngineInfo[]>()(f.nothing),

  'journal.state': procedure<JournalState>()(f.nothing),
  'journal.list': procedure<readonly JournalEntry[]>()(v.strictObject({ limit: f.limit })),
  'journal.undo': procedure<JournalState>()(f.nothing),
  'journal.redo': procedure<JournalState>()(f.nothing),

  /** View state (sizes, sorts, open panels), remembered in the bench file; JSON text of at most 100 kB a key. */
  'settings.get': procedure<string | null>()(v.strictObject({ key: f.name })),
  'settings.set': procedure<null>()(v.strictObject({ key: f.name, value: v.pipe(v.string(), v.maxLength(100_000)) }))
} as const

export type Procedures = typeof procedures
export type ProcedureName = keyof Procedures
export const procedureNames = Object.keys(procedures) as readonly ProcedureName[]

export const isProcedureName = (text: unknown): text is ProcedureName => typeof text === 'string' && Object.hasOwn(procedures, text)
