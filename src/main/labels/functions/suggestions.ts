import type { RuleSuggestions } from '../../../shared/domain/function-preview.ts'
import { stream } from '../../learn/random.ts'
import { gramCorpus } from './gram-corpus.ts'
import { suggestClusters } from './suggested-clusters.ts'
import { leastDocuments, suggestTerms } from './suggested-terms.ts'

/** A data set as suggestions see it; every array has an entry a row. */
export interface SuggestionInput {
  readonly rows: Int32Array
  /** The text columns. */
  readonly texts: readonly (readonly (string | null)[])[]
  /** Votes of the functions so far, -1 abstains. */
  readonly votes: readonly ArrayLike<number>[]
  /** Known classes of the dev rows, -1 elsewhere. */
  readonly truth: ArrayLike<number>
  readonly classes: number
  readonly seed: number
}

/** Rows read word by word at most, of each kind; terms are then counted over all rows. */
const mostLabelled = 3000
const mostInFocus = 3000
const longestGram = 3

/**
 * Where the next rule would pay: terms that tell a class and occur where no function votes or functions conflict, and groups
 * of rows that no function covers (of conflicting rows, where all are covered). The same input and seed give the same answer.
 */
export function suggestRules(input: SuggestionInput): RuleSuggestions {
  const { rows, texts } = input
  const { covered, conflicting, believed } = surveyVotes(input)
  const focus = Uint8Array.from(covered, (voted, row) => (voted === 0 || conflicting[row] === 1 ? 1 : 0))
  const uncovered = covered.reduce((sum, voted) => sum + 1 - voted, 0)
  const inConflict = conflicting.reduce((sum, each) => sum + each, 0)
  const counts = { uncovered, conflicting: inConflict }
  if (texts.length === 0 || rows.length === 0) return { terms: [], clusters: [], ...counts }

  // Without labels of two classes, what most functions say stands in for them.
  const labels = hasTwoClasses(input.truth) ? input.truth : believed
  const random = stream(input.seed, 'suggestion-sample')
  const labelled = sample(rows.length, mostLabelled, random.child('labelled').permutation(rows.length), (row) => (labels[row] ?? -1) >= 0)
  const focused = sample(rows.length, mostInFocus, random.child('focus').permutation(rows.length), (row) => focus[row] === 1)
  const wanted = uncovered > 0 ? (row: number) => covered[row] === 0 : (row: number) => conflicting[row] === 1
  const grouped = focused.filter(wanted)

  const row = [...new Set([...labelled, ...focused])]
  // The full stop keeps phrases from crossing from one column to the next.
  const corpus = gramCorpus(row.map((each) => texts.map((column) => column[each] ?? '').join(' . ')), longestGram, leastDocuments)
  const documentOf = new Map(row.map((each, document) => [each, document]))
  return {
    terms: suggestTerms({ corpus, row, texts, truth: input.truth, labels, focus }),
    clusters: suggestClusters(corpus, grouped.map((each) => documentOf.get(each) ?? -1), grouped.map((each) => rows[each] ?? -1), (uncovered || inConflict) / Math.max(1, grouped.length), input.seed),
    ...counts
  }
}

/** For every row: whether a function votes, whether votes differ, and the class that most votes are for (-1 where undecided). */
function surveyVotes({ rows, votes, classes }: SuggestionInput): { covered: Uint8Array; conflicting: Uint8Array; believed: Int32Array } {
  const covered = new Uint8Array(rows.length)
  const conflicting = new Uint8Array(rows.length)
  const believed = new Int32Array(rows.length).fill(-1)
  const counts = new Int32Array(classes)
  for (let row = 0; row < rows.length; row++) {
    const cast = votes.map((column) => column[row] ?? -1).filter((vote) => vote >= 0)
    if (cast.length === 0) continue
    for (const vote of cast) counts[vote] = (counts[vote] ?? 0) + 1
    const most = cast.reduce((highest, vote) => Math.max(highest, counts[vote] ?? 0), 0)
    const winners = new Set(cast.filter((vote) => counts[vote] === most))
    covered[row] = 1
    conflicting[row] = cast.some((vote) => vote !== cast[0]) ? 1 : 0
    if (winners.size === 1) believed[row] = Math.max(...winners)
    for (const vote of cast) counts[vote] = 0
  }
  return { covered, conflicting, believed }
}

const hasTwoClasses = (truth: ArrayLike<number>): boolean => new Set(Array.from(truth).filter((label) => label >= 0)).size >= 2

/** The first rows of a random order that fulfil a condition, ascending. */
function sample(count: number, most: number, order: Int32Array, wanted: (row: number) => boolean): number[] {
  const chosen: number[] = []
  for (let index = 0; index < count && chosen.length < most; index++) {
    const row = order[index] ?? 0
    if (wanted(row)) chosen.push(row)
  }
  return chosen.sort((a, b) => a - b)
}
