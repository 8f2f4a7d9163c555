import { randomUUID } from 'node:crypto'
import type { MetricSeries, Run, RunMetrics, RunRole, RunStatus } from '../../shared/domain/run.ts'
import type { Connection } from './connection.ts'
import { MetricRepository } from './metrics.ts'

/** What a worker says of a run when it begins it. */
export interface NewRun {
  readonly key: string
  readonly name: string
  readonly arm: string
  readonly role: RunRole
  readonly seed: number
  readonly config: Readonly<Record<string, unknown>>
  readonly engine: string
  readonly codeVersion: string
}

interface Row {
  readonly id: string
  readonly experiment_id: string | null
  readonly job_id: string | null
  readonly key: string
  readonly name: string
  readonly arm: string
  readonly role: RunRole
  readonly seed: number
  readonly config: string
  readonly dataset_version_id: string | null
  readonly engine: string
  readonly code_version: string
  readonly status: RunStatus
  readonly status_reason: string | null
  readonly parent_id: string | null
  readonly summary: string
  readonly tags: string
  readonly notes: string
  readonly created_at: number
  readonly started_at: number | null
  readonly ended_at: number | null
  readonly deleted_at: number | null
}

export interface RunFilter {
  readonly experimentId?: string
  readonly jobId?: string
  readonly status?: readonly RunStatus[]
  readonly limit?: number
  readonly offset?: number
}

/** Condition of the runs that lists and counts show: a deleted experiment takes its runs along without changing them. */
export const visibleRun = `deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM experiment e WHERE e.id = run.experiment_id AND e.deleted_at IS NOT NULL)`

/** Class probabilities of some rows: `probabilities` is rows.length x classes, row-major. */
export interface Predictions {
  readonly split: string
  readonly classes: number
  readonly rows: Int32Array
  readonly probabilities: Float32Array
}

