import { splits } from '../domain/dataset.ts'
import { type Comparison, comparisons, type Condition, type Filter, largestRow, type SourceReference } from '../domain/filter.ts'
import type { Operator } from './lexer.ts'
import { kindReference, resolveClass, resolveColumn, resolveSource, resolveSubject, type WrittenName } from './resolve-names.ts'
import type { TokenReader } from './token-reader.ts'
import { isTermWord, QueryProblem, type QueryVocabulary, quoted, sourceKindOfWord, type TermWord, type TextRange } from './vocabulary.ts'

/** One value after an operator. `compound`: it was written with a colon inside, like `model:teacher` or `10:30`. */
interface Value extends WrittenName {
  readonly compound: boolean
}

interface Comparing extends TextRange {
  readonly operator: Operator
  readonly values: readonly [Value, ...Value[]]
}

/** Reads one term that is neither a group nor a mark: a comparison, or words to search for. */
export function readTerm(reader: TokenReader, vocabulary: QueryVocabulary): Filter {
  const name = reader.takeName('A term')
  const opening = reader.peek()
  if (!name.quoted && name.text === 'confidence' && opening?.type === 'open' && opening.from === name.to) return readConfidence(reader, vocabulary)
  if (reader.peek()?.type !== 'operator') return searchOf(reader, name)
  const source = readNamedSource(reader, name, vocabulary)
  const comparing = readComparing(reader)
  if (source !== null) return sourceTerm(source, comparing, vocabulary)
  if (!name.quoted && isTermWord(name.text)) return wordTerm(name.text, comparing, vocabulary)
  const subject = resolveSubject(name, vocabulary)
  if (subject.type === 'source') return sourceTerm(subject.source, comparing, vocabulary)
  const { column } = subject
  if (column.type === 'text') return textTerm(column.name, comparing)
  return numberTerm(comparing, (comparison, value) => ({ kind: 'number', column: column.name, comparison, value }), `The column ${column.name}`)
}

/** `kind:name` before an operator; null where the colon is the operator itself, as in `given:spam`. */
function readNamedSource(reader: TokenReader, kind: WrittenName, vocabulary: QueryVocabulary): SourceReference | null {
  const [colon, name, next] = [reader.peek(0), reader.peek(1), reader.peek(2)]
  if (kind.quoted || sourceKindOfWord(kind.text) === undefined) return null
  if (colon?.type !== 'operator' || colon.operator !== ':' || next?.type !== 'operator' || (name?.type !== 'word' && name?.type !== 'string')) return null
  reader.takeOperator()
  const taken = reader.takeName('The name of a source')
  return resolveSource({ text: `${kind.text}:${taken.text}`, quoted: false, from: kind.from, to: taken.to }, vocabulary)
}

function searchOf(reader: TokenReader, name: WrittenName): Filter {
  // A comma between words is punctuation, not a list.
  while (reader.take('comma') !== undefined);
  if (name.text.trim() === '') throw new QueryProblem('There is nothing to search for between these quotes.', name)
  return { kind: 'search', query: name.quoted ? `"${name.text.replaceAll('"', ' ')}"` : name.text }
}

function readConfidence(reader: TokenReader, vocabulary: QueryVocabulary): Filter {
  reader.take('open')
  const source = resolveSource(readValue(reader), vocabulary)
  if (reader.take('close') === undefined) throw new QueryProblem('A closing parenthesis is expected here.', reader.place)
  return numberTerm(readComparing(reader), (comparison, value) => ({ kind: 'confidence', source, comparison, value }), 'A confidence')
}

function readComparing(reader: TokenReader): Comparing {
  const operator = reader.takeOperator()
  if (operator === undefined) throw new QueryProblem('A comparison such as = or < is expected here.', reader.place)
  const first = readValue(reader)
  const more: Value[] = []
  while (reader.take('comma') !== undefined) more.push(readValue(reader))
  const next = reader.peek()
  if (next?.type === 'operator') throw new QueryProblem('A value ends here; put quotes around it where it holds such characters.', next)
  return { operator: operator.operator, values: [first, ...more], from: operator.from, to: (more.at(-1) ?? first).to }
}

function readValue(reader: TokenReader): Value {
  const first = reader.takeName('A value')
  const parts = [first]
  for (let next = reader.peek(); next?.type === 'operator' && next.operator === ':'; next = reader.peek()) {
    reader.takeOperator()
    parts.push(reader.takeName('The rest of the value'))
  }
  const compound = parts.length > 1
  return { text: parts.map((part) => part.text).join(':'), quoted: first.quoted && !compound, from: first.from, to: (parts.at(-1) ?? first).to, compound }
}

const negatedIf = (negated: boolean, condition: Condition): Condition => (negated ? { ...condition, negated: true } : condition)

/** `:` and `=` ask for equality, `!=` for its opposite; anything else is refused for this kind of term. */
function isNegated({ operator, ...range }: Comparing, what: string): boolean {
  if (operator === ':' || operator === '=') return false
  if (operator === '!=') return true
  throw new QueryProblem(`${what} cannot be compared with ${operator}; use =, != or a colon.`, range)
}

/** One term a value, any of them; turned around as a whole. */
function anyOf(terms: readonly Filter[], negated: boolean): Filter {
  const [only] = terms
  if (only !== undefined && terms.length === 1) return negated ? { ...only, negated: true } : only
  return { kind: 'or', parts: terms, ...(negated ? { negated } : {}) }
}

