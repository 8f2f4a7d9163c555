import * as v from 'valibot'
import { deepestFilter, type Filter, FilterSchema, type Group, largestFilter } from '../domain/filter.ts'
import { tokensOf } from './lexer.ts'
import { readTerm } from './terms.ts'
import { TokenReader } from './token-reader.ts'
import { type QueryError, QueryProblem, type QueryVocabulary } from './vocabulary.ts'

const tooLarge = `This query is too large: a filter has at most ${largestFilter} parts, nested at most ${deepestFilter} deep, and 1,000 characters to search for.`

/**
 * Reads a query line into a filter; the root is always a group, the empty line matches everything. `formatQuery` is its inverse.
 *
 * ```
 * line  = and { OR and }              and  = part { [AND] part }
 * part  = { - | NOT | # } ( term | "(" line ")" )          # switches the part off without losing it
 * ```
 *
 * | term | matches |
 * | --- | --- |
 * | `label:spam` `label:3,5` `label!=3` `label:none` `label:any` | the label that the view shows; classes by name, else position (`#3`: always the position) |
 * | `given:spam` `lf:"free money"=spam` `"lf:free money"=spam` | the label of a source; a kind alone is its only source |
 * | `given!=model:teacher` `given=annotator:me` | two sources that differ, or agree |
 * | `noise>0.8` `price:10..20` `price:10..` `price:3,5` | a number column |
 * | `country=de` `country!=de,fr` `country~"united"` | a text column: whole value, or contained |
 * | `missing:price` | no value in the column |
 * | `confidence(model:teacher)<0.6` | the confidence of a source |
 * | `split:student` `split:unpinned` | where a person pinned the row |
 * | `row:7` `row:100..200` | rows by number, the first is 0 |
 * | `money` `"free money"` `search:"free \"win cash\""` | full text: a word, a phrase, a whole search |
 *
 * Names with spaces or operators stand in double quotes; in quotes a name is a column first, then a source, never a keyword.
 * Spaces around operators do not matter. `label!=3` is `-label:3`: rows without a label match. On columns `!=` needs a value.
 */
export function parseQuery(text: string, vocabulary: QueryVocabulary): { readonly filter: Group } | { readonly error: QueryError } {
  try {
    const reader = new TokenReader(tokensOf(text), text.length)
    const parts = readAlternatives(reader, vocabulary, 1)
    if (reader.peek() !== undefined) throw new QueryProblem('This closing parenthesis has no opening one.', reader.place)
    if (!v.is(FilterSchema, parts)) throw new QueryProblem(tooLarge, { from: 0, to: text.length })
    return { filter: parts }
  } catch (error) {
    if (!(error instanceof QueryProblem)) throw error
    return { error: { message: error.message, ...error.range } }
  }
}

/** Parts joined by OR; where there is only one, its own conjunction. */
function readAlternatives(reader: TokenReader, vocabulary: QueryVocabulary, depth: number): Group {
  if (depth > deepestFilter) throw new QueryProblem(tooLarge, reader.place)
  const alternatives = [readConjunction(reader, vocabulary, depth)]
  while (reader.takeWord('OR')) {
    alternatives.push(readConjunction(reader, vocabulary, depth))
    // An empty side has no meaning of its own, so it is a slip of the hand.
    if (alternatives.slice(-2).some((each) => each.parts.length === 0)) throw new QueryProblem('A term is expected on both sides of OR.', reader.place)
    if (alternatives.length > largestFilter) throw new QueryProblem(tooLarge, reader.place)
  }
  const [first] = alternatives
  if (first !== undefined && alternatives.length === 1) return first
  return { kind: 'or', parts: alternatives.map((each) => (each.parts.length === 1 ? (each.parts[0] ?? each) : each)) }
}

function readConjunction(reader: TokenReader, vocabulary: QueryVocabulary, depth: number): Group {
  const parts: Filter[] = []
  for (;;) {
    const connected = parts.length > 0 && reader.takeWord('AND')
    if (!beginsPart(reader)) {
      if (connected) throw new QueryProblem('A term is expected after AND.', reader.place)
      return { kind: 'and', parts }
    }
    parts.push(readPart(reader, vocabulary, depth))
    if (parts.length > largestFilter) throw new QueryProblem(tooLarge, reader.place)
  }
}

function beginsPart(reader: TokenReader): boolean {
  const token = reader.peek()
  return token !== undefined && token.type !== 'close' && !(token.type === 'word' && token.text === 'OR')
}

function readPart(reader: TokenReader, vocabulary: QueryVocabulary, depth: number): Filter {
  let [negated, off, marked] = [false, false, false]
  for (;;) {
    if (reader.take('minus') !== undefined || reader.takeWord('NOT')) negated = !negated
    else if (reader.take('hash') !== undefined) off = true
    else break
    marked = true
  }
  if (marked && !beginsPart(reader)) throw new QueryProblem('A term is expected here.', reader.place)
  const part = readPrimary(reader, vocabulary, depth)
  const { negated: turned = false, ...bare } = part
  return { ...bare, ...(turned === negated ? {} : { negated: true }), ...(off ? { off: true } : {}) }
}

function readPrimary(reader: TokenReader, vocabulary: QueryVocabulary, depth: number): Filter {
  const opening = reader.take('open')
  if (opening === undefined) return readTerm(reader, vocabulary)
  const group = readAlternatives(reader, vocabulary, depth + 1)
  if (reader.take('close') === undefined) throw new QueryProblem('This parenthesis is never closed.', opening)
  return group
}
