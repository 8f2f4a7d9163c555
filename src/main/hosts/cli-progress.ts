import type { EventMessage } from '../../shared/contract/transport.ts'
import type { Experiment } from '../../shared/domain/experiment.ts'
import type { Job, JobStatus } from '../../shared/domain/job.ts'
import type { Run, RunMetrics } from '../../shared/domain/run.ts'

/** One job as the terminal shows it. */
export interface JobView {
  readonly id: string
  readonly name: string
  readonly status: JobStatus
  /** In [0, 1]. */
  readonly fraction: number
  readonly message: string
  /** Last values seen of the job's runs, or null before there are any. */
  readonly loss: number | null
  readonly accuracy: number | null
  /** What it is of the whole, compared with training one seed. */
  readonly weight: number
}

/** Bringing in the data takes about a second, a seed many. */
const importWeight = 0.05

const ended: readonly JobStatus[] = ['done', 'failed', 'cancelled', 'interrupted']
export const hasEnded = (job: Pick<JobView, 'status'>): boolean => ended.includes(job.status)

/** What is known of an experiment under way, kept up to date from the core's events. */
export class ExperimentProgress {
  readonly #experiment: Experiment
  readonly #jobs = new Map<string, JobView>()
  readonly #jobOfRun = new Map<string, string>()
  readonly #started: number

  constructor(experiment: Experiment, jobs: readonly Job[], started = Date.now()) {
    this.#experiment = experiment
    this.#started = started
    // An import that has ended belongs to an earlier experiment.
    for (const job of jobs) if (job.experimentId !== null || !hasEnded(job)) this.#takeJob(job)
  }

  /** The import of the data first where there is one, then the seeds in their order. */
  get jobs(): readonly JobView[] {
    return [...this.#jobs.values()]
  }

  /** Share of the whole done, in [0, 1]; every seed weighs the same. */
  get fraction(): number {
    const sum = (value: (job: JobView) => number): number => this.jobs.reduce((total, job) => total + value(job), 0)
    const whole = sum((job) => job.weight)
    return whole === 0 ? 0 : sum((job) => job.weight * (job.status === 'done' || job.status === 'failed' ? 1 : job.fraction)) / whole
  }

  secondsSoFar(now = Date.now()): number {
    return (now - this.#started) / 1000
  }

  /** By the mean rate so far; null in the first hundredth, where that would be a guess, and when all has ended. */
  secondsLeft(now = Date.now()): number | null {
    const { fraction } = this
    return fraction < 0.01 || this.jobs.every(hasEnded) ? null : (this.secondsSoFar(now) * (1 - fraction)) / fraction
  }

  /** Which runs belong to which jobs; metrics of runs not told of are left out. */
  takeRuns(runs: readonly Run[]): void {
    for (const run of runs) if (run.jobId !== null) this.#jobOfRun.set(run.id, run.jobId)
  }

  take(events: readonly EventMessage[]): void {
    for (const event of events) {
      if (event.topic === 'jobs.changed') for (const job of event.payload.jobs) this.#takeJob(job)
      if (event.topic === 'jobs.progress') for (const { id, progress } of event.payload.jobs) this.#update(id, { fraction: progress.fraction, message: progress.message })
      if (event.topic === 'runs.metrics') for (const run of event.payload.runs) this.#takeMetrics(run)
    }
  }

  #takeJob(job: Job): void {
    const own = job.experimentId === this.#experiment.id || (job.experimentId === null && job.kind === 'import-sample')
    if (!own) return
    // The experiment's name says nothing here: there is only this one.
    const name = job.name.replace(`${this.#experiment.name} · `, '')
    const { fraction, message } = job.progress
    const weight = job.experimentId === null ? importWeight : 1
    const { loss, accuracy } = this.#jobs.get(job.id) ?? { loss: null, accuracy: null }
    this.#jobs.set(job.id, { id: job.id, name, status: job.status, fraction, message, loss, accuracy, weight })
  }

  #takeMetrics({ runId, series }: RunMetrics): void {
    const jobId = this.#jobOfRun.get(runId)
    if (jobId === undefined) return
    const last = (name: RegExp): number | undefined => series.findLast((part) => name.test(part.name))?.values.at(-1)
    const loss = last(/loss/i)
    const accuracy = last(/accuracy/i)
    this.#update(jobId, { ...(loss === undefined ? {} : { loss }), ...(accuracy === undefined ? {} : { accuracy }) })
  }

  #update(id: string, change: Partial<JobView>): void {
    const job = this.#jobs.get(id)
    if (job) this.#jobs.set(id, { ...job, ...change })
  }
}
