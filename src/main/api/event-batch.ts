import type { EventMessage, Events, Topic } from '../../shared/contract/index.ts'
import { MetricBatch } from './metric-batch.ts'

/** What is kept of events that nobody takes: beyond it, points become "read again" and old notices go. */
export interface BatchBounds {
  readonly points: number
  readonly notices: number
}
const unbounded: BatchBounds = { points: Infinity, notices: Infinity }

type Payloads = readonly Events[Topic][]
/** How the pending payloads of a topic become those of one delivery. */
type Merge<T extends Topic> = (pending: readonly Events[T][], next: Events[T]) => readonly Events[T][]

const replace = <P>(_pending: readonly P[], next: P): readonly P[] => [next]
const keepAll = <P>(pending: readonly P[], next: P): readonly P[] => [...pending, next]
const union = (a: readonly string[] = [], b: readonly string[]): readonly string[] => [...new Set([...a, ...b])]
const byId = <Item extends { readonly id: string }>(a: readonly Item[] = [], b: readonly Item[]): readonly Item[] => [
  ...new Map([...a, ...b].map((item) => [item.id, item])).values()
]

/** One rule a topic; the mapped type makes a topic without one a compile error. Metrics have their own batch. */
const merges: { readonly [T in Exclude<Topic, 'runs.metrics'>]: Merge<T> } = {
  'bench.changed': replace,
  'journal.changed': replace,
  'datasets.changed': ([old], next) => [{ datasetIds: union(old?.datasetIds, next.datasetIds) }],
  'experiments.changed': ([old], next) => [{ experimentIds: union(old?.experimentIds, next.experimentIds) }],
  'runs.changed': ([old], next) => [{ runIds: union(old?.runIds, next.runIds), experimentIds: union(old?.experimentIds, next.experimentIds) }],
  'jobs.changed': ([old], next) => [{ jobs: byId(old?.jobs, next.jobs) }],
  'jobs.progress': ([old], next) => [{ jobs: byId(old?.jobs, next.jobs) }],
  notice: keepAll,
  'menu.command': keepAll
}

/**
 * Events waiting for one subscriber, coalesced: states replace earlier ones, id lists are united, metric points concatenated,
 * notices and commands kept one by one. Topics leave in the order of their last addition, so that a state
 * never arrives after something that was published later.
 */
export class EventBatch {
  readonly #bounds: BatchBounds
  readonly #pending = new Map<Exclude<Topic, 'runs.metrics'>, Payloads>()
  #metrics: MetricBatch | null = null

  constructor(bounds: BatchBounds = unbounded) {
    this.#bounds = bounds
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0 && this.#metrics === null
  }

  add(message: EventMessage): void {
    if (message.topic === 'runs.metrics') return this.#addMetrics(message.payload)
    if (message.topic === 'jobs.changed') this.#dropProgressOf(new Set(message.payload.jobs.map((job) => job.id)))
    const pending = this.#pending.get(message.topic) ?? []
    // Rule and payloads belong to the same topic; the compiler cannot follow a union through a table.
    const merge = merges[message.topic] as (pending: Payloads, next: Events[Topic]) => Payloads
    const merged = merge(pending, message.payload)
    this.#pending.delete(message.topic)
    this.#pending.set(message.topic, merged.length > this.#bounds.notices ? merged.slice(-this.#bounds.notices) : merged)
  }

  /** Everything pending, as few messages as possible; the batch is empty afterwards. Metrics come first: a run's end never overtakes its points. */
  take(): readonly EventMessage[] {
    const taken: EventMessage[] = []
    if (this.#metrics) taken.push({ topic: 'runs.metrics', payload: { runs: this.#metrics.toRuns() } })
    for (const [topic, payloads] of this.#pending) for (const payload of payloads) taken.push({ topic, payload } as EventMessage)
    this.#metrics = null
    this.#pending.clear()
    return taken
  }

  #addMetrics(payload: Events['runs.metrics']): void {
    this.#metrics ??= new MetricBatch()
    this.#metrics.add(payload.runs)
    if (this.#metrics.points <= this.#bounds.points) return
    // The points are in the bench file: whoever is too slow for them reads them again.
    const { runIds } = this.#metrics
    this.#metrics = null
    this.add({ topic: 'runs.changed', payload: { runIds, experimentIds: [] } })
  }

  /** A job's state holds its progress; an older progress message after it would set the clock back. */
  #dropProgressOf(ids: ReadonlySet<string>): void {
    const [progress] = (this.#pending.get('jobs.progress') ?? []) as readonly Events['jobs.progress'][]
    const rest = progress?.jobs.filter((job) => !ids.has(job.id)) ?? []
    if (rest.length > 0) this.#pending.set('jobs.progress', [{ jobs: rest }])
    else this.#pending.delete('jobs.progress')
  }
}