/** Training runs and what they leave behind. */
export class RunRepository {
  readonly metricStore: MetricRepository
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
    this.metricStore = new MetricRepository(connection)
  }

  /** Starts a run of a job; a resumed job's run with the same key continues under its old id. */
  begin(run: NewRun, of: { jobId: string; experimentId: string | null; datasetVersionId: string | null; parentId: string | null }): Run {
    const now = Date.now()
    this.#connection.run(
      `INSERT INTO run (id, experiment_id, job_id, key, name, arm, role, seed, config, dataset_version_id, engine, code_version, status, parent_id, created_at, started_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?)
       ON CONFLICT (job_id, key) DO UPDATE SET status = 'running', status_reason = NULL, engine = excluded.engine, code_version = excluded.code_version, ended_at = NULL`,
      randomUUID(),
      of.experimentId,
      of.jobId,
      run.key,
      run.name,
      run.arm,
      run.role,
      run.seed,
      JSON.stringify(run.config),
      of.datasetVersionId,
      run.engine,
      run.codeVersion,
      of.parentId,
      now,
      now
    )
    const row = this.#connection.get<Row>('SELECT * FROM run WHERE job_id = ? AND key = ?', of.jobId, run.key)
    if (row === undefined) throw new Error(`The run ${run.key} was not stored.`)
    return runOf(row)
  }

  end(id: string, status: RunStatus, reason: string | null, summary: Readonly<Record<string, number>> = {}): void {
    this.#connection.run('UPDATE run SET status = ?, status_reason = ?, summary = ?, ended_at = ? WHERE id = ?', status, reason, summaryText(summary), Date.now(), id)
  }

  /** Marks what a job left unfinished; its runs stay, with the reason. */
  endUnfinished(jobId: string, status: RunStatus, reason: string | null): readonly string[] {
    const ids = this.#connection.all<{ id: string }>(`SELECT id FROM run WHERE job_id = ? AND status IN ('queued', 'running', 'interrupted')`, jobId).map((row) => row.id)
    for (const id of ids) this.#connection.run('UPDATE run SET status = ?, status_reason = ?, ended_at = ? WHERE id = ?', status, reason, Date.now(), id)
    return ids
  }

  get(id: string): Run | undefined {
    const row = this.#connection.get<Row>('SELECT * FROM run WHERE id = ?', id)
    return row && runOf(row)
  }

  /** Like get, for an id that must exist. */
  require(id: string): Run {
    const run = this.get(id)
    if (run === undefined) throw new Error(`There is no run ${id}.`)
    return run
  }

  /** In the order they began; runs of a deleted experiment only where it or their job is named. */
  list(filter: RunFilter = {}): readonly Run[] {
    const named = filter.experimentId !== undefined || filter.jobId !== undefined
    const conditions = [named ? 'deleted_at IS NULL' : visibleRun]
    const parameters: unknown[] = []
    if (filter.experimentId !== undefined) {
      conditions.push('experiment_id = ?')
      parameters.push(filter.experimentId)
    }
    if (filter.jobId !== undefined) {
      conditions.push('job_id = ?')
      parameters.push(filter.jobId)
    }
    if (filter.status !== undefined) {
      conditions.push('status IN (SELECT value FROM json_each(?))')
      parameters.push(JSON.stringify(filter.status))
    }
    const sql = `SELECT * FROM run WHERE ${conditions.join(' AND ')} ORDER BY created_at, rowid LIMIT ? OFFSET ?`
    return this.#connection.all<Row>(sql, ...parameters, filter.limit ?? -1, filter.offset ?? 0).map(runOf)
  }

  /** Ids of all runs of a job by their keys, deleted ones too: a resumed worker still refers to them. */
  idsByKey(jobId: string): Map<string, string> {
    return new Map(this.#connection.arrays<readonly [string, string]>('SELECT key, id FROM run WHERE job_id = ?', jobId))
  }

  rename(id: string, name: string): void {
    this.#connection.run('UPDATE run SET name = ? WHERE id = ?', name, id)
  }

  setNotes(id: string, notes: string): void {
    this.#connection.run('UPDATE run SET notes = ? WHERE id = ?', notes, id)
  }

  setTags(id: string, tags: readonly string[]): void {
    this.#connection.run('UPDATE run SET tags = ? WHERE id = ?', JSON.stringify(tags), id)
  }

  setDeleted(ids: readonly string[], deletedAt: number | null): void {
    this.#connection.run('UPDATE run SET deleted_at = ? WHERE id IN (SELECT value FROM json_each(?))', deletedAt, JSON.stringify(ids))
  }

  appendMetrics(runId: string, series: readonly MetricSeries[]): void {
    this.metricStore.append(runId, series)
  }

  metrics(runIds: readonly string[], names?: readonly string[], points?: number): readonly RunMetrics[] {
    return runIds.map((runId) => ({ runId, series: this.metricStore.series(runId, names, points) }))
  }

  storePredictions(runId: string, predictions: Predictions): void {
    const { split, classes, rows, probabilities } = predictions
    this.#connection.run(
      'INSERT INTO prediction (run_id, split, classes, rows, probabilities) VALUES (?, ?, ?, ?, ?) ON CONFLICT (run_id, split) DO UPDATE SET classes = excluded.classes, rows = excluded.rows, probabilities = excluded.probabilities',
      runId,
      split,
      classes,
      Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength),
      Buffer.from(probabilities.buffer, probabilities.byteOffset, probabilities.byteLength)
    )
  }

  predictions(runId: string, split: string): Predictions | undefined {
    const row = this.#connection.get<{ classes: number; rows: Buffer; probabilities: Buffer }>('SELECT classes, rows, probabilities FROM prediction WHERE run_id = ? AND split = ?', runId, split)
    if (row === undefined) return undefined
    return { split, classes: row.classes, rows: new Int32Array(new Uint8Array(row.rows).buffer), probabilities: new Float32Array(new Uint8Array(row.probabilities).buffer) }
  }

  /** What a run predicted on every split that it stored. */
  allPredictions(runId: string): readonly Predictions[] {
    return this.#connection.all<{ split: string }>('SELECT split FROM prediction WHERE run_id = ? ORDER BY split', runId).flatMap(({ split }) => this.predictions(runId, split) ?? [])
  }

  storeArtifact(runId: string, name: string, mediaType: string, data: Uint8Array): void {
    this.#connection.run(
      'INSERT INTO artifact (run_id, name, media_type, data) VALUES (?, ?, ?, ?) ON CONFLICT (run_id, name) DO UPDATE SET media_type = excluded.media_type, data = excluded.data',
      runId,
      name,
      mediaType,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    )
  }

  artifact(runId: string, name: string): Uint8Array | undefined {
    const row = this.#connection.get<{ data: Buffer }>('SELECT data FROM artifact WHERE run_id = ? AND name = ?', runId, name)
    return row && new Uint8Array(row.data)
  }
}

// JSON has no NaN and no infinities; a score may be one (an AUROC of a split with one class).
const summaryText = (summary: Readonly<Record<string, number>>): string => JSON.stringify(summary, (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value))
const summaryOf = (text: string): Record<string, number> => Object.fromEntries(Object.entries(JSON.parse(text) as Record<string, number | string>).map(([name, value]) => [name, Number(value)]))

const runOf = (row: Row): Run => ({
  id: row.id,
  experimentId: row.experiment_id,
  jobId: row.job_id,
  key: row.key,
  name: row.name,
  arm: row.arm,
  role: row.role,
  seed: row.seed,
  config: JSON.parse(row.config) as Record<string, unknown>,
  datasetVersionId: row.dataset_version_id,
  engine: row.engine,
  codeVersion: row.code_version,
  status: row.status,
  statusReason: row.status_reason,
  parentId: row.parent_id,
  summary: summaryOf(row.summary),
  tags: JSON.parse(row.tags) as string[],
  notes: row.notes,
  createdAt: row.created_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  deletedAt: row.deleted_at
})
