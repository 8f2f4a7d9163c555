import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Job, JobLogLine, JobProgress } from '../../shared/domain/job.ts'
import { useClient } from '../connection.ts'
import { useNotices } from './notices.ts'

const activeStatuses: ReadonlySet<Job['status']> = new Set(['queued', 'running', 'cancelling'])
export const isActive = (job: Job): boolean => activeStatuses.has(job.status)

const byNumber = new Intl.Collator('en', { numeric: true })

/** Newest first; the jobs of one experiment (one a seed) stay together, in the order of their names. */
export function orderJobs(jobs: readonly Job[]): readonly Job[] {
  const started = new Map<string, number>()
  const groupOf = (job: Job): string => job.experimentId ?? job.id
  for (const job of jobs) started.set(groupOf(job), Math.min(job.createdAt, started.get(groupOf(job)) ?? Infinity))
  const at = (job: Job): number => started.get(groupOf(job)) ?? 0
  return [...jobs].sort((a, b) => at(b) - at(a) || groupOf(a).localeCompare(groupOf(b)) || byNumber.compare(a.name, b.name))
}

/** Share done over jobs that belong together: finished ones count as whole; null without jobs. */
export const meanFraction = (jobs: readonly Job[]): number | null =>
  jobs.length === 0 ? null : jobs.reduce((sum, job) => sum + (job.status === 'done' ? 1 : job.progress.fraction), 0) / jobs.length

/** Jobs by id, newest first. A change replaces one job and keeps the place of all others. */
export const useJobs = defineStore('jobs', () => {
  const list = shallowRef<readonly Job[]>([])
  const loaded = shallowRef(false)
  const notices = useNotices()

  const active = computed(() => list.value.filter(isActive))
  const interrupted = computed(() => list.value.filter((job) => job.status === 'interrupted'))
  const failed = computed(() => list.value.filter((job) => job.status === 'failed'))
  /** Mean share done over the active jobs and the finished ones of the same experiments; null when none is active. */
  const fraction = computed(() => {
    const experimentIds = new Set(active.value.map((job) => job.experimentId).filter((id) => id !== null))
    return active.value.length === 0 ? null : meanFraction(list.value.filter((job) => isActive(job) || (job.experimentId !== null && experimentIds.has(job.experimentId))))
  })
  const running = computed(() => active.value.filter((job) => job.status !== 'queued'))

  async function load(): Promise<void> {
    const jobs = await useClient().call('jobs.list', {})
    list.value = orderJobs(jobs)
    loaded.value = true
  }

  function applyChanges(changed: readonly Job[]): void {
    const byId = new Map(changed.map((job) => [job.id, job]))
    const kept = list.value.map((job) => {
      const update = byId.get(job.id)
      byId.delete(job.id)
      return update ?? job
    })
    list.value = byId.size === 0 ? kept : orderJobs([...byId.values(), ...kept])
  }

  function applyProgress(updates: readonly { readonly id: string; readonly progress: JobProgress }[]): void {
    const byId = new Map(updates.map((update) => [update.id, update.progress]))
    list.value = list.value.map((job) => {
      const progress = byId.get(job.id)
      return progress === undefined ? job : { ...job, progress }
    })
  }

  const find = (id: string | null): Job | null => list.value.find((job) => job.id === id) ?? null
  const ofExperiment = (experimentId: string): readonly Job[] => list.value.filter((job) => job.experimentId === experimentId)

  const cancel = (jobId: string): Promise<null> => notices.attempt(() => useClient().call('jobs.cancel', { jobId }))
  const resume = (jobId: string): Promise<Job | null> => notices.attempt(() => useClient().call('jobs.resume', { jobId }))
  const discard = (jobId: string): Promise<null> => notices.attempt(() => useClient().call('jobs.discard', { jobId }))
  const log = (jobId: string, after: number): Promise<readonly JobLogLine[] | null> =>
    notices.attempt(() => useClient().call('jobs.log', { jobId, after }))

  return { list, loaded, active, running, interrupted, failed, fraction, load, applyChanges, applyProgress, find, ofExperiment, cancel, resume, discard, log }
})
