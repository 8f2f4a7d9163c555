import { createHash } from 'node:crypto'
import type { Bench } from '../../store/bench.ts'

const digest = (bytes: Uint8Array | undefined): string | null => (bytes === undefined ? null : createHash('sha256').update(bytes).digest('hex'))
const bytesOf = (array: Int32Array | Float32Array | Float64Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

/**
 * All that an experiment has left in the file and that its seeds alone decide, comparable across files: every run's
 * description, summary (times aside), weights, predictions and metric series, bytes as hashes.
 */
export function resultsOf(bench: Bench, experimentId: string): Readonly<Record<string, unknown>> {
  const runs = bench.runs.list({ experimentId })
  const keys = new Map(runs.map((run) => [run.id, run.key]))
  const entries = runs.map((run): readonly [string, unknown] => {
    const { key, name, arm, role, seed, config, engine, status, statusReason, parentId } = run
    const summary = Object.fromEntries(Object.entries(run.summary).filter(([measure]) => measure !== 'seconds'))
    const predictions = ['test', 'student'].map((split) => {
      const stored = bench.runs.predictions(run.id, split)
      return stored && [stored.classes, digest(bytesOf(stored.rows)), digest(bytesOf(stored.probabilities))]
    })
    const series = bench.runs.metrics([run.id])[0]?.series.map(({ name: measure, steps, values }) => [measure, steps.length, digest(bytesOf(steps)), digest(bytesOf(values))])
    const version = run.datasetVersionId === null ? null : (bench.versions.content(run.datasetVersionId)?.version.hash ?? null)
    const parent = parentId === null ? null : keys.get(parentId)
    return [`${seed}/${key}`, { name, arm, role, config, engine, status, statusReason, parent, version, summary, weights: digest(bench.runs.artifact(run.id, 'weights')), predictions, series }]
  })
  return Object.fromEntries(entries)
}
