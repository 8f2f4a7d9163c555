import type { Condition } from '../../../shared/domain/filter.ts'
import { type QueryVocabulary, sourceReference } from '../../../shared/query/vocabulary.ts'

export const conditionKinds = ['label', 'agreement', 'number', 'value', 'missing', 'confidence', 'split', 'search', 'rows'] as const satisfies readonly Condition['kind'][]

const marksOf = ({ negated, off }: Condition): Pick<Condition, 'negated' | 'off'> => ({ ...(negated === true ? { negated } : {}), ...(off === true ? { off } : {}) })

/** Kinds that the data set has something for. */
export function possibleKinds({ columns, sources }: QueryVocabulary): readonly Condition['kind'][] {
  const lacks: Partial<Record<Condition['kind'], boolean>> = {
    label: sources.length === 0, agreement: sources.length < 2, confidence: sources.length === 0, number: !columns.some((one) => one.type === 'number'), value: !columns.some((one) => one.type === 'text'), missing: columns.length === 0,
    search: !columns.some((one) => one.type === 'text')
  }
  return conditionKinds.filter((kind) => lacks[kind] !== true)
}

/** A condition of a kind that already asks for something, with the names that the data set has. */
export function freshCondition(kind: Condition['kind'], { classes, columns, sources }: QueryVocabulary): Condition {
  const references = sources.map(sourceReference)
  const column = (type?: 'number' | 'text'): string => columns.find((one) => type === undefined || one.type === type)?.name ?? columns[0]?.name ?? ''
  switch (kind) {
    case 'label':
      return { kind, source: null, is: classes[0] === undefined ? 'any' : [classes[0].position] }
    case 'agreement':
      return { kind, first: references[0] ?? 'given', second: references[1] ?? references[0] ?? 'given', differ: true }
    case 'number':
      return { kind, column: column('number'), comparison: '>', value: 0 }
    case 'value':
      return { kind, column: column('text'), comparison: 'contains', value: '' }
    case 'missing':
      return { kind, column: column() }
    case 'confidence':
      return { kind, source: references.at(-1) ?? 'given', comparison: '<', value: 0.6 }
    case 'split':
      return { kind, split: 'unpinned' }
    case 'search':
      return { kind, query: 'word' }
    case 'rows':
      return { kind, from: 0, to: 99 }
  }
}

/** The condition as one of another kind, its marks kept. */
export const asKind = (condition: Condition, kind: Condition['kind'], vocabulary: QueryVocabulary): Condition =>
  condition.kind === kind ? condition : { ...freshCondition(kind, vocabulary), ...marksOf(condition) }

/** A number as it is typed; null where it is none. */
export function typedNumber(text: string): number | null {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) ? number : null
}
