import { BenchError, type OutputOf, type ParsedInputOf, type ProcedureName, type Procedures } from '../../shared/contract/index.ts'
import type { Dataset, LabelSource } from '../../shared/domain/dataset.ts'
import type { Experiment, TrainingExperiment } from '../../shared/domain/experiment.ts'
import type { Run } from '../../shared/domain/run.ts'
import type { TrainingConfig, TrainingSummary } from '../../shared/domain/training.ts'
import { finalAccuracy, interval } from './synthetic.ts'

type TrainingProcedure = Extract<ProcedureName, `training.${string}`>
type TrainingHandlers = { readonly [P in TrainingProcedure]: (input: ParsedInputOf<Procedures[P]>) => OutputOf<Procedures[P]> }

/** What the fake training procedures read and change. */
export interface FakeTraining {
  datasets: Dataset[]
  experiments: Experiment[]
  runs: Run[]
}

/** Summary of the seeds that are done, from accuracies that follow from arm and seed. */
export function makeTrainingSummary({ arms }: TrainingConfig, seeds: readonly number[]): TrainingSummary | null {
  if (seeds.length === 0) return null
  const of = (arm: string): number[] => seeds.map((seed) => finalAccuracy(arm, seed))
  const [first = { name: '' }] = arms
  const [teacher, ceiling] = [arms.find(({ role }) => role === 'teacher'), arms.find(({ role }) => role === 'ceiling')]
  return {
    engine: 'wasm',
    seeds: [...seeds],
    arms: arms.map(({ name, role }, place) => ({
      name,
      role,
      accuracy: interval(of(name)),
      macroF1: interval(of(name).map((value) => value - 0.004)),
      ece: interval(seeds.map((seed) => 0.03 + seed / 500)),
      gain: place === 0 ? null : interval(seeds.map((seed) => finalAccuracy(name, seed) - finalAccuracy(first.name, seed))),
      pgr: role !== 'student' || teacher === undefined || ceiling === undefined ? null : interval(seeds.map((seed) => 0.5 + finalAccuracy(name, seed) / 10)),
      seconds: 3 + place
    }))
  }
}

const makeTrainingRun = (experiment: TrainingExperiment, arm: TrainingConfig['arms'][number], seed: number, createdAt: number): Run => ({
  id: `${experiment.id}-${seed}-${experiment.config.arms.indexOf(arm)}`, experimentId: experiment.id, jobId: `job-${experiment.id}`, key: `${arm.name}/${seed}`, name: `${arm.name}, seed ${seed}`, arm: arm.name, role: arm.role, seed,
  config: { ...experiment.config, arms: undefined, arm, seed }, datasetVersionId: null, engine: 'wasm', codeVersion: '0.1.0', status: 'queued', statusReason: null, parentId: null, summary: {}, tags: [], notes: '', createdAt, startedAt: createdAt, endedAt: null, deletedAt: null
})

/** Handlers of the training procedures; `started` hears of a new experiment. */
export function fakeTraining(state: FakeTraining, sourcesOf: (datasetId: string) => readonly LabelSource[], started: (experiment: Experiment) => void, startJob: (kind: string, name: string) => string): TrainingHandlers {
  const datasetOf = (id: string): Dataset => {
    const found = state.datasets.find((one) => one.id === id)
    if (found === undefined) throw new BenchError('not-found', `There is no data set ${id}.`, { field: 'datasetId' })
    return found
  }
  return {
    'training.plan': ({ config }) => {
      const { count } = datasetOf(config.datasetId)
      const sources = sourcesOf(config.datasetId)
      const test = Math.round(count * config.testShare)
      return {
        arms: config.arms.map(({ name, labels, examples }) => {
          const source = labels.from === 'source' ? sources.find(({ id }) => id === labels.sourceId) : undefined
          if (labels.from === 'source' && labels.form === 'soft' && source?.kind !== 'aggregate' && source?.kind !== 'model') throw new BenchError('invalid-input', `"${source?.name ?? ''}" has no soft labels.`, { field: `arms.${name}` })
          const all = labels.from === 'arm' ? count - test : Math.min(source?.labelled ?? 0, count - test)
          const kept = examples === 0 ? all : Math.min(all, examples)
          return { name, examples: kept, steps: config.epochs * Math.ceil(kept / config.batchSize), parameters: 101_770 }
        }),
        testExamples: test, validationExamples: Math.round((count - test) * config.validationShare), features: 'image, 28 x 28', evaluatedBy: 'given',
        warnings: ['Test examples are judged by "given", whose labels may be wrong themselves.'], engine: 'wasm', secondsPerSeed: null
      }
    },
    'training.start': ({ name, config }) => {
      const { name: datasetName } = datasetOf(config.datasetId)
      const id = `training-${state.experiments.length}`
      const experiment: TrainingExperiment = {
        id, kind: 'training', name: name ?? `${config.arms.length} arms on ${datasetName}`, config, status: 'running', datasetVersionId: null, notes: '', createdAt: Date.now(), endedAt: null, deletedAt: null,
        runCount: config.seeds.length * config.arms.length, jobIds: [`job-${id}`], seconds: 0, summary: null
      }
      state.experiments = [experiment, ...state.experiments]
      state.runs.push(...config.seeds.flatMap((seed) => config.arms.map((arm, index) => makeTrainingRun(experiment, arm, seed, Date.now() + seed * 10 + index))))
      started(experiment)
      return experiment
    },
    'training.label-with-run': ({ runId }) => ({ jobId: startJob('label-with-run', `Label with ${runId}`) })
  }
}
