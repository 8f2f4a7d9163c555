import { randomUUID } from 'node:crypto'
import type { Experiment, ExperimentKind, ExperimentSummary } from '../../shared/domain/experiment.ts'
import type { JobStatus } from '../../shared/domain/job.ts'
import type { RunStatus } from '../../shared/domain/run.ts'
import type { Connection } from './connection.ts'

interface Row {
  readonly id: string
  readonly kind: ExperimentKind
  readonly name: string
  readonly config: string
  readonly dataset_version_id: string | null
  readonly notes: string
  readonly summary: string | null
  readonly created_at: number
  readonly deleted_at: number | null
}

interface JobRow {
  readonly id: string
  readonly status: JobStatus
  readonly started_at: number | null
  readonly ended_at: number | null
}

/** Experiments: sets of runs under one configuration. Their status and time follow from their jobs. */
export class ExperimentRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  insert<Kind extends ExperimentKind>(kind: Kind, name: string, config: Extract<Experiment, { kind: Kind }>['config']): Experiment {
    const id = randomUUID()
    this.#connection.run('INSERT INTO experiment (id, kind, name, config, created_at) VALUES (?, ?, ?, ?, ?)', id, kind, name, JSON.stringify(config), Date.now())
    return this.require(id)
  }

  get(id: string): Experiment | undefined {
    const row = this.#connection.get<Row>('SELECT * FROM experiment WHERE id = ?', id)
    return row && this.#experimentOf(row)
  }

  require(id: string): Experiment {
    const experiment = this.get(id)
    if (experiment === undefined) throw new Error(`There is no experiment ${id}.`)
    return experiment
  }

  /** Newest first. */
  list(): readonly Experiment[] {
    return this.#connection.all<Row>('SELECT * FROM experiment WHERE deleted_at IS NULL ORDER BY created_at DESC, rowid DESC').map((row) => this.#experimentOf(row))
  }

  setSummary(id: string, summary: ExperimentSummary | null): void {
    this.#connection.run('UPDATE experiment SET summary = ? WHERE id = ?', JSON.stringify(summary), id)
  }

  rename(id: string, name: string): void {
    this.#connection.run('UPDATE experiment SET name = ? WHERE id = ?', name, id)
  }

  setNotes(id: string, notes: string): void {
    this.#connection.run('UPDATE experiment SET notes = ? WHERE id = ?', notes, id)
  }

  setDeleted(id: string, deletedAt: number | null): void {
    this.#connection.run('UPDATE experiment SET deleted_at = ? WHERE id = ?', deletedAt, id)
  }

  #experimentOf(row: Row): Experiment {
    const jobs = this.#connection.all<JobRow>('SELECT id, status, started_at, ended_at FROM job WHERE experiment_id = ? ORDER BY created_at, rowid', row.id)
    const status = statusOf(jobs.map((job) => job.status))
    const started = jobs.flatMap((job) => job.started_at ?? [])
    const ended = jobs.flatMap((job) => job.ended_at ?? [])
    const active = status === 'running' || status === 'queued'
    const last = active ? Date.now() : Math.max(0, ...ended)
    return {
      id: row.id,
      kind: row.kind,
      name: row.name,
      config: JSON.parse(row.config) as unknown,
      status,
      datasetVersionId: row.dataset_version_id,
      notes: row.notes,
      createdAt: row.created_at,
      endedAt: active || ended.length === 0 ? null : last,
      deletedAt: row.deleted_at,
      runCount: this.#connection.get<{ n: number }>('SELECT count(*) AS n FROM run WHERE experiment_id = ? AND deleted_at IS NULL', row.id)?.n ?? 0,
      jobIds: jobs.map((job) => job.id),
      seconds: started.length === 0 ? 0 : Math.max(0, last - Math.min(...started)) / 1000,
      summary: row.summary === null ? null : (JSON.parse(row.summary) as unknown)
      // What a kind's row holds was written by `insert` and `setSummary` for that kind.
    } as Experiment
  }
}

/** Running while any job is; otherwise the worst ending decides. One that has no job yet has not begun. */
function statusOf(jobs: readonly JobStatus[]): RunStatus {
  const any = (...statuses: JobStatus[]): boolean => jobs.some((job) => statuses.includes(job))
  if (jobs.length === 0) return 'queued'
  if (any('running', 'cancelling')) return 'running'
  if (any('queued')) return jobs.some((job) => job !== 'queued') ? 'running' : 'queued'
  if (any('failed')) return 'failed'
  if (any('interrupted')) return 'interrupted'
  if (any('cancelled')) return 'cancelled'
  return 'done'
}
