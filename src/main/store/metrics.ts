import type { MetricSeries } from '../../shared/domain/run.ts'
import type { Connection } from './connection.ts'
import { thin } from './thinning.ts'

/**
 * Metric points by (run, name, step). Writing a step again replaces it, so that a resumed job, which repeats the steps
 * since its last checkpoint, leaves the same series as an uninterrupted one.
 */
export class MetricRepository {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Stores points of some series of a run, all or none; NaN and infinities are kept as they are. */
  append(runId: string, series: readonly MetricSeries[]): void {
    this.#connection.transaction(() => {
      for (const { name, steps, values } of series) {
        if (steps.length !== values.length) throw new Error(`The metric ${name} has ${steps.length} steps and ${values.length} values.`)
        const key = this.#ensureKey(runId, name)
        steps.forEach((step, index) => this.#store(key, step, values[index] ?? Number.NaN))
      }
    })
  }

  /** All series of a run by name, or those named; thinned to at most about `points` a series (see `thin`). */
  series(runId: string, names?: readonly string[], points?: number): readonly MetricSeries[] {
    return (names ?? this.#names(runId)).map((name) => {
      const series = this.#read(runId, name)
      return points === undefined || series.steps.length <= points ? series : { name, ...thin(series.steps, series.values, points) }
    })
  }

  #ensureKey(runId: string, name: string): number {
    this.#connection.run('INSERT INTO metric_series (run_id, name) VALUES (?, ?) ON CONFLICT (run_id, name) DO NOTHING', runId, name)
    const row = this.#connection.get<{ key: number }>('SELECT key FROM metric_series WHERE run_id = ? AND name = ?', runId, name)
    if (row === undefined) throw new Error(`The metric ${name} was not stored.`)
    return row.key
  }

  #store(key: number, step: number, value: number): void {
    const finite = Number.isFinite(value)
    this.#connection.run(
      'INSERT INTO metric (series_key, step, value, special) VALUES (?, ?, ?, ?) ON CONFLICT (series_key, step) DO UPDATE SET value = excluded.value, special = excluded.special',
      key,
      step,
      finite ? value : null,
      finite ? null : String(value)
    )
  }

  #names(runId: string): readonly string[] {
    return this.#connection.all<{ name: string }>('SELECT name FROM metric_series WHERE run_id = ? ORDER BY name', runId).map((row) => row.name)
  }

  #read(runId: string, name: string): MetricSeries {
    const rows = this.#connection.arrays<readonly [number, number | null, string | null]>(
      'SELECT step, value, special FROM metric WHERE series_key = (SELECT key FROM metric_series WHERE run_id = ? AND name = ?) ORDER BY step',
      runId,
      name
    )
    const steps = new Int32Array(rows.length)
    const values = new Float64Array(rows.length)
    rows.forEach(([step, value, special], index) => {
      steps[index] = step
      values[index] = value ?? Number(special)
    })
    return { name, steps, values }
  }
}
