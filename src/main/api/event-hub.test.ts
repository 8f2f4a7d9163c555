import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EventMessage, Events } from '../../shared/contract/index.ts'
import type { Job, JobStatus } from '../../shared/domain/job.ts'
import { EventBatch } from './event-batch.ts'
import { deliveryInterval, EventHub } from './event-hub.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const progressOf = (fraction: number) => ({ fraction, message: 'training', rate: null, unit: 'steps', secondsLeft: null })
const job = (id: string, status: JobStatus, fraction: number): Job => ({
  id,
  kind: 'test',
  name: id,
  experimentId: null,
  status,
  progress: progressOf(fraction),
  error: null,
  attempts: 1,
  resumable: false,
  pid: null,
  createdAt: 0,
  startedAt: null,
  endedAt: null
})
const metrics = (runId: string, name: string, steps: readonly number[]): Events['runs.metrics'] => ({
  runs: [{ runId, series: [{ name, steps: Int32Array.from(steps), values: Float64Array.from(steps, (step) => step / 7) }] }]
})

function collect(hub: EventHub) {
  const deliveries: { readonly at: number; readonly events: readonly EventMessage[] }[] = []
  const stop = hub.subscribe((events) => deliveries.push({ at: performance.now(), events }))
  return { deliveries, stop, payloads: () => deliveries.flatMap(({ events }) => events) }
}

describe('delivery', () => {
  it('is prompt after quiet, and what one turn publishes goes out together', () => {
    const hub = new EventHub()
    const { deliveries } = collect(hub)
    hub.publish('notice', { level: 'info', message: 'one' })
    hub.publish('notice', { level: 'info', message: 'two' })
    expect(deliveries).toHaveLength(0)
    vi.advanceTimersByTime(1)
    expect(deliveries.map(({ events }) => events.length)).toEqual([2])
  })

  it('happens at most 20 times a second to each subscriber', () => {
    const hub = new EventHub()
    const { deliveries } = collect(hub)
    for (let ms = 0; ms < 1000; ms++) {
      hub.publish('jobs.progress', { jobs: [{ id: 'a', progress: progressOf(ms / 1000) }] })
      vi.advanceTimersByTime(1)
    }
    expect(deliveries.length).toBeLessThanOrEqual(21)
    expect(deliveries.length).toBeGreaterThanOrEqual(18)
    const gaps = deliveries.slice(1).map(({ at }, index) => at - (deliveries[index]?.at ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(deliveryInterval)
  })

  it('ends with the subscription, and a failing listener does not stop the others', () => {
    const report = vi.spyOn(console, 'error').mockReturnValue()
    const hub = new EventHub()
    hub.subscribe(() => {
      throw new Error('window gone')
    })
    const first = collect(hub)
    const second = collect(hub)
    first.stop()
    hub.publish('notice', { level: 'info', message: 'one' })
    vi.advanceTimersByTime(deliveryInterval)
    expect(first.deliveries).toHaveLength(0)
    expect(second.deliveries).toHaveLength(1)
    expect(report).toHaveBeenCalledOnce()
    report.mockRestore()
  })

  it('flush delivers now, close delivers what is left and nothing after', () => {
    const hub = new EventHub()
    const { payloads } = collect(hub)
    hub.publish('menu.command', { command: 'a' })
    hub.flush()
    hub.publish('menu.command', { command: 'b' })
    hub.close()
    hub.publish('menu.command', { command: 'c' })
    vi.advanceTimersByTime(1000)
    expect(payloads().map(({ payload }) => payload)).toEqual([{ command: 'a' }, { command: 'b' }])
  })
})

describe('coalescing', () => {
  const take = (...messages: readonly EventMessage[]): readonly EventMessage[] => {
    const batch = new EventBatch()
    for (const message of messages) batch.add(message)
    return batch.take()
  }

  it('replaces states, by id where there are several', () => {
    const taken = take(
      { topic: 'jobs.changed', payload: { jobs: [job('a', 'queued', 0), job('b', 'queued', 0)] } },
      { topic: 'jobs.changed', payload: { jobs: [job('a', 'running', 0)] } }
    )
    expect(taken).toEqual([{ topic: 'jobs.changed', payload: { jobs: [job('a', 'running', 0), job('b', 'queued', 0)] } }])
  })

  it('unites lists of ids', () => {
    const taken = take(
      { topic: 'runs.changed', payload: { runIds: ['r1', 'r2'], experimentIds: ['e1'] } },
      { topic: 'runs.changed', payload: { runIds: ['r2', 'r3'], experimentIds: [] } }
    )
    expect(taken).toEqual([{ topic: 'runs.changed', payload: { runIds: ['r1', 'r2', 'r3'], experimentIds: ['e1'] } }])
  })

  it('never lets old progress follow the state of a job that is newer', () => {
    const taken = take(
      { topic: 'jobs.progress', payload: { jobs: [{ id: 'a', progress: progressOf(0.9) }] } },
      { topic: 'jobs.changed', payload: { jobs: [job('a', 'done', 1)] } },
      { topic: 'jobs.progress', payload: { jobs: [{ id: 'b', progress: progressOf(0.1) }] } }
    )
    expect(taken).toEqual([
      { topic: 'jobs.changed', payload: { jobs: [job('a', 'done', 1)] } },
      { topic: 'jobs.progress', payload: { jobs: [{ id: 'b', progress: progressOf(0.1) }] } }
    ])
  })

  it('turns points nobody takes into "read again" and keeps the newest notices', () => {
    const batch = new EventBatch({ points: 3, notices: 2 })
    batch.add({ topic: 'runs.metrics', payload: metrics('r1', 'loss', [1, 2]) })
    batch.add({ topic: 'runs.metrics', payload: metrics('r2', 'loss', [1, 2]) })
    for (const message of ['one', 'two', 'three']) batch.add({ topic: 'notice', payload: { level: 'info', message } })
    expect(batch.take()).toEqual([
      { topic: 'runs.changed', payload: { runIds: ['r1', 'r2'], experimentIds: [] } },
      { topic: 'notice', payload: { level: 'info', message: 'two' } },
      { topic: 'notice', payload: { level: 'info', message: 'three' } }
    ])
    expect(batch.isEmpty).toBe(true)
  })
})

type Action =
  | { readonly kind: 'points'; readonly run: string; readonly series: string; readonly count: number }
  | { readonly kind: 'job'; readonly id: string; readonly fraction: number }
  | { readonly kind: 'dataset'; readonly id: string }
  | { readonly kind: 'notice' }
  | { readonly kind: 'wait'; readonly ms: number }

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('points' as const), run: fc.constantFrom('r1', 'r2'), series: fc.constantFrom('loss', 'accuracy'), count: fc.nat(5) }),
  fc.record({ kind: fc.constant('job' as const), id: fc.constantFrom('a', 'b', 'c'), fraction: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('dataset' as const), id: fc.constantFrom('d1', 'd2', 'd3') }),
  fc.record({ kind: fc.constant('notice' as const) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(120) })
)

