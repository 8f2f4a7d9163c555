import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ErrorPayload } from '../../shared/contract/errors.ts'
import type { Dataset } from '../../shared/domain/dataset.ts'
import type { ImportReport, ImportRequest } from '../../shared/domain/import.ts'
import type { Job } from '../../shared/domain/job.ts'
import type { SampleName } from '../../shared/domain/sample.ts'
import { useClient } from '../connection.ts'
import { goTo } from '../location.ts'
import { strings } from '../strings.ts'
import { useDatasets } from './datasets.ts'
import { useDataViews } from './data-views.ts'
import { isActive, useJobs } from './jobs.ts'
import { useNotices } from './notices.ts'

/** A job that brings data in or out, or looks for duplicates, started from this window. */
export interface Transfer {
  readonly jobId: string
  readonly kind: 'import' | 'sample' | 'export' | 'duplicates' | 'votes'
  /** Name of the data set, or path of the file. */
  readonly name: string
  /** Data sets that were there before, so that the new one is recognised. */
  readonly before: ReadonlySet<string>
  /** What to start again, where it was a person's file. */
  readonly request: ImportRequest | null
}

/**
 * Imports and exports from their start to their end, whatever view is open: each end is announced once, and what a person
 * waits for is opened.
 */
export const useTransfers = defineStore('transfers', () => {
  const [jobs, datasets, notices, views] = [useJobs(), useDatasets(), useNotices(), useDataViews()]
  const followed = shallowRef<readonly Transfer[]>([])
  /** The one whose progress a dialog shows; its end opens the data set. */
  const watched = ref<string | null>(null)
  /** The import dialog: closed, or open with a path (empty: to be chosen). */
  const importing = shallowRef<{ readonly path: string; readonly note?: string } | null>(null)

  function follow(transfer: Transfer): void {
    followed.value = [...followed.value, transfer]
    check(jobs.list)
  }

  const newTransfer = (jobId: string, kind: Transfer['kind'], name: string, request: ImportRequest | null = null): Transfer =>
    ({ jobId, kind, name, request, before: new Set(datasets.list.map((one) => one.id)) })

  function check(list: readonly Job[]): void {
    const ended = followed.value.flatMap((transfer) => {
      const job = list.find((one) => one.id === transfer.jobId)
      return job === undefined || isActive(job) ? [] : [{ transfer, job }]
    })
    if (ended.length === 0) return
    followed.value = followed.value.filter((transfer) => !ended.some((one) => one.transfer === transfer))
    for (const { transfer, job } of ended) void end(transfer, job)
  }
  watch(() => jobs.list, check)

  async function end(transfer: Transfer, job: Job): Promise<void> {
    const isWatched = watched.value === transfer.jobId
    if (job.status === 'failed') {
      // A dialog that shows the failure itself needs no second voice.
      if (!isWatched) notices.push('error', job.error?.message ?? strings.transfer.failed(transfer.name), job.error)
      return
    }
    if (isWatched) watched.value = null
    if (job.status !== 'done') {
      notices.info(strings.transfer.cancelled(transfer.name))
      return
    }
    if (transfer.kind === 'export') notices.info(strings.transfer.exported(transfer.name))
    else if (transfer.kind === 'duplicates') notices.info(strings.transfer.searched(transfer.name))
    else if (transfer.kind === 'votes') await votesArrived(transfer, isWatched)
    else await arrived(transfer, isWatched)
  }

  async function arrived(transfer: Transfer, open: boolean): Promise<void> {
    await notices.attempt(() => datasets.load())
    const dataset = newest(datasets.list.filter((one) => !transfer.before.has(one.id)), transfer.name)
    if (dataset === null) return
    const report = transfer.kind === 'import' ? await notices.attempt(() => useClient().call('datasets.report', { datasetId: dataset.id, kind: 'import' })) : null
    notices.info(strings.transfer.imported(dataset.name, dataset.count, isReport(report) ? report.rejected : 0))
    if (!open) return
    views.tab = 'examples'
    goTo('data', dataset.id)
  }

  /** Votes that made a data set of their own open it. */
  async function votesArrived(transfer: Transfer, open: boolean): Promise<void> {
    await notices.attempt(() => datasets.load())
    notices.info(strings.label.votes.imported(transfer.name))
    const dataset = newest(datasets.list.filter((one) => !transfer.before.has(one.id)), '')
    if (open && dataset !== null) goTo('label', dataset.id)
  }

  async function startImport(request: ImportRequest): Promise<string> {
    const { jobId } = await useClient().call('imports.start', request)
    watched.value = jobId
    follow(newTransfer(jobId, 'import', request.name, request))
    return jobId
  }

  /** Adds a shipped sample, or opens it where it is there already. */
  async function addSample(sample: SampleName): Promise<void> {
    const added = await datasets.addSample(sample)
    if (added === null) return
    if (added.jobId === null) return goTo('data', added.datasetId)
    watched.value = added.jobId
    follow(newTransfer(added.jobId, 'sample', strings.transfer.samples[sample]))
  }

  function followExport(jobId: string, path: string): void {
    watched.value = jobId
    follow(newTransfer(jobId, 'export', path))
  }
  function followVotes(jobId: string, path: string): void {
    watched.value = jobId
    follow(newTransfer(jobId, 'votes', path))
  }
  const followSearch = (jobId: string, name: string): void => follow(newTransfer(jobId, 'duplicates', name))

  const sample = computed(() => {
    const transfer = followed.value.find((one) => one.kind === 'sample')
    return transfer === undefined ? null : jobs.find(transfer.jobId)
  })
  const failureOf = (jobId: string | null): ErrorPayload | null => {
    const job = jobs.find(jobId)
    return job?.status === 'failed' ? (job.error ?? { code: 'internal', message: strings.transfer.failed(job.name) }) : null
  }
  return { followed, watched, importing, sample, startImport, addSample, followExport, followVotes, followSearch, failureOf }
})

const isReport = (value: unknown): value is ImportReport => typeof value === 'object' && value !== null && 'rejected' in value && typeof value.rejected === 'number'

const newest = (list: readonly Dataset[], name: string): Dataset | null =>
  [...list].sort((a, b) => Number(b.name === name) - Number(a.name === name) || b.createdAt - a.createdAt)[0] ?? null
