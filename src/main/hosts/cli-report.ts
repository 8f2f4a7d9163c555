import type { Experiment } from '../../shared/domain/experiment.ts'
import type { ClaimCheck, MeanInterval, MeanSd, WeakToStrongSummary } from '../../shared/domain/weak-to-strong.ts'
import { clock } from './cli-progress-view.ts'
import { plainTable } from './cli-table.ts'

const meanSd = ({ mean, sd }: MeanSd): MeanSd => ({ mean, sd })

/** The experiment as one JSON value; accuracies and agreement are shares in [0, 1], PGR null where it is undefined. */
export function reportValue(experiment: Experiment, summary: WeakToStrongSummary, bench: string) {
  return {
    engine: summary.engine,
    seconds: Math.round(experiment.seconds * 10) / 10,
    seeds: summary.seeds,
    weak: meanSd(summary.weak),
    ceiling: meanSd(summary.ceiling),
    arms: summary.arms.map((arm) => ({
      name: arm.name,
      accuracy: meanSd(arm.accuracy),
      pgr: arm.pgr && meanSd(arm.pgr),
      agreement: arm.agreement.mean,
      agreementOnErrors: arm.agreementOnErrors.mean,
      seconds: arm.seconds
    })),
    claims: summary.claims,
    seedsWithoutGap: summary.seedsWithoutGap,
    experiment: { id: experiment.id, name: experiment.name, status: experiment.status },
    bench
  }
}

/** The same for people: the comparison, the claims in words, and where to find it all. */
export function reportText(experiment: Experiment, summary: WeakToStrongSummary, bench: string): string {
  const n = summary.seeds.length
  return [
    `${experiment.name}: ${n} ${n === 1 ? 'seed' : 'seeds'} on ${summary.engine} in ${clock(experiment.seconds)}`,
    '',
    comparison(summary),
    ...gapRemark(summary),
    '',
    'Claims of the paper (arXiv 2312.09390), paired over seeds:',
    plainTable([], summary.claims.map(claimRow)),
    '',
    `Stored in ${bench}`,
    `Open it with: npm start -- --bench ${shellWord(bench)}`
  ].join('\n')
}

function comparison({ weak, ceiling, arms, seeds }: WeakToStrongSummary): string {
  const n = String(seeds.length)
  const rows = arms.map((arm) => [arm.name, spread(arm.accuracy), arm.pgr ? spread(arm.pgr) : 'undefined', arm.agreement.mean.toFixed(3), arm.seconds.toFixed(1), n])
  const head = ['arm', 'test accuracy', 'gap recovered (PGR)', 'agreement', 'seconds', 'n']
  return plainTable(head, [['weak teacher', spread(weak), '0 by definition', '-', '-', n], ...rows, ['strong ceiling', spread(ceiling), '1 by definition', '-', '-', n]], [1, 2, 3, 4, 5])
}

function gapRemark({ seedsWithoutGap }: WeakToStrongSummary): readonly string[] {
  if (seedsWithoutGap.length === 0) return []
  return [`PGR leaves out the seeds ${seedsWithoutGap.join(', ')}: there the ceiling was within 0.01 of the teacher.`]
}

function claimRow({ claim, difference, verdict }: ClaimCheck): readonly string[] {
  return [`  ${claim}`, verdict, `difference ${signed(difference.mean)}${interval(difference)}`]
}

const interval = ({ lower, upper }: MeanInterval): string => (lower === null || upper === null ? ', no interval from one seed' : `, 95% interval ${signed(lower)} to ${signed(upper)}`)

const spread = ({ mean, sd }: MeanSd): string => `${mean.toFixed(3)} ± ${sd.toFixed(3)}`
const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(3)}`
const shellWord = (path: string): string => (/^[\w@%+=:,./~-]+$/.test(path) ? path : `"${path}"`)
