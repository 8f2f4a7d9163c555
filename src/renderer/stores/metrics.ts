import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { MetricSeries, RunMetrics } from '../../shared/domain/run.ts'
import { useClient } from '../connection.ts'

/** Metric points of one run and name, in buffers that double as they grow; only the first `length` entries count. */
interface Buffer {
  steps: Int32Array
  values: Float64Array
  length: number
}

const drawInterval = 100

/**
 * Joins new points into a buffer. Points beyond the last step append in place; points that overlap what is known
 * (a second reading, a resumed run) are merged by step, the later value winning.
 */
export function mergeSeries(buffer: Buffer | undefined, series: MetricSeries): Buffer {
  const count = series.steps.length
  if (buffer === undefined) return { steps: series.steps.slice(), values: series.values.slice(), length: count }
  if (count === 0) return buffer
  const last = buffer.steps[buffer.length - 1] ?? -1
  if (buffer.length === 0 || (series.steps[0] ?? 0) > last) return append(buffer, series)
  return interleave(buffer, series)
}

function append(buffer: Buffer, series: MetricSeries): Buffer {
  const length = buffer.length + series.steps.length
  if (length > buffer.steps.length) {
    const steps = new Int32Array(length * 2)
    const values = new Float64Array(length * 2)
    steps.set(buffer.steps.subarray(0, buffer.length))
    values.set(buffer.values.subarray(0, buffer.length))
    buffer.steps = steps
    buffer.values = values
  }
  buffer.steps.set(series.steps, buffer.length)
  buffer.values.set(series.values, buffer.length)
  buffer.length = length
  return buffer
}

function interleave(buffer: Buffer, series: MetricSeries): Buffer {
  const points = new Map<number, number>()
  for (let index = 0; index < buffer.length; index += 1) points.set(buffer.steps[index] ?? 0, buffer.values[index] ?? Number.NaN)
  series.steps.forEach((step, index) => points.set(step, series.values[index] ?? Number.NaN))
  const steps = Int32Array.from(points.keys()).sort()
  return { steps, values: Float64Array.from(steps, (step) => points.get(step) ?? Number.NaN), length: steps.length }
}

/**
 * Metric points of the runs on screen. The points themselves are not reactive: `version` counts up at most ten
 * times a second, on an animation frame, and charts read the points when it does.
 */
export const useMetrics = defineStore('metrics', () => {
  const byRun = new Map<string, Map<string, Buffer>>()
  const asked = new Set<string>()
  const version = shallowRef(0)
  const loading = shallowRef(false)
  let scheduled = false
  let lastDraw = 0

  function announce(): void {
    if (scheduled) return
    scheduled = true
    const draw = (): void => {
      scheduled = false
      lastDraw = Date.now()
      version.value += 1
    }
    const wait = Math.max(0, drawInterval - (Date.now() - lastDraw))
    setTimeout(() => (typeof requestAnimationFrame === 'function' && !document.hidden ? requestAnimationFrame(draw) : draw()), wait)
  }

  function merge(runs: readonly RunMetrics[]): void {
    for (const run of runs) {
      const known = byRun.get(run.runId) ?? new Map<string, Buffer>()
      byRun.set(run.runId, known)
      for (const series of run.series) known.set(series.name, mergeSeries(known.get(series.name), series))
    }
    if (runs.length > 0) announce()
  }

  /** Reads the metrics of these runs, in batches the contract allows. */
  async function load(runIds: readonly string[]): Promise<void> {
    loading.value = true
    try {
      for (let start = 0; start < runIds.length; start += 500)
        merge(await useClient().call('runs.metrics', { runIds: runIds.slice(start, start + 500) }))
    } finally {
      loading.value = false
    }
  }

  /** Reads the metrics of the runs that were not asked for before; later points arrive as events. */
  async function ensure(runIds: readonly string[]): Promise<void> {
    const missing = runIds.filter((id) => !asked.has(id))
    missing.forEach((id) => asked.add(id))
    if (missing.length === 0) return
    try {
      await load(missing)
    } catch (error) {
      missing.forEach((id) => asked.delete(id))
      throw error
    }
  }

  /** The points of one series as views on the buffers; valid until the next merge. */
  function series(runId: string, name: string): MetricSeries | null {
    const buffer = byRun.get(runId)?.get(name)
    return buffer === undefined ? null : { name, steps: buffer.steps.subarray(0, buffer.length), values: buffer.values.subarray(0, buffer.length) }
  }

  /** Names that any of these runs has, in the order first met. */
  const names = (runIds: readonly string[]): readonly string[] => [...new Set(runIds.flatMap((id) => [...(byRun.get(id)?.keys() ?? [])]))]
  const has = (runId: string): boolean => byRun.has(runId)

  function clear(): void {
    byRun.clear()
    asked.clear()
    announce()
  }

  return { version, loading, merge, load, ensure, series, names, has, clear }
})
