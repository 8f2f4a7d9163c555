import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { InputOf, Procedures } from '../../shared/contract/index.ts'
import type { Job } from '../../shared/domain/job.ts'
import type { NoiseCheck, NoiseDataMap, NoiseScores } from '../../shared/domain/noise-check.ts'
import { useClient } from '../connection.ts'
import { strings } from '../strings.ts'
import { flaggedBy } from '../views/noise/main-detector.ts'
import { useDatasets } from './datasets.ts'
import { isActive, useJobs } from './jobs.ts'
import { useJournal } from './journal.ts'
import { useNotices } from './notices.ts'

export type CheckRequest = InputOf<Procedures['noise.start-check']>['request']
export type InjectionRequest = InputOf<Procedures['noise.inject']>['injection']

export interface Projection {
  readonly method: string
  readonly points: Float32Array
}

type FollowedKind = 'check' | 'projection' | 'inject' | 'merge'
/** A job of this view that is under way, and what is to be done at its end. */
interface Followed {
  readonly jobId: string
  readonly datasetId: string
  readonly kind: FollowedKind
  readonly done: () => Promise<void> | void
}

/** Kinds of jobs by which those that a window before this one started are recognised. */
const jobKinds: Readonly<Record<FollowedKind, string>> = { check: 'noise-check', projection: 'project-examples', inject: 'inject-noise', merge: 'merge-corrections' }

