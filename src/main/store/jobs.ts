import { randomUUID } from 'node:crypto'
import type { ErrorPayload } from '../../shared/contract/errors.ts'
import type { Job, JobLogLine, JobProgress, JobStatus } from '../../shared/domain/job.ts'
import type { Connection } from './connection.ts'

export interface NewJob {
  readonly kind: string
  readonly name: string
  /** JSON data, given to the worker as it is. */
  readonly input: unknown
  readonly experimentId?: string | null
  /** Not started before this job is done; fails when it fails. */
  readonly afterJobId?: string | null
}

interface Row {
  readonly id: string
  readonly kind: string
  readonly name: string
  readonly input: string
  readonly experiment_id: string | null
  readonly after_job_id: string | null
  readonly status: JobStatus
  readonly progress: string
  readonly error: string | null
  readonly attempts: number
  readonly created_at: number
  readonly started_at: number | null
  readonly ended_at: number | null
}

export const noProgress: JobProgress = { fraction: 0, message: '', rate: null, unit: '', secondsLeft: null }
const resumable: readonly JobStatus[] = ['interrupted', 'failed', 'cancelled']

/** Jobs, their logs and checkpoints. */
export class JobRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  insert(job: NewJob): Job {
    const id = randomUUID()
    this.#connection.run(
      `INSERT INTO job (id, kind, name, input, experiment_id, after_job_id, status, progress, created_at) VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
      id,
      job.kind,
      job.name,
      JSON.stringify(job.input),
      job.experimentId ?? null,
      job.afterJobId ?? null,
      JSON.stringify(noProgress),
      Date.now()
    )
    return this.require(id)
  }

  get(id: string): Job | undefined {
    const row = this.#connection.get<Row>('SELECT * FROM job WHERE id = ?', id)
    return row && jobOf(row)
  }

  require(id: string): Job {
    const job = this.get(id)
    if (job === undefined) throw new Error(`There is no job ${id}.`)
    return job
  }

  /** Newest first. */
  list(limit = 1000): readonly Job[] {
    return this.#connection.all<Row>('SELECT * FROM job ORDER BY created_at DESC, rowid DESC LIMIT ?', limit).map(jobOf)
  }

  ofExperiment(experimentId: string): readonly Job[] {
    return this.#connection.all<Row>('SELECT * FROM job WHERE experiment_id = ? ORDER BY created_at, rowid', experimentId).map(jobOf)
  }

  withStatus(...statuses: JobStatus[]): readonly Job[] {
    return this.#connection.all<Row>('SELECT * FROM job WHERE status IN (SELECT value FROM json_each(?)) ORDER BY created_at, rowid', JSON.stringify(statuses)).map(jobOf)
  }

  input(id: string): unknown {
    const text = this.#connection.get<{ input: string }>('SELECT input FROM job WHERE id = ?', id)?.input
    return text === undefined ? undefined : (JSON.parse(text) as unknown)
  }

  afterJobId(id: string): string | null {
    return this.#connection.get<{ after_job_id: string | null }>('SELECT after_job_id FROM job WHERE id = ?', id)?.after_job_id ?? null
  }

  start(id: string): void {
    this.#connection.run(`UPDATE job SET status = 'running', attempts = attempts + 1, started_at = coalesce(started_at, ?), ended_at = NULL, error = NULL WHERE id = ?`, Date.now(), id)
  }

  setStatus(id: string, status: JobStatus): void {
    this.#connection.run('UPDATE job SET status = ? WHERE id = ?', status, id)
  }

  end(id: string, status: JobStatus, error: ErrorPayload | null): void {
    this.#connection.run('UPDATE job SET status = ?, error = ?, ended_at = ? WHERE id = ?', status, error === null ? null : JSON.stringify(error), Date.now(), id)
  }

  /** Back into the queue; its checkpoint, if it has one, is where it goes on. */
  requeue(id: string): void {
    this.#connection.run(`UPDATE job SET status = 'queued', error = NULL, ended_at = NULL WHERE id = ?`, id)
  }

  setProgress(id: string, progress: JobProgress): void {
    this.#connection.run('UPDATE job SET progress = ? WHERE id = ?', JSON.stringify(progress), id)
  }

  appendLog(id: string, level: JobLogLine['level'], message: string): void {
    this.#connection.run(
      'INSERT INTO job_log (job_id, sequence, at, level, message) VALUES (?, (SELECT coalesce(max(sequence), 0) + 1 FROM job_log WHERE job_id = ?), ?, ?, ?)',
      id,
      id,
      Date.now(),
      level,
      message
    )
  }

  log(id: string, after: number): readonly JobLogLine[] {
    return this.#connection.all<JobLogLine>('SELECT sequence, at, level, message FROM job_log WHERE job_id = ? AND sequence > ? ORDER BY sequence LIMIT 10000', id, after)
  }

  saveCheckpoint(id: string, data: Uint8Array): void {
    this.#connection.run(
      'INSERT INTO checkpoint (job_id, at, data) VALUES (?, ?, ?) ON CONFLICT (job_id) DO UPDATE SET at = excluded.at, data = excluded.data',
      id,
      Date.now(),
      Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    )
  }

  checkpoint(id: string): Uint8Array | undefined {
    const row = this.#connection.get<{ data: Buffer }>('SELECT data FROM checkpoint WHERE job_id = ?', id)
    return row && new Uint8Array(row.data)
  }

  dropCheckpoint(id: string): void {
    this.#connection.run('DELETE FROM checkpoint WHERE job_id = ?', id)
  }
}

const jobOf = (row: Row): Job => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  experimentId: row.experiment_id,
  status: row.status,
  progress: JSON.parse(row.progress) as JobProgress,
  error: row.error === null ? null : (JSON.parse(row.error) as ErrorPayload),
  attempts: row.attempts,
  resumable: resumable.includes(row.status),
  pid: null,
  createdAt: row.created_at,
  startedAt: row.started_at,
  endedAt: row.ended_at
})
