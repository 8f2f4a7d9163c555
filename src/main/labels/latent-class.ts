import { normalised } from './label-model-fit.ts'
import { initialCounts, type LatentClassCounts, type LatentClassPrior, latentClassPrior } from './latent-class-start.ts'
import { leastRatio, type ObservedSymbols, observedSymbols } from './observed-symbols.ts'
import { thinned, type VotePatterns } from './vote-patterns.ts'

/**
 * A latent class model of votes. The class y has the balance p; a function outside every block shows symbol s with
 * P(s | y); a block has an opinion z of its own with P(z | y), and its functions show s with P(s | z). Without blocks this
 * is the model of Dawid and Skene (1979); with blocks it is a latent tree (Zhang 2004) in which a group of functions that
 * copy one another reaches the class through one opinion, and so counts once.
 */
export interface LatentClassModel {
  readonly balance: Float64Array
  /** P(s | state) at [(function * (classes + 1) + s) * classes + state]. */
  readonly emissions: Float64Array
  readonly blocks: readonly (readonly number[])[]
  /** P(z | y) at [(block * classes + y) * classes + z]. */
  readonly opinions: Float64Array
}

export interface LatentClassOptions {
  readonly blocks?: readonly (readonly number[])[]
  /** A class balance to keep; left out, it is estimated. */
  readonly balance?: Float64Array
  readonly maximumIterations?: number
  /** EM ends when an iteration gains less than this a row. */
  readonly tolerance?: number
}

export interface LatentClassFit {
  readonly model: LatentClassModel
  /** patterns x classes, row-major. */
  readonly posteriors: Float64Array
  /** Log likelihood of the votes plus log prior before each M step; never falls. */
  readonly objective: readonly number[]
  /** Log likelihood alone at the end. */
  readonly logLikelihood: number
  readonly iterations: number
  readonly converged: boolean
}

/** Beyond so many patterns EM runs on a sample of rows first, and then only a few times over all. */
const manyPatterns = 40_000

/**
 * Fits the model by expectation maximisation towards the maximum a posteriori: Dirichlet priors say that a function is
 * right more often than wrong (see `latentClassPrior`), and a rule for one class keeps to it (see `leastRatio`). EM starts at the votes themselves, a block's shares counting as one vote.
 */
export function fitLatentClasses(patterns: VotePatterns, options: LatentClassOptions = {}): LatentClassFit {
  return fitObserved(patterns, observedSymbols(patterns), options)
}

/** The same for symbols decided on before. */
export function fitObserved(patterns: VotePatterns, observed: ObservedSymbols, options: LatentClassOptions = {}): LatentClassFit {
  const blocks = options.blocks ?? []
  const { maximumIterations = 300, tolerance = 1e-7 } = options
  const prior = latentClassPrior(patterns, observed, blocks.length)
  let model = maximised(initialCounts(patterns, observed, blocks), prior, blocks, options.balance)
  let spent = 0
  if (patterns.count > manyPatterns) {
    const sample = thinned(patterns, Math.ceil(patterns.rows / manyPatterns))
    const coarse = climb(sample, symbolsOf(sample, observed), model, prior, { ...options, maximumIterations, tolerance })
    model = coarse.model
    spent = coarse.iterations
  }
  const fit = climb(patterns, observed.symbols, model, prior, { ...options, maximumIterations, tolerance: patterns.count > manyPatterns ? Math.max(tolerance, 1e-5) : tolerance })
  return { ...fit, iterations: spent + fit.iterations }
}

type ClimbOptions = LatentClassOptions & { readonly maximumIterations: number; readonly tolerance: number }

function climb(patterns: VotePatterns, symbols: Int16Array, start: LatentClassModel, prior: LatentClassPrior, options: ClimbOptions): LatentClassFit {
  const posteriors = new Float64Array(patterns.count * patterns.classes)
  const objective: number[] = []
  let model = start
  let converged = false
  let logLikelihood = -Infinity
  while (objective.length < options.maximumIterations && !converged) {
    const counts = emptyCounts(model)
    logLikelihood = expectation(patterns, symbols, model, posteriors, counts)
    const reached = logLikelihood + logPrior(model, prior, options.balance === undefined)
    converged = reached - (objective.at(-1) ?? -Infinity) < options.tolerance * patterns.rows
    objective.push(reached)
    if (!converged) model = maximised(counts, prior, model.blocks, options.balance)
  }
  if (!converged) logLikelihood = expectation(patterns, symbols, model, posteriors, emptyCounts(model))
  return { model, posteriors, objective, logLikelihood, iterations: objective.length, converged }
}

