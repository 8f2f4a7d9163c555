import type { RuleSuggestions } from '../../../shared/domain/function-preview.ts'
import { wilsonInterval } from '../accuracy-interval.ts'
import { countDocuments, type GramCorpus } from './gram-corpus.ts'
import { KeywordAutomaton } from './keyword-automaton.ts'
import { logOdds, rankTerms, withoutRepeats } from './log-odds.ts'

/** What terms are looked for in. The documents of the corpus are a sample; `row` holds the position of each in `texts`. */
export interface TermSearch {
  readonly corpus: GramCorpus
  readonly row: readonly number[]
  /** Texts of every row, column by column. */
  readonly texts: readonly (readonly (string | null)[])[]
  readonly truth: ArrayLike<number>
  /** Classes that the search goes by, -1 where unknown: the truth, or what stands in for it. */
  readonly labels: ArrayLike<number>
  /** 1 for rows that need a rule. */
  readonly focus: Uint8Array
}

/** Terms of one class at most. */
const mostTerms = 12
/** Documents that need a rule and hold the term, at least. */
export const leastDocuments = 3
/** z-score from which a term counts as telling: 99.9% one-sided, since thousands are compared. */
const leastScore = 3.09

/**
 * The n-grams that tell each class apart among rows whose class is known, and that occur in rows that need a rule; counted over all rows as a keyword function of the term would hit them.
 */
export function suggestTerms(search: TermSearch): RuleSuggestions['terms'] {
  const labelOf = (document: number): number => search.labels[search.row[document] ?? -1] ?? -1
  const { corpus } = search
  const all = corpus.documents.map((_, index) => index)
  const background = countDocuments(corpus, all)
  const inFocus = countDocuments(corpus, all.filter((document) => search.focus[search.row[document] ?? -1] === 1))
  const known = all.filter((document) => labelOf(document) >= 0)
  const chosen: { readonly text: string; readonly label: number }[] = []
  for (const label of new Set(known.map(labelOf).sort((a, b) => a - b))) {
    const first = countDocuments(corpus, known.filter((document) => labelOf(document) === label))
    const second = countDocuments(corpus, known.filter((document) => labelOf(document) !== label))
    const ranked = rankTerms(corpus.grams, logOdds(first, second, background), background, all.length, (term, z) => z >= leastScore && (inFocus[term] ?? 0) >= leastDocuments)
    for (const text of withoutRepeats(ranked, corpus.grams, background, mostTerms)) chosen.push({ text, label })
  }
  return countTerms(chosen, search)
}

function countTerms(chosen: readonly { readonly text: string; readonly label: number }[], { texts, truth }: TermSearch): RuleSuggestions['terms'] {
  if (chosen.length === 0) return []
  const terms = [...new Set(chosen.map(({ text }) => text))]
  const automaton = new KeywordAutomaton(terms, { caseSensitive: false, wholeWords: true })
  const rows = texts[0]?.length ?? 0
  const counts = new Int32Array(terms.length)
  const judged = terms.map(() => new Map<number, number>())
  for (let row = 0; row < rows; row++) {
    const found = new Set<number>()
    for (const column of texts) automaton.scan(column[row] ?? '', ({ word }) => found.add(word).size === terms.length)
    const label = truth[row] ?? -1
    for (const term of found) {
      counts[term] = (counts[term] ?? 0) + 1
      if (label >= 0) judged[term]?.set(label, (judged[term].get(label) ?? 0) + 1)
    }
  }
  return chosen.map(({ text, label }) => {
    const term = terms.indexOf(text)
    const count = counts[term] ?? 0
    const right = judged[term]?.get(label) ?? 0
    const n = [...(judged[term]?.values() ?? [])].reduce((sum, each) => sum + each, 0)
    return { text, label, count, coverage: count / rows, precision: n === 0 ? null : { value: right / n, interval: wilsonInterval(right / n, n), n } }
  })
}
