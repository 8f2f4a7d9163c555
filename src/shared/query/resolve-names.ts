import type { SourceReference } from '../domain/filter.ts'
import { closestName } from './closest-name.ts'
import { QueryProblem, type QueryVocabulary, sourceKindOfWord, sourceReference, splitReference, type TextRange, wordOfSourceKind } from './vocabulary.ts'

type Column = QueryVocabulary['columns'][number]
type Source = QueryVocabulary['sources'][number]

/** A name as it stands in the line; in quotes it never has a special meaning. */
export interface WrittenName extends TextRange {
  readonly text: string
  readonly quoted: boolean
}

/** The first item whose name is `name`, else the only one that differs in case alone. */
function byName<Item extends { readonly name: string }>(items: readonly Item[], name: string): Item | undefined {
  const exact = items.find((item) => item.name === name)
  if (exact !== undefined) return exact
  const folded = name.toLowerCase()
  const alike = items.filter((item) => item.name.toLowerCase() === folded)
  return alike.length === 1 ? alike[0] : undefined
}

const suggestion = (name: string, candidates: readonly string[]): string => {
  const closest = closestName(name, candidates)
  return closest === null ? '' : ` Did you mean ${closest}?`
}

/** The column of that name. Throws a `QueryProblem` with the closest name where there is none. */
export function resolveColumn(name: WrittenName, { columns }: QueryVocabulary): Column {
  const found = byName(columns, name.text)
  if (found !== undefined) return found
  const known = columns.map((column) => column.name)
  throw new QueryProblem(`There is no column named ${name.text}.${suggestion(name.text, known)}`, name)
}

/**
 * The position of the class that is written: its name, else (without quotes, a whole number) its position; `#3` is always a
 * position. So a class named 1 wins over the class at position 1.
 */
export function resolveClass(name: WrittenName, { classes }: QueryVocabulary): number {
  const named = byName(classes, name.text)
  const digits = name.quoted ? undefined : /^(#?)(\d{1,7})$/.exec(name.text)
  const position = Number(digits?.[2])
  if (digits?.[1] === '#' || named === undefined) {
    if (classes.some((each) => each.position === position)) return position
    const known = classes.map((each) => each.name)
    throw new QueryProblem(`There is no class ${name.text}.${suggestion(name.text, known)}`, name)
  }
  return named.position
}

/** What stands before an operator: a column, or a source by its reference. */
export type Subject = { readonly type: 'column'; readonly column: Column } | { readonly type: 'source'; readonly source: SourceReference }

/** A single name before an operator. Where several things have it, a source kind comes first if unquoted, then columns, then sources. */
export function resolveSubject(name: WrittenName, vocabulary: QueryVocabulary): Subject {
  const { columns, sources } = vocabulary
  const bareKind = name.quoted ? null : kindReference(name.text, sources)
  if (bareKind !== null) return { type: 'source', source: bareKind }
  const column = byName(columns, name.text)
  if (column !== undefined) return { type: 'column', column }
  const source = findReference(name.text, sources) ?? onlySourceNamed(name.text, sources)
  if (source !== null) return { type: 'source', source }
  const kind = sourceKindOfWord(name.text)
  if (kind !== undefined) throw new QueryProblem(`There is no label source of kind ${wordOfSourceKind(kind)} yet.`, name)
  const known = [...columns.map((each) => each.name), ...sources.flatMap((each) => [each.name, sourceReference(each)]), 'label', 'split', 'row', 'missing', 'search']
  throw new QueryProblem(`There is no column or source named ${name.text}.${suggestion(name.text, known) || ' Put text to search for in quotes.'}`, name)
}

/** A source by kind and name (`model:teacher`), or by its kind alone. Throws a `QueryProblem` where there is none. */
export function resolveSource(written: WrittenName, vocabulary: QueryVocabulary): SourceReference {
  const found = findReference(written.text, vocabulary.sources) ?? onlySourceNamed(written.text, vocabulary.sources)
  if (found !== null) return found
  throw new QueryProblem(`There is no label source ${written.text}.${suggestion(written.text, vocabulary.sources.map(sourceReference))}`, written)
}

/** The reference as the vocabulary has it, null where no source answers to it. */
export function findReference(reference: string, sources: readonly Source[]): SourceReference | null {
  const split = splitReference(reference)
  if (split === undefined) return null
  const { kind, name } = split
  const ofKind = sources.filter((source) => source.kind === kind)
  if (name === null) return ofKind.length > 0 ? wordOfSourceKind(kind) : null
  const found = byName(ofKind, name)
  return found === undefined ? null : `${wordOfSourceKind(kind)}:${found.name}`
}

/** The reference of an unquoted kind alone (`given`, `model`), null where the word is no kind or no source is of it. */
export function kindReference(text: string, sources: readonly Source[]): SourceReference | null {
  return sourceKindOfWord(text) === undefined ? null : findReference(text, sources)
}

function onlySourceNamed(name: string, sources: readonly Source[]): SourceReference | null {
  const named = sources.filter((source) => source.name === name)
  return named.length === 1 && named[0] !== undefined ? sourceReference(named[0]) : null
}
