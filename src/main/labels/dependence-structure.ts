import { expectedAccuracies } from './label-model-fit.ts'
import { fitObserved, type LatentClassFit } from './latent-class.ts'
import { type ObservedSymbols, observedSymbols } from './observed-symbols.ts'
import { bivariateResidual, pairTables, type PairTable, type Residual, shrunkenKappa } from './pairwise-dependence.ts'
import { thinned, type VotePatterns } from './vote-patterns.ts'

/** Groups of functions, each of two or more, that reach the class through one opinion. */
export type Blocks = readonly (readonly number[])[]

/** Rows x functions that the search looks at; more tell little that is new and cost time. */
const searchVotes = 50_000
const searchIterations = 50
/** Share of functions expected to copy others, and what accuracies of functions that do not are like: mean and spread. */
const copying = 0.15
const usualAccuracy = 0.75
const spreadOfAccuracy = 0.12
/** Excess of chi-square put down to chance: where there are many pairs, some will stand out. */
const chanceOf = (functions: number): number => 3 + 2 * Math.log(Math.max(1, (functions * (functions - 1)) / 90))
/** Partitions of functions joined by agreement that are fitted at most. */
const mostPartitions = 24

interface Candidate {
  readonly blocks: Blocks
  readonly fit: LatentClassFit
  readonly score: number
}

/** What a search knows of its sample. */
interface Sample {
  readonly patterns: VotePatterns
  readonly observed: ObservedSymbols
  readonly functions: number
  readonly chance: number
  readonly table: (i: number, j: number) => PairTable
  readonly kappa: (i: number, j: number) => number
}

/**
 * Finds groups of dependent functions. Votes alone cannot tell two readings of the same data apart: that many experts agree
 * and the rest err together, or that the many copy one poor function and the rest are right; both are the same latent tree
 * with another root. The search therefore fits a latent tree for each of several readings and compares them by
 *
 *   - (misfit + log(rows) x parameters of the groups) / 2 + log prior.
 *
 * Misfit is the excess of chi-square over all pairs of functions in different groups, divided by the size of the larger group, as
 * the functions of a group repeat one another's chance deviations. How a group hangs together inside is left open, since
 * copying comes in many forms. The prior says that a function copies with probability 0.15 and that one that
 * does not is right with 75% give or take 12%: agreement beyond what such functions reach is copying. Readings tried:
 * functions joined in order of their agreement (average linkage on kappa), functions joined by the largest residual of the
 * model before, and around the best of those the root moved into a group, groups dissolved, functions moved in or out.
 *
 * @param balance a class balance to keep; left out, it is estimated
 */
export function findDependence(patterns: VotePatterns, balance?: Float64Array): Blocks {
  const sample = sampleOf(patterns)
  const tried = new Map<string, Candidate>()
  const attempt = (blocks: Blocks): Candidate => {
    const ordered = inOrder(blocks)
    const key = JSON.stringify(ordered)
    const known = tried.get(key)
    if (known !== undefined) return known
    const fit = fitObserved(sample.patterns, sample.observed, { blocks: ordered, maximumIterations: searchIterations, tolerance: 1e-5, ...(balance ? { balance } : {}) })
    const candidate = { blocks: ordered, fit, score: scoreOf(sample, ordered, fit) }
    tried.set(key, candidate)
    return candidate
  }
  attempt([])
  for (const blocks of joinedByAgreement(sample)) attempt(blocks)
  joinByResiduals(sample, attempt)
  let best = bestOf(tried)
  for (let round = 0; round < sample.functions; round++) {
    for (const blocks of neighbours(sample, best)) attempt(blocks)
    const better = bestOf(tried)
    if (better === best) break
    best = better
  }
  return best.blocks
}

function sampleOf(all: VotePatterns): Sample {
  const functions = all.names.length
  const patterns = thinned(all, Math.max(1, Math.ceil((all.rows * functions) / searchVotes)))
  const observed = observedSymbols(patterns)
  const tables = pairTables(patterns, observed)
  const table = (i: number, j: number): PairTable => tables[Math.min(i, j) * functions + Math.max(i, j)] as PairTable
  const kappas = Float64Array.from({ length: functions ** 2 }, (_, at) => (at % functions === Math.floor(at / functions) ? 1 : shrunkenKappa(table(at % functions, Math.floor(at / functions)))))
  return { patterns, observed, functions, chance: chanceOf(functions), table, kappa: (i, j) => kappas[i * functions + j] as number }
}

const bestOf = (tried: ReadonlyMap<string, Candidate>): Candidate => [...tried.values()].reduce((best, candidate) => (candidate.score > best.score ? candidate : best))

/** Blocks of two or more, members and blocks ascending, so that equal structures look alike. */
const inOrder = (blocks: Blocks): Blocks =>
  blocks
    .filter((block) => block.length > 1)
    .map((block) => block.toSorted((a, b) => a - b))
    .toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0))

