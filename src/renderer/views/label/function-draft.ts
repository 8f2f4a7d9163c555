import type { DatasetColumn } from '../../../shared/domain/column.ts'
import type { Dataset } from '../../../shared/domain/dataset.ts'
import type { LabelingFunction, LabelingFunctionDefinition } from '../../../shared/domain/labeling-function.ts'
import { strings } from '../../strings.ts'

export type FunctionKind = LabelingFunctionDefinition['kind']
export const functionKinds: readonly FunctionKind[] = ['keywords', 'pattern', 'interval', 'expression', 'javascript', 'nearest-prototype', 'run']

/** A labeling function while it is written: every field of every kind as text, so that nothing is lost when the kind changes. */
export interface FunctionDraft {
  readonly name: string
  readonly kind: FunctionKind
  readonly label: number
  readonly columns: readonly string[]
  readonly words: string
  readonly all: boolean
  readonly caseSensitive: boolean
  readonly wholeWords: boolean
  readonly pattern: string
  readonly flags: string
  readonly column: string
  readonly from: string
  readonly to: string
  readonly expression: string
  readonly code: string
  /** Rows of each class, by class position, separated by commas. */
  readonly prototypes: Readonly<Record<number, string>>
  readonly radius: string
  readonly runId: string
  readonly confidence: string
}
export type DraftField = keyof FunctionDraft
export type DraftProblems = Partial<Record<DraftField, string>>

/** What a draft is about. */
export interface DraftContext {
  readonly dataset: Dataset
  readonly columns: readonly DatasetColumn[]
}

/** An empty draft: keywords over the text columns, or where there are none, an interval of the first number column. */
export function emptyDraft({ dataset, columns }: DraftContext): FunctionDraft {
  const texts = columns.filter((column) => column.role === 'text')
  const number = columns.find((column) => column.type === 'number')
  return {
    name: '', kind: texts.length > 0 ? 'keywords' : number !== undefined ? 'interval' : 'nearest-prototype', label: dataset.classes.at(-1)?.position ?? 0, columns: texts.map((column) => column.name), words: '', all: false, caseSensitive: false, wholeWords: true,
    pattern: '', flags: 'i', column: number?.name ?? '', from: '', to: '', expression: '', code: '', prototypes: {}, radius: '', runId: '', confidence: '0.8'
  }
}

/** A stored function as a draft; imported votes have nothing to edit but the name. */
export function draftOf(context: DraftContext, name: string, definition: LabelingFunction['definition']): FunctionDraft {
  if (definition.kind === 'imported') return { ...emptyDraft(context), name }
  const draft = { ...emptyDraft(context), name, kind: definition.kind }
  const optional = (value: number | null): string => (value === null ? '' : String(value))
  switch (definition.kind) {
    case 'keywords':
      return { ...draft, ...definition, words: definition.words.join('\n') }
    case 'interval':
      return { ...draft, ...definition, from: optional(definition.from), to: optional(definition.to) }
    case 'nearest-prototype': {
      const prototypes: Record<number, string> = {}
      for (const { row, label } of definition.prototypes) prototypes[label] = prototypes[label] === undefined ? String(row) : `${prototypes[label]}, ${row}`
      return { ...draft, prototypes, radius: optional(definition.radius) }
    }
    case 'run':
      return { ...draft, runId: definition.runId, confidence: String(definition.confidence) }
    default:
      return { ...draft, ...definition }
  }
}

/** The definition a draft describes, or what is missing or wrong, by field. */
export function readDraft(draft: FunctionDraft, context: DraftContext): { readonly definition: LabelingFunctionDefinition; readonly problems: DraftProblems } | { readonly definition: null; readonly problems: DraftProblems } {
  const problems: Record<string, string> = {}
  const definition = readers[draft.kind](draft, context, problems)
  const broken = Object.keys(problems).length > 0
  return broken ? { definition: null, problems } : { definition, problems }
}

type Reader = (draft: FunctionDraft, context: DraftContext, problems: Record<string, string>) => LabelingFunctionDefinition
const texts = strings.label.functions.problems

