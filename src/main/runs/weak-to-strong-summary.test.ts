import { describe, expect, it } from 'vitest'
import type { Run, RunStatus } from '../../shared/domain/run.ts'
import type { StudentSummary, WeakToStrongArm, WeakToStrongSummary } from '../../shared/domain/weak-to-strong.ts'
import { summarizeWeakToStrong } from './weak-to-strong-summary.ts'

function runOf(arm: string, seed: number, summary: Readonly<Record<string, number>>, changes: { readonly status?: RunStatus; readonly deletedAt?: number } = {}): Run {
  return {
    id: `${arm}-${seed}`, experimentId: 'e', jobId: 'j', key: arm, name: arm, arm, role: 'student', seed, config: {}, datasetVersionId: null,
    engine: 'WebAssembly', codeVersion: '1', status: changes.status ?? 'done', statusReason: null, parentId: null, summary, tags: [], notes: '',
    createdAt: 0, startedAt: 0, endedAt: 0, deletedAt: changes.deletedAt ?? null
  }
}

type Accuracies = Readonly<Record<WeakToStrongArm, number>>

/** The runs of one seed; every student agrees with its teacher on `agreement`, and half as much on errors. */
function seedOf(seed: number, accuracies: Accuracies, agreement: Partial<Record<WeakToStrongArm, number>> = {}): Run[] {
  return Object.entries(accuracies).map(([arm, testAccuracy]) => {
    const agreed = agreement[arm as WeakToStrongArm] ?? 0.8
    const student = ['naive', 'confidence', 'bootstrapping'].includes(arm)
    return runOf(arm, seed, { testAccuracy, seconds: 2, ...(student ? { agreement: agreed, agreementOnErrors: agreed / 2 } : {}) })
  })
}

const summaryOf = (runs: readonly Run[]): WeakToStrongSummary => {
  const summary = summarizeWeakToStrong(runs)
  if (summary === null) throw new Error('A seed is complete, yet there is no summary.')
  return summary
}

const armOf = (summary: WeakToStrongSummary, name: StudentSummary['name']): StudentSummary => summary.arms.find((arm) => arm.name === name) as StudentSummary
const verdictOf = (summary: WeakToStrongSummary, claim: string): string => summary.claims.find((check) => check.claim.startsWith(claim))?.verdict ?? 'missing'

const first: Accuracies = { weak: 0.7, naive: 0.72, confidence: 0.75, bootstrapping: 0.76, ceiling: 0.9 }
const second: Accuracies = { weak: 0.6, naive: 0.7, confidence: 0.8, bootstrapping: 0.65, ceiling: 1 }