/** A sample's patterns have their own symbols; which abstentions count stays as decided on all rows. */
function symbolsOf({ count, names, classes, votes }: VotePatterns, { abstentionsCount }: ObservedSymbols): Int16Array {
  const m = names.length
  const symbols = new Int16Array(count * m)
  for (let at = 0; at < symbols.length; at++) {
    const vote = votes[at] as number
    symbols[at] = vote < 0 && abstentionsCount[at % m] === 1 ? classes : vote
  }
  return symbols
}

const emptyCounts = (model: LatentClassModel): LatentClassCounts => ({
  balance: new Float64Array(model.balance.length),
  emissions: new Float64Array(model.emissions.length),
  opinions: new Float64Array(model.opinions.length)
})

/** The M step: expected counts plus the prior's pseudo-counts, normalised. */
function maximised(counts: LatentClassCounts, prior: LatentClassPrior, blocks: LatentClassModel['blocks'], balance: Float64Array | undefined): LatentClassModel {
  const k = counts.balance.length
  const emissions = counts.emissions.map((count, at) => count + (prior.emissions[at] as number))
  const states = k * (k + 1)
  for (const [j, vote] of prior.rules.entries()) if (vote >= 0) favourOwnClass(emissions, j * states, k, vote)
  for (let start = 0; start < emissions.length; start += states) {
    for (let c = 0; c < k; c++) {
      let sum = 0
      for (let s = 0; s <= k; s++) sum += emissions[start + s * k + c] as number
      for (let s = 0; s <= k; s++) emissions[start + s * k + c] = (emissions[start + s * k + c] as number) / sum
    }
  }
  const opinions = counts.opinions.map((count, at) => count + (prior.opinions[at] as number))
  for (let start = 0; start < opinions.length; start += k) opinions.set(normalised(opinions.subarray(start, start + k)), start)
  return { balance: balance ?? normalised(counts.balance.map((count, c) => count + (prior.balance[c] as number))), emissions, blocks, opinions }
}

/**
 * Maximises the likelihood of a rule's counts under P(vote | own class) >= ratio x P(vote | other class): where counts say
 * otherwise, the own class and the offenders share one rate q, ratio x q for the own class, the root of a quadratic. The counts are
 * changed to those that have these rates.
 */
function favourOwnClass(counts: Float64Array, start: number, k: number, vote: number): void {
  const votes = (c: number): number => counts[start + vote * k + c] as number
  const silence = (c: number): number => counts[start + k * k + c] as number
  const rate = (c: number): number => votes(c) / (votes(c) + silence(c))
  const offenders = new Set<number>()
  let shared = rate(vote) / leastRatio
  for (;;) {
    const worst = Array.from({ length: k }, (_, c) => c).filter((c) => c !== vote && !offenders.has(c) && rate(c) > shared)
    if (worst.length === 0) break
    for (const c of worst) offenders.add(c)
    let cast = votes(vote)
    let missed = 0
    for (const c of offenders) {
      cast += votes(c)
      missed += silence(c)
    }
    // cast (1 - r q)(1 - q) = r q silence (1 - q) + q missed (1 - r q)
    const a = leastRatio * (cast + silence(vote) + missed)
    const b = -(cast * (1 + leastRatio) + leastRatio * silence(vote) + missed)
    shared = (-b - Math.sqrt(b * b - 4 * a * cast)) / (2 * a)
  }
  for (const c of offenders.size > 0 ? [vote, ...offenders] : []) {
    const total = votes(c) + silence(c)
    const q = c === vote ? leastRatio * shared : shared
    counts[start + vote * k + c] = total * q
    counts[start + k * k + c] = total * (1 - q)
  }
}

function logPrior(model: LatentClassModel, prior: LatentClassPrior, balanceFree: boolean): number {
  let sum = 0
  const add = (values: Float64Array, pseudo: Float64Array): void => {
    for (let at = 0; at < values.length; at++) if ((pseudo[at] as number) > 0) sum += (pseudo[at] as number) * Math.log(values[at] as number)
  }
  add(model.emissions, prior.emissions)
  add(model.opinions, prior.opinions)
  if (balanceFree) add(model.balance, prior.balance)
  return sum
}

