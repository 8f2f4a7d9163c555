import type { Run } from '../../../shared/domain/run.ts'
import type { ArmSummary, TrainingConfig, TrainingSummary } from '../../../shared/domain/training.ts'
import type { MeanInterval } from '../../../shared/domain/weak-to-strong.ts'
import { meanInterval } from '../statistics.ts'

/** Below this gap between ceiling and teacher, performance gap recovered is noise divided by noise. */
const smallestGap = 0.01

/** The finished runs of one seed by arm. */
type SeedRuns = ReadonlyMap<string, Run>

/**
 * What a training experiment has found over the seeds that are complete in every arm: each arm's mean and 95% t interval, its gain on
 * the first arm paired over seeds, and, where one arm is a teacher and one a ceiling, the performance gap recovered (PGR, a quotient
 * per seed, averaged over seeds with a gap of at least 0.01; Burns et al. 2023). Null until one seed is complete.
 */
export function summarizeTraining(config: Pick<TrainingConfig, 'arms'>, runs: readonly Run[]): TrainingSummary | null {
  const seeds = completeSeeds(config, runs)
  const [first] = seeds
  const [firstArm] = config.arms
  if (first === undefined || firstArm === undefined) return null
  return {
    engine: first.runs.get(firstArm.name)?.engine ?? '',
    seeds: seeds.map(({ seed }) => seed),
    arms: config.arms.map(({ name, role }, place): ArmSummary => {
      const over = (measure: string): number[] => seeds.map((seed) => valueOf(seed.runs, name, measure))
      const accuracies = over('testAccuracy')
      return {
        name,
        role,
        accuracy: meanInterval(accuracies),
        macroF1: measured(over('macroF1')),
        ece: measured(over('ece')),
        gain: place === 0 ? null : meanInterval(accuracies.map((value, index) => value - valueOf(seeds[index]?.runs, firstArm.name, 'testAccuracy'))),
        pgr: role === 'student' ? recovered(config, seeds.map(({ runs: of }) => of), accuracies) : null,
        seconds: over('seconds').reduce((sum, value) => sum + value, 0)
      }
    })
  }
}

function recovered({ arms }: Pick<TrainingConfig, 'arms'>, seeds: readonly SeedRuns[], accuracies: readonly number[]): MeanInterval | null {
  const [teacher, ceiling] = [arms.find(({ role }) => role === 'teacher'), arms.find(({ role }) => role === 'ceiling')]
  if (teacher === undefined || ceiling === undefined) return null
  const shares = seeds.flatMap((runs, index) => {
    const floor = valueOf(runs, teacher.name, 'testAccuracy')
    const gap = valueOf(runs, ceiling.name, 'testAccuracy') - floor
    // Accuracies are quotients of counts: a gap of exactly 0.01 may come out a rounding error below it.
    return gap >= smallestGap - 1e-9 ? [((accuracies[index] ?? Number.NaN) - floor) / gap] : []
  })
  return shares.length === 0 ? null : meanInterval(shares)
}

function completeSeeds({ arms }: Pick<TrainingConfig, 'arms'>, runs: readonly Run[]): readonly { readonly seed: number; readonly runs: SeedRuns }[] {
  const bySeed = new Map<number, Map<string, Run>>()
  for (const run of runs) {
    if (run.status !== 'done' || run.deletedAt !== null) continue
    const own = bySeed.get(run.seed) ?? new Map<string, Run>()
    bySeed.set(run.seed, own.set(run.arm, run))
  }
  return [...bySeed]
    .filter(([, own]) => arms.every(({ name }) => own.has(name)))
    .sort(([a], [b]) => a - b)
    .map(([seed, own]) => ({ seed, runs: own }))
}

/** The seeds that have the measure. */
const measured = (values: readonly number[]): MeanInterval => meanInterval(values.filter((value) => !Number.isNaN(value)))

const valueOf = (runs: SeedRuns | undefined, arm: string, measure: string): number => runs?.get(arm)?.summary[measure] ?? Number.NaN
