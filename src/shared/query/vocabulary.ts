import type { LabelSourceKind } from '../domain/dataset.ts'
import type { SourceReference } from '../domain/filter.ts'

/** The names that a query line can use: those of one data set. */
export interface QueryVocabulary {
  readonly classes: readonly { readonly position: number; readonly name: string }[]
  readonly columns: readonly { readonly name: string; readonly type: 'number' | 'text' }[]
  readonly sources: readonly { readonly kind: LabelSourceKind; readonly name: string }[]
}

/** A part of a query line, from its first character to the one after its last. */
export interface TextRange {
  readonly from: number
  readonly to: number
}

/** Why a query line cannot be read: one sentence, and the part of the text it is about. */
export interface QueryError extends TextRange {
  readonly message: string
}

/** Thrown inside the reading of a query line; `parseQuery` turns it into its result. */
export class QueryProblem extends Error {
  readonly range: TextRange

  constructor(message: string, range: TextRange) {
    super(message)
    this.range = { from: range.from, to: range.to }
  }
}

/** Words that mean a source kind in a query line. */
const kindOfWord: ReadonlyMap<string, LabelSourceKind> = new Map([
  ['given', 'given'],
  ['truth', 'truth'],
  ['annotator', 'annotator'],
  ['lf', 'labeling-function'],
  ['labeling-function', 'labeling-function'],
  ['model', 'model'],
  ['aggregate', 'aggregate']
])

export const sourceKindOfWord = (word: string): LabelSourceKind | undefined => kindOfWord.get(word)

/** The word that a reference uses for a kind; `lf` for labeling functions. */
export const wordOfSourceKind = (kind: LabelSourceKind): string => (kind === 'labeling-function' ? 'lf' : kind)

/** A source as a filter names it: `given`, `truth`, or kind and name (`model:teacher`). */
export function sourceReference(source: QueryVocabulary['sources'][number]): SourceReference {
  return source.kind === 'given' || source.kind === 'truth' ? source.kind : `${wordOfSourceKind(source.kind)}:${source.name}`
}

/** Kind and name of a reference; the name is null where the kind stands alone. Undefined where it does not begin with a kind. */
export function splitReference(reference: SourceReference): { readonly kind: LabelSourceKind; readonly name: string | null } | undefined {
  const colon = reference.indexOf(':')
  const kind = kindOfWord.get(colon < 0 ? reference : reference.slice(0, colon))
  return kind && { kind, name: colon < 0 ? null : reference.slice(colon + 1) }
}

/** Words with a meaning of their own before an operator. */
export const termWords = ['label', 'missing', 'split', 'row', 'search'] as const
export type TermWord = (typeof termWords)[number]

export const isTermWord = (word: string): word is TermWord => (termWords as readonly string[]).includes(word)

const connectives = ['AND', 'OR', 'NOT']

/** True where `name` can stand in a query line without quotes and means nothing else there. */
export function isPlainName(name: string): boolean {
  return /^[^\s"():=<>~,#\\-][^\s"():=<>~,]*$/.test(name) && !name.endsWith('!') && !isTermWord(name) && !kindOfWord.has(name) && !connectives.includes(name)
}

const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A text in double quotes; `\"`, `\\`, `\n`, `\r` and `\t` stand for the characters a line cannot hold. */
export const quoted = (text: string): string => `"${text.replace(/["\\\n\r\t]/g, (character) => escapes[character] ?? character)}"`

/** A name as it is written: in quotes only where needed. */
export const writtenName = (name: string): string => (isPlainName(name) ? name : quoted(name))
