import * as v from 'valibot'
import { mostArms, TrainingArm, TrainingConfig, TrainingModel } from '../../../shared/domain/training.ts'
import { strings } from '../../strings.ts'

const texts = strings.train

/** Bounds of a number, as its schema has them. */
export interface NumberBounds {
  readonly minimum: number
  readonly maximum: number
  readonly whole: boolean
}

export type FieldSection = 'data' | 'optimization' | 'runs'

/** One field of the form. What it is called, means and allows stands here once; the form and its checks are made of it. */
export interface TrainingField {
  readonly key: FieldKey
  readonly section: FieldSection
  readonly kind: 'number' | 'choice' | 'flag' | 'seeds'
  readonly title: string
  readonly explanation: string
  readonly unit: string | null
  readonly advanced: boolean
  readonly bounds: NumberBounds | null
  readonly options: Readonly<Record<string, string>> | null
  /** As text, as the form holds it. */
  readonly default: string
}

/** A configuration with the schema's defaults; its data set and arm are placeholders. */
export const defaultConfig: TrainingConfig = v.parse(TrainingConfig, { datasetId: 'none', arms: [{ name: 'arm', labels: { from: 'source', sourceId: 'none' } }] })

/** Reads the bounds of a number out of its schema, whatever wraps it. */
export function boundsOf(schema: v.GenericSchema): NumberBounds {
  const inner = 'wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema
  const steps = 'pipe' in inner ? (inner.pipe as readonly { readonly type: string; readonly requirement?: unknown }[]) : []
  const limit = (type: string, otherwise: number): number => {
    const found = steps.find((step) => step.type === type)?.requirement
    return typeof found === 'number' ? found : otherwise
  }
  return { minimum: limit('min_value', -Infinity), maximum: limit('max_value', Infinity), whole: steps.some((step) => step.type === 'integer') }
}

type NumberKey = 'testShare' | 'validationShare' | 'splitSeed' | 'textWidth' | 'learningRate' | 'weightDecay' | 'warmUp' | 'batchSize' | 'epochs' | 'mostSteps' | 'clipNorm' | 'patience'
type ChoiceKey = 'features' | 'optimizer' | 'schedule' | 'sampler'
export type FieldKey = NumberKey | ChoiceKey | 'standardize' | 'seeds' | 'engine'

const base = (key: Exclude<FieldKey, 'seeds' | 'engine'>, section: FieldSection, advanced: boolean) => ({
  key, section, advanced, title: texts.fields[key].title, explanation: texts.fields[key].explanation, default: String(defaultConfig[key])
})
const number = (key: NumberKey, section: FieldSection, unit: string | null, advanced = false): TrainingField => ({
  ...base(key, section, advanced), kind: 'number', unit, bounds: boundsOf(TrainingConfig.entries[key]), options: null
})
const choice = (key: ChoiceKey, section: FieldSection, advanced = false): TrainingField => ({
  ...base(key, section, advanced), kind: 'choice', unit: null, bounds: null, options: texts.fields[key].options
})

/** Every field of the configuration but data set, judge, filter, model and arms, in the order of the form. */
export const trainingFields: readonly TrainingField[] = [
  number('testShare', 'data', null),
  number('validationShare', 'data', null),
  choice('features', 'data'),
  number('textWidth', 'data', texts.units.columns, true),
  { ...base('standardize', 'data', true), kind: 'flag', unit: null, bounds: null, options: null },
  number('splitSeed', 'data', null, true),
  choice('optimizer', 'optimization'),
  number('learningRate', 'optimization', null),
  number('epochs', 'optimization', null),
  number('batchSize', 'optimization', texts.units.examples),
  choice('schedule', 'optimization'),
  number('weightDecay', 'optimization', null),
  number('patience', 'optimization', texts.units.epochs),
  number('warmUp', 'optimization', null, true),
  number('mostSteps', 'optimization', texts.units.steps, true),
  number('clipNorm', 'optimization', null, true),
  choice('sampler', 'optimization', true),
  { key: 'seeds', section: 'runs', kind: 'seeds', title: texts.fields.seeds.title, explanation: texts.fields.seeds.explanation, unit: null, advanced: false, bounds: null, options: null, default: '0-2' },
  { key: 'engine', section: 'runs', kind: 'choice', title: texts.fields.engine.title, explanation: texts.fields.engine.explanation, unit: null, advanced: false, bounds: null, options: { auto: texts.fields.engine.auto }, default: defaultConfig.engine }
]

export const fieldOf = new Map(trainingFields.map((field) => [field.key, field]))

/** Bounds of what an arm and a model hold in numbers. */
export const armExamples: NumberBounds = boundsOf(TrainingArm.entries.examples)
export const modelKinds = TrainingModel.options.map(({ entries }) => entries.kind.literal)
export type ModelKind = (typeof modelKinds)[number]
export { mostArms }
