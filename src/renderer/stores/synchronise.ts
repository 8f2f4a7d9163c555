import { watch } from 'vue'
import { useClient, type Connection } from '../connection.ts'
import { strings } from '../strings.ts'
import { useBench } from './bench.ts'
import { useDatasets } from './datasets.ts'
import { useEngines } from './engines.ts'
import { useExperiments } from './experiments.ts'
import { useJobs } from './jobs.ts'
import { useJournal } from './journal.ts'
import { useMetrics } from './metrics.ts'
import { useNotices } from './notices.ts'
import { useSettings } from './settings.ts'

/** Runs an action at most once at a time and once more when it was asked for meanwhile. */
export function coalesce(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let again = false
  const run = async (): Promise<void> => {
    do {
      again = false
      await action()
    } while (again)
  }
  return () => {
    if (running !== null) again = true
    else running = run().finally(() => (running = null))
    return running
  }
}

/**
 * Keeps the stores equal to the bench: reads everything once, follows the events, and reads everything again when
 * another bench file is opened or a lost connection comes back. Returns the function that ends it.
 */
export function synchronise(): { readonly ready: Promise<void>; readonly reload: () => Promise<void>; readonly stop: () => void } {
  const client = useClient()
  const [bench, datasets, engines, experiments] = [useBench(), useDatasets(), useEngines(), useExperiments()]
  const [jobs, journal, metrics, notices, settings] = [useJobs(), useJournal(), useMetrics(), useNotices(), useSettings()]
  const quietly = (action: () => Promise<unknown>): void => void action().catch((error: unknown) => notices.report(error))

  const loadExperiments = coalesce(() => experiments.load())
  const loadDatasets = coalesce(() => datasets.load())

  const reload = coalesce(async () => {
    const looked = [...experiments.runs.keys()]
    const results = await Promise.allSettled([
      bench.load(), jobs.load(), journal.load(), loadExperiments(), loadDatasets(), settings.load(),
      engines.load(), experiments.refreshRuns(looked)
    ])
    const failure = results.find((result) => result.status === 'rejected')
    if (failure !== undefined) notices.report(failure.reason)
    const runIds = looked.flatMap((id) => experiments.runsOf(id)).map((run) => run.id).filter(metrics.has)
    if (runIds.length > 0) await metrics.load(runIds)
  })

  let lost = false
  const onConnection = (state: Connection): void => {
    bench.connection = state
    if (state === 'connected' && lost) {
      notices.info(strings.connection.back)
      quietly(reload)
    }
    lost = state !== 'connected'
  }

  const ends = [
    client.onConnection(onConnection),
    // Another bench may be known by the answer of the call that opened it, or by the event alone.
    watch(() => bench.info?.path, (path, before) => {
      if (path === undefined || before === undefined) return
      experiments.forgetRuns()
      metrics.clear()
      settings.forget()
      quietly(reload)
    }),
    client.on('bench.changed', (info) => (bench.info = info)),
    client.on('datasets.changed', () => quietly(loadDatasets)),
    client.on('experiments.changed', () => quietly(loadExperiments)),
    client.on('runs.changed', ({ experimentIds }) => quietly(() => experiments.refreshRuns(experimentIds))),
    client.on('runs.metrics', ({ runs }) => metrics.merge(runs)),
    client.on('jobs.changed', ({ jobs: changed }) => jobs.applyChanges(changed)),
    client.on('jobs.progress', ({ jobs: updates }) => jobs.applyProgress(updates)),
    client.on('journal.changed', (state) => (journal.state = state)),
    client.on('notice', ({ level, message }) => notices.push(level, message))
  ]
  return { ready: reload(), reload, stop: () => ends.forEach((end) => end()) }
}
