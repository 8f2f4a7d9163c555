import { createHash } from 'node:crypto'
import type { Engine } from '../../compute/engine.ts'
import { Stages } from '../stages.ts'
import type { RunDescription, TrainingContext, VersionDescription } from '../training-context.ts'

/** Everything one run reported. */
export interface RecordedRun {
  readonly description: RunDescription
  /** The last value reported of each name at each step. */
  readonly metrics: Map<string, Map<number, number>>
  readonly predictions: Map<string, { readonly rows: Int32Array; readonly probabilities: Float32Array }>
  readonly artifacts: Map<string, Uint8Array>
  summary: Readonly<Record<string, number>> | null
}

/** A training context in memory, for tests: what a procedure reports, and where it stopped. */
export interface Recording {
  readonly context: TrainingContext
  readonly versions: VersionDescription[]
  readonly runs: Map<string, RecordedRun>
  readonly progress: { readonly done: number; readonly total: number }[]
  /** What the next attempt resumes from, or null. */
  checkpoint: Uint8Array | null
}

export class Killed extends Error {}

/**
 * @param killAt throws `Killed` at this breath, as a cancellation does
 * @param earlier an attempt that was killed: its checkpoint and what it reported so far
 */
export function record(engine: Engine, killAt = Infinity, earlier?: Recording): Recording {
  let breaths = 0
  const recording: Recording = {
    versions: [],
    runs: earlier?.runs ?? new Map<string, RecordedRun>(),
    progress: [],
    checkpoint: earlier?.checkpoint ?? null,
    context: {
      engine,
      // A checkpoint at every step where it is to be killed; only completed stages where it is not, which is faster.
      stages: new Stages(earlier?.checkpoint ?? null, (checkpoint) => (recording.checkpoint = checkpoint), killAt === Infinity ? Infinity : 0),
      signal: new AbortController().signal,
      version: (version) => recording.versions.push(version),
      begin: (description) => recorder(recording, description),
      log: () => undefined,
      progress: (done, total) => recording.progress.push({ done, total }),
      breathe: () => {
        breaths++
        return breaths >= killAt ? Promise.reject(new Killed()) : Promise.resolve()
      }
    }
  }
  return recording
}

function recorder({ runs }: Recording, description: RunDescription): ReturnType<TrainingContext['begin']> {
  // A run that a resumed attempt begins again keeps its metrics, as in a bench file.
  const run: RecordedRun = runs.get(description.key) ?? { description, metrics: new Map(), predictions: new Map(), artifacts: new Map(), summary: null }
  runs.set(description.key, run)
  return {
    metric(name, step, value) {
      const series = run.metrics.get(name) ?? new Map<number, number>()
      run.metrics.set(name, series.set(step, value))
    },
    predictions: (split, rows, _classes, probabilities) => run.predictions.set(split, { rows, probabilities }),
    artifact: (name, _mediaType, data) => run.artifacts.set(name, data),
    end: (summary) => (run.summary = summary)
  }
}

/** One hash over every number of a run, time spent left out. */
export function fingerprint(run: RecordedRun | undefined): string {
  if (run === undefined) throw new Error('There is no such run.')
  const { seconds: _spent, ...summary } = run.summary ?? {}
  const hash = createHash('sha256').update(JSON.stringify([run.description, summary, [...run.metrics].map(([name, series]) => [name, [...series]])]))
  for (const [split, { rows, probabilities }] of run.predictions) hash.update(split).update(rows).update(probabilities)
  for (const [name, data] of run.artifacts) hash.update(name).update(data)
  return hash.digest('hex')
}

/** One hash over what a run learned and predicts on the student split, whatever it was judged by. */
export function learned(run: RecordedRun | undefined): string {
  const weights = run?.artifacts.get('weights')
  const opinions = run?.predictions.get('student')
  if (weights === undefined || opinions === undefined) throw new Error('The run has no weights or no opinions.')
  return createHash('sha256').update(weights).update(opinions.rows).update(opinions.probabilities).digest('hex')
}
