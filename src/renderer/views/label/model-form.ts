import type { Dataset, LabelSource } from '../../../shared/domain/dataset.ts'
import type { LabelModelMethod } from '../../../shared/domain/weak-labels.ts'
import type { LabelModelInput } from '../../stores/labeling.ts'
import { strings } from '../../strings.ts'

export type BalanceChoice = 'estimate' | 'uniform' | 'given'
export type VotersChoice = 'functions' | 'annotators' | 'chosen'

/** What is asked of a label model, as it is written. */
export interface ModelDraft {
  readonly method: LabelModelMethod
  readonly name: string
  readonly balance: BalanceChoice
  /** Share of each class, in the order of the class list. */
  readonly shares: readonly string[]
  readonly voters: VotersChoice
  readonly chosen: readonly string[]
}
export type ModelProblems = Partial<Record<'name' | 'shares' | 'sources', string>>

/** How far the given shares may add up to something else than 1. */
const tolerance = 0.005
const texts = strings.label.models

/** The input of a label model, or what is wrong, by field. `applied` are the sources of the enabled functions that have voted. */
export function readModel(draft: ModelDraft, dataset: Dataset, sources: readonly LabelSource[], applied: readonly string[]): { readonly input: LabelModelInput | null; readonly problems: ModelProblems } {
  const problems: { name?: string; shares?: string; sources?: string } = {}
  const sourceIds = draft.voters === 'functions' ? [...applied] : sources.filter((one) => (draft.voters === 'annotators' ? one.kind === 'annotator' : draft.chosen.includes(one.id))).map((one) => one.id)
  const name = draft.name.trim() === '' ? draft.method : draft.name.trim()
  if (sourceIds.length === 0) problems.sources = draft.voters === 'chosen' ? texts.noSources : texts.noVotes
  const shares = dataset.classes.map((_, index) => Number((draft.shares[index] ?? '').trim().replace(',', '.') || 'NaN'))
  const sum = shares.reduce((total, share) => total + share, 0)
  if (draft.balance === 'given' && shares.some((share) => !(share >= 0 && share <= 1))) problems.shares = texts.badShare
  else if (draft.balance === 'given' && Math.abs(sum - 1) > tolerance) problems.shares = texts.sum(sum.toFixed(3))
  if (Object.keys(problems).length > 0) return { input: null, problems }
  return { input: { datasetId: dataset.id, method: draft.method, name, sourceIds, balance: draft.balance === 'given' ? shares.map((share) => share / sum) : draft.balance }, problems }
}
