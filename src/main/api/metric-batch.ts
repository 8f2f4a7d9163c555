import type { MetricSeries, RunMetrics } from '../../shared/domain/run.ts'

/** Metric points waiting for delivery: those of one run and series are concatenated in the order they were added. */
export class MetricBatch {
  readonly #runs = new Map<string, Map<string, MetricSeries[]>>()
  #points = 0

  get points(): number {
    return this.#points
  }

  get runIds(): readonly string[] {
    return [...this.#runs.keys()]
  }

  add(runs: readonly RunMetrics[]): void {
    for (const run of runs) {
      const series = this.#runs.get(run.runId) ?? new Map<string, MetricSeries[]>()
      this.#runs.set(run.runId, series)
      for (const part of run.series) {
        const parts = series.get(part.name)
        if (parts) parts.push(part)
        else series.set(part.name, [part])
        this.#points += part.steps.length
      }
    }
  }

  toRuns(): readonly RunMetrics[] {
    return [...this.#runs].map(([runId, series]) => ({ runId, series: [...series].map(([name, parts]) => concatenate(name, parts)) }))
  }
}

function concatenate(name: string, parts: readonly MetricSeries[]): MetricSeries {
  const length = parts.reduce((sum, part) => sum + part.steps.length, 0)
  const steps = new Int32Array(length)
  const values = new Float64Array(length)
  let at = 0
  for (const part of parts) {
    steps.set(part.steps, at)
    values.set(part.values, at)
    at += part.steps.length
  }
  return { name, steps, values }
}
