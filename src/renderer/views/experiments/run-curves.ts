import { aggregateCurves } from '../../charts/aggregate.ts'
import type { ArmCurve } from '../../charts/curve-option.ts'
import type { Spread } from '../../charts/intervals.ts'
import type { MetricSeries, Run } from '../../../shared/domain/run.ts'
import { armName, compareArms } from '../../palette.ts'
import { strings } from '../../strings.ts'

/** Runs that stand for their arm: stages on the way (pretraining, intermediate students) are left out. */
export const isFinalStage = (run: Run): boolean => run.role !== 'pretraining' && run.role !== 'intermediate'

/** The arms among these runs, in the order of the comparison. */
export const armsOf = (runs: readonly Run[]): readonly string[] => [...new Set(runs.map((run) => run.arm))].sort(compareArms)

interface Remembered {
  readonly signature: string
  readonly curve: ArmCurve
}

/** What armCurves made before, by metric and arm: an arm without new points is not averaged again. One a chart. */
export type CurveMemory = Map<string, Remembered>

/** Groups the curves of one metric by arm, with mean and band over the runs that have points. */
export function armCurves(
  runs: readonly Run[],
  metric: string,
  spread: Spread,
  seriesOf: (runId: string, metric: string) => MetricSeries | null,
  memory: CurveMemory = new Map()
): readonly ArmCurve[] {
  const final = runs.filter(isFinalStage)
  return armsOf(final).flatMap((arm) => {
    const curves = final
      .filter((run) => run.arm === arm)
      .flatMap((run) => {
        const series = seriesOf(run.id, metric)
        return series === null || series.steps.length === 0 ? [] : [{ runId: run.id, name: run.name, seed: run.seed, series }]
      })
    if (curves.length === 0) return []
    const key = `${metric} ${arm}`
    // Points are only ever added or merged in, so lengths and last values tell a change.
    const signature = `${spread} ${curves.map(({ runId, name, series }) => `${runId} ${name} ${series.steps.length} ${series.values.at(-1)}`).join()}`
    const known = memory.get(key)
    if (known?.signature === signature) return [known.curve]
    const curve = { arm, label: armName(arm, strings.armsShort), runs: curves, mean: aggregateCurves(curves.map((one) => one.series), spread) }
    memory.set(key, { signature, curve })
    return [curve]
  })
}

export const metricName = (metric: string): string => strings.metrics[metric] ?? metric