const readers: Readonly<Record<FunctionKind, Reader>> = {
  keywords: (draft, context, problems) => {
    const words = draft.words.split('\n').map((word) => word.trim()).filter((word) => word !== '')
    if (words.length === 0) problems['words'] = texts.words
    const { all, caseSensitive, wholeWords, label } = draft
    return { kind: 'keywords', columns: chosenColumns(draft, context, problems), words, all, caseSensitive, wholeWords, label }
  },
  pattern: (draft, context, problems) => {
    const { pattern, flags, label } = draft
    if (!/^[imsu]{0,4}$/.test(flags)) problems['flags'] = texts.flags
    else if (pattern === '') problems['pattern'] = texts.pattern
    else {
      const reason = patternProblem(pattern, flags)
      if (reason !== null) problems['pattern'] = reason
    }
    return { kind: 'pattern', columns: chosenColumns(draft, context, problems), pattern, flags, label }
  },
  interval: (draft, { columns }, problems) => {
    const { column, label } = draft
    const [from, to] = [numberOf(draft.from, 'from', problems), numberOf(draft.to, 'to', problems)]
    if (!columns.some((one) => one.type === 'number' && one.name === column)) problems['column'] = texts.noNumber
    if (from === null && to === null) problems['from'] ??= texts.interval
    if (from !== null && to !== null && from > to) problems['from'] = texts.order
    return { kind: 'interval', column, from, to, label }
  },
  expression: ({ expression, label }, _context, problems) => {
    if (expression.trim() === '') problems['expression'] = texts.expression
    return { kind: 'expression', expression, label }
  },
  javascript: ({ code }, _context, problems) => {
    if (code.trim() === '') problems['code'] = texts.code
    return { kind: 'javascript', code }
  },
  'nearest-prototype': (draft, { dataset }, problems) => {
    const prototypes = dataset.classes.flatMap(({ position }) =>
      (draft.prototypes[position] ?? '').split(/[\s,]+/).filter((part) => part !== '').map((part) => ({ row: /^\d+$/.test(part) ? Number(part) : -1, label: position }))
    )
    if (prototypes.length === 0) problems['prototypes'] = texts.prototypes
    else if (prototypes.some(({ row }) => row < 0 || row >= dataset.count)) problems['prototypes'] = texts.rows
    const radius = numberOf(draft.radius, 'radius', problems)
    if (radius !== null && radius < 0) problems['radius'] = texts.radius
    return { kind: 'nearest-prototype', prototypes, radius }
  },
  run: (draft, _context, problems) => {
    if (draft.runId === '') problems['runId'] = texts.runId
    const confidence = numberOf(draft.confidence, 'confidence', problems) ?? 0
    if (confidence < 0 || confidence > 1) problems['confidence'] = texts.confidence
    return { kind: 'run', runId: draft.runId, confidence }
  }
}

function chosenColumns(draft: FunctionDraft, { columns }: DraftContext, problems: Record<string, string>): string[] {
  const known = columns.filter((column) => column.type === 'text' && draft.columns.includes(column.name)).map((column) => column.name)
  if (known.length === 0) problems['columns'] = columns.some((column) => column.type === 'text') ? texts.columns : texts.noText
  return known
}

/** The number a field holds, null where it is empty. */
function numberOf(text: string, field: DraftField, problems: Record<string, string>): number | null {
  const trimmed = text.trim().replace(',', '.')
  if (trimmed === '') return null
  const value = Number(trimmed)
  if (Number.isFinite(value)) return value
  problems[field] = texts.number
  return null
}

/** Why a regular expression cannot be read, as this window's engine says it; null where it can. */
function patternProblem(pattern: string, flags: string): string | null {
  try {
    new RegExp(pattern, flags)
    return null
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/^Invalid regular expression: \/.*\/[a-z]*: /s, '')
    return reason.endsWith('.') ? reason : `${reason}.`
  }
}

const fieldNames: readonly string[] = ['columns', 'words', 'pattern', 'flags', 'column', 'from', 'to', 'expression', 'code', 'prototypes', 'radius', 'runId', 'confidence', 'label', 'name']

/** The field of the draft that an error of main is about; an error about rows of data belongs to what is run on them. */
export function fieldOf(errorField: string | undefined, kind: FunctionKind): DraftField | null {
  const name = (errorField ?? '').replace(/^definition\./, '').split('.')[0] ?? ''
  if (fieldNames.includes(name)) return name as DraftField
  if (!/^row \d+$/.test(errorField ?? '')) return null
  return kind === 'javascript' ? 'code' : kind === 'expression' ? 'expression' : kind === 'pattern' ? 'pattern' : null
}

/** A name for a rule made of a term, not yet taken: `free money`, then `free money 2`. */
export function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted
  let number = 2
  while (taken.includes(`${wanted} ${number}`)) number += 1
  return `${wanted} ${number}`
}