describe('whatever is published when', () => {
  it('loses no point, notice or id, keeps the order of steps, and ends in the last state', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const hub = new EventHub()
        const { payloads } = collect(hub)
        const sent = publishAll(hub, actions)
        hub.close()
        expect(readBack(payloads())).toEqual(sent)
      }),
      { numRuns: 300 }
    )
  })
})

interface Account {
  readonly steps: Record<string, number[]>
  readonly values: Record<string, number[]>
  readonly jobs: Record<string, number>
  readonly datasets: readonly string[]
  readonly notices: string[]
}

function publishAll(hub: EventHub, actions: readonly Action[]): Account {
  const sent = { steps: {} as Record<string, number[]>, values: {} as Record<string, number[]>, jobs: {} as Record<string, number>, notices: [] as string[] }
  const datasets = new Set<string>()
  let step = 0
  for (const next of actions) {
    if (next.kind === 'wait') vi.advanceTimersByTime(next.ms)
    if (next.kind === 'notice') {
      sent.notices.push(`notice ${++step}`)
      hub.publish('notice', { level: 'info', message: `notice ${step}` })
    }
    if (next.kind === 'dataset') {
      datasets.add(next.id)
      hub.publish('datasets.changed', { datasetIds: [next.id] })
    }
    if (next.kind === 'job') {
      sent.jobs[next.id] = next.fraction
      hub.publish('jobs.changed', { jobs: [job(next.id, 'running', next.fraction)] })
    }
    if (next.kind === 'points') {
      const key = `${next.run} ${next.series}`
      const steps = Array.from({ length: next.count }, () => ++step)
      sent.steps[key] = [...(sent.steps[key] ?? []), ...steps]
      sent.values[key] = [...(sent.values[key] ?? []), ...steps.map((at) => at / 7)]
      hub.publish('runs.metrics', metrics(next.run, next.series, steps))
    }
  }
  return { ...sent, datasets: [...datasets].sort() }
}

function readBack(events: readonly EventMessage[]): Account {
  const got = { steps: {} as Record<string, number[]>, values: {} as Record<string, number[]>, jobs: {} as Record<string, number>, notices: [] as string[] }
  const datasets = new Set<string>()
  for (const { topic, payload } of events) {
    if (topic === 'notice') got.notices.push(payload.message)
    if (topic === 'datasets.changed') payload.datasetIds.forEach((id) => datasets.add(id))
    if (topic === 'jobs.changed') for (const { id, progress } of payload.jobs) got.jobs[id] = progress.fraction
    if (topic !== 'runs.metrics') continue
    for (const { runId, series } of payload.runs) {
      for (const { name, steps, values } of series) {
        const key = `${runId} ${name}`
        got.steps[key] = [...(got.steps[key] ?? []), ...steps]
        got.values[key] = [...(got.values[key] ?? []), ...values]
      }
    }
  }
  return { ...got, datasets: [...datasets].sort() }
}
