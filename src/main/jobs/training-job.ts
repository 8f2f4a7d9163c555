import type { Engine } from '../compute/engine.ts'
import { Stages } from '../runs/stages.ts'
import type { RunDescription, RunRecorder, TrainingContext } from '../runs/training-context.ts'
import type { JobContext } from './job-context.ts'
import { MetricBuffer } from './metric-buffer.ts'
import { codeVersion } from './code-version.ts'

/** Longest time a metric waits in the worker, in milliseconds; what a killed worker can lose of its curves. */
const metricInterval = 200

/** Gives a training procedure its context: what it reports becomes messages to main. */
export function trainingContext(job: JobContext, engine: Engine): TrainingContext {
  const buffer = new MetricBuffer()
  let lastFlush = performance.now()
  const flush = (): void => {
    lastFlush = performance.now()
    if (!buffer.isEmpty) job.send({ type: 'metrics', runs: buffer.take() })
  }
  job.onBreath(() => {
    if (performance.now() - lastFlush >= metricInterval) flush()
  })
  const write = (data: Uint8Array): void => {
    // Metrics first: a checkpoint must never be ahead of the curves it continues.
    flush()
    job.send({ type: 'checkpoint', data })
  }
  const stages = new Stages(job.checkpoint, write, job.checkpointInterval, engine.describe())
  if (job.checkpoint !== null) job.log('info', `Continues from a checkpoint: ${stages.describe()}.`)
  return {
    engine,
    stages,
    signal: job.signal,
    version: (version) => job.send({ type: 'version', version }),
    begin(run: RunDescription): RunRecorder {
      job.send({ type: 'run-begin', run, engine: engine.describe(), codeVersion })
      return {
        metric: (name, step, value) => buffer.add(run.key, name, step, value),
        predictions(split, rows, classes, probabilities) {
          job.send({ type: 'predictions', key: run.key, predictions: { split, rows, classes, probabilities } })
        },
        artifact: (name, mediaType, data) => job.send({ type: 'artifact', key: run.key, name, mediaType, data }),
        end(summary) {
          flush()
          job.send({ type: 'run-end', key: run.key, summary })
        }
      }
    },
    log: (level, message) => job.log(level, message),
    progress: (done, total, unit, message, fraction) => job.progress(done, total, unit, message, fraction),
    breathe: () => job.breathe()
  }
}
