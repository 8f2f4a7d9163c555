import * as v from 'valibot'
import type { LabelSource } from '../../../shared/domain/dataset.ts'
import { TrainingConfig } from '../../../shared/domain/training.ts'
import { parseSeeds } from '../../numbers.ts'
import { explainIssue } from '../../schema-messages.ts'
import { strings } from '../../strings.ts'
import { armNames } from './arm-names.ts'
import { readMethod } from './method-form.ts'
import { labelsOf, type ArmDraft, type ModelDraft, type TrainDraft } from './train-draft.ts'
import { trainingFields } from './training-fields.ts'

/** Mistakes by field: keys of the form, `model.hidden`, or `arms.ID.field` with the arm's id in the draft. */
export type DraftErrors = Readonly<Record<string, string>>
export type ReadDraft = { readonly config: TrainingConfig; readonly errors: null } | { readonly config: null; readonly errors: DraftErrors }

type Problems = Record<string, string>

/** Reads a draft against the contract's schema; mistakes at the fields that they are in. */
export function readDraft(draft: TrainDraft, sources: readonly LabelSource[]): ReadDraft {
  const problems: Problems = {}
  const names = armNames(draft.arms, sources)
  const input = {
    datasetId: draft.datasetId,
    evaluationSourceId: draft.evaluationSourceId === '' ? null : draft.evaluationSourceId,
    filter: draft.filter,
    model: readModel(draft.model, 'model', problems),
    arms: draft.arms.map((arm, place) => readArm(arm, place, draft.arms, names, sources, problems)),
    ...readValues(draft.values, problems)
  }
  const result = v.safeParse(TrainingConfig, input)
  if (result.success && Object.keys(problems).length === 0) return { config: result.output, errors: null }
  for (const issue of result.issues ?? []) {
    const field = fieldOfPath((issue.path ?? []).map(({ key }) => String(key)), draft.arms, draft.model)
    // What could not be read is named already, and is missing here for that reason.
    if (!(field === 'arms' && draft.arms.some(({ id }) => Object.keys(problems).some((key) => key.startsWith(`arms.${id}.`))))) problems[field] ??= explainIssue(issue)
  }
  return { config: null, errors: problems }
}

function readValues(values: Readonly<Record<string, string>>, problems: Problems): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const field of trainingFields) {
    const text = (values[field.key] ?? field.default).trim()
    if (field.kind === 'flag') read[field.key] = text === 'true'
    else if (field.kind === 'choice') read[field.key] = text
    else if (field.kind === 'seeds') {
      const seeds = parseSeeds(text)
      if (seeds === null) problems[field.key] = strings.form.badSeeds
      else read[field.key] = seeds
    } else if (text === '' || !Number.isFinite(Number(text))) problems[field.key] = strings.form.badNumber
    else read[field.key] = Number(text)
  }
  return read
}

function readArm(arm: ArmDraft, place: number, arms: readonly ArmDraft[], names: readonly string[], sources: readonly LabelSource[], problems: Problems): Record<string, unknown> {
  const at = (field: string): string => `arms.${arm.id}.${field}`
  const name = names[place] ?? ''
  if (names.indexOf(name) !== place) problems[at('name')] = strings.train.arms.sameName
  const { input: method, problems: unread } = readMethod(arm)
  for (const [key, problem] of Object.entries(unread)) problems[at(`method.${key}`)] = problem
  const examples = Number(arm.examples)
  if (arm.examples.trim() === '' || !Number.isFinite(examples)) problems[at('examples')] = strings.form.badNumber
  return {
    name,
    role: arm.role,
    labels: readLabels(arm, place, arms, names, sources, (problem) => (problems[at('labels')] = problem)),
    rows: arm.rows,
    examples: Number.isFinite(examples) ? examples : 0,
    method,
    model: arm.model === null ? null : readModel(arm.model, at('model'), problems)
  }
}

function readLabels(arm: ArmDraft, place: number, arms: readonly ArmDraft[], names: readonly string[], sources: readonly LabelSource[], complain: (problem: string) => void): unknown {
  const labels = labelsOf(arm)
  if (labels?.from === 'source' && sources.some(({ id }) => id === labels.id)) return { from: 'source', sourceId: labels.id, form: arm.form }
  const teacher = labels?.from === 'arm' ? arms.findIndex(({ id }) => id === labels.id) : -1
  if (teacher < 0) complain(strings.train.arms.gone)
  else if (teacher >= place) complain(strings.train.arms.later)
  return { from: 'arm', arm: names[teacher] ?? '?', form: arm.form }
}

function readModel(model: ModelDraft, at: string, problems: Problems): unknown {
  if (model.kind === 'linear') return { kind: 'linear' }
  const widths = (text: string, field: string, count: number | null): number[] | undefined => {
    const read = text.split(',').map((part) => Number(part.trim() === '' ? Number.NaN : part))
    if (read.every(Number.isInteger) && (count === null || read.length === count)) return read
    problems[`${at}.${field}`] = count === 2 ? strings.train.twoWidths : strings.train.widths
    return undefined
  }
  if (model.kind === 'dense') return { kind: 'dense', hidden: widths(model.hidden, 'hidden', null) }
  return { kind: 'convolutional', channels: widths(model.channels, 'channels', 2), hidden: widths(model.denseUnits, 'denseUnits', null)?.[0] }
}

const modelFields: Readonly<Record<string, string>> = { 'dense.hidden': 'hidden', 'convolutional.channels': 'channels', 'convolutional.hidden': 'denseUnits' }

function modelField(at: string, key: string | undefined, kind: ModelDraft['kind'] | undefined): string {
  return `${at}.${modelFields[`${kind ?? ''}.${key ?? ''}`] ?? 'kind'}`
}

/** The key of the form for a path into the configuration: `arms.0.method.q`, `arms.NAME`, `model.hidden.1`, `seeds`. */
export function fieldOfPath(path: readonly string[], arms: readonly ArmDraft[], model?: ModelDraft, names: readonly string[] = []): string {
  const [first = '', second = '', third = '', ...rest] = path
  if (first === 'model') return modelField('model', second === '' ? undefined : second, model?.kind ?? 'dense')
  if (first !== 'arms' || second === '') return first
  const arm = arms[Number(second)] ?? arms[names.indexOf([second, third, ...rest].filter((part) => part !== '').join('.'))] ?? arms[names.indexOf(second)]
  if (arm === undefined) return 'arms'
  const at = `arms.${arm.id}`
  if (third === 'model') return modelField(`${at}.model`, rest[0], arm.model?.kind)
  if (third === 'method') return `${at}.method.${rest[0] ?? 'name'}`
  return `${at}.${['name', 'labels', 'rows', 'examples', 'role'].includes(third) ? third : 'labels'}`
}
