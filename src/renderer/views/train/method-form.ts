import type { MethodField, MethodForm } from '../../../shared/domain/method-fields.ts'
import { robustMethodForms, type RobustMethodConfig } from '../../../shared/domain/robust-methods.ts'
import { formatQuantity } from '../../numbers.ts'
import { strings } from '../../strings.ts'
import type { ArmDraft } from './train-draft.ts'

const forms = new Map<string, MethodForm>(robustMethodForms.map((form) => [form.name, form]))

export const methodOptions: readonly { readonly value: string; readonly label: string }[] = robustMethodForms.map(({ name, title }) => ({ value: name, label: title }))

/** What the form shows of a method; that of the plain one where the bench knows no such method. */
export const methodForm = (name: string): MethodForm => forms.get(name) ?? robustMethodForms[0]

const keyOf = (method: string, field: string): string => `${method}.${field}`

/** A field's default as the form writes it. */
export const defaultOf = (field: MethodField): string => (field.kind === 'matrix' ? '' : String(field.default))

/** What an arm has in a field of its method, as written. */
export const methodValue = (arm: Pick<ArmDraft, 'method' | 'methodValues'>, field: MethodField): string => arm.methodValues[keyOf(arm.method, field.key)] ?? defaultOf(field)

/** The values of an arm with one field changed; a default is not kept. */
export function withMethodValue({ method, methodValues }: Pick<ArmDraft, 'method' | 'methodValues'>, field: MethodField, value: string): Record<string, string> {
  const { [keyOf(method, field.key)]: _, ...others } = methodValues
  return value === defaultOf(field) ? others : { ...others, [keyOf(method, field.key)]: value }
}

/** A matrix as text, a line a row; null where it is not one of numbers. An empty text is no matrix. */
export function parseMatrix(text: string): number[][] | null {
  const rows = text.trim().split('\n').map((line) => line.trim().split(/[\s,;]+/).map(Number))
  return rows.every((row) => row.every(Number.isFinite)) ? rows : null
}

export type MethodInput = { readonly name: string } & Readonly<Record<string, unknown>>

/** The settings of an arm's method for the schema, and what cannot be read, by field. */
export function readMethod(arm: Pick<ArmDraft, 'method' | 'methodValues'>): { readonly input: MethodInput; readonly problems: Readonly<Record<string, string>> } {
  const input: Record<string, unknown> = {}
  const problems: Record<string, string> = {}
  for (const field of methodForm(arm.method).fields) {
    const text = methodValue(arm, field).trim()
    if (field.kind === 'choice') input[field.key] = text
    else if (field.kind === 'matrix') {
      const matrix = text === '' ? null : parseMatrix(text)
      if (text !== '' && matrix === null) problems[field.key] = strings.train.matrix
      else input[field.key] = matrix
    } else if (text === '' || !Number.isFinite(Number(text))) problems[field.key] = strings.form.badNumber
    else input[field.key] = Number(text)
  }
  return { input: { ...input, name: arm.method }, problems }
}

/** The fields of a configured method that are not the default, as the form writes them. */
export function methodValuesOf(config: RobustMethodConfig): Record<string, string> {
  const values: Readonly<Record<string, unknown>> = config
  let written: Record<string, string> = {}
  for (const field of methodForm(config.name).fields) {
    const value = values[field.key]
    const text = Array.isArray(value) ? value.map((row: unknown) => (Array.isArray(row) ? row.join(' ') : '')).join('\n') : typeof value === 'number' || typeof value === 'string' ? String(value) : null
    if (text !== null) written = withMethodValue({ method: config.name, methodValues: written }, field, text)
  }
  return written
}

const { methodNames, smoothed } = strings.train

/** What a method is called in the name of an arm: short, with the settings that are not the default; one that has a single setting says it always. */
export function methodLabel(arm: Pick<ArmDraft, 'method' | 'methodValues'>): string {
  const form = methodForm(arm.method)
  const short = methodNames[form.name] ?? form.title.toLowerCase()
  const shown = form.fields.filter((field) => field.kind !== 'matrix' && (methodValue(arm, field) !== defaultOf(field) || field.key === 'q'))
  if (form.name === 'cross-entropy') return shown[0] === undefined ? short : `${smoothed} ${methodValue(arm, shown[0])}`
  return [short, ...shown.map((field) => `${field.key} ${written(methodValue(arm, field))}`)].join(', ')
}

const written = (text: string): string => (text.trim() !== '' && Number.isFinite(Number(text)) ? formatQuantity(Number(text)) : text)
