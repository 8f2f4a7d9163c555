import type { Run } from '../../shared/domain/run.ts'
import { type ClaimCheck, type MeanInterval, studentArms, type StudentSummary, type WeakToStrongArm, type WeakToStrongSummary } from '../../shared/domain/weak-to-strong.ts'
import { meanInterval } from './statistics.ts'

/** Below this gap between ceiling and teacher, performance gap recovered is noise divided by noise and left undefined. */
const smallestGap = 0.01
/** Accuracies are quotients of counts: a gap of exactly 0.01 may come out a rounding error below it. */
const hasGap = (gap: number): boolean => gap >= smallestGap - 1e-9

type SeedRuns = Readonly<Record<WeakToStrongArm, Run>>

/**
 * What the weak-to-strong experiment has found over the seeds that are complete in every arm: means, spreads, 95% t
 * intervals, performance gap recovered (PGR, per seed, then averaged over the seeds that have a gap) and the paper's
 * claims as paired differences. Null until one seed is complete. Source: Burns et al. 2023, arXiv 2312.09390.
 */
export function summarizeWeakToStrong(runs: readonly Run[]): WeakToStrongSummary | null {
  const seeds = completeSeeds(runs)
  const [first] = seeds
  if (first === undefined) return null
  const accuracies = (arm: WeakToStrongArm): number[] => seeds.map((seed) => valueOf(seed[arm], 'testAccuracy'))
  const gaps = seeds.map((seed) => valueOf(seed.ceiling, 'testAccuracy') - valueOf(seed.weak, 'testAccuracy'))
  return {
    engine: first.naive.engine,
    seeds: seeds.map((seed) => seed.naive.seed),
    weak: meanInterval(accuracies('weak')),
    ceiling: meanInterval(accuracies('ceiling')),
    arms: studentArms.map((arm) => studentSummary(arm, seeds, gaps)),
    seedsWithoutGap: seeds.filter((_, index) => !hasGap(gaps[index] ?? 0)).map((seed) => seed.naive.seed),
    claims: claims(seeds)
  }
}

function studentSummary(arm: StudentSummary['name'], seeds: readonly SeedRuns[], gaps: readonly number[]): StudentSummary {
  const gains = seeds.map((seed) => valueOf(seed[arm], 'testAccuracy') - valueOf(seed.weak, 'testAccuracy'))
  const recovered = gains.flatMap((gain, index) => (hasGap(gaps[index] ?? 0) ? [gain / (gaps[index] ?? 1)] : []))
  const over = (name: string): MeanInterval => meanOfMeasured(seeds.map((seed) => valueOf(seed[arm], name)))
  return {
    name: arm,
    accuracy: over('testAccuracy'),
    pgr: recovered.length === 0 ? null : meanInterval(recovered),
    agreement: over('agreement'),
    agreementOnErrors: over('agreementOnErrors'),
    gain: meanInterval(gains),
    seconds: seeds.reduce((sum, seed) => sum + valueOf(seed[arm], 'seconds'), 0)
  }
}

/** The paper's claims that this experiment can check, each as a difference paired over seeds. */
function claims(seeds: readonly SeedRuns[]): readonly ClaimCheck[] {
  const check = (claim: string, a: WeakToStrongArm, b: WeakToStrongArm, name: string, sign: 1 | -1): ClaimCheck => {
    const difference = meanOfMeasured(seeds.map((seed) => valueOf(seed[a], name) - valueOf(seed[b], name)))
    return { claim, difference, verdict: verdictOf(difference, sign) }
  }
  return [
    check('The naive student beats its teacher', 'naive', 'weak', 'testAccuracy', 1),
    check('The naive student stays below its ceiling', 'ceiling', 'naive', 'testAccuracy', 1),
    check('The confidence loss beats naive training', 'confidence', 'naive', 'testAccuracy', 1),
    check('The confidence loss lowers agreement with the teacher', 'confidence', 'naive', 'agreement', -1),
    check("The confidence loss copies fewer of the teacher's errors", 'confidence', 'naive', 'agreementOnErrors', -1),
    check('Bootstrapping beats naive training', 'bootstrapping', 'naive', 'testAccuracy', 1)
  ]
}

function verdictOf({ lower, upper }: MeanInterval, sign: 1 | -1): ClaimCheck['verdict'] {
  if (lower === null || upper === null) return 'open'
  if (sign * lower > 0 && sign * upper > 0) return 'holds'
  return sign * lower < 0 && sign * upper < 0 ? 'contradicted' : 'open'
}

/** The runs of each seed in which every arm is done, by ascending seed. */
function completeSeeds(runs: readonly Run[]): readonly SeedRuns[] {
  const bySeed = new Map<number, Partial<Record<string, Run>>>()
  for (const run of runs) {
    if (run.status !== 'done' || run.deletedAt !== null) continue
    const arms = bySeed.get(run.seed) ?? {}
    arms[run.arm] = run
    bySeed.set(run.seed, arms)
  }
  return [...bySeed]
    .sort(([a], [b]) => a - b)
    .flatMap(([, { weak, naive, confidence, bootstrapping, ceiling }]) => (weak && naive && confidence && bootstrapping && ceiling ? [{ weak, naive, confidence, bootstrapping, ceiling }] : []))
}

/** The seeds that have the measure: a teacher without errors, say, leaves no agreement on its errors. */
const meanOfMeasured = (values: readonly number[]): MeanInterval => meanInterval(values.filter((value) => !Number.isNaN(value)))

const valueOf = (run: Run, name: string): number => run.summary[name] ?? Number.NaN
