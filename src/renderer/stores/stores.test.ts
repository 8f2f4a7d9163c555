import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ErrorCode } from '../../shared/contract/errors.ts'
import type { EngineId } from '../../shared/domain/engine.ts'
import type { Job } from '../../shared/domain/job.ts'
import { createClient } from '../client.ts'
import { provideClient } from '../connection.ts'
import { createFakeTransport, fullState, type FakeTransport } from '../testing/fake-transport.ts'
import { useBench } from './bench.ts'
import { useEngines } from './engines.ts'
import { useExperiments } from './experiments.ts'
import { meanFraction, orderJobs, useJobs } from './jobs.ts'
import { useJournal } from './journal.ts'
import { mergeSeries, useMetrics } from './metrics.ts'
import { useNotices } from './notices.ts'
import { isNumber, useSettings } from './settings.ts'
import { coalesce, synchronise } from './synchronise.ts'

let transport: FakeTransport
let sync: ReturnType<typeof synchronise>
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))
const series = (steps: number[], values: number[]) => ({ name: 'loss', steps: Int32Array.from(steps), values: Float64Array.from(values) })

beforeEach(async () => {
  setActivePinia(createPinia())
  vi.stubGlobal('document', { hidden: true })
  transport = createFakeTransport(fullState())
  provideClient(createClient(transport))
  sync = synchronise()
  await sync.ready
})
afterEach(() => {
  sync.stop()
  vi.unstubAllGlobals()
})

describe('metric points', () => {
  it('append beyond the last step and grow', () => {
    let buffer = mergeSeries(undefined, series([0, 1], [5, 4]))
    for (let step = 2; step < 100; step += 1) buffer = mergeSeries(buffer, series([step], [step]))
    expect(buffer.length).toBe(100)
    expect([...buffer.steps.subarray(0, 4)]).toEqual([0, 1, 2, 3])
    expect(buffer.values[99]).toBe(99)
  })
  it('merge by step where they overlap, later values winning', () => {
    const buffer = mergeSeries(mergeSeries(undefined, series([0, 10, 20], [3, 2, 1])), series([5, 20, 30], [9, 8, 7]))
    expect([...buffer.steps.subarray(0, buffer.length)]).toEqual([0, 5, 10, 20, 30])
    expect([...buffer.values.subarray(0, buffer.length)]).toEqual([3, 9, 2, 8, 7])
  })
  it('do not touch the arrays they came in', () => {
    const first = series([0, 1], [1, 1])
    mergeSeries(mergeSeries(undefined, first), series([1, 2], [7, 7]))
    expect([...first.values]).toEqual([1, 1])
  })
  it('arrive as events and count the version up once for many', async () => {
    const metrics = useMetrics()
    const before = metrics.version
    for (let step = 0; step < 20; step += 1)
      transport.send({ topic: 'runs.metrics', payload: { runs: [{ runId: 'r', series: [series([step], [step])] }] } })
    expect(metrics.series('r', 'loss')?.steps.length).toBe(20)
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(metrics.version - before).toBe(1)
  })
  it('are asked for once a run', async () => {
    const metrics = useMetrics()
    await metrics.ensure(['done-naive-0'])
    await metrics.ensure(['done-naive-0'])
    expect(transport.state.calls.filter((call) => call === 'runs.metrics')).toHaveLength(1)
    expect(metrics.names(['done-naive-0'])).toContain('testAccuracy')
  })
})

describe('the journal', () => {
  it('follows a change, its undo and its redo', async () => {
    const experiments = useExperiments()
    const journal = useJournal()
    await experiments.loadRuns('done')
    expect(await experiments.renameRun('done-naive-0', 'first')).toBe(true)
    await settle()
    const name = (): string | undefined => experiments.runsOf('done').find((run) => run.id === 'done-naive-0')?.name
    expect([name(), journal.state.undo.depth, journal.canRedo]).toEqual(['first', 1, false])
    await journal.undo()
    await settle()
    expect([name(), journal.state.undo.depth, journal.canRedo]).toEqual(['naive 0', 0, true])
    await journal.redo()
    await settle()
    expect(name()).toBe('first')
  })
  it('reports a change that failed and keeps its state', async () => {
    expect(await useExperiments().renameRun('nobody', 'x')).toBe(false)
    expect(useNotices().latest).toMatchObject({ level: 'error', error: { code: 'not-found' } })
    expect(useJournal().state.undo.depth).toBe(0)
  })
})

describe('jobs', () => {
  it('keep their places while progress and changes arrive', () => {
    const jobs = useJobs()
    const order = jobs.list.map((job) => job.id)
    transport.send({ topic: 'jobs.progress', payload: { jobs: [{ id: 'job-live', progress: { fraction: 0.9, message: 'almost', rate: 10, unit: 'steps', secondsLeft: 1 } }] } })
    expect(jobs.find('job-live')?.progress.fraction).toBe(0.9)
    const job = jobs.find('job-stopped')
    if (job !== null) transport.send({ topic: 'jobs.changed', payload: { jobs: [{ ...job, status: 'running' }] } })
    expect(jobs.list.map((one) => one.id)).toEqual(order)
    expect(jobs.active).toHaveLength(2)
  })
})

