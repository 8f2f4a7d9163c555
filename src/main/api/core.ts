import { BenchError } from '../../shared/contract/errors.ts'
import type { QueueLimits } from '../jobs/job-queue.ts'
import { TaskDesk } from '../jobs/task-desk.ts'
import type { ForkWorker } from '../jobs/worker-process.ts'
import { realPathOf } from '../store/open-files.ts'
import { benchErrorOf } from '../store/sqlite-errors.ts'
import { appHandlers, appInfoOf } from './app.ts'
import { benchHandlers } from './bench.ts'
import { annotationHandlers } from './annotation.ts'
import { datasetHandlers } from './datasets.ts'
import { DatasetViews } from './dataset-views.ts'
import { filterHandlers } from './filters.ts'
import { functionHandlers, labelModelHandlers } from './functions.ts'
import { exportHandlers, importHandlers } from './imports.ts'
import type { CoreState } from './core-state.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { engineChoice, engineHandlers } from './engines.ts'
import { EventHub } from './event-hub.ts'
import { experimentHandlers } from './experiments.ts'
import type { HostAbilities } from './host-abilities.ts'
import { jobHandlers } from './jobs.ts'
import { journalHandlers } from './journal.ts'
import { openRecentList } from './recent.ts'
import { runHandlers } from './runs.ts'
import { Session } from './session.ts'
import { noiseHandlers } from './noise.ts'
import { settingHandlers } from './settings.ts'
import { trainingHandlers } from './training.ts'

export interface CoreOptions {
  /** The bench file to open; made when there is none (unless read-only). */
  readonly benchPath: string
  readonly readOnly?: boolean
  readonly fork: ForkWorker
  readonly host: HostAbilities
  /** Where the list of recent files is kept. */
  readonly stateFolder: string
  readonly limits?: QueueLimits
}

/** The application without its shell: answers calls and publishes events. A host carries both to its windows. */
export interface Core extends Dispatcher {
  readonly events: EventHub
  /** Jobs under way or waiting, for the question on closing. */
  runningJobs(): number
  /** Ends running jobs (they can be resumed) and closes the bench file. */
  close(): Promise<void>
}

/** Opens the core on a bench file. Throws a BenchError that says why it cannot. */
export function openCore(options: CoreOptions): Promise<Core> {
  const events = new EventHub()
  const limits = options.limits ?? {}
  const recent = openRecentList(options.stateFolder)
  const open = (path: string, wanted: { readonly readOnly?: boolean; readonly create?: boolean }): Session => {
    const opened = new Session(path, wanted, options.fork, events, limits)
    recent.add(path)
    return opened
  }
  try {
    const tasks = new TaskDesk(options.fork)
    let session = open(options.benchPath, { readOnly: options.readOnly ?? false, create: true })
    const state: CoreState = {
      app: appInfoOf(options.host),
      host: options.host,
      recent,
      engines: engineChoice(options.fork, options.stateFolder),
      tasks,
      views: new DatasetViews(),
      session: () => session,
      writable() {
        session.requireWritable()
        return session
      },
      async switchTo(path, wanted) {
        const same = realPathOf(path) === realPathOf(session.bench.path)
        if (same && (wanted.readOnly ?? false) === session.bench.readOnly) return session
        if (session.jobs.activeCount > 0) throw stillRunning(session)
        const previous = session
        if (same) {
          // Its own lock has to go first; where the file cannot be had the other way, it is open as it was.
          await previous.close()
          try {
            session = open(path, wanted)
          } catch (error) {
            session = open(path, { readOnly: previous.bench.readOnly })
            throw error
          }
        } else {
          session = open(path, wanted)
          await previous.close()
        }
        events.publish('bench.changed', session.bench.info())
        events.publish('journal.changed', session.bench.journal.state())
        return session
      }
    }
    const dispatcher = createDispatcher(handlersOf(state), (error) => benchErrorOf(error, session.bench.path) ?? error)
    return Promise.resolve({
      dispatch: (procedure, input, context) => dispatcher.dispatch(procedure, input, context),
      events,
      runningJobs: () => session.jobs.activeCount,
      async close() {
        tasks.close()
        await session.close()
        events.close()
      }
    })
  } catch (error) {
    const failure = benchErrorOf(error, options.benchPath) ?? error
    return Promise.reject(failure instanceof Error ? failure : new Error(String(failure)))
  }
}

const handlersOf = (state: CoreState) => ({
  ...appHandlers(state),
  ...benchHandlers(state),
  ...datasetHandlers(state),
  ...filterHandlers(state),
  ...importHandlers(state),
  ...exportHandlers(state),
  ...annotationHandlers(state),
  ...functionHandlers(state),
  ...labelModelHandlers(state),
  ...experimentHandlers(state),
  ...runHandlers(state),
  ...jobHandlers(state),
  ...engineHandlers(state),
  ...journalHandlers(state),
  ...settingHandlers(state),
  ...trainingHandlers(state),
  ...noiseHandlers(state)
})

const stillRunning = ({ jobs, bench }: Session): BenchError =>
  new BenchError('conflict', `${jobs.activeCount === 1 ? '1 job' : `${jobs.activeCount} jobs`} of ${bench.path} ${jobs.activeCount === 1 ? 'is' : 'are'} still running.`, { hint: 'Cancel them or wait for them, then open the other file.' })
