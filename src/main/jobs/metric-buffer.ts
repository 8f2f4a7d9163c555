import type { RunMetrics } from '../../shared/domain/run.ts'

/** Metric points waiting to be sent, by run and name. */
export class MetricBuffer {
  #runs = new Map<string, Map<string, { steps: number[]; values: number[] }>>()

  add(run: string, name: string, step: number, value: number): void {
    let names = this.#runs.get(run)
    if (names === undefined) this.#runs.set(run, (names = new Map<string, { steps: number[]; values: number[] }>()))
    let points = names.get(name)
    if (points === undefined) names.set(name, (points = { steps: [], values: [] }))
    points.steps.push(step)
    points.values.push(value)
  }

  get isEmpty(): boolean {
    return this.#runs.size === 0
  }

  /** Everything added since the last call. */
  take(): readonly RunMetrics[] {
    const runs = [...this.#runs].map(([runId, names]) => ({
      runId,
      series: [...names].map(([name, points]) => ({ name, steps: Int32Array.from(points.steps), values: Float64Array.from(points.values) }))
    }))
    this.#runs = new Map()
    return runs
  }
}
