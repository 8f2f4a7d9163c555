import type { LabelModelMethod, LabelModelWarning } from '../../shared/domain/weak-labels.ts'
import { type LabelModelFit, voteCounts, votesByClass } from './label-model-fit.ts'
import type { VotePatterns } from './vote-patterns.ts'

/** Coverage of the data set below which most of an answer would be the class balance. */
const lowCoverage = 0.55
/** An accuracy this close to chance makes a function as good as noise. */
const nearChance = 0.05

/**
 * Where an answer cannot be trusted, said in sentences: too few functions to check one another, votes for one class only, votes on
 * about half of the rows or fewer, functions no better than chance, answers against a unanimous vote, functions that never meet,
 * functions that never vote, a fit that did not settle, a group of copies that leaves fewer than three opinions.
 */
export function labelModelWarnings(method: LabelModelMethod, patterns: VotePatterns, fit: LabelModelFit): LabelModelWarning[] {
  const { names, classes, rows } = patterns
  const counts = voteCounts(patterns)
  const active = names.map((_, j) => j).filter((j) => (counts[j] as number) > 0)
  const named = (which: readonly number[]): string[] => which.map((j) => names[j] as string)
  const warnings: LabelModelWarning[] = []
  if (active.length < 3) warnings.push({ code: 'few-functions', message: `Only ${active.length} ${active.length === 1 ? 'function votes' : 'functions vote'}; three or more are needed to tell how accurate each is.` })
  const silent = names.map((_, j) => j).filter((j) => counts[j] === 0)
  if (silent.length > 0) warnings.push({ code: 'silent-functions', message: `${list(named(silent))} never ${silent.length === 1 ? 'votes' : 'vote'}.`, functions: named(silent) })
  const votes = votesByClass(patterns)
  const used = Array.from({ length: classes }, (_, c) => c).filter((c) => active.some((j) => (votes[j * classes + c] as number) > 0))
  if (used.length === 1) warnings.push({ code: 'one-class', message: `Every vote is for class ${used[0] ?? 0}; nothing tells the classes apart. Add functions that vote for the others.` })
  const meeting = meetings(patterns)
  if (meeting.covered < lowCoverage * rows) {
    const share = ((100 * meeting.covered) / rows).toFixed(0)
    warnings.push({ code: 'low-coverage', message: `Only ${share}% of the rows have a vote; the others get the class balance.`, count: rows - meeting.covered })
  }
  if (meeting.overlapping === 0 && active.length > 1) warnings.push({ code: 'no-overlap', message: 'No two functions vote on the same row, so they cannot be compared; the answer repeats each vote.' })
  if (meeting.against(fit.posteriors) > 0) {
    const against = meeting.against(fit.posteriors)
    warnings.push({ code: 'against-unanimous', message: `On ${against} rows the answer differs from a vote on which all agree. Look at some of them.`, count: against })
  }
  const weak = active.filter((j) => Math.abs((fit.accuracies[j] as number) - 1 / classes) < nearChance)
  if (weak.length > 0) warnings.push({ code: 'near-chance', message: `${list(named(weak))} ${weak.length === 1 ? 'is' : 'are'} right about as often as chance would be.`, functions: named(weak) })
  if (!fit.converged) warnings.push({ code: 'not-converged', message: `The ${method} model did not settle within ${fit.iterations} iterations.` })
  const grouped = fit.dependent?.flat().length ?? 0
  const opinions = names.length - silent.length - grouped + (fit.dependent?.length ?? 0)
  if (grouped > 0 && opinions < 3) warnings.push({ code: 'few-opinions', message: `Functions that copy one another leave only ${opinions} opinions; three or more are needed to tell how accurate each is.` })
  return warnings
}

interface Meetings {
  readonly covered: number
  readonly overlapping: number
  /** Rows with two or more votes, all alike, where another class is more probable. */
  against(posteriors: Float64Array): number
}

function meetings({ count, names, classes, votes, weights }: VotePatterns): Meetings {
  const m = names.length
  const unanimous = new Int32Array(count).fill(-1)
  let covered = 0
  let overlapping = 0
  for (let p = 0; p < count; p++) {
    let voters = 0
    let first = -1
    let alike = true
    for (let j = 0; j < m; j++) {
      const vote = votes[p * m + j] as number
      if (vote < 0) continue
      if (voters++ === 0) first = vote
      else alike &&= vote === first
    }
    if (voters > 0) covered += weights[p] as number
    if (voters < 2) continue
    overlapping += weights[p] as number
    if (alike) unanimous[p] = first
  }
  const against = (posteriors: Float64Array): number => {
    let rows = 0
    for (let p = 0; p < count; p++) {
      const vote = unanimous[p] as number
      if (vote < 0) continue
      let highest = 0
      for (let c = 0; c < classes; c++) highest = Math.max(highest, posteriors[p * classes + c] as number)
      if ((posteriors[p * classes + vote] as number) < highest) rows += weights[p] as number
    }
    return rows
  }
  return { covered, overlapping, against }
}

/** Names for a sentence; more than five are counted. */
const list = (names: readonly string[]): string => (names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`)
