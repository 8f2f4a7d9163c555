/** How many documents hold each n-gram. */
export type DocumentCounts = ReadonlyMap<string, number>

/** Strength of the prior, as a share of all counts compared. */
const priorShare = 0.1

const totalOf = (counts: DocumentCounts): number => [...counts.values()].reduce((sum, count) => sum + count, 0)

/**
 * How telling each n-gram is for the first group against the second: the z-score of the difference of its log-odds, smoothed
 * by an informative Dirichlet prior in proportion to its frequency in the background (Monroe, Colaresi and Quinn 2008).
 * With counts y, totals n and prior a (a0 in all): d = log((y1 + a)/(n1 + a0 - y1 - a)) - log((y2 + a)/(n2 + a0 - y2 - a)),
 * z = d / sqrt(1/(y1 + a) + 1/(y2 + a)). N-grams of the first group only; the background must hold them all.
 */
export function logOddsScores(first: DocumentCounts, second: DocumentCounts, background: DocumentCounts): Map<string, number> {
  const [n1, n2, all] = [totalOf(first), totalOf(second), totalOf(background)]
  const strength = priorShare * (n1 + n2)
  const scores = new Map<string, number>()
  for (const [gram, y1] of first) {
    const y2 = second.get(gram) ?? 0
    const prior = (strength * (background.get(gram) ?? 0)) / all
    const odds = (y: number, n: number): number => Math.log((y + prior) / (n + strength - y - prior))
    scores.set(gram, (odds(y1, n1) - odds(y2, n2)) / Math.sqrt(1 / (y1 + prior) + 1 / (y2 + prior)))
  }
  return scores
}

/** Documents that hold each n-gram, over the chosen documents; each document is a set of n-grams. */
export function countDocuments(documents: readonly ReadonlySet<string>[], chosen: Iterable<number>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const index of chosen) for (const gram of documents[index] ?? []) counts.set(gram, (counts.get(gram) ?? 0) + 1)
  return counts
}

/**
 * The best terms of a ranking, without those that say the same again: a term that holds or is held in a better one is left
 * out when about as many documents hold it.
 */
export function withoutRepeats(ranked: readonly string[], counts: DocumentCounts, most: number): string[] {
  const kept: string[] = []
  for (const term of ranked) {
    if (kept.length === most) break
    const same = kept.some((other) => nested(term, other) && similar(counts.get(term) ?? 0, counts.get(other) ?? 0))
    if (!same) kept.push(term)
  }
  return kept
}

const nested = (a: string, b: string): boolean => ` ${a} `.includes(` ${b} `) || ` ${b} `.includes(` ${a} `)
const similar = (a: number, b: number): boolean => Math.min(a, b) >= 0.7 * Math.max(a, b)
