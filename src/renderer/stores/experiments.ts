import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { nameOnEngine } from '../../shared/contract/engine-failure.ts'
import type { InputOf, Procedures } from '../../shared/contract/index.ts'
import type { EngineId } from '../../shared/domain/engine.ts'
import type { Experiment } from '../../shared/domain/experiment.ts'
import type { Run } from '../../shared/domain/run.ts'
import { useClient } from '../connection.ts'
import { formatDuration, formatScore } from '../numbers.ts'
import { strings } from '../strings.ts'
import { useJournal } from './journal.ts'
import { useNotices } from './notices.ts'

export type StartInput = InputOf<Procedures['experiments.start-weak-to-strong']>
export type TrainInput = InputOf<Procedures['training.start']>

/** Experiments newest first, and the runs of those that were looked at (oldest first, so that new runs append). */
export const useExperiments = defineStore('experiments', () => {
  const list = shallowRef<readonly Experiment[]>([])
  const loaded = shallowRef(false)
  const runs = shallowRef<ReadonlyMap<string, readonly Run[]>>(new Map())
  const notices = useNotices()
  const journal = useJournal()

  async function load(): Promise<void> {
    const experiments = await useClient().call('experiments.list', {})
    announceEnds(experiments)
    list.value = experiments.filter((experiment) => experiment.deletedAt === null).sort((a, b) => b.createdAt - a.createdAt)
    loaded.value = true
  }

  /** Says once how an experiment ended that was under way when the list was read last. */
  function announceEnds(now: readonly Experiment[]): void {
    for (const experiment of now) {
      const before = find(experiment.id)?.status
      if ((before === 'running' || before === 'queued') && before !== experiment.status) announceEnd(experiment)
    }
  }

  function announceEnd(experiment: Experiment): void {
    const { name, status, seconds } = experiment
    if (status === 'done') notices.info(strings.experiments.finished(name, formatDuration(seconds), bestOf(experiment)))
    else if (status === 'failed' || status === 'cancelled' || status === 'interrupted') {
      notices.push(status === 'cancelled' ? 'info' : 'warning', strings.experiments.ended(name, strings.experiments.howEnded[status]))
    }
  }

  async function loadRuns(experimentId: string): Promise<void> {
    const found = await useClient().call('runs.list', { experimentId, limit: 10_000 })
    const alive = found.filter((run) => run.deletedAt === null).sort((a, b) => a.createdAt - b.createdAt || a.seed - b.seed)
    runs.value = new Map(runs.value).set(experimentId, alive)
  }

  /** Reads the runs of the experiments again that a view has asked for before. */
  async function refreshRuns(experimentIds: readonly string[]): Promise<void> {
    await Promise.all(experimentIds.filter((id) => runs.value.has(id)).map(loadRuns))
  }

  const find = (id: string | null): Experiment | null => list.value.find((experiment) => experiment.id === id) ?? null
  const runsOf = (id: string): readonly Run[] => runs.value.get(id) ?? []

  function forgetRuns(): void {
    runs.value = new Map()
  }

  /** Starts the weak-to-strong experiment; rejects with a BenchError whose `field` names an offending knob. */
  async function start(input: StartInput): Promise<Experiment> {
    return listed(await useClient().call('experiments.start-weak-to-strong', input))
  }

  /** Starts training on a data set; rejects with a BenchError whose `field` names what stands in the way. */
  async function startTraining(input: TrainInput): Promise<Experiment> {
    return listed(await useClient().call('training.start', input))
  }

  function listed(experiment: Experiment): Experiment {
    if (find(experiment.id) === null) list.value = [experiment, ...list.value]
    return experiment
  }

  /** Labels the data set of a run with what the run predicts, as a job. */
  const labelWithRun = (runId: string): Promise<{ readonly jobId: string } | null> => notices.attempt(() => useClient().call('training.label-with-run', { runId }))

  /** Starts an experiment anew on another engine, beside the old one: a checkpoint belongs to the engine that made it. */
  const runOn = (experiment: Experiment, engine: EngineId): Promise<Experiment | null> =>
    notices.attempt(() => {
      const name = nameOnEngine(experiment.name, engine)
      return experiment.kind === 'training' ? startTraining({ name, config: { ...experiment.config, engine } }) : start({ name, config: { ...experiment.config, engine } })
    })

  const cancel = (experimentId: string): Promise<null> => notices.attempt(() => useClient().call('experiments.cancel', { experimentId }))
  const resume = (experimentId: string): Promise<null> => notices.attempt(() => useClient().call('experiments.resume', { experimentId }))

  const rename = (experimentId: string, name: string): Promise<boolean> =>
    journal.change(() => useClient().call('experiments.rename', { experimentId, name }))
  const setNotes = (experimentId: string, notes: string): Promise<boolean> =>
    journal.change(() => useClient().call('experiments.set-notes', { experimentId, notes }))

  async function remove(experiment: Experiment): Promise<void> {
    if (!(await journal.change(() => useClient().call('experiments.set-deleted', { experimentId: experiment.id, deleted: true })))) return
    list.value = list.value.filter((other) => other.id !== experiment.id)
    notices.info(strings.experiments.deleted(experiment.name))
  }

  const renameRun = (runId: string, name: string): Promise<boolean> => journal.change(() => useClient().call('runs.rename', { runId, name }))
  const setRunNotes = (runId: string, notes: string): Promise<boolean> =>
    journal.change(() => useClient().call('runs.set-notes', { runId, notes }))
  const setRunTags = (runId: string, tags: readonly string[]): Promise<boolean> =>
    journal.change(() => useClient().call('runs.set-tags', { runId, tags: [...tags] }))

  async function removeRuns(runIds: readonly string[]): Promise<void> {
    if (await journal.change(() => useClient().call('runs.set-deleted', { runIds: [...runIds], deleted: true })))
      notices.info(strings.runs.deleted(runIds.length))
  }

  return {
    list, loaded, runs, load, loadRuns, refreshRuns, forgetRuns, find, runsOf, start, startTraining, labelWithRun, runOn, cancel, resume, rename, setNotes, remove,
    renameRun, setRunNotes, setRunTags, removeRuns
  }
})

/** The arm that did best, in words: of the gap where there is one, else in accuracy. */
function bestOf({ kind, summary }: Experiment): string {
  const best = (summary?.arms ?? []).flatMap(({ name, pgr }) => (pgr === null ? [] : [{ name, share: pgr.mean }])).sort((a, b) => b.share - a.share)[0]
  if (best !== undefined) return strings.experiments.bestRecovered(best.name, `${Math.round(best.share * 100)}%`)
  if (kind !== 'training') return strings.experiments.noGap
  const [first] = [...(summary?.arms ?? [])].sort((a, b) => b.accuracy.mean - a.accuracy.mean)
  return first === undefined ? strings.train.comparison.none : strings.train.comparison.best(first.name, formatScore(first.accuracy.mean))
}
