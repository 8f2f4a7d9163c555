import { type Comparison, type Condition, type Filter, type Group, isGroup, type SourceReference } from '../domain/filter.ts'
import { isPlainName, type QueryVocabulary, quoted, splitReference, wordOfSourceKind, writtenName } from './vocabulary.ts'

/**
 * Writes a filter as a query line, such that `parseQuery` reads back `normalFilter` of it. Names that the vocabulary lacks are
 * written as well; reading them back then says what is missing.
 */
export function formatQuery(filter: Filter, vocabulary: QueryVocabulary): string {
  const root = normalFilter(filter)
  return root.parts.map((part) => formatPart(part, vocabulary)).join(root.kind === 'or' ? ' OR ' : ' ')
}

/**
 * The form that a query line can hold, with the same meaning: the root is a plain group, a group of fewer than two parts is an
 * `and`, a flag that is not set is left out.
 */
export function normalFilter(filter: Filter): Group {
  const root = normalPart(filter)
  return isGroup(root) && root.negated === undefined && root.off === undefined ? root : { kind: 'and', parts: [root] }
}

function normalPart(filter: Filter): Filter {
  const { negated, off, ...bare } = filter
  const flags = { ...(negated === true ? { negated } : {}), ...(off === true ? { off } : {}) }
  if (!('parts' in bare)) return { ...bare, ...flags }
  return { kind: bare.parts.length < 2 ? 'and' : bare.kind, parts: bare.parts.map(normalPart), ...flags }
}

function formatPart(filter: Filter, vocabulary: QueryVocabulary): string {
  const marks = `${filter.off === true ? '#' : ''}${filter.negated === true ? '-' : ''}`
  if (!isGroup(filter)) return marks + formatCondition(filter, vocabulary)
  const range = formatRange(filter)
  if (range !== null) return marks + range
  return `${marks}(${filter.parts.map((part) => formatPart(part, vocabulary)).join(filter.kind === 'or' ? ' OR ' : ' ')})`
}

function formatCondition(condition: Condition, vocabulary: QueryVocabulary): string {
  switch (condition.kind) {
    case 'label':
      return `${condition.source === null ? 'label' : writtenReference(condition.source)}:${writtenClasses(condition.is, vocabulary)}`
    case 'agreement':
      return `${writtenReference(condition.first)}${condition.differ ? '!=' : '='}${writtenReference(condition.second)}`
    case 'number':
    case 'confidence':
      return `${measured(condition)}${condition.comparison}${writtenNumber(condition.value)}`
    case 'value':
      return `${writtenName(condition.column)}${condition.comparison === 'contains' ? '~' : condition.comparison}${writtenName(condition.value)}`
    case 'missing':
      return `missing:${writtenName(condition.column)}`
    case 'split':
      return `split:${condition.split}`
    case 'search':
      return writtenSearch(condition.query)
    case 'rows':
      return condition.from === condition.to ? `row:${condition.from}` : `row:${condition.from}..${condition.to}`
  }
}

type Measured = Extract<Condition, { kind: 'number' | 'confidence' }>

const measured = (condition: Measured): string => (condition.kind === 'number' ? writtenName(condition.column) : `confidence(${writtenReference(condition.source)})`)

// String(-0) would lose the sign.
const writtenNumber = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/** `column:low..high` for a group of exactly these two bounds; null for any other group. */
function formatRange({ kind, parts }: Group): string | null {
  const [low, high] = parts
  if (kind !== 'and' || parts.length !== 2 || !isBound(low, '>=') || !isBound(high, '<=') || measured(low) !== measured(high)) return null
  return `${measured(low)}:${writtenNumber(low.value)}..${writtenNumber(high.value)}`
}

function isBound(part: Filter | undefined, comparison: Comparison): part is Measured {
  if (part === undefined || (part.kind !== 'number' && part.kind !== 'confidence')) return false
  return part.comparison === comparison && part.negated !== true && part.off !== true
}

/** A source as a query line names it: the kind as it is, the name in quotes where needed. */
export function writtenReference(reference: SourceReference): string {
  const split = splitReference(reference)
  if (split === undefined) return quoted(reference)
  const kind = wordOfSourceKind(split.kind)
  return split.name === null ? kind : `${kind}:${writtenName(split.name)}`
}

function writtenClasses(is: Extract<Condition, { kind: 'label' }>['is'], vocabulary: QueryVocabulary): string {
  return typeof is === 'string' ? is : is.map((position) => writtenClass(position, vocabulary)).join(',')
}

/** A class by its name where the name alone tells which it is, else by `#` and its position. */
export function writtenClass(position: number, { classes }: QueryVocabulary): string {
  const name = classes.find((each) => each.position === position)?.name
  if (name === undefined || classes.find((each) => each.name === name)?.position !== position) return `#${position}`
  return name === 'none' || name === 'any' ? quoted(name) : writtenName(name)
}

function writtenSearch(query: string): string {
  if (isPlainName(query)) return query
  const phrase = /^"([^"\\\n\r\t]*)"$/.exec(query)?.[1]
  return phrase === undefined || phrase.trim() === '' ? `search:${quoted(query)}` : quoted(phrase)
}