/** Checks for wrong labels of each data set, the numbers of the one shown, maps, and the jobs that make them. */
export const useNoise = defineStore('noise', () => {
  const [datasets, jobs, journal, notices] = [useDatasets(), useJobs(), useJournal(), useNotices()]
  const checks = shallowRef<ReadonlyMap<string, readonly NoiseCheck[]>>(new Map())
  const scores = shallowRef<{ readonly checkId: string; readonly of: NoiseScores } | null>(null)
  const dataMap = shallowRef<{ readonly checkId: string; readonly of: NoiseDataMap | null } | null>(null)
  const projections = shallowRef<ReadonlyMap<string, Projection | null>>(new Map())
  const followed = shallowRef<readonly Followed[]>([])
  const looked = new Set<string>()

  const of = (datasetId: string): readonly NoiseCheck[] => checks.value.get(datasetId) ?? []
  const isLoaded = (datasetId: string): boolean => checks.value.has(datasetId)
  const scoresOf = (checkId: string): NoiseScores | null => (scores.value?.checkId === checkId ? scores.value.of : null)
  const dataMapOf = (checkId: string): NoiseDataMap | null => (dataMap.value?.checkId === checkId ? dataMap.value.of : null)
  /** The map of a data set; undefined before it was asked for, null where there is none. */
  const projectionOf = (datasetId: string): Projection | null | undefined => projections.value.get(datasetId)

  /** Reads the checks of a data set; from then on they follow the bench. */
  async function load(datasetId: string): Promise<void> {
    looked.add(datasetId)
    const before = checks.value.get(datasetId)
    const found = await notices.attempt(() => useClient().call('noise.checks', { datasetId }))
    if (found === null) return
    checks.value = new Map(checks.value).set(datasetId, found)
    // A check leaves columns of scores, which filters and sorts can use.
    if (before !== undefined && found[0]?.id !== before[0]?.id) await datasets.loadColumns(datasetId, true)
  }
  watch(() => datasets.revision, () => {
    for (const id of looked) if (datasets.find(id) !== null) void load(id)
  })

  /** Reads the numbers of a check; those of one check are kept at a time. `fresh` reads them again, as labels and splits are now. */
  async function loadScores(checkId: string, fresh = false): Promise<void> {
    if (!fresh && scores.value?.checkId === checkId) return
    const found = await notices.attempt(() => useClient().call('noise.scores', { checkId }))
    if (found !== null) scores.value = { checkId, of: found }
  }

  async function loadDataMap(checkId: string): Promise<void> {
    if (dataMap.value?.checkId === checkId) return
    const found = await notices.attempt(() => useClient().call('noise.data-map', { checkId }))
    dataMap.value = { checkId, of: found }
  }

  async function loadProjection(datasetId: string, fresh = false): Promise<void> {
    if (!fresh && projections.value.has(datasetId)) return
    try {
      projections.value = new Map(projections.value).set(datasetId, await useClient().call('noise.projection', { datasetId }))
    } catch (error) {
      notices.report(error)
    }
  }

  /** Starts a check. Rejects with a BenchError whose `field` names what stands in the way. */
  async function startCheck(request: CheckRequest): Promise<string> {
    const { jobId } = await useClient().call('noise.start-check', { request })
    follow({
      jobId, datasetId: request.datasetId, kind: 'check',
      done: async () => {
        await Promise.all([load(request.datasetId), datasets.loadDetails(request.datasetId)])
        const [newest] = of(request.datasetId)
        if (newest !== undefined) notices.info(strings.noise.checked(flaggedBy(newest.report), newest.report.rows))
      }
    })
    return jobId
  }

  async function startProjection(datasetId: string, method: 'pca' | 'umap'): Promise<void> {
    const started = await notices.attempt(() => useClient().call('noise.start-projection', { datasetId, method }))
    if (started !== null) follow({ jobId: started.jobId, datasetId, kind: 'projection', done: () => loadProjection(datasetId, true) })
  }

  /** Makes noisy labels. Rejects with what is wrong with the input. */
  async function inject(injection: InjectionRequest): Promise<void> {
    const { jobId } = await useClient().call('noise.inject', { injection })
    follow({
      jobId, datasetId: injection.datasetId, kind: 'inject',
      done: async () => {
        await datasets.loadDetails(injection.datasetId)
        notices.info(strings.noise.injected(injection.name))
      }
    })
  }

  /** Makes the source of corrected labels, then goes on with what is to be done with it. */
  async function mergeCorrections(datasetId: string, sourceId: string, annotator: string, then: () => Promise<void>): Promise<void> {
    const started = await notices.attempt(() => useClient().call('noise.merge-corrections', { datasetId, sourceId, annotator }))
    if (started === null) return
    follow({
      jobId: started.jobId, datasetId, kind: 'merge',
      done: async () => {
        await datasets.loadDetails(datasetId)
        await then()
      }
    })
  }

  async function remove(check: NoiseCheck): Promise<void> {
    if ((await notices.attempt(() => useClient().call('noise.delete-check', { checkId: check.id }).then(() => true))) !== true) return
    await load(check.datasetId)
    notices.info(strings.noise.deleted(check.name))
  }

  /** Rows that one call names at most. */
  const atATime = 100_000
  async function inParts(rows: readonly number[], send: (part: readonly number[]) => Promise<boolean>): Promise<boolean> {
    for (let start = 0; start < rows.length; start += atATime) if (!(await send(rows.slice(start, start + atATime)))) return false
    return true
  }

  /** Labels rows as the person's own annotator, each as the check suggests or as given; one step of undo for up to 100,000. */
  const decide = (checkId: string, rows: readonly number[], label: 'suggested' | 'given', annotator: string): Promise<boolean> =>
    inParts(rows, (part) => journal.change(() => useClient().call('noise.decide', { checkId, rows: [...part], label, annotator })))
  const relabel = (datasetId: string, rows: readonly number[], label: number, annotator: string): Promise<boolean> =>
    inParts(rows, (part) => journal.change(() => useClient().call('datasets.set-labels', { datasetId, rows: [...part], label, annotator })))
  const leaveOut = (datasetId: string, rows: readonly number[]): Promise<boolean> => inParts(rows, (part) => datasets.setSplit(datasetId, part, 'none'))

  function follow(one: Followed): void {
    followed.value = [...followed.value, one]
    settle(jobs.list)
  }
  function settle(list: readonly Job[]): void {
    for (const one of followed.value) {
      const job = list.find(({ id }) => id === one.jobId)
      if (job === undefined || isActive(job)) continue
      followed.value = followed.value.filter((other) => other !== one)
      if (job.status === 'done') void Promise.resolve(one.done()).catch((error: unknown) => notices.report(error))
      else if (job.status === 'failed') notices.push('error', job.error?.message ?? strings.transfer.failed(job.name), job.error)
      else notices.info(strings.transfer.cancelled(job.name))
    }
  }
  watch(() => jobs.list, settle)

  /** Jobs of a kind under way for a data set. */
  const jobsOf = (datasetId: string, kind: FollowedKind): readonly Job[] =>
    followed.value.filter((one) => one.datasetId === datasetId && one.kind === kind).flatMap((one) => jobs.find(one.jobId) ?? [])
  /** Jobs of a kind under way that this window does not follow: started before it was opened. */
  const strayJobs = (kind: FollowedKind): readonly Job[] => jobs.active.filter((job) => job.kind === jobKinds[kind] && !followed.value.some((one) => one.jobId === job.id))

  return {
    checks, scores, projections, of, isLoaded, scoresOf, dataMapOf, projectionOf, load, loadScores, loadDataMap, loadProjection, startCheck, startProjection, inject, mergeCorrections, remove, decide, relabel, leaveOut, jobsOf, strayJobs
  }
})