describe('the summary of the weak-to-strong experiment', () => {
  it('averages accuracies, gains and the gap recovered over seeds', () => {
    const summary = summaryOf([...seedOf(3, first), ...seedOf(1, second)])
    expect(summary.seeds).toEqual([1, 3])
    expect(summary.weak.mean).toBeCloseTo(0.65, 12)
    expect(summary.ceiling.mean).toBeCloseTo(0.95, 12)
    // PGR: 0.02 / 0.2 = 0.1 and 0.1 / 0.4 = 0.25.
    expect(armOf(summary, 'naive').pgr?.mean).toBeCloseTo(0.175, 12)
    expect(armOf(summary, 'naive').pgr?.n).toBe(2)
    expect(armOf(summary, 'confidence').pgr?.mean).toBeCloseTo((0.25 + 0.5) / 2, 12)
    expect(armOf(summary, 'naive').gain.mean).toBeCloseTo(0.06, 12)
    expect(armOf(summary, 'bootstrapping').accuracy.mean).toBeCloseTo(0.705, 12)
    expect(armOf(summary, 'naive').agreementOnErrors.mean).toBeCloseTo(0.4, 12)
    expect(armOf(summary, 'naive').seconds).toBe(4)
    expect(summary.seedsWithoutGap).toEqual([])
  })

  it('leaves a seed without a gap out of the gap recovered, names it, and keeps it in everything else', () => {
    const flat: Accuracies = { weak: 0.9, naive: 0.8, confidence: 0.85, bootstrapping: 0.85, ceiling: 0.905 }
    const summary = summaryOf([...seedOf(1, first), ...seedOf(2, flat)])
    expect(summary.seedsWithoutGap).toEqual([2])
    expect(armOf(summary, 'naive').pgr).toMatchObject({ n: 1, lower: null, upper: null })
    expect(armOf(summary, 'naive').pgr?.mean).toBeCloseTo(0.1, 12)
    expect(armOf(summary, 'naive').accuracy.n).toBe(2)
    expect(armOf(summary, 'naive').gain.mean).toBeCloseTo((0.02 - 0.1) / 2, 12)
  })

  it('has no gap recovered where the ceiling is below the teacher in every seed', () => {
    const summary = summaryOf(seedOf(1, { ...first, ceiling: 0.6 }))
    expect(armOf(summary, 'naive').pgr).toBeNull()
    expect(summary.seedsWithoutGap).toEqual([1])
  })

  it('takes a gap of exactly 0.01 for one, whatever floating point makes of it', () => {
    // 0.57 - 0.56 is 0.00999... in floating point.
    expect(summaryOf(seedOf(1, { ...first, weak: 0.56, ceiling: 0.57 })).seedsWithoutGap).toEqual([])
    expect(summaryOf(seedOf(1, { ...first, weak: 0.56, ceiling: 0.5695 })).seedsWithoutGap).toEqual([1])
  })

  it.each(['queued', 'running', 'failed', 'cancelled', 'interrupted'] as const)('waits for seeds with a run that is %s', (status) => {
    const unfinished = seedOf(2, second).map((run) => (run.arm === 'bootstrapping' ? { ...run, status } : run))
    expect(summaryOf([...seedOf(1, first), ...unfinished]).seeds).toEqual([1])
    expect(summarizeWeakToStrong(unfinished)).toBeNull()
  })

  it('leaves out seeds with a missing or a deleted run', () => {
    const deleted = seedOf(2, second).map((run) => (run.arm === 'weak' ? { ...run, deletedAt: 5 } : run))
    expect(summaryOf([...seedOf(1, first), ...deleted, ...seedOf(3, first).slice(1)]).seeds).toEqual([1])
    expect(summarizeWeakToStrong([])).toBeNull()
  })

  it('does not take pretraining and intermediate runs for arms', () => {
    const others = [runOf('pretraining', 1, { loss: 1 }), runOf('intermediate', 1, { testAccuracy: 0 })]
    expect(summaryOf([...others, ...seedOf(1, first), ...others])).toEqual(summaryOf(seedOf(1, first)))
  })

  it('leaves every claim open with one seed', () => {
    const summary = summaryOf(seedOf(1, first))
    expect(summary.claims).toHaveLength(6)
    for (const { verdict, difference } of summary.claims) {
      expect(verdict).toBe('open')
      expect([difference.n, difference.lower, difference.upper]).toEqual([1, null, null])
    }
  })

  it('judges claims by their own direction', () => {
    const seeds = [0, 1, 2, 3].flatMap((seed) =>
      seedOf(seed, { weak: 0.7, naive: 0.75 + seed / 1000, confidence: 0.8, bootstrapping: 0.72, ceiling: 0.95 }, { naive: 0.86, confidence: 0.8 + seed / 1000 })
    )
    const summary = summaryOf(seeds)
    expect(verdictOf(summary, 'The naive student beats')).toBe('holds')
    expect(verdictOf(summary, 'The naive student stays')).toBe('holds')
    expect(verdictOf(summary, 'The confidence loss beats')).toBe('holds')
    // Lower agreement is what is claimed, so a negative difference holds.
    expect(verdictOf(summary, 'The confidence loss lowers')).toBe('holds')
    expect(verdictOf(summary, 'The confidence loss copies')).toBe('holds')
    expect(verdictOf(summary, 'Bootstrapping beats')).toBe('contradicted')
    const lowering = summary.claims.find(({ claim }) => claim.includes('lowers'))
    expect(lowering?.difference.mean).toBeCloseTo(-0.0585, 12)
    expect(lowering?.difference.upper).toBeLessThan(0)
  })

  it('contradicts a claim of lower agreement where agreement rises, and leaves open what spans zero', () => {
    const seeds = [0, 1, 2].flatMap((seed) => seedOf(seed, { ...first, confidence: 0.72 + (seed - 1) / 100 }, { naive: 0.8, confidence: 0.9 }))
    const summary = summaryOf(seeds)
    expect(verdictOf(summary, 'The confidence loss lowers')).toBe('contradicted')
    expect(verdictOf(summary, 'The confidence loss beats')).toBe('open')
  })

  it('leaves a difference of exactly zero open', () => {
    expect(verdictOf(summaryOf([0, 1, 2].flatMap((seed) => seedOf(seed, { ...first, naive: 0.5, confidence: 0.5 }))), 'The confidence loss beats')).toBe('open')
  })

  it('averages agreement on errors over the seeds whose teacher made any', () => {
    const flawless = seedOf(2, first).map((run) => {
      const { agreementOnErrors: _none, ...summary } = run.summary
      return { ...run, summary }
    })
    const summary = summaryOf([...seedOf(1, first), ...flawless])
    expect(armOf(summary, 'naive').agreementOnErrors).toMatchObject({ mean: 0.4, n: 1 })
    expect(armOf(summary, 'naive').agreement.n).toBe(2)
    expect(summary.claims.find(({ claim }) => claim.includes('copies'))?.difference.n).toBe(1)
  })
})
