import * as v from 'valibot'
import {
  isProcedureName, procedures, toErrorPayload, BenchError,
  type EventMessage, type OutputOf, type ParsedInputOf, type ProcedureName, type Procedures, type Reply, type Transport
} from '../../shared/contract/index.ts'
import { splits, type Dataset, type LabelSource } from '../../shared/domain/dataset.ts'
import type { EngineInfo } from '../../shared/domain/engine.ts'
import type { Experiment } from '../../shared/domain/experiment.ts'
import type { Job } from '../../shared/domain/job.ts'
import type { JournalState } from '../../shared/domain/journal.ts'
import type { SavedFilter } from '../../shared/domain/filter.ts'
import type { LabelingFunction } from '../../shared/domain/labeling-function.ts'
import type { NoiseCheck } from '../../shared/domain/noise-check.ts'
import type { Run } from '../../shared/domain/run.ts'
import { fakeData } from './fake-data.ts'
import { fakeLabels } from './fake-labels.ts'
import { fakeNoise, makeCheck } from './fake-noise.ts'
import { fakeTraining, makeTrainingSummary } from './fake-training.ts'
import { config, dataset, finalAccuracy, makeExperiment, makeMetrics, makeRun, makeSummary, syntheticArms, truthOf } from './synthetic.ts'

type Handlers = { readonly [P in ProcedureName]: (input: ParsedInputOf<Procedures[P]>) => OutputOf<Procedures[P]> }
type Connection = 'connected' | 'reconnecting' | 'refused'

/** What the fake bench holds; tests read and change it directly. */
export interface FakeState {
  experiments: Experiment[]
  runs: Run[]
  jobs: Job[]
  datasets: Dataset[]
  labels: Map<number, number | null>
  splits: Map<number, number>
  filters: SavedFilter[]
  functions: LabelingFunction[]
  checks: NoiseCheck[]
  /** Data sets that have a map. */
  projected: Set<string>
  settings: Map<string, string>
  undo: { title: string; back: () => void; again: () => void }[]
  redo: { title: string; back: () => void; again: () => void }[]
  reachedStep: Map<string, number>
  path: string
  calls: string[]
}

export interface FakeTransport extends Transport {
  readonly state: FakeState
  send(event: EventMessage): void
  connect(state: Connection): void
  /** Moves the running experiment on by some steps of every unfinished run. */
  advance(): void
}

const now = Date.now()
const makeJob = (experimentId: string, status: Job['status'], extra: Partial<Job> = {}): Job => ({
  id: `job-${experimentId}`, kind: 'weak-to-strong', name: 'Weak-to-strong on 10k MNIST', experimentId, status,
  progress: { fraction: status === 'done' ? 1 : 0.42, message: 'seed 3 · naive student', rate: 1240, unit: 'steps', secondsLeft: status === 'running' ? 31 : null },
  error: null, attempts: 1, resumable: status === 'interrupted', pid: status === 'running' ? 4242 : null, createdAt: now - 40_000, startedAt: now - 40_000, endedAt: status === 'running' ? null : now - 1000, ...extra
})

