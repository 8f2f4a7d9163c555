import * as v from 'valibot'
import type { JobStatus } from '../../shared/domain/job.ts'
import { WeakToStrongConfig } from '../../shared/domain/weak-to-strong.ts'
import { BenchError } from '../../shared/contract/errors.ts'
import { type SampleName, sampleSources } from '../datasets/samples.ts'
import { largestModel } from '../papers/weak-to-strong/body.ts'
import type { CoreState } from './core-state.ts'
import type { AreaHandlers } from './dispatcher.ts'
import { change } from './journal.ts'
import type { Session } from './session.ts'

/** The job that brings a sample into the bench: the one under way, or the one that stopped, resumed, or a new one; null when the data set is there. */
export function ensureSample({ bench, jobs }: Session, sample: SampleName): string | null {
  if (bench.datasets.findBySource(sampleSources[sample]) !== undefined) return null
  const imports = bench.jobs.withStatus('queued', 'running', 'interrupted', 'failed', 'cancelled').filter((job) => job.kind === 'import-sample' && sampleOf(bench.jobs.input(job.id)) === sample)
  const underWay = imports.find((job) => !job.resumable)
  if (underWay !== undefined) return underWay.id
  const [stopped] = imports
  return (stopped === undefined ? jobs.enqueue({ kind: 'import-sample', name: 'Import MNIST 10k', input: { sample } }) : jobs.resume(stopped.id)).id
}

const sampleOf = (input: unknown): unknown => (input as { readonly sample?: unknown } | null)?.sample

export const experimentHandlers = (state: CoreState): AreaHandlers<'experiments'> => {
  const jobsWith = (experimentId: string, ...statuses: JobStatus[]) => {
    state.session().experiment(experimentId)
    return state.session().bench.jobs.ofExperiment(experimentId).filter((job) => statuses.includes(job.status))
  }
  return {
    'experiments.list': () => state.session().bench.experiments.list(),
    'experiments.get': ({ experimentId }) => state.session().experiment(experimentId),
    'experiments.start-weak-to-strong': async ({ name, config: partial }) => {
      state.writable()
      const config = v.parse(WeakToStrongConfig, partial)
      if (config.studentLevel <= config.supervisorLevel) {
        throw new BenchError('invalid-input', `A student of level ${config.studentLevel} is not stronger than a supervisor of level ${config.supervisorLevel}.`, {
          field: 'config.studentLevel',
          hint: 'Choose a student level above the supervisor level.'
        })
      }
      // Chosen once: the seeds of an experiment, and what is resumed of them, have to run on the same engine.
      const engine = config.engine === 'auto' ? (await state.engines.choose(largestModel(config))).id : config.engine
      // Another file may have been opened while engines were measured.
      const session = state.writable()
      const sample = 'mnist-10k'
      const afterJobId = ensureSample(session, sample)
      let experimentId = ''
      session.jobs.enqueueAll(() => {
        const { id, name: title } = session.bench.experiments.insert('weak-to-strong', name ?? defaultName(session), config)
        experimentId = id
        // One job a seed: seeds are independent, so they fill the cores, and a crash costs one seed's last second.
        return config.seeds.map((seed) => ({ kind: 'weak-to-strong-seed', name: `${title} · seed ${seed}`, input: { sample, seed, config, engine }, experimentId, afterJobId }))
      })
      return session.experiment(experimentId)
    },
    'experiments.cancel': ({ experimentId }) => {
      const { jobs } = state.writable()
      // Waiting jobs first, so that none of them starts when a running one makes room.
      for (const job of [...jobsWith(experimentId, 'queued'), ...jobsWith(experimentId, 'running')]) jobs.cancel(job.id)
      return null
    },
    'experiments.resume': ({ experimentId }) => {
      const { jobs } = state.writable()
      const stopped = jobsWith(experimentId, 'interrupted', 'failed', 'cancelled')
      if (stopped.length === 0) throw new BenchError('conflict', 'Nothing of this experiment has stopped; there is nothing to resume.')
      for (const job of stopped) jobs.resume(job.id)
      return null
    },
    'experiments.rename': ({ experimentId, name }) => {
      const session = state.writable()
      const experiment = session.experiment(experimentId)
      return change(session, `Rename experiment "${experiment.name}" to "${name}"`, { do: 'experiment-name', id: experimentId, name })
    },
    'experiments.set-notes': ({ experimentId, notes }) => {
      const session = state.writable()
      const experiment = session.experiment(experimentId)
      return change(session, `Change the notes of experiment "${experiment.name}"`, { do: 'experiment-notes', id: experimentId, notes })
    },
    'experiments.set-deleted': ({ experimentId, deleted }) => {
      const session = state.writable()
      const experiment = session.experiment(experimentId)
      if ((experiment.deletedAt === null) !== deleted) return session.bench.journal.state()
      if (deleted && jobsWith(experimentId, 'queued', 'running', 'cancelling').length > 0) {
        throw new BenchError('conflict', `The experiment "${experiment.name}" is still running.`, { hint: 'Cancel it first.' })
      }
      return change(session, `${deleted ? 'Delete' : 'Restore'} experiment "${experiment.name}"`, { do: 'experiment-deleted', id: experimentId, at: deleted ? Date.now() : null })
    }
  }
}

const defaultName = (session: Session): string => `Weak-to-strong ${session.bench.info().counts.experiments + 1}`
