import * as v from 'valibot'
import { FilterSchema } from '../../../shared/domain/filter.ts'
import { armRoles } from '../../../shared/domain/training.ts'
import { modelKinds, trainingFields } from './training-fields.ts'

const text = v.pipe(v.string(), v.maxLength(2000))

/** A model as it is written: widths as text, those of other kinds kept so that switching back and forth loses nothing. */
const ModelDraft = v.object({ kind: v.picklist(modelKinds), hidden: text, channels: text, denseUnits: text })
export type ModelDraft = v.InferOutput<typeof ModelDraft>

export const rowChoices = ['all', 'pretrain', 'teacher', 'student'] as const
export const labelForms = ['hard', 'soft'] as const

const ArmDraft = v.object({
  /** Stays when the arm is renamed or moved. */
  id: text,
  /** Empty: named after what it does. */
  name: text,
  role: v.picklist(armRoles),
  /** `source:ID`, `arm:ID of the draft`, or empty where nothing is chosen. */
  labels: text,
  form: v.picklist(labelForms),
  rows: v.picklist(rowChoices),
  examples: text,
  method: text,
  /** Values of the method's fields where they are not the default, by `method.key`. */
  methodValues: v.record(v.string(), text),
  model: v.nullable(ModelDraft)
})
export type ArmDraft = v.InferOutput<typeof ArmDraft>

/** What the form holds while it is edited: numbers as text, so that half-written ones can stand. Remembered in the bench. */
export const TrainDraft = v.object({
  name: text,
  /** Empty: the first data set. */
  datasetId: text,
  /** Empty: chosen by the bench. */
  evaluationSourceId: text,
  filter: v.nullable(FilterSchema),
  values: v.record(v.string(), text),
  model: ModelDraft,
  arms: v.pipe(v.array(ArmDraft), v.maxLength(100))
})
export type TrainDraft = v.InferOutput<typeof TrainDraft>
export const isTrainDraft = (value: unknown): value is TrainDraft => v.is(TrainDraft, value)

export const defaultModel: ModelDraft = { kind: 'dense', hidden: '128', channels: '8, 16', denseUnits: '128' }

/** The defaults of every field of the table. */
export const defaultValues = (): Record<string, string> => Object.fromEntries(trainingFields.map((field) => [field.key, field.default]))

/** A draft without arms; everything else as the configuration's defaults have it. */
export const emptyDraft = (datasetId = ''): TrainDraft => ({ name: '', datasetId, evaluationSourceId: '', filter: null, values: defaultValues(), model: { ...defaultModel }, arms: [] })

/** An id that no arm of the list has. */
export function freshId(arms: readonly { readonly id: string }[]): string {
  let number = arms.length + 1
  while (arms.some(({ id }) => id === `a${number}`)) number += 1
  return `a${number}`
}

/** A plain arm on the given labels. */
export const newArm = (id: string, fields: Partial<ArmDraft> = {}): ArmDraft => ({
  id, name: '', role: 'single', labels: '', form: 'hard', rows: 'all', examples: '0', method: 'cross-entropy', methodValues: {}, model: null, ...fields
})

export const sourceLabels = (sourceId: string): string => `source:${sourceId}`
export const armLabels = (armId: string): string => `arm:${armId}`

/** What an arm's labels name: a source of the data set or another arm of the draft. */
export function labelsOf({ labels }: Pick<ArmDraft, 'labels'>): { readonly from: 'source' | 'arm'; readonly id: string } | null {
  const match = /^(source|arm):(.+)$/.exec(labels)
  return match?.[2] === undefined ? null : { from: match[1] === 'arm' ? 'arm' : 'source', id: match[2] }
}