export function fullState(): FakeState {
  const runsOf = (id: string, doneSeeds: number, at: number): Run[] =>
    config.seeds.flatMap((seed) => syntheticArms.map((arm, index) => makeRun(id, arm, seed, seed < doneSeeds ? 'done' : seed === doneSeeds && id === 'live' && index < 2 ? 'running' : 'queued', at + seed * 10 + index)))
  return {
    experiments: [
      makeExperiment('live', 'Parity, unlabelled pretraining', 'running', now - 40_000, [0, 1, 2]),
      makeExperiment('done', 'Parity, eight seeds', 'done', now - 3_600_000 * 3, config.seeds),
      { ...makeExperiment('stopped', 'At least five, hard weak labels', 'interrupted', now - 86_400_000 * 2, [0, 1]), config: { ...config, task: 'at-least-five' as const } }
    ],
    runs: [...runsOf('live', 3, now - 40_000), ...runsOf('done', 8, now - 3_600_000 * 3), ...runsOf('stopped', 2, now - 86_400_000 * 2)],
    jobs: [
      makeJob('live', 'running'),
      makeJob('done', 'done', { createdAt: now - 3_600_000 * 3 }),
      makeJob('stopped', 'interrupted', { createdAt: now - 86_400_000 * 2, name: 'At least five, hard weak labels' }),
      makeJob('broken', 'failed', {
        experimentId: null, name: 'Digit labels, level 5', createdAt: now - 86_400_000, resumable: true,
        error: { code: 'worker-died', message: 'The worker of this job was killed by the system (signal SIGKILL) at seed 5.', hint: 'Memory was probably short: close other programs, then resume.', details: 'exit code null, signal SIGKILL' }
      })
    ],
    datasets: [dataset], labels: new Map(), splits: new Map(), filters: [], functions: [], checks: [makeCheck('mnist', 10_000)], projected: new Set(['mnist']), settings: new Map(), undo: [], redo: [], reachedStep: new Map(), path: '/home/ada/benches/digits.weakbench', calls: []
  }
}

export const emptyState = (): FakeState => ({ ...fullState(), experiments: [], runs: [], jobs: [], datasets: [], checks: [] })

/** What the contract changes of an experiment. */
type ExperimentEdit = Partial<Pick<Experiment, 'name' | 'notes' | 'deletedAt'>>
const withEdit = <E extends Experiment>(experiment: E, edit: ExperimentEdit): E => ({ ...experiment, ...edit })

