import { voteCounts, votesByClass } from './label-model-fit.ts'
import type { VotePatterns } from './vote-patterns.ts'

/**
 * What a latent class model observes of each function. A function that votes among all classes is taken to abstain for
 * reasons that have nothing to do with the class (missing at random): abstaining is then not observed. A function that
 * never votes for a class it ought to have met (a keyword rule has one class only) tells by voting at all: its
 * abstention is a symbol of its own, numbered after the classes.
 */
export interface ObservedSymbols {
  /** patterns x functions, row-major: class voted for, `classes` for an observed abstention, -1 for nothing. */
  readonly symbols: Int16Array
  /** 1 for functions whose abstentions are observed. */
  readonly abstentionsCount: Uint8Array
}

/**
 * Somebody who writes a rule for one class means it to be evidence for that class: it is taken to vote on an example of the class at
 * least so many times as readily as on one of any other. Rules that avoid each other's examples (two kinds of mail, both
 * wanted) look like opposites otherwise.
 */
export const leastRatio = 2

/** The one class that each function votes for; -1 for functions that vote for several, or never. */
export function ruleClasses(patterns: VotePatterns): Int16Array {
  const { names, classes } = patterns
  const byClass = votesByClass(patterns)
  return Int16Array.from(names, (_, j) => {
    const voted = Array.from({ length: classes }, (_class, c) => c).filter((c) => (byClass[j * classes + c] as number) > 0)
    return voted.length === 1 ? (voted[0] as number) : -1
  })
}

/** Votes that a class would have been expected to get before its absence counts as the function's nature. */
const expectedBeforeAbsent = 8

/** Decides for each function whether its abstentions are evidence, and numbers what is observed. */
export function observedSymbols(patterns: VotePatterns): ObservedSymbols {
  const { count, names, classes, votes } = patterns
  const m = names.length
  const byClass = votesByClass(patterns)
  const total = voteCounts(patterns)
  const all = total.reduce((sum, number) => sum + number, 0)
  const share = Float64Array.from({ length: classes }, (_, c) => names.reduce((sum, _name, j) => sum + (byClass[j * classes + c] as number), 0) / all)
  const abstentionsCount = Uint8Array.from(names, (_, j) => {
    const voted = total[j] as number
    if (voted === 0 || voted === patterns.rows) return 0
    const used = share.reduce((sum, _share, c) => sum + ((byClass[j * classes + c] as number) > 0 ? 1 : 0), 0)
    const absent = share.some((part, c) => byClass[j * classes + c] === 0 && voted * part >= expectedBeforeAbsent)
    return absent || (used === 1 && share.filter((part) => part > 0).length > 1) ? 1 : 0
  })
  const symbols = new Int16Array(count * m)
  for (let p = 0; p < count; p++) {
    for (let j = 0; j < m; j++) {
      const vote = votes[p * m + j] as number
      symbols[p * m + j] = vote < 0 && abstentionsCount[j] === 1 ? classes : vote
    }
  }
  return { symbols, abstentionsCount }
}
