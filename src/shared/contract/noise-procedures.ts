import * as v from 'valibot'
import type { JournalState } from '../domain/journal.ts'
import { type NoiseCheck, NoiseCheckRequest, type NoiseDataMap, NoiseInjection, type NoiseScores, type SuspectRow } from '../domain/noise-check.ts'
import { procedure } from './define.ts'
import * as f from './fields.ts'

const rows = v.pipe(v.array(f.count), v.minLength(1), v.maxLength(1000))

/** Finding wrong labels, and making some to practise on. */
export const noiseProcedures = {
  /** Checks of a data set, newest first. */
  'noise.checks': procedure<readonly NoiseCheck[]>()(v.strictObject({ datasetId: f.id })),
  'noise.start-check': procedure<{ readonly jobId: string }>()(v.strictObject({ request: NoiseCheckRequest })),
  'noise.delete-check': procedure<null>()(v.strictObject({ checkId: f.id })),
  /** Scores of every row: 5 bytes a row and detector, as binary, and 13 a row beside them. */
  'noise.scores': procedure<NoiseScores>()(v.strictObject({ checkId: f.id })),
  /** The data map of every row; null where the check watched no training. */
  'noise.data-map': procedure<NoiseDataMap | null>()(v.strictObject({ checkId: f.id })),
  /** What a list shows of some rows, in the order asked. */
  'noise.suspects': procedure<readonly SuspectRow[]>()(v.strictObject({ checkId: f.id, rows })),
  /** Labels rows as an annotator's, each with the class that the check suggests or with the one given: one step of undo. Rows without such a class are left out. */
  'noise.decide': procedure<JournalState>()(
    v.strictObject({ checkId: f.id, rows: v.pipe(v.array(f.count), v.minLength(1), v.maxLength(100_000)), label: v.picklist(['suggested', 'given']), annotator: v.optional(f.name, 'me') })
  ),
  /** Two coordinates a row (x, y, x, y, ...), NaN for rows that were not placed. */
  'noise.projection': procedure<{ readonly method: string; readonly points: Float32Array } | null>()(v.strictObject({ datasetId: f.id })),
  /** Starts the job that places every example in the plane. */
  'noise.start-projection': procedure<{ readonly jobId: string }>()(v.strictObject({ datasetId: f.id, method: v.picklist(['pca', 'umap']), seed: v.optional(f.seed, 0) })),
  /** Makes (or renews) an aggregate source: the checked labels, with an annotator's labels in place of them where there are any. */
  'noise.merge-corrections': procedure<{ readonly jobId: string }>()(v.strictObject({ datasetId: f.id, sourceId: f.id, annotator: v.optional(f.name, 'me') })),
  /** Starts the job that makes a noisy copy of labels; the labels themselves are kept as the truth. */
  'noise.inject': procedure<{ readonly jobId: string }>()(v.strictObject({ injection: NoiseInjection }))
} as const