/** A bench in memory that answers the whole contract with synthetic data; for tests and visual checks of the window only. */
export function createFakeTransport(state: FakeState = fullState()): FakeTransport {
  const listeners = new Set<(event: EventMessage) => void>()
  const connections = new Set<(state: Connection) => void>()
  const send = (event: EventMessage): void => listeners.forEach((listener) => listener(event))

  const journal = (): JournalState => ({
    undo: { depth: state.undo.length, title: state.undo.at(-1)?.title ?? null }, redo: { depth: state.redo.length, title: state.redo.at(-1)?.title ?? null }
  })
  const announce = (): void => {
    send({ topic: 'journal.changed', payload: journal() })
    send({ topic: 'runs.changed', payload: { runIds: [], experimentIds: state.experiments.map((experiment) => experiment.id) } })
    send({ topic: 'experiments.changed', payload: { experimentIds: state.experiments.map((experiment) => experiment.id) } })
    send({ topic: 'datasets.changed', payload: { datasetIds: state.datasets.map((one) => one.id) } })
  }
  const change = (title: string, again: () => void, back: () => void): JournalState => {
    again()
    state.undo.push({ title, again, back })
    state.redo = []
    announce()
    return journal()
  }
  const editRun = (runId: string, title: string, edit: Partial<Run>): JournalState => {
    const before = state.runs.find((run) => run.id === runId)
    if (before === undefined) throw new BenchError('not-found', `There is no run ${runId}.`)
    const put = (fields: Partial<Run>): void => void (state.runs = state.runs.map((run) => (run.id === runId ? { ...run, ...fields } : run)))
    return change(title, () => put(edit), () => put(before))
  }
  const editExperiment = (experimentId: string, title: string, edit: ExperimentEdit): JournalState => {
    const before = state.experiments.find((experiment) => experiment.id === experimentId)
    if (before === undefined) throw new BenchError('not-found', `There is no experiment ${experimentId}.`)
    const put = (fields: ExperimentEdit): void =>
      void (state.experiments = state.experiments.map((one) => (one.id === experimentId ? withEdit(one, fields) : one)))
    return change(title, () => put(edit), () => put(before))
  }
  const setJob = (jobId: string, fields: Partial<Job>): Job => {
    state.jobs = state.jobs.map((job) => (job.id === jobId ? { ...job, ...fields } : job))
    const job = state.jobs.find((one) => one.id === jobId)
    if (job === undefined) throw new BenchError('not-found', `There is no job ${jobId}.`)
    send({ topic: 'jobs.changed', payload: { jobs: [job] } })
    return job
  }
  const setStatus = (experimentId: string, status: Experiment['status']): void => {
    state.experiments = state.experiments.map((one) => (one.id === experimentId ? { ...one, status } : one))
    state.runs = state.runs.map((run) => (run.experimentId === experimentId && run.status !== 'done' ? { ...run, status } : run))
    announce()
  }
  const bench = () => ({
    path: state.path, name: 'digits', readOnly: false, schemaVersion: 1, createdAt: now - 86_400_000 * 9, sizeBytes: 12_400_000,
    counts: { datasets: state.datasets.length, experiments: state.experiments.length, runs: state.runs.length, jobs: state.jobs.length }, interrupted: 1
  })

  const sourcesOf = (datasetId: string): readonly LabelSource[] => [
    { id: 'given', datasetId, kind: 'given', name: 'given', createdAt: now, labelled: 10_000, detail: null },
    { id: 'me', datasetId, kind: 'annotator', name: 'me', createdAt: now, labelled: [...state.labels.values()].filter((label) => label !== null).length, detail: null },
    { id: 'teacher', datasetId, kind: 'model', name: 'weak teacher, seed 0', createdAt: now, labelled: 2000, detail: null }
  ]
  const startJob = (kind: string, name: string): string => {
    const job = makeJob(`${kind}-${state.jobs.length}`, 'running', { kind, name, experimentId: null, createdAt: Date.now(), progress: { fraction: 0.4, message: 'reading rows', rate: 120_000, unit: 'rows', secondsLeft: 12 } })
    state.jobs = [job, ...state.jobs]
    send({ topic: 'jobs.changed', payload: { jobs: [job] } })
    return job.id
  }

  const handlers: Handlers = {
    'app.info': () => ({ version: '0.1.0', host: 'node', platform: 'linux x64', node: '24.21.0', cores: 2, memoryBytes: 8_000_000_000, nativeDialogs: false, documents: '/home/ada/benches' }),
    'app.choose-bench': () => null,
    'bench.info': bench,
    'bench.recent': () => [
      { path: state.path, name: 'digits', openedAt: now - 60_000, exists: true },
      { path: '/home/ada/benches/spam-words.weakbench', name: 'spam-words', openedAt: now - 86_400_000, exists: true },
      { path: '/media/stick/old.weakbench', name: 'old', openedAt: now - 86_400_000 * 40, exists: false }
    ],
    'bench.open': ({ path }) => {
      if (!path.endsWith('.weakbench')) throw new BenchError('bench-foreign', `${path} is not a bench file.`, { hint: 'Choose a file that ends in .weakbench.' })
      state.path = path
      send({ topic: 'bench.changed', payload: bench() })
      return bench()
    },
    'bench.create': ({ path }) => {
      state.path = path
      return bench()
    },
    'bench.backup': ({ path }) => ({ path, sizeBytes: 12_400_000 }),
    'bench.check': () => ({ ok: true, problems: [] }),
    'bench.forget': () => null,
    'datasets.list': () => state.datasets,
    ...fakeData(state, sourcesOf, change, (kind, name) => startJob(kind, name)),
    ...fakeLabels(state, (datasetId) => state.datasets.find((one) => one.id === datasetId)?.count ?? 0, change, startJob),
    ...fakeTraining(state, sourcesOf, (experiment) => {
      state.jobs = [makeJob(experiment.id, 'running', { kind: 'train-seed', name: experiment.name, createdAt: Date.now() }), ...state.jobs]
      announce()
      send({ topic: 'jobs.changed', payload: { jobs: state.jobs.slice(0, 1) } })
    }, startJob),
    ...fakeNoise(state, change, startJob),
    'datasets.sources': ({ datasetId }) => sourcesOf(datasetId),
    'datasets.versions': () => [
      { id: 'version-1', datasetId: 'mnist', hash: '9f2c4e81aa07', labelSourceId: 'given', name: 'Weak-to-strong splits, seed 0', counts: { none: 1000, pretrain: 4000, teacher: 1000, student: 2000, test: 2000 }, createdAt: now - 3_600_000 }
    ],
    'datasets.label-history': ({ row }) => [
      ...(state.labels.has(row) ? [{ sourceId: 'me', sourceName: 'me', label: state.labels.get(row) ?? null, confidence: null, at: now }] : []),
      { sourceId: 'teacher', sourceName: 'weak teacher, seed 0', label: (truthOf(row) + (row % 5 === 0 ? 2 : 0)) % 10, confidence: 0.71, at: now - 3_000_000 },
      { sourceId: 'given', sourceName: 'given', label: truthOf(row), confidence: null, at: now - 86_400_000 }
    ],
    'datasets.rename': ({ name }) => change(`Rename data set to "${name}"`, () => (state.datasets = state.datasets.map((one) => ({ ...one, name }))), () => (state.datasets = [dataset])),
    'datasets.set-deleted': () => change('Delete data set', () => (state.datasets = []), () => (state.datasets = [dataset])),
    'datasets.set-labels': ({ rows, label }) => {
      const before = rows.map((row) => [row, state.labels.get(row)] as const)
      return change(`Label ${rows.length} examples`, () => rows.forEach((row) => state.labels.set(row, label)), () =>
        before.forEach(([row, last]) => (last === undefined ? state.labels.delete(row) : state.labels.set(row, last))))
    },
    'datasets.set-split': ({ rows, split }) => {
      const before = new Map(state.splits)
      return change(`Pin ${rows.length} examples`, () => rows.forEach((row) => state.splits.set(row, split === null ? -1 : splits.indexOf(split))), () => void (state.splits = before))
    },
    'datasets.add-sample': () => {
      state.datasets = [dataset]
      announce()
      return { jobId: null, datasetId: dataset.id }
    },
    'experiments.list': () => state.experiments,
    'experiments.get': ({ experimentId }) => {
      const found = state.experiments.find((one) => one.id === experimentId)
      if (found === undefined) throw new BenchError('not-found', `There is no experiment ${experimentId}.`)
      return found
    },
    'experiments.start-weak-to-strong': ({ name, config: asked }) => {
      const id = `started-${state.experiments.length}`
      const experiment = { ...makeExperiment(id, name ?? 'Weak-to-strong on 10k MNIST', 'running', Date.now(), []), config: asked }
      state.experiments = [experiment, ...state.experiments]
      state.runs.push(...asked.seeds.flatMap((seed) => syntheticArms.map((arm, index) => makeRun(id, arm, seed, 'queued', Date.now() + seed * 10 + index))))
      state.jobs = [makeJob(id, 'running', { createdAt: Date.now() }), ...state.jobs]
      announce()
      send({ topic: 'jobs.changed', payload: { jobs: state.jobs.slice(0, 1) } })
      return experiment
    },
    'experiments.cancel': ({ experimentId }) => {
      setStatus(experimentId, 'cancelled')
      setJob(`job-${experimentId}`, { status: 'cancelled' })
      return null
    },
    'experiments.resume': ({ experimentId }) => {
      setStatus(experimentId, 'running')
      setJob(`job-${experimentId}`, { status: 'running', resumable: false })
      return null
    },
    'experiments.rename': ({ experimentId, name }) => editExperiment(experimentId, `Rename experiment to "${name}"`, { name }),
    'experiments.set-notes': ({ experimentId, notes }) => editExperiment(experimentId, 'Change notes of experiment', { notes }),
    'experiments.set-deleted': ({ experimentId, deleted }) => editExperiment(experimentId, 'Delete experiment', { deletedAt: deleted ? Date.now() : null }),
    'runs.list': ({ experimentId }) => state.runs.filter((run) => experimentId === undefined || run.experimentId === experimentId),
    'runs.get': ({ runId }) => {
      const found = state.runs.find((run) => run.id === runId)
      if (found === undefined) throw new BenchError('not-found', `There is no run ${runId}.`)
      return found
    },
    'runs.metrics': ({ runIds }) => state.runs.filter((run) => runIds.includes(run.id)).map((run) => makeMetrics(run, 0, run.status === 'done' ? 400 : (state.reachedStep.get(run.id) ?? (run.status === 'running' ? 150 : 0)))),
    'runs.config-differences': ({ runIds }) => {
      const picked = runIds.flatMap((id) => state.runs.find((run) => run.id === id) ?? [])
      return [
        { field: 'seed', values: picked.map((run) => run.seed) },
        { field: 'arm', values: picked.map((run) => run.arm) },
        { field: 'loss.weight', values: picked.map((run) => (run.arm === 'confidence' ? 0.75 : undefined)) }
      ].filter((difference) => new Set<unknown>(difference.values).size > 1)
    },
    'runs.rename': ({ runId, name }) => editRun(runId, `Rename run to "${name}"`, { name }),
    'runs.set-notes': ({ runId, notes }) => editRun(runId, 'Change notes of run', { notes }),
    'runs.set-tags': ({ runId, tags }) => editRun(runId, 'Change tags of run', { tags }),
    'runs.set-deleted': ({ runIds, deleted }) => {
      const put = (gone: boolean): void => void (state.runs = state.runs.map((run) => (runIds.includes(run.id) ? { ...run, deletedAt: gone ? Date.now() : null } : run)))
      return change(`Delete ${runIds.length} runs`, () => put(deleted), () => put(!deleted))
    },
    'jobs.list': () => state.jobs,
    'jobs.log': ({ after }) => Array.from({ length: 14 }, (_, index) => ({ sequence: index + 1, at: now - 40_000 + index * 2500, level: index === 9 ? 'warning' as const : 'info' as const, message: index === 9 ? 'Seed 2: the ceiling is within 0.02 of the teacher.' : `seed ${Math.floor(index / 5)}: ${syntheticArms[index % 5] ?? ''} trained, 400 steps` })).filter((line) => line.sequence > after),
    'jobs.cancel': ({ jobId }) => {
      setJob(jobId, { status: 'cancelled' })
      return null
    },
    'jobs.resume': ({ jobId }) => setJob(jobId, { status: 'running', resumable: false, attempts: 2 }),
    'jobs.discard': ({ jobId }) => {
      setJob(jobId, { status: 'cancelled', resumable: false })
      return null
    },
    'engines.list': () => engines,
    'engines.measure': () => engines.map((engine) => (engine.automatic ? { ...engine, measurement: { model: 'dense 196-128-128-10, batch 64', millisecondsPerStep: 0.84, failure: null, measuredAt: now } } : engine)),
    'journal.state': journal,
    'journal.list': () => state.undo.map((entry, id) => ({ id, at: now, title: entry.title, undone: false })),
    'journal.undo': () => {
      const entry = state.undo.pop()
      if (entry === undefined) throw new BenchError('conflict', 'There is nothing to undo.')
      entry.back()
      state.redo.push(entry)
      announce()
      return journal()
    },
    'journal.redo': () => {
      const entry = state.redo.pop()
      if (entry === undefined) throw new BenchError('conflict', 'There is nothing to redo.')
      entry.again()
      state.undo.push(entry)
      announce()
      return journal()
    },
    'settings.get': ({ key }) => state.settings.get(key) ?? null,
    'settings.set': ({ key, value }) => {
      state.settings.set(key, value)
      return null
    }
  }

  const answer = <P extends ProcedureName>(name: P, input: unknown): OutputOf<Procedures[P]> => {
    const parsed = v.parse(procedures[name].input, input) as ParsedInputOf<Procedures[P]>
    return handlers[name](parsed)
  }

  const advance = (): void => {
    const running = state.experiments.find((experiment) => experiment.status === 'running')
    if (running === undefined) return
    const open = state.runs.filter((run) => run.experimentId === running.id && run.status !== 'done').slice(0, 2)
    const points = open.map((run) => {
      const from = state.reachedStep.get(run.id) ?? (run.status === 'running' ? 150 : 0)
      state.reachedStep.set(run.id, from + 50)
      return makeMetrics(run, from, Math.min(400, from + 50))
    })
    send({ topic: 'runs.metrics', payload: { runs: points } })
    state.runs = state.runs.map((run) => {
      const reached = state.reachedStep.get(run.id)
      if (reached === undefined || run.status === 'done') return run
      return reached >= 400 ? { ...run, status: 'done' as const, summary: { testAccuracy: finalAccuracy(run.arm, run.seed), macroF1: finalAccuracy(run.arm, run.seed) - 0.004, ece: 0.031, seconds: 0.9 }, endedAt: Date.now() } : { ...run, status: 'running' as const }
    })
    const own = state.runs.filter((run) => run.experimentId === running.id)
    const done = running.config.seeds.filter((seed) => own.filter((run) => run.seed === seed).every((run) => run.status === 'done'))
    const finished = done.length === running.config.seeds.length
    state.experiments = state.experiments.map((one) => (one.id !== running.id ? one : one.kind === 'training' ? { ...one, summary: makeTrainingSummary(one.config, done), status: finished ? 'done' : 'running' } : { ...one, summary: makeSummary(done), status: finished ? 'done' : 'running' }))
    const fraction = own.filter((run) => run.status === 'done').length / own.length
    const progress = { fraction, message: `seed ${open[0]?.seed ?? 0} · ${open[0]?.arm ?? ''}`, rate: 1240, unit: 'steps', secondsLeft: 60 * (1 - fraction) }
    if (finished) setJob(`job-${running.id}`, { status: 'done', progress: { ...progress, fraction: 1 } })
    else send({ topic: 'jobs.progress', payload: { jobs: [{ id: `job-${running.id}`, progress }] } })
    state.jobs = state.jobs.map((job) => (job.id === `job-${running.id}` ? { ...job, progress } : job))
    send({ topic: 'runs.changed', payload: { runIds: open.map((run) => run.id), experimentIds: [running.id] } })
    send({ topic: 'experiments.changed', payload: { experimentIds: [running.id] } })
  }

  return {
    state,
    send,
    advance,
    connect: (next) => connections.forEach((listener) => listener(next)),
    invoke(_callId, procedure, input): Promise<Reply> {
      state.calls.push(procedure)
      return Promise.resolve().then((): Reply => {
        try {
          if (!isProcedureName(procedure)) throw new BenchError('unknown-procedure', `There is no procedure ${procedure}.`)
          return { ok: true, value: structuredClone(answer(procedure, input)) }
        } catch (error) {
          return { ok: false, error: toErrorPayload(error) }
        }
      })
    },
    cancel: () => undefined,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onConnection(listener) {
      connections.add(listener)
      return () => void connections.delete(listener)
    }
  }
}

/** A laptop without a GPU. */
const engines: readonly EngineInfo[] = [
  { id: 'tensorflow', name: 'TensorFlow', automatic: false, measurement: null, available: false, isDefault: false, device: '', version: '', reason: 'The TensorFlow library is not installed.', remedy: 'Nothing to do without an NVIDIA GPU; otherwise see the engines page of the manual.' },
  { id: 'webgpu', name: 'WebGPU', automatic: false, measurement: null, available: false, isDefault: false, device: '', version: '', reason: 'No GPU adapter was found.', remedy: 'Install a Vulkan driver for the GPU, then restart.' },
  { id: 'wasm', name: 'WebAssembly', automatic: true, measurement: null, available: true, isDefault: true, device: 'CPU, SIMD', version: '4.22.0', reason: null, remedy: null },
  { id: 'cpu', name: 'JavaScript', automatic: false, measurement: null, available: true, isDefault: false, device: 'CPU', version: '4.22.0', reason: null, remedy: null }
]
