import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { InputOf, Procedures } from '../../shared/contract/index.ts'
import type { LabelSource } from '../../shared/domain/dataset.ts'
import type { LabelingFunction, LabelingFunctionDefinition } from '../../shared/domain/labeling-function.ts'
import type { Job } from '../../shared/domain/job.ts'
import type { FunctionAnalysis } from '../../shared/domain/weak-labels.ts'
import { useClient } from '../connection.ts'
import { strings } from '../strings.ts'
import { useDatasets } from './datasets.ts'
import { isActive, useJobs } from './jobs.ts'
import { useJournal } from './journal.ts'
import { useNotices } from './notices.ts'
import { isString, useSettings } from './settings.ts'

export type LabelModelInput = InputOf<Procedures['label-models.run']>

/** The labeling-function table with the functions it is about, in the same order. */
export interface AnalysedFunctions {
  readonly analysis: FunctionAnalysis
  readonly functions: readonly LabelingFunction[]
}

/** A job of this view that is under way, and what to say at its end. */
interface Followed {
  readonly jobId: string
  readonly datasetId: string
  readonly kind: 'apply' | 'model'
  readonly done: string
}

/** Labeling functions of each data set, their table, and the jobs that apply them and run label models. */
export const useLabeling = defineStore('labeling', () => {
  const [datasets, jobs, journal, notices, settings] = [useDatasets(), useJobs(), useJournal(), useNotices(), useSettings()]
  const functions = shallowRef<ReadonlyMap<string, readonly LabelingFunction[]>>(new Map())
  const tables = shallowRef<ReadonlyMap<string, AnalysedFunctions>>(new Map())
  const followed = shallowRef<readonly Followed[]>([])
  const looked = new Set<string>()

  const of = (datasetId: string): readonly LabelingFunction[] => functions.value.get(datasetId) ?? []
  const tableOf = (datasetId: string): AnalysedFunctions | null => tables.value.get(datasetId) ?? null
  const isLoaded = (datasetId: string): boolean => functions.value.has(datasetId)

  const chosenTruth = (datasetId: string) => settings.remember<string>(`label.truth.${datasetId}`, 'auto', isString)
  /** The source that counts as right: the one chosen, else what came with the data; null for none. */
  function truthOf(datasetId: string): LabelSource | null {
    const sources = datasets.sourcesOf(datasetId)
    const chosen = chosenTruth(datasetId).value
    if (chosen === 'none') return null
    return sources.find((one) => one.id === chosen) ?? sources.find((one) => one.kind === 'truth') ?? sources.find((one) => one.kind === 'given') ?? sources.find((one) => one.kind === 'annotator') ?? null
  }
  function setTruth(datasetId: string, sourceId: string | null): void {
    chosenTruth(datasetId).value = sourceId ?? 'none'
    void loadTable(datasetId)
  }

  /** Reads the functions of a data set and their table; from then on they follow the bench. */
  async function load(datasetId: string): Promise<void> {
    looked.add(datasetId)
    const found = await notices.attempt(() => useClient().call('functions.list', { datasetId }))
    if (found === null) return
    functions.value = new Map(functions.value).set(datasetId, found)
    await loadTable(datasetId)
  }

  async function loadTable(datasetId: string): Promise<void> {
    const voted = of(datasetId).filter((one) => one.enabled && one.sourceId !== null)
    if (voted.length === 0) {
      const rest = new Map(tables.value)
      rest.delete(datasetId)
      tables.value = rest
      return
    }
    const analysis = await notices.attempt(() => useClient().call('functions.table', { datasetId, truthSourceId: truthOf(datasetId)?.id ?? null }))
    // Functions changed meanwhile: the next answer has them right.
    if (analysis !== null && analysis.functions.length === voted.length) tables.value = new Map(tables.value).set(datasetId, { analysis, functions: voted })
  }

  watch(() => datasets.revision, () => {
    for (const id of looked) if (datasets.find(id) !== null) void load(id)
  })

  /** Saves a function: a new one, or the next version of the one of that name. Rejects with what is wrong with it. */
  async function save(datasetId: string, name: string, definition: LabelingFunctionDefinition): Promise<LabelingFunction> {
    const saved = await useClient().call('functions.save', { datasetId, name, definition })
    await load(datasetId)
    return saved
  }

  async function setEnabled(datasetId: string, functionId: string, enabled: boolean): Promise<void> {
    await journal.change(() => useClient().call('functions.set-enabled', { functionId, enabled }))
    await load(datasetId)
  }

  async function remove(datasetId: string, name: string): Promise<boolean> {
    if (!(await journal.change(() => useClient().call('functions.set-deleted', { datasetId, name, deleted: true })))) return false
    await load(datasetId)
    notices.info(strings.label.functions.removed(name))
    return true
  }

  const versions = (datasetId: string, name: string): Promise<readonly LabelingFunction[] | null> => notices.attempt(() => useClient().call('functions.versions', { datasetId, name }))

  /** Has functions vote on every row: these, or all enabled ones whose votes are missing. */
  async function apply(datasetId: string, functionIds?: readonly string[]): Promise<void> {
    const count = functionIds?.length ?? of(datasetId).filter((one) => one.enabled && one.sourceId === null).length
    const started = await notices.attempt(() => useClient().call('functions.apply', { datasetId, ...(functionIds === undefined ? {} : { functionIds: [...functionIds] }) }))
    if (started === null) return
    if (started.jobId === null) return notices.info(strings.label.functions.nothingToApply)
    follow({ jobId: started.jobId, datasetId, kind: 'apply', done: strings.label.functions.applied(count) })
  }

  /** Starts a label model. Rejects with what is wrong with the input. */
  async function runModel(input: LabelModelInput): Promise<void> {
    const { jobId } = await useClient().call('label-models.run', input)
    follow({ jobId, datasetId: input.datasetId, kind: 'model', done: strings.label.models.done(input.name) })
  }

  function follow(one: Followed): void {
    followed.value = [...followed.value, one]
    check(jobs.list)
  }
  function check(list: readonly Job[]): void {
    for (const one of followed.value) {
      const job = list.find(({ id }) => id === one.jobId)
      if (job === undefined || isActive(job)) continue
      followed.value = followed.value.filter((other) => other !== one)
      if (job.status === 'done') notices.info(one.done)
      else if (job.status === 'failed') notices.push('error', job.error?.message ?? strings.transfer.failed(job.name), job.error)
      else notices.info(strings.transfer.cancelled(job.name))
      void datasets.loadDetails(one.datasetId).then(() => load(one.datasetId), (error: unknown) => notices.report(error))
    }
  }
  watch(() => jobs.list, check)

  /** Jobs under way for a data set. */
  const jobsOf = (datasetId: string, kind: Followed['kind']): readonly Job[] =>
    followed.value.filter((one) => one.datasetId === datasetId && one.kind === kind).flatMap((one) => jobs.find(one.jobId) ?? [])

  return { functions, tables, of, tableOf, isLoaded, truthOf, setTruth, load, loadTable, save, setEnabled, remove, versions, apply, runModel, jobsOf }
})
