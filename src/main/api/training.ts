import type { TrainingConfig, TrainingPlan } from '../../shared/domain/training.ts'
import { BenchError } from '../../shared/contract/errors.ts'
import { referenceModel } from '../jobs/engine-choice.ts'
import type { StepModel } from '../learn/step-time.ts'
import type { TrainingOutline } from '../runs/training/training-plan.ts'
import type { CoreState } from './core-state.ts'
import { datasetOf } from './dataset-lookup.ts'
import type { AreaHandlers } from './dispatcher.ts'

/** How long looking at a data set of millions of rows may take, in milliseconds. */
const planLimit = 120_000

export const trainingHandlers = (state: CoreState): AreaHandlers<'training'> => {
  const outline = (config: TrainingConfig): Promise<TrainingOutline> => {
    datasetOf(state.session(), config.datasetId)
    return state.tasks.ask('training-outline', config, state.session().bench.path, planLimit) as Promise<TrainingOutline>
  }
  return {
    'training.plan': async ({ config, measure }) => estimate(state, config, await outline(config), measure),
    'training.start': async ({ name, config }) => {
      state.writable()
      const { plan, widths } = await outline(config)
      const model = largest(config, widths)
      // Chosen once: the seeds of an experiment, and what is resumed of them, have to run on the same engine.
      const engine = config.engine === 'auto' ? (await state.engines.choose(model ?? referenceModel)).id : config.engine
      // Another file may have been opened in the meantime.
      const session = state.writable()
      const dataset = datasetOf(session, config.datasetId)
      let experimentId = ''
      session.jobs.enqueueAll(() => {
        const title = name ?? (plan.arms.length === 1 ? `${plan.arms[0]?.name ?? ''} on ${dataset.name}` : `${plan.arms.length} arms on ${dataset.name}`)
        experimentId = session.bench.experiments.insert('training', title, config).id
        return config.seeds.map((seed) => ({ kind: 'train-seed', name: `${title} · seed ${seed}`, input: { seed, config, engine }, experimentId, afterJobId: null }))
      })
      return session.experiment(experimentId)
    },
    'training.label-with-run': ({ runId, name }) => {
      const session = state.writable()
      const run = session.bench.runs.get(runId)
      if (run === undefined) throw new BenchError('not-found', `There is no run ${runId}.`, { field: 'runId' })
      if (run.status !== 'done') throw new BenchError('conflict', `The run "${run.name}" is not finished.`, { field: 'runId', hint: 'Wait for it, or resume it.' })
      return { jobId: session.jobs.enqueue({ kind: 'label-with-run', name: `Label with ${run.name}`, input: { runId, source: name ?? run.name } }).id }
    }
  }
}

/** The arm with the largest dense network, by which an engine is chosen; null where no arm has one. */
function largest(config: TrainingConfig, widths: TrainingOutline['widths']): StepModel | null {
  const dense = widths.filter((each) => each !== null).sort((a, b) => size(b) - size(a))
  return dense[0] === undefined ? null : { widths: dense[0], batch: config.batchSize }
}

const size = (widths: readonly number[]): number => widths.slice(1).reduce((sum, units, layer) => sum + units * (widths[layer] ?? 0), 0)

/** Adds the engine and, where steps of all arms were measured on it, the time of a seed. */
async function estimate(state: CoreState, config: TrainingConfig, { plan, widths }: TrainingOutline, measure: boolean): Promise<TrainingPlan> {
  let seconds: number | null = 0
  let engine: string = config.engine
  for (const [place, arm] of plan.arms.entries()) {
    const own = widths[place] ?? null
    const model = own === null ? undefined : { widths: own, batch: config.batchSize }
    const engines = measure && model !== undefined ? await state.engines.measure(model, false) : await state.engines.list(model)
    const chosen = engines.find(({ id, isDefault }) => (config.engine === 'auto' ? isDefault : id === config.engine))
    engine = chosen?.id ?? engine
    const step = own === null ? null : (chosen?.measurement?.millisecondsPerStep ?? null)
    seconds = seconds === null || step === null || arm.steps === null ? null : seconds + (step * arm.steps) / 1000
  }
  return { ...plan, engine, secondsPerSeed: seconds }
}