function wordTerm(word: TermWord, comparing: Comparing, vocabulary: QueryVocabulary): Filter {
  if (word === 'label') return labelTerm(null, comparing, vocabulary)
  const negated = isNegated(comparing, word === 'row' ? 'Rows' : `The word ${word}`)
  const termOf: Readonly<Record<Exclude<TermWord, 'label'>, (value: Value) => Filter>> = {
    missing: (value) => ({ kind: 'missing', column: resolveColumn(value, vocabulary).name }),
    split: splitCondition,
    row: rowsCondition,
    search: (value) => {
      if (value.text === '') throw new QueryProblem('There is nothing to search for between these quotes.', value)
      return { kind: 'search', query: value.text }
    }
  }
  return anyOf(comparing.values.map(termOf[word]), negated)
}

function splitCondition(value: Value): Condition {
  const split = [...splits, 'unpinned' as const].find((each) => each === value.text)
  if (split === undefined) throw new QueryProblem(`There is no split ${value.text}; the splits are ${splits.join(', ')} and unpinned.`, value)
  return { kind: 'split', split }
}

function rowsCondition(value: Value): Condition {
  const [, from = '', to = from] = /^(\d+)(?:\.\.(\d+))?$/.exec(value.text) ?? []
  if (from === '' || Number(from) > largestRow || Number(to) > largestRow) throw new QueryProblem(`${value.text} are no rows; write one row such as 7, or the first and the last such as 100..200.`, value)
  return { kind: 'rows', from: Number(from), to: Number(to) }
}

function labelTerm(source: SourceReference | null, comparing: Comparing, vocabulary: QueryVocabulary): Filter {
  const negated = isNegated(comparing, 'Labels')
  const [first] = comparing.values
  if (comparing.values.length === 1 && !first.quoted && (first.text === 'none' || first.text === 'any')) return negatedIf(negated, { kind: 'label', source, is: first.text })
  return negatedIf(negated, { kind: 'label', source, is: comparing.values.map((value) => resolveClass(value, vocabulary)) })
}

/** After `=` and `!=`, what names a source is one: agreement between the two; else classes. */
function sourceTerm(source: SourceReference, comparing: Comparing, vocabulary: QueryVocabulary): Filter {
  const [value] = comparing.values
  if (comparing.operator !== ':' && comparing.values.length === 1) {
    const second = otherSource(value, vocabulary)
    if (second !== null) return { kind: 'agreement', first: source, second, differ: isNegated(comparing, 'Labels') }
  }
  return labelTerm(source, comparing, vocabulary)
}

function otherSource(value: Value, vocabulary: QueryVocabulary): SourceReference | null {
  if (value.compound) return resolveSource(value, vocabulary)
  if (!value.quoted) return kindReference(value.text, vocabulary.sources)
  const isReference = value.text.includes(':') && !vocabulary.classes.some((each) => each.name === value.text)
  return isReference ? resolveSource(value, vocabulary) : null
}

function textTerm(column: string, comparing: Comparing): Filter {
  const { operator, values } = comparing
  const comparison = operator === '~' ? 'contains' : operator === ':' ? '=' : operator
  if (comparison !== '=' && comparison !== '!=' && comparison !== 'contains') {
    throw new QueryProblem(`The column ${column} holds text; compare it with =, != or ~ (contains).`, comparing)
  }
  const terms = values.map((value): Filter => ({ kind: 'value', column, comparison, value: value.text }))
  return comparison === '!=' && terms.length > 1 ? { kind: 'and', parts: terms } : anyOf(terms, false)
}

const isComparison = (operator: Operator): operator is Comparison => (comparisons as readonly string[]).includes(operator)

/** Comparisons with numbers, ranges `a..b` (open at either end), and lists of both. `!=` with a list is none of it. */
function numberTerm(comparing: Comparing, condition: (comparison: Comparison, value: number) => Condition, what: string): Filter {
  const { operator, values } = comparing
  const comparison = operator === ':' ? '=' : operator
  if (!isComparison(comparison)) throw new QueryProblem(`${what} is a number; it cannot be compared with ${operator}.`, comparing)
  const termOf = (value: Value): Filter => {
    const range = comparison === '=' ? rangeOf(value) : null
    if (range === null) return condition(comparison, numberOf(value, value.text))
    const bounds = [...(range.low === null ? [] : [condition('>=', range.low)]), ...(range.high === null ? [] : [condition('<=', range.high)])]
    return bounds.length === 1 && bounds[0] !== undefined ? bounds[0] : { kind: 'and', parts: bounds }
  }
  if (values.length > 1 && comparison !== '=' && comparison !== '!=') throw new QueryProblem(`Only one value can follow ${comparison}.`, comparing)
  const terms = values.map(termOf)
  return comparison === '!=' && terms.length > 1 ? { kind: 'and', parts: terms } : anyOf(terms, false)
}

function rangeOf(value: Value): { readonly low: number | null; readonly high: number | null } | null {
  const dots = value.text.indexOf('..')
  if (value.quoted || dots < 0 || value.text === '..') return null
  const [low, high] = [value.text.slice(0, dots), value.text.slice(dots + 2)]
  return { low: low === '' ? null : numberOf(value, low), high: high === '' ? null : numberOf(value, high) }
}

function numberOf(value: Value, text: string): number {
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  if (!Number.isFinite(number)) throw new QueryProblem(`${quoted(value.text)} is not a number; write one such as 0.8 or a range such as 10..20.`, value)
  return number
}
