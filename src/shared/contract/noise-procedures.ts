import * as v from 'valibot'
import { type NoiseCheck, NoiseCheckRequest, NoiseInjection, type NoiseScores, type SuspectRow } from '../domain/noise-check.ts'
import { procedure } from './define.ts'
import * as f from './fields.ts'

const rows = v.pipe(v.array(f.count), v.minLength(1), v.maxLength(1000))

/** Finding wrong labels, and making some to practise on. */
export const noiseProcedures = {
  /** Checks of a data set, newest first. */
  'noise.checks': procedure<readonly NoiseCheck[]>()(v.strictObject({ datasetId: f.id })),
  'noise.start-check': procedure<{ readonly jobId: string }>()(v.strictObject({ request: NoiseCheckRequest })),
  'noise.delete-check': procedure<null>()(v.strictObject({ checkId: f.id })),
  /** Scores of every row: 5 bytes a row and detector, as binary. */
  'noise.scores': procedure<NoiseScores>()(v.strictObject({ checkId: f.id })),
  /** What a list shows of some rows, in the order asked. */
  'noise.suspects': procedure<readonly SuspectRow[]>()(v.strictObject({ checkId: f.id, rows })),
  /** Two coordinates a row (x, y, x, y, ...), NaN for rows that were not placed. */
  'noise.projection': procedure<{ readonly method: string; readonly points: Float32Array } | null>()(v.strictObject({ datasetId: f.id })),
  /** Starts the job that places every example in the plane. */
  'noise.start-projection': procedure<{ readonly jobId: string }>()(v.strictObject({ datasetId: f.id, method: v.picklist(['pca', 'umap']), seed: v.optional(f.seed, 0) })),
  /** Makes (or renews) an aggregate source: the checked labels, with an annotator's labels in place of them where there are any. */
  'noise.merge-corrections': procedure<{ readonly jobId: string }>()(v.strictObject({ datasetId: f.id, sourceId: f.id, annotator: v.optional(f.name, 'me') })),
  /** Starts the job that makes a noisy copy of labels; the labels themselves are kept as the truth. */
  'noise.inject': procedure<{ readonly jobId: string }>()(v.strictObject({ injection: NoiseInjection }))
} as const
