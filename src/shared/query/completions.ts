import { splits } from '../domain/dataset.ts'
import { writtenClass, writtenReference } from './format-query.ts'
import { type Operator, type Token, tokensOf } from './lexer.ts'
import { findReference } from './resolve-names.ts'
import { type QueryVocabulary, sourceKindOfWord, sourceReference, type TextRange, termWords, writtenName } from './vocabulary.ts'

/** One way to go on: `insert` replaces the text from `from` to `to`. */
export interface Completion extends TextRange {
  readonly insert: string
  readonly label: string
  readonly kind: 'keyword' | 'column' | 'source' | 'class' | 'split'
}

type Candidate = Pick<Completion, 'insert' | 'label' | 'kind'>

/** Completions at most; a data set may have a million classes. */
export const mostCompletions = 50

/**
 * What can stand at the cursor, best first: names that begin with what is written there, then names that hold it. Nothing is
 * offered for numbers, rows and free text.
 */
export function completions(text: string, cursor: number, vocabulary: QueryVocabulary): readonly Completion[] {
  const before = tokensOf(text.slice(0, cursor), true)
  const last = before.at(-1)
  const partial = last !== undefined && isName(last) && last.to === cursor ? last : null
  const whole = partial && tokensOf(text, true).find((token) => token.from === partial.from)
  const range = { from: partial?.from ?? cursor, to: Math.max(cursor, whole?.to ?? cursor) }
  const { candidates, from } = candidatesAfter(partial === null ? before : before.slice(0, -1), vocabulary)
  return best(candidates, partial?.text ?? '').map((candidate) => ({ ...candidate, to: range.to, from: candidate.kind === 'source' ? (from ?? range.from) : range.from }))
}

type NameToken = Extract<Token, { type: 'word' | 'string' }>
const isName = (token: Token | undefined): token is NameToken => token?.type === 'word' || token?.type === 'string'

interface Candidates {
  readonly candidates: Iterable<Candidate>
  /** Where a source's reference begins, when its kind is written already. */
  readonly from?: number | undefined
}

function candidatesAfter(tokens: readonly Token[], vocabulary: QueryVocabulary): Candidates {
  const opening = tokens.at(-1)
  const called = tokens.at(-2)
  if (opening?.type === 'open' && called?.type === 'word' && called.text === 'confidence' && called.to === opening.from) return { candidates: sourcesOf(vocabulary) }
  const at = operatorOf(tokens)
  if (at === null) return { candidates: beginnings(vocabulary) }
  const subject = tokens[at - 1]
  const operator = tokens[at]
  if (!isName(subject) || operator?.type !== 'operator') return { candidates: [] }
  return valuesOf(subject, operator.operator, tokens.slice(0, at - 1), vocabulary)
}

/** Index of the operator whose values are being written; null where a new term begins. */
function operatorOf(tokens: readonly Token[]): number | null {
  let at = tokens.length - 1
  while (tokens[at]?.type === 'comma' && isName(tokens[at - 1])) at -= 2
  return tokens[at]?.type === 'operator' ? at : null
}

function valuesOf(subject: NameToken, operator: Operator, before: readonly Token[], vocabulary: QueryVocabulary): Candidates {
  const colon = before.at(-1)
  const kind = before.at(-2)
  const kindOfSubject = subject.type === 'word' ? sourceKindOfWord(subject.text) : undefined
  const asValue = colon?.type === 'operator' && colon.operator !== ':'
  if (kindOfSubject !== undefined && operator === ':') {
    const named = sourcesOf({ ...vocabulary, sources: vocabulary.sources.filter((source) => source.kind === kindOfSubject) })
    return { candidates: asValue ? named : chained(named, labelsOf(vocabulary)), from: subject.from }
  }
  const isSource = kindOfSubject !== undefined || (colon?.type === 'operator' && colon.operator === ':' && kind?.type === 'word' && sourceKindOfWord(kind.text) !== undefined)
  if (isSource || findReference(subject.text, vocabulary.sources) !== null) {
    return { candidates: operator === ':' ? labelsOf(vocabulary) : chained(labelsOf(vocabulary), sourcesOf(vocabulary)) }
  }
  if (subject.type !== 'word') return { candidates: [] }
  if (subject.text === 'label') return { candidates: labelsOf(vocabulary) }
  if (subject.text === 'missing') return { candidates: columnsOf(vocabulary) }
  if (subject.text === 'split') return { candidates: [...splits, 'unpinned'].map((split) => ({ insert: split, label: split, kind: 'split' })) }
  return { candidates: [] }
}

function* chained(...lists: readonly Iterable<Candidate>[]): Generator<Candidate> {
  for (const list of lists) yield* list
}

function* columnsOf({ columns }: QueryVocabulary): Generator<Candidate> {
  for (const { name } of columns) yield { insert: writtenName(name), label: name, kind: 'column' }
}

function* sourcesOf({ sources }: QueryVocabulary): Generator<Candidate> {
  for (const source of sources) {
    const reference = sourceReference(source)
    yield { insert: writtenReference(reference), label: reference, kind: 'source' }
  }
}

function* labelsOf(vocabulary: QueryVocabulary): Generator<Candidate> {
  yield { insert: 'none', label: 'none', kind: 'keyword' }
  yield { insert: 'any', label: 'any', kind: 'keyword' }
  // To see whether a name is the only one of its kind takes a pass over all classes; in a long list the position is enough.
  const insertOf = (position: number): string => (vocabulary.classes.length > 1000 ? `#${position}` : writtenClass(position, vocabulary))
  for (const each of vocabulary.classes) {
    yield { insert: insertOf(each.position), label: each.name, kind: 'class' }
  }
}

function* beginnings(vocabulary: QueryVocabulary): Generator<Candidate> {
  for (const word of termWords) yield { insert: `${word}:`, label: word, kind: 'keyword' }
  yield { insert: 'confidence(', label: 'confidence', kind: 'keyword' }
  yield* columnsOf(vocabulary)
  yield* sourcesOf(vocabulary)
  for (const word of ['OR', 'NOT']) yield { insert: word, label: word, kind: 'keyword' }
}

/** Candidates that begin with the text, then those with a word that does, then those that hold it; each in its own order. */
function best(candidates: Iterable<Candidate>, written: string): readonly Candidate[] {
  const wanted = written.toLowerCase()
  const ranks: [Candidate[], Candidate[], Candidate[]] = [[], [], []]
  for (const candidate of candidates) {
    const label = candidate.label.toLowerCase()
    const at = label.indexOf(wanted)
    if (at < 0) continue
    if (at === 0) ranks[0].push(candidate)
    else if (/[^\p{L}\p{N}]/u.test(label[at - 1] ?? '')) ranks[1].push(candidate)
    else ranks[2].push(candidate)
    if (ranks[0].length >= mostCompletions) break
  }
  return ranks.flat().slice(0, mostCompletions)
}
