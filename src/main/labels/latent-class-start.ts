import { type ObservedSymbols, ruleClasses } from './observed-symbols.ts'
import type { VotePatterns } from './vote-patterns.ts'

/** Counts, expected or of a prior, in the layout of a latent class model's parameters. */
export interface LatentClassCounts {
  readonly balance: Float64Array
  readonly emissions: Float64Array
  readonly opinions: Float64Array
}

/** The prior of a fit. */
export interface LatentClassPrior extends LatentClassCounts {
  /** For each function the one class it votes for where its abstentions count, else -1. */
  readonly rules: Int16Array
}

/** Votes' worth of prior belief a class and function, and the accuracy believed in. */
const strength = 4
const priorAccuracy = 0.7

/**
 * Pseudo-counts of the Dirichlet priors. A row of a confusion matrix is worth 4 votes of which 70% are right; where
 * abstentions count, symbols keep the shares they have in the data, votes for the row's own class raised by 1.4 and others
 * lowered to 0.8; a block's opinion is right with 70%; every class has one row.
 */
export function latentClassPrior(patterns: VotePatterns, observed: ObservedSymbols, blocks: number): LatentClassPrior {
  const { names, classes: k } = patterns
  const shares = symbolShares(patterns, observed)
  const emissions = new Float64Array(names.length * (k + 1) * k)
  const belief = (s: number, c: number): number => strength * (s === c ? priorAccuracy : (1 - priorAccuracy) / (k - 1))
  for (let j = 0; j < names.length; j++) {
    for (let c = 0; c < k; c++) {
      let votes = 0
      for (let s = 0; s < k; s++) {
        const share = shares[j * (k + 1) + s] as number
        const tilted = observed.abstentionsCount[j] === 1 ? strength * Math.min(0.95, share * (s === c ? 1.4 : 0.8)) : belief(s, c)
        emissions[(j * (k + 1) + s) * k + c] = tilted
        votes += tilted
      }
      if (observed.abstentionsCount[j] === 1) emissions[(j * (k + 1) + k) * k + c] = Math.max(0.05 * strength, strength - votes)
    }
  }
  const opinions = Float64Array.from({ length: blocks * k * k }, (_, at) => belief(at % k, Math.floor(at / k) % k))
  const rules = ruleClasses(patterns).map((c, j) => (observed.abstentionsCount[j] === 1 ? c : -1))
  return { balance: new Float64Array(k).fill(1), emissions, opinions, rules }
}

/**
 * The counts EM starts from: a row's class is distributed as its votes are, each block of functions casting one vote made
 * of its members' shares; a block's opinion is distributed as its members' votes. Rows without a vote are spread evenly.
 */
export function initialCounts(patterns: VotePatterns, observed: ObservedSymbols, blocks: readonly (readonly number[])[]): LatentClassCounts {
  const { count, names, classes: k, votes, weights } = patterns
  const m = names.length
  const counts = { balance: new Float64Array(k), emissions: new Float64Array(m * (k + 1) * k), opinions: new Float64Array(blocks.length * k * k) }
  const inBlock = new Set(blocks.flat())
  const groups = [...blocks, ...names.map((_, j) => [j]).filter(([j = -1]) => !inBlock.has(j))]
  const belief = new Float64Array(k)
  const shares = groups.map(() => new Float64Array(k))
  for (let p = 0; p < count; p++) {
    const weight = weights[p] as number
    belief.fill(0)
    for (const [g, group] of groups.entries()) {
      const share = shares[g] as Float64Array
      share.fill(0)
      for (const j of group) {
        const vote = votes[p * m + j] as number
        if (vote >= 0) share[vote] = (share[vote] as number) + 1
      }
      spread(share)
      if (group.some((j) => (votes[p * m + j] as number) >= 0)) for (let c = 0; c < k; c++) belief[c] = (belief[c] as number) + (share[c] as number)
    }
    spread(belief)
    for (let c = 0; c < k; c++) counts.balance[c] = (counts.balance[c] as number) + weight * (belief[c] as number)
    for (const [g, group] of groups.entries()) {
      const state = g < blocks.length ? (shares[g] as Float64Array) : belief
      for (const j of group) {
        const s = observed.symbols[p * m + j] as number
        if (s < 0) continue
        const at = (j * (k + 1) + s) * k
        for (let c = 0; c < k; c++) counts.emissions[at + c] = (counts.emissions[at + c] as number) + weight * (state[c] as number)
      }
      if (g >= blocks.length) continue
      for (let y = 0; y < k; y++) {
        for (let z = 0; z < k; z++) {
          const at = (g * k + y) * k + z
          counts.opinions[at] = (counts.opinions[at] as number) + weight * (belief[y] as number) * (state[z] as number)
        }
      }
    }
  }
  return counts
}

/** Scales to the sum 1; nothing becomes even shares. */
function spread(values: Float64Array): void {
  let sum = 0
  for (const value of values) sum += value
  for (let c = 0; c < values.length; c++) values[c] = sum > 0 ? (values[c] as number) / sum : 1 / values.length
}

/** Share of each observed symbol a function: functions x (classes + 1). */
function symbolShares({ count, names, classes, weights }: VotePatterns, { symbols }: ObservedSymbols): Float64Array {
  const m = names.length
  const width = classes + 1
  const shares = new Float64Array(m * width)
  const totals = new Float64Array(m)
  for (let p = 0; p < count; p++) {
    for (let j = 0; j < m; j++) {
      const s = symbols[p * m + j] as number
      if (s < 0) continue
      shares[j * width + s] = (shares[j * width + s] as number) + (weights[p] as number)
      totals[j] = (totals[j] as number) + (weights[p] as number)
    }
  }
  return shares.map((share, at) => ((totals[Math.floor(at / width)] as number) > 0 ? share / (totals[Math.floor(at / width)] as number) : 0))
}
