import { hasContent } from './stop-words.ts'

/** Strength of the prior, as a share of all counts compared. */
const priorShare = 0.1

/** Share of the documents from which a term counts as common, and how much more often a class must hold it to be told by it then. */
const commonShare = 0.2
const commonOdds = Math.log(3)

/** How telling terms are for a group against another: log-odds ratios and their standard deviations. */
export interface LogOdds {
  readonly difference: Float64Array
  readonly deviation: Float64Array
}

/**
 * How telling each term is for the first group against the second: the difference of its log-odds, smoothed by an informative
 * Dirichlet prior in proportion to its frequency in the background (Monroe, Colaresi and Quinn 2008). With counts y, totals n and
 * prior a (a0 in all): d = log((y1 + a)/(n1 + a0 - y1 - a)) - log((y2 + a)/(n2 + a0 - y2 - a)), its variance 1/(y1 + a) + 1/(y2 + a).
 *
 * @param first documents of the group that hold each term; `second` likewise, `background` over all documents
 */
export function logOdds(first: ArrayLike<number>, second: ArrayLike<number>, background: ArrayLike<number>): LogOdds {
  const [n1, n2, all] = [totalOf(first), totalOf(second), totalOf(background)]
  const strength = priorShare * (n1 + n2)
  const difference = new Float64Array(first.length)
  const deviation = new Float64Array(first.length).fill(Infinity)
  for (let term = 0; term < first.length; term++) {
    const [y1, y2] = [first[term] ?? 0, second[term] ?? 0]
    const prior = (strength * (background[term] ?? 0)) / all
    if (y1 === 0 || prior === 0) continue
    const odds = (y: number, n: number): number => Math.log((y + prior) / (n + strength - y - prior))
    difference[term] = odds(y1, n1) - odds(y2, n2)
    deviation[term] = Math.sqrt(1 / (y1 + prior) + 1 / (y2 + prior))
  }
  return { difference, deviation }
}

function totalOf(counts: ArrayLike<number>): number {
  let sum = 0
  for (let term = 0; term < counts.length; term++) sum += counts[term] ?? 0
  return sum
}

/** One-sided 95% point of the normal distribution. */
const confident = 1.645

/**
 * Terms in the order of how much they tell: by the lower end of the interval of the log-odds ratio, so that neither a rare term that
 * happened to be one-sided nor a common one that leans slightly comes first. Left out are terms without a word of content and, in
 * whatever language, those that a good part of all documents hold unless the group stands out by them.
 *
 * @param documents how many documents the background is counted over
 * @param wanted which terms are considered, with the z-score of each
 */
export function rankTerms(grams: readonly string[], { difference, deviation }: LogOdds, background: ArrayLike<number>, documents: number, wanted: (term: number, z: number) => boolean): number[] {
  const ranked: { readonly term: number; readonly lower: number }[] = []
  for (let term = 0; term < grams.length; term++) {
    const [d, spread] = [difference[term] ?? 0, deviation[term] ?? Infinity]
    if (!wanted(term, d / spread)) continue
    if ((background[term] ?? 0) > commonShare * documents && d < commonOdds) continue
    if (hasContent(grams[term] ?? '')) ranked.push({ term, lower: d - confident * spread })
  }
  const textOf = ({ term }: { readonly term: number }): string => grams[term] ?? ''
  // Of terms that the same documents hold, the shortest says it all.
  const words = (each: { readonly term: number }): number => textOf(each).split(' ').length
  return ranked.sort((a, b) => b.lower - a.lower || words(a) - words(b) || (textOf(a) < textOf(b) ? -1 : 1)).map(({ term }) => term)
}

/**
 * The best terms of a ranking, without those that say the same again: a term that holds or is held in a better one is left
 * out when about as many documents hold it.
 */
export function withoutRepeats(ranked: readonly number[], grams: readonly string[], counts: ArrayLike<number>, most: number): string[] {
  const kept: number[] = []
  for (const term of ranked) {
    if (kept.length === most) break
    const same = kept.some((other) => nested(grams[term] ?? '', grams[other] ?? '') && similar(counts[term] ?? 0, counts[other] ?? 0))
    if (!same) kept.push(term)
  }
  return kept.map((term) => grams[term] ?? '')
}

const nested = (a: string, b: string): boolean => ` ${a} `.includes(` ${b} `) || ` ${b} `.includes(` ${a} `)
const similar = (a: number, b: number): boolean => Math.min(a, b) >= 0.7 * Math.max(a, b)
