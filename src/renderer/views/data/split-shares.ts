import { splits, type Split } from '../../../shared/domain/dataset.ts'
import { strings } from '../../strings.ts'

export type DealtSplit = Exclude<Split, 'none'>
export const dealtSplits = splits.filter((split): split is DealtSplit => split !== 'none')

export interface SplitDraft {
  readonly seed: string
  /** Percent as typed; empty is none. */
  readonly shares: Readonly<Record<DealtSplit, string>>
}
export const splitDraft: SplitDraft = { seed: '0', shares: { pretrain: '', teacher: '20', student: '60', test: '20' } }

export interface SplitPlan {
  readonly seed: number
  /** In [0, 1]. */
  readonly shares: Readonly<Record<DealtSplit, number>>
  /** What is left to the seeds, in [0, 1]. */
  readonly rest: number
}

const texts = strings.data.panels.splits

/** Shares and seed as they are typed; a sentence where they are none. */
export function parseSplits({ seed, shares }: SplitDraft): SplitPlan | string {
  if (!/^\d{1,10}$/.test(seed.trim()) || Number(seed) > 0xffff_ffff) return texts.badSeed
  const percents = dealtSplits.map((split) => (shares[split].trim() === '' ? 0 : Number(shares[split])))
  if (percents.some((percent) => !Number.isFinite(percent) || percent < 0 || percent > 100)) return texts.bad
  const total = percents.reduce((sum, percent) => sum + percent, 0)
  if (total > 100 + 1e-9) return texts.total
  if (total === 0) return texts.nothing
  const [pretrain = 0, teacher = 0, student = 0, test = 0] = percents.map((percent) => percent / 100)
  return { seed: Number(seed), shares: { pretrain, teacher, student, test }, rest: Math.max(0, 1 - total / 100) }
}
