import * as v from 'valibot'
import { WeakToStrongConfig } from '../../../shared/domain/weak-to-strong.ts'
import { formatSeeds, parseSeeds } from '../../numbers.ts'
import { explainIssue } from '../../schema-messages.ts'
import { strings } from '../../strings.ts'

/** What the form holds while it is edited: numbers and seeds as text, so that half-written ones can stand. */
export interface DemoDraft {
  name: string
  task: WeakToStrongConfig['task']
  pretraining: WeakToStrongConfig['pretraining']
  teacherLabels: string
  seeds: string
  confidenceWeight: string
  confidenceWarmUp: string
  confidenceSchedule: WeakToStrongConfig['confidenceSchedule']
  threshold: WeakToStrongConfig['threshold']
  pseudoClasses: string
  supervisorLevel: string
  studentLevel: string
  weakLabels: WeakToStrongConfig['weakLabels']
  pretrainingSteps: string
  headSteps: string
  engine: WeakToStrongConfig['engine']
}

export const numericFields = ['teacherLabels', 'confidenceWeight', 'confidenceWarmUp', 'supervisorLevel', 'studentLevel', 'pseudoClasses', 'pretrainingSteps', 'headSteps'] as const
export type NumericField = (typeof numericFields)[number]
export type DraftErrors = Readonly<Partial<Record<keyof DemoDraft, string>>>

/** A draft filled with the configuration's defaults. */
export function defaultDraft(): DemoDraft {
  const config = v.parse(WeakToStrongConfig, {})
  return {
    name: '',
    task: config.task,
    pretraining: config.pretraining,
    teacherLabels: String(config.teacherLabels),
    seeds: formatSeeds(config.seeds),
    confidenceWeight: String(config.confidenceWeight),
    confidenceWarmUp: String(config.confidenceWarmUp),
    confidenceSchedule: config.confidenceSchedule,
    threshold: config.threshold,
    pseudoClasses: String(config.pseudoClasses),
    supervisorLevel: String(config.supervisorLevel),
    studentLevel: String(config.studentLevel),
    weakLabels: config.weakLabels,
    pretrainingSteps: String(config.pretrainingSteps),
    headSteps: String(config.headSteps),
    engine: config.engine
  }
}

export type ParsedDraft = { readonly config: WeakToStrongConfig; readonly errors: null } | { readonly config: null; readonly errors: DraftErrors }

/** Reads a draft against the contract's schema; errors by field. */
export function parseDraft(draft: DemoDraft): ParsedDraft {
  const errors: Partial<Record<keyof DemoDraft, string>> = {}
  const seeds = parseSeeds(draft.seeds)
  if (seeds === null) errors.seeds = strings.form.badSeeds
  const numbers: Partial<Record<NumericField, number>> = {}
  for (const field of numericFields) {
    const value = Number(draft[field])
    if (draft[field].trim() === '' || !Number.isFinite(value)) errors[field] = strings.form.badNumber
    else numbers[field] = value
  }
  const { task, pretraining, confidenceSchedule, threshold, weakLabels, engine } = draft
  const result = v.safeParse(WeakToStrongConfig, { task, pretraining, confidenceSchedule, threshold, weakLabels, engine, ...numbers, ...(seeds === null ? {} : { seeds }) })
  if (!result.success) {
    for (const issue of result.issues) {
      const field = issue.path?.[0]?.key
      if (typeof field === 'string' && field in draft) errors[field as keyof DemoDraft] ??= explainIssue(issue)
    }
  }
  return result.success && Object.keys(errors).length === 0 ? { config: result.output, errors: null } : { config: null, errors }
}