/** The E step: writes P(y | pattern), adds expected counts, and returns the log likelihood of all rows. */
function expectation({ count, names, classes: k, weights }: VotePatterns, symbols: Int16Array, model: LatentClassModel, posteriors: Float64Array, counts: LatentClassCounts): number {
  const m = names.length
  const states = k * (k + 1)
  const { blocks, opinions } = model
  const logEmissions = model.emissions.map((value) => Math.log(value))
  const logBalance = model.balance.map((value) => Math.log(value))
  const inBlock = new Set(blocks.flat())
  const direct = Int32Array.from(names.map((_, j) => j).filter((j) => !inBlock.has(j)))
  const members = blocks.map((block) => Int32Array.from(block))
  const message = new Float64Array(blocks.length * k)
  const received = new Float64Array(blocks.length * k)
  const belief = new Float64Array(k)
  const state = new Float64Array(k)
  let logLikelihood = 0

  const gather = (group: Int32Array, pattern: number, into: Float64Array, offset: number): void => {
    for (let at = 0; at < group.length; at++) {
      const j = group[at] as number
      const s = symbols[pattern * m + j] as number
      if (s < 0) continue
      const from = j * states + s * k
      for (let c = 0; c < k; c++) into[offset + c] = (into[offset + c] as number) + (logEmissions[from + c] as number)
    }
  }
  const emissions = counts.emissions
  const scatter = (group: Int32Array, pattern: number, from: Float64Array): void => {
    for (let at = 0; at < group.length; at++) {
      const j = group[at] as number
      const s = symbols[pattern * m + j] as number
      if (s < 0) continue
      const to = j * states + s * k
      for (let c = 0; c < k; c++) emissions[to + c] = (emissions[to + c] as number) + (from[c] as number)
    }
  }

  for (let p = 0; p < count; p++) {
    const weight = weights[p] as number
    for (let y = 0; y < k; y++) belief[y] = logBalance[y] as number
    gather(direct, p, belief, 0)
    let shifted = 0
    for (let b = 0; b < blocks.length; b++) {
      const offset = b * k
      for (let z = 0; z < k; z++) message[offset + z] = 0
      gather(members[b] as Int32Array, p, message, offset)
      shifted += exponentials(message, offset, k)
      for (let y = 0; y < k; y++) {
        let sum = 0
        for (let z = 0; z < k; z++) sum += (opinions[(offset + y) * k + z] as number) * (message[offset + z] as number)
        received[offset + y] = sum
        belief[y] = (belief[y] as number) + Math.log(sum)
      }
    }
    const highest = exponentials(belief, 0, k)
    let total = 0
    for (let y = 0; y < k; y++) total += belief[y] as number
    logLikelihood += weight * (shifted + highest + Math.log(total))
    for (let y = 0; y < k; y++) {
      const q = (belief[y] as number) / total
      posteriors[p * k + y] = q
      belief[y] = q * weight
      counts.balance[y] = (counts.balance[y] as number) + q * weight
    }
    scatter(direct, p, belief)
    for (let b = 0; b < blocks.length; b++) {
      const offset = b * k
      for (let z = 0; z < k; z++) state[z] = 0
      for (let y = 0; y < k; y++) {
        const scale = (belief[y] as number) / (received[offset + y] as number)
        for (let z = 0; z < k; z++) {
          const joint = scale * (opinions[(offset + y) * k + z] as number) * (message[offset + z] as number)
          counts.opinions[(offset + y) * k + z] = (counts.opinions[(offset + y) * k + z] as number) + joint
          state[z] = (state[z] as number) + joint
        }
      }
      scatter(members[b] as Int32Array, p, state)
    }
  }
  return logLikelihood
}

/** Replaces logarithms by exponentials relative to their maximum, which it returns. */
function exponentials(values: Float64Array, offset: number, k: number): number {
  let highest = -Infinity
  for (let c = 0; c < k; c++) if ((values[offset + c] as number) > highest) highest = values[offset + c] as number
  for (let c = 0; c < k; c++) values[offset + c] = Math.exp((values[offset + c] as number) - highest)
  return highest
}
