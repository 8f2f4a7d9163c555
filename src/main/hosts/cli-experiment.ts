import { engineAtFault, nextEngine } from '../../shared/contract/engine-failure.ts'
import { BenchError, type ErrorPayload } from '../../shared/contract/errors.ts'
import type { Experiment } from '../../shared/domain/experiment.ts'
import type { CliCore } from './cli-core.ts'
import { type CliOutput, Interrupted } from './cli-output.ts'
import { ExperimentProgress } from './cli-progress.ts'
import { progressBars, progressLines, type ProgressView } from './cli-progress-view.ts'
import { onSignal } from './cli-signals.ts'

/** How often the experiment is looked at besides its events, in milliseconds. */
const pollInterval = 500
/** How long a cancelled experiment may take to mark its runs before the command ends anyway, in milliseconds. */
const cancelLimit = 2000

/** Shows the progress until every job has ended; throws Interrupted after a signal, with the experiment cancelled. */
export async function followExperiment(core: CliCore, experiment: Experiment, output: CliOutput): Promise<Experiment> {
  const progress = new ExperimentProgress(experiment, (await core.call('jobs.list', { limit: 200 })).toReversed())
  const view = process.stderr.isTTY ? progressBars(progress, process.stderr) : progressLines(progress, (text) => output.say(text))
  const unsubscribe = core.events.subscribe((events) => {
    progress.take(events)
    view.update()
    if (events.some(({ topic }) => topic === 'runs.changed')) void learnRuns(core, experiment, progress)
  })
  const heard = onSignal()
  try {
    return await untilEnd(core, experiment.id, view, heard.signal)
  } catch (error) {
    if (!heard.signal.aborted) throw error
    await cancel(core, experiment.id)
    const signal = heard.name ?? 'SIGINT'
    throw new Interrupted(signal, `The experiment was cancelled; what it did so far stays in ${core.benchPath}, marked as cancelled.`)
  } finally {
    heard.stop()
    unsubscribe()
    view.stop()
  }
}

async function untilEnd(core: CliCore, experimentId: string, view: ProgressView, signal: AbortSignal): Promise<Experiment> {
  for (;;) {
    signal.throwIfAborted()
    const experiment = await core.call('experiments.get', { experimentId })
    if (!isActive(experiment)) return experiment
    view.update()
    await sleep(pollInterval, signal)
  }
}

async function cancel(core: CliCore, experimentId: string): Promise<void> {
  await core.call('experiments.cancel', { experimentId })
  const limit = Date.now() + cancelLimit
  while (Date.now() < limit && isActive(await core.call('experiments.get', { experimentId }))) await sleep(50)
}

/** Metrics name only their run; the list says which job it belongs to. A later event brings what a failed call misses. */
async function learnRuns(core: CliCore, experiment: Experiment, progress: ExperimentProgress): Promise<void> {
  try {
    progress.takeRuns(await core.call('runs.list', { experimentId: experiment.id, limit: 10_000 }))
  } catch {
    // The bench file is being closed.
  }
}

/** Why the experiment has no complete result: what the first failed job says, else how it ended. */
export async function failureOf(core: CliCore, experiment: Experiment): Promise<BenchError> {
  const jobs = await core.call('jobs.list', { limit: 200 })
  const failed = jobs.findLast((job) => job.error !== null && (experiment.jobIds.includes(job.id) || job.createdAt >= experiment.createdAt - 1000))
  const kept = `Its runs stay in ${core.benchPath}; the window can resume them.`
  if (!failed?.error) return new BenchError('internal', `The experiment ended as ${experiment.status}.`, { hint: kept })
  const { code, message, hint, details } = failed.error
  const hints = [hint, await otherEngine(core, failed.error), kept].filter(Boolean)
  return new BenchError(code, `${failed.name} failed: ${message}`, { hint: hints.join(' '), ...(details === undefined ? {} : { details }) })
}

/** What to add to the command for another engine, or nothing where the failure is not an engine's or there is no other. */
async function otherEngine(core: CliCore, error: ErrorPayload): Promise<string> {
  const failed = engineAtFault(error)
  const next = failed === null ? null : nextEngine(await core.call('engines.list', {}), failed)
  return next === null ? '' : `Or run it on another engine: --engine ${next.id}.`
}

const isActive = ({ status }: Experiment): boolean => status === 'running' || status === 'queued'

/** Resolves after the time, or at once when the signal is raised. */
const sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal?.addEventListener('abort', end)
  })