describe('the next engine', () => {
  const failedOn = (engine: EngineId | null, code: ErrorCode = 'device-lost'): Job[] =>
    useJobs().list.filter((job) => job.id === 'job-done').map((job) => ({ ...job, status: 'failed', error: { code, message: 'It failed.', ...(engine === null ? {} : { engine }) } }))
  it('is offered after the first failure that an engine is to blame for', () => {
    const engines = useEngines()
    expect(engines.offerAfter(failedOn('webgpu'))?.id).toBe('wasm')
    expect(engines.offerAfter([...failedOn('webgpu', 'bad-data'), ...failedOn('tensorflow', 'worker-died')])?.id).toBe('wasm')
  })
  it('is not offered where it would not help', () => {
    const engines = useEngines()
    expect(engines.offerAfter(failedOn('wasm'))).toBeNull()
    expect(engines.offerAfter(failedOn('webgpu', 'bench-full'))).toBeNull()
    expect(engines.offerAfter(failedOn(null, 'worker-died'))).toBeNull()
    expect(engines.offerAfter(failedOn('webgpu').map((job) => ({ ...job, status: 'running' })))).toBeNull()
  })
  it('gets an experiment of its own, with the same settings and a name that says so', async () => {
    const experiments = useExperiments()
    const old = experiments.find('stopped')
    if (old === null) throw new Error('The experiment is missing.')
    const started = await experiments.runOn(old, 'wasm')
    expect(started).toMatchObject({ name: 'At least five, hard weak labels on wasm', config: { ...old.config, engine: 'wasm' } })
    await settle()
    expect(experiments.find('stopped')).toEqual(old)
    expect(experiments.find(started?.id ?? null)?.status).toBe('running')
  })
})

describe('a training experiment', () => {
  const config = { datasetId: 'mnist', arms: [{ name: 'one', labels: { from: 'source' as const, sourceId: 'given' } }], seeds: [4], epochs: 3 }
  it('is run on another engine as it was configured', async () => {
    const experiments = useExperiments()
    const old = await experiments.startTraining({ name: 'Mine', config })
    const again = await experiments.runOn(old, 'cpu')
    expect(again).toMatchObject({ kind: 'training', name: 'Mine on cpu', config: { ...old.config, engine: 'cpu' } })
  })
  it('says at its end which arm did best', async () => {
    const experiments = useExperiments()
    transport.state.experiments = []
    const { id } = await experiments.startTraining({ name: 'Mine', config })
    for (let step = 0; step < 9; step += 1) transport.advance()
    await experiments.load()
    expect(experiments.find(id)).toMatchObject({ status: 'done', summary: { arms: [{ name: 'one', accuracy: { n: 1 } }] } })
    expect(useNotices().latest?.message).toMatch(/^\u201cMine\u201d finished in .*: best is one, 0\.\d{3}$/)
  })
})

describe('the order of jobs', () => {
  const [job] = fullState().jobs
  const named = (id: string, experimentId: string | null, name: string, createdAt: number, status: 'done' | 'queued' = 'queued') =>
    job === undefined ? [] : [{ ...job, id, experimentId, name, createdAt, status, progress: { ...job.progress, fraction: 0 } }]
  const jobs = [...named('a', 'e', 'seed 10', 12), ...named('b', null, 'import', 20), ...named('c', 'e', 'seed 2', 11, 'done'), ...named('d', null, 'old', 5)]
  it('keeps an experiment together, seeds ascending, newest group first', () => {
    expect(orderJobs(jobs).map((one) => one.id)).toEqual(['b', 'c', 'a', 'd'])
  })
  it('counts finished jobs as whole', () => {
    expect(meanFraction(jobs)).toBe(0.25)
    expect(meanFraction([])).toBeNull()
  })
})

describe('a lost connection', () => {
  it('reads everything again when it is back', async () => {
    const experiments = useExperiments()
    await experiments.loadRuns('done')
    await useMetrics().ensure(['done-naive-0'])
    transport.connect('reconnecting')
    expect(useBench().connection).toBe('reconnecting')
    transport.state.experiments = transport.state.experiments.map((one) => ({ ...one, name: 'changed meanwhile' }))
    transport.state.calls = []
    transport.connect('connected')
    await settle()
    expect(experiments.find('done')?.name).toBe('changed meanwhile')
    for (const call of ['bench.info', 'jobs.list', 'journal.state', 'datasets.list', 'runs.list', 'runs.metrics']) expect(transport.state.calls).toContain(call)
  })
})

describe('another bench file', () => {
  it('empties what belonged to the last one', async () => {
    const experiments = useExperiments()
    await experiments.loadRuns('done')
    await useMetrics().ensure(['done-naive-0'])
    await useBench().act('open', '/other.weakbench')
    await settle()
    expect(experiments.runsOf('done')).toEqual([])
    expect(useMetrics().has('done-naive-0')).toBe(false)
    expect(useBench().info?.path).toBe('/other.weakbench')
  })
  it('refuses a foreign file and stays', async () => {
    expect(await useBench().act('open', '/notes.txt')).toBe(false)
    expect(useBench().info?.path).toBe('/home/ada/benches/digits.weakbench')
    expect(useNotices().latest?.error?.code).toBe('bench-foreign')
  })
})

describe('settings', () => {
  it('are read from the bench, saved back, and checked', async () => {
    transport.state.settings.set('width', '321')
    transport.state.settings.set('broken', '"text"')
    const settings = useSettings()
    const [width, broken] = [settings.remember('width', 100, isNumber), settings.remember('broken', 7, isNumber)]
    await settle()
    expect([width.value, broken.value]).toEqual([321, 7])
    width.value = 200
    await new Promise((resolve) => setTimeout(resolve, 450))
    expect(transport.state.settings.get('width')).toBe('200')
    expect(transport.state.settings.has('broken')).toBe(true)
  })
})

describe('coalescing', () => {
  it('runs once more for any number of requests meanwhile', async () => {
    let runs = 0
    const action = coalesce(async () => {
      runs += 1
      await settle()
    })
    await Promise.all([action(), action(), action(), action()])
    expect(runs).toBe(2)
  })
})
