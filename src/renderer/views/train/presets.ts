import type { Dataset, LabelSource } from '../../../shared/domain/dataset.ts'
import { reportOf } from '../label/label-model-report.ts'
import { type ArmDraft, armLabels, defaultModel, type ModelDraft, newArm, sourceLabels, type TrainDraft } from './train-draft.ts'

/** Splits that an arm can be trained on alone. */
export const trainingSplits = ['pretrain', 'teacher', 'student'] as const
/** Examples pinned to each of them. */
export type PinnedCounts = Readonly<Record<(typeof trainingSplits)[number], number>>

/** What a preset needs to know of a data set. */
export interface PresetFacts {
  readonly dataset: Dataset
  readonly sources: readonly LabelSource[]
  /** Examples pinned to each split; null while that is not known. */
  readonly pinned: PinnedCounts | null
}

export const presetNames = ['single', 'soft', 'chain', 'robust'] as const
export type PresetName = (typeof presetNames)[number]

/** What a preset puts into a draft: the arms, and the model where it matters. */
export type PresetFields = Pick<TrainDraft, 'arms' | 'model'>

/** Sources of these kinds have probabilities beside their labels. */
export const hasSoftLabels = ({ kind }: LabelSource): boolean => kind === 'aggregate' || kind === 'model'

/** The labels that come nearest to the truth: those named so, else those that came with the data. */
export const truthOf = (sources: readonly LabelSource[]): LabelSource | null =>
  sources.find(({ kind, labelled }) => kind === 'truth' && labelled > 0) ?? sources.find(({ kind, labelled }) => kind === 'given' && labelled > 0) ?? null

/** The source to train on where nobody has chosen: the newest answer of a label model, else the labels that came with the data, else any. */
export function usualSource(sources: readonly LabelSource[]): LabelSource | null {
  const labelled = sources.filter((one) => one.labelled > 0)
  const answers = labelled.filter(({ kind }) => kind === 'aggregate').sort((a, b) => b.createdAt - a.createdAt)
  return answers.find((one) => reportOf(one)?.method !== 'majority') ?? answers[0] ?? truthOf(labelled) ?? labelled[0] ?? null
}

/** The newest majority vote over the same votes as a label model's answer, where there is one. */
export function majorityOf(source: LabelSource, sources: readonly LabelSource[]): LabelSource | null {
  const own = reportOf(source)
  const others = sources.filter((one) => one.id !== source.id && one.kind === 'aggregate' && reportOf(one)?.method === 'majority')
  return others.sort((a, b) => b.createdAt - a.createdAt).find((one) => own !== null && reportOf(one)?.sourceIds.join() === own.sourceIds.join()) ?? null
}

const numbered = (arms: readonly Partial<ArmDraft>[]): ArmDraft[] => arms.map((fields, place) => newArm(`a${place + 1}`, fields))
const on = (source: LabelSource, fields: Partial<ArmDraft> = {}): Partial<ArmDraft> => ({ labels: sourceLabels(source.id), ...fields })

/** The arms of a preset on the labels of a source; null where the source does not fit. */
export function applyPreset(name: PresetName, source: LabelSource, facts: PresetFacts): PresetFields | null {
  if (name === 'single') return { arms: numbered([on(source, hasSoftLabels(source) ? { form: 'soft' } : {})]), model: defaultModel }
  if (name === 'soft') return softArms(source, facts)
  if (name === 'chain') return chainArms(source, facts)
  return { arms: numbered(robustMethods.map((fields) => on(source, fields))), model: defaultModel }
}

/** Soft labels against the hard ones of the same source, the majority vote and the truth, as far as there are these. */
function softArms(source: LabelSource, { sources }: PresetFacts): PresetFields | null {
  if (!hasSoftLabels(source)) return null
  const [majority, truth] = [majorityOf(source, sources), truthOf(sources)]
  return {
    arms: numbered([on(source, { form: 'soft' }), on(source), ...(majority === null ? [] : [on(majority)]), ...(truth === null ? [] : [on(truth, { role: 'ceiling' })])]),
    model: defaultModel
  }
}

/** The same labels by plain cross-entropy and by the losses that are made for wrong ones. */
const robustMethods: readonly Partial<ArmDraft>[] = [
  { method: 'cross-entropy' },
  { method: 'cross-entropy', methodValues: { 'cross-entropy.smoothing': '0.1' } },
  { method: 'generalized-cross-entropy' },
  { method: 'symmetric-cross-entropy' },
  { method: 'soft-bootstrapping' },
  { method: 'early-learning-regularization' }
]

/** A teacher is to know little: this share of the labels, where no split is pinned for it. */
const teacherShare = 0.1
const fewestForTeacher = 50

/** A small teacher on some of the labels, larger students on what it predicts, and a ceiling on the labels themselves. */
function chainArms(source: LabelSource, { dataset, sources, pinned }: PresetFacts): PresetFields {
  // A teacher and a ceiling that learn from guesses would frame nothing.
  const known = truthOf(sources) ?? source
  const isPinned = (pinned?.teacher ?? 0) > 0 && (pinned?.student ?? 0) > 0
  const examples = isPinned ? '0' : String(Math.max(fewestForTeacher, Math.round(teacherShare * known.labelled)))
  const students: readonly Partial<ArmDraft>[] = [{ method: 'cross-entropy' }, { method: 'soft-bootstrapping' }, { method: 'generalized-cross-entropy' }, { method: 'early-learning-regularization' }]
  const rows: Partial<ArmDraft> = isPinned ? { rows: 'student' } : {}
  return {
    arms: numbered([
      on(known, { role: 'teacher', examples, model: { ...defaultModel, kind: 'linear' }, ...(isPinned ? { rows: 'teacher' } : {}) }),
      ...students.map((fields): Partial<ArmDraft> => ({ role: 'student', labels: armLabels('a1'), form: 'soft', ...rows, ...fields })),
      on(known, { role: 'ceiling', ...rows })
    ]),
    model: largeModel(dataset)
  }
}

/** A model well above a linear teacher: a convolutional one for images that it can halve twice, else a wide dense one. */
function largeModel({ kind, shape }: Dataset): ModelDraft {
  const fits = kind === 'image' && shape.length >= 2 && shape.slice(0, 2).every((side) => side % 4 === 0)
  return fits ? { ...defaultModel, kind: 'convolutional' } : { ...defaultModel, hidden: '256' }
}
