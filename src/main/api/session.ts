import { BenchError } from '../../shared/contract/errors.ts'
import type { Events, Topic } from '../../shared/contract/events.ts'
import type { Experiment } from '../../shared/domain/experiment.ts'
import type { Job } from '../../shared/domain/job.ts'
import { JobQueue, type QueueLimits } from '../jobs/job-queue.ts'
import type { JobObserver } from '../jobs/message-sink.ts'
import type { ForkWorker } from '../jobs/worker-process.ts'
import { summarizeTraining } from '../runs/training/training-summary.ts'
import { summarizeWeakToStrong } from '../runs/weak-to-strong-summary.ts'
import { type Bench, openBench, type OpenOptions } from '../store/bench.ts'
import type { EventHub } from './event-hub.ts'

/** One open bench file with its job queue; the core has exactly one, and another when a person opens another file. */
export class Session {
  readonly bench: Bench
  readonly jobs: JobQueue
  readonly #events: EventHub
  readonly #revisions = new Map<string, number>()

  constructor(path: string, options: OpenOptions, fork: ForkWorker, events: EventHub, limits: QueueLimits) {
    this.bench = openBench(path, options)
    this.#events = events
    try {
      this.jobs = new JobQueue(this.bench, fork, this.#observer(), limits)
    } catch (error) {
      this.bench.close()
      throw error
    }
  }

  publish<T extends Topic>(topic: T, payload: Events[T]): void {
    if (topic === 'datasets.changed') {
      for (const id of (payload as Events['datasets.changed']).datasetIds) this.#revisions.set(id, this.revision(id) + 1)
    }
    this.#events.publish(topic, payload)
  }

  /** Changes whenever labels, splits or classes of the data set did. */
  revision(datasetId: string): number {
    return this.#revisions.get(datasetId) ?? 0
  }

  /** Refuses a change of a file that is open read-only, before anything is touched. */
  requireWritable(): void {
    if (this.bench.readOnly) throw new BenchError('read-only', `${this.bench.path} is open read-only.`, { hint: 'Open it for writing, or work on a copy.' })
  }

  experiment(id: string): Experiment {
    const experiment = this.bench.experiments.get(id)
    if (experiment === undefined) throw new BenchError('not-found', `There is no experiment ${id}.`, { hint: 'It may belong to another bench file.' })
    return experiment
  }

  async close(): Promise<void> {
    try {
      await this.jobs.close()
    } finally {
      this.bench.close()
    }
  }

  #observer(): JobObserver {
    const changed = (experimentIds: readonly string[]): void => this.publish('experiments.changed', { experimentIds })
    return {
      jobChanged: (job: Job) => {
        this.publish('jobs.changed', { jobs: [job] })
        if (job.experimentId !== null) changed([job.experimentId])
        this.publish('bench.changed', this.bench.info())
      },
      progress: (job) => this.publish('jobs.progress', { jobs: [{ id: job.id, progress: job.progress }] }),
      datasetsChanged: (datasetIds) => {
        this.publish('datasets.changed', { datasetIds })
        this.publish('bench.changed', this.bench.info())
      },
      runsChanged: (runIds, experimentId) => this.publish('runs.changed', { runIds, experimentIds: experimentId === null ? [] : [experimentId] }),
      runEnded: (experimentId) => this.summarize(experimentId),
      metrics: (runs) => this.publish('runs.metrics', { runs }),
      trouble: (message) => this.publish('notice', { level: 'error', message })
    }
  }

  /** Brings the stored summary up to date with the runs that are complete and not deleted. */
  summarize(experimentId: string): void {
    const experiment = this.bench.experiments.require(experimentId)
    const runs = this.bench.runs.list({ experimentId })
    this.bench.experiments.setSummary(experimentId, experiment.kind === 'training' ? summarizeTraining(experiment.config, runs) : summarizeWeakToStrong(runs))
    this.publish('experiments.changed', { experimentIds: [experimentId] })
  }
}