const singles = (functions: number, blocks: Blocks): number[] => {
  const inBlock = new Set(blocks.flat())
  return Array.from({ length: functions }, (_, j) => j).filter((j) => !inBlock.has(j))
}

function scoreOf(sample: Sample, blocks: Blocks, fit: LatentClassFit): number {
  const groups = [...blocks, ...singles(sample.functions, blocks).map((j) => [j])]
  let misfit = 0
  for (const [g, a] of groups.entries()) {
    for (const b of groups.slice(g + 1)) misfit += sumOver(a, b, (i, j) => Math.max(0, residual(sample, fit, i, j).excess - sample.chance)) / Math.max(a.length, b.length)
  }
  return logPrior(sample, blocks, fit) - misfit / 2 - groupsCost(sample, blocks)
}

/** Half the log of the rows a parameter that groups add: each has P(opinion | class). */
const groupsCost = ({ patterns: { rows, classes: k } }: Sample, blocks: Blocks): number => (Math.log(rows) * blocks.length * k * (k - 1)) / 2

function logPrior(sample: Sample, blocks: Blocks, fit: LatentClassFit): number {
  const inBlock = new Set(blocks.flat())
  let sum = 0
  for (const [j, accuracy] of expectedAccuracies(sample.patterns, fit.posteriors).entries()) {
    if (Number.isNaN(accuracy)) continue
    sum += inBlock.has(j) ? Math.log(copying) : Math.log(1 - copying) - ((accuracy - usualAccuracy) / spreadOfAccuracy) ** 2 / 2
  }
  return sum
}

const residual = (sample: Sample, { model }: LatentClassFit, i: number, j: number): Residual => bivariateResidual(sample.table(i, j), model, Math.min(i, j), Math.max(i, j))

function sumOver(a: readonly number[], b: readonly number[], value: (i: number, j: number) => number): number {
  let sum = 0
  for (const i of a) for (const j of b) sum += value(i, j)
  return sum
}

const meanOver = (a: readonly number[], b: readonly number[], value: (i: number, j: number) => number): number => sumOver(a, b, value) / (a.length * b.length)

/**
 * The partitions that average linkage on kappa passes through while three or more groups remain. Of very many functions the first
 * ones, where copies join, and a spread of the others.
 */
function* joinedByAgreement({ functions, kappa }: Sample): Generator<Blocks> {
  let groups: Blocks = Array.from({ length: functions }, (_, j) => [j])
  while (groups.length > 3) {
    const joined = joinClosest(groups, 0, (a, b) => meanOver(a, b, kappa))
    if (joined === null) return
    groups = joined
    const joins = functions - groups.length
    if (functions <= mostPartitions || joins <= mostPartitions / 2 || joins % Math.ceil((2 * functions) / mostPartitions) === 0) yield groups
  }
}

/** Joins, model after model, the two groups whose functions agree most beyond the model, until nothing noticeable is left. */
function joinByResiduals(sample: Sample, attempt: (blocks: Blocks) => Candidate): void {
  let groups: Blocks = Array.from({ length: sample.functions }, (_, j) => [j])
  while (groups.length > 3) {
    const { fit } = attempt(groups)
    const joined = joinClosest(groups, sample.chance + 2, (a, b) => beyondModel(sample, fit, a, b))
    if (joined === null) return
    groups = joined
  }
  attempt(groups)
}

/** Mean excess of chi-square between two groups, counted negative where functions agree less than expected. */
const beyondModel = (sample: Sample, fit: LatentClassFit, a: readonly number[], b: readonly number[]): number =>
  meanOver(a, b, (i, j) => {
    const { excess, surplus } = residual(sample, fit, i, j)
    return surplus > 0 ? excess : -Math.abs(excess)
  })

/** The groups with the most alike two of them joined; null where no two are more alike than `least`. */
function joinClosest(groups: Blocks, least: number, likeness: (a: readonly number[], b: readonly number[]) => number): Blocks | null {
  let most = least
  let joined: Blocks | null = null
  for (const [g, a] of groups.entries()) {
    for (const b of groups.slice(g + 1)) {
      const value = likeness(a, b)
      if (value <= most) continue
      most = value
      joined = [...groups.filter((group) => group !== a && group !== b), [...a, ...b]]
    }
  }
  return joined
}

/** Structures one step away: the root moved into a block, a block dissolved, a doubtful member left out, a function that fits added. */
function* neighbours(sample: Sample, { blocks, fit }: Candidate): Generator<Blocks> {
  const free = singles(sample.functions, blocks)
  for (const block of blocks) {
    const others = blocks.filter((other) => other !== block)
    yield others
    if (free.length > 1) yield [...others, free]
    const within = meanOver(block, block, sample.kappa)
    for (const j of block) {
      const rest = block.filter((member) => member !== j)
      if (rest.length > 1 && meanOver([j], rest, sample.kappa) < 0.6 * within) yield [...others, rest]
    }
    for (const j of free) if (beyondModel(sample, fit, [j], block) > sample.chance + 2) yield [...others, [...block, j]]
  }
}
