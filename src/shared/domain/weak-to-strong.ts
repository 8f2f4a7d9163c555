import * as v from 'valibot'
import { seed } from '../contract/fields.ts'
import { engineIds } from './engine.ts'

/**
 * Configuration of the weak-to-strong experiment (Burns et al. 2023, arXiv 2312.09390), shared by the form,
 * the command line and the job. A model of level 1..5 sees the image pooled to a coarser or finer grid
 * (3, 4, 5, 7, 14 pixels a side) through a narrower or wider body.
 */
export const WeakToStrongConfig = v.strictObject({
  task: v.optional(v.picklist(['parity', 'at-least-five']), 'parity'),
  pretraining: v.optional(v.picklist(['unlabelled', 'digit-labels']), 'unlabelled'),
  /** Groups that k-means makes of the unlabelled images; used by `unlabelled` pretraining only. */
  pseudoClasses: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(100)), 10),
  supervisorLevel: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4)), 1),
  studentLevel: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(5)), 5),
  /** True labels the teacher is trained on. */
  teacherLabels: v.optional(v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(2000)), 1000),
  /** Largest weight of the auxiliary confidence loss. */
  confidenceWeight: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.75),
  /** Share of the steps over which that weight grows linearly. */
  confidenceWarmUp: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)), 0.2),
  /** `paper` grows the weight linearly; `code` follows the published code, which jumps to the full weight after the warm-up. */
  confidenceSchedule: v.optional(v.picklist(['paper', 'code']), 'paper'),
  threshold: v.optional(v.picklist(['adaptive', 'fixed']), 'adaptive'),
  weakLabels: v.optional(v.picklist(['soft', 'hard']), 'soft'),
  pretrainingSteps: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000)), 500),
  headSteps: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000)), 400),
  seeds: v.optional(v.pipe(v.array(seed), v.minLength(1), v.maxLength(64), v.check((list) => new Set(list).size === list.length, 'Each seed may appear once.')), [0, 1, 2, 3, 4, 5, 6, 7]),
  engine: v.optional(v.picklist(['auto', ...engineIds]), 'auto')
})
export type WeakToStrongConfig = v.InferOutput<typeof WeakToStrongConfig>

/** Arms in the order of the comparison. `weak` and `ceiling` frame the three students. */
export const weakToStrongArms = ['weak', 'naive', 'confidence', 'bootstrapping', 'ceiling'] as const
export type WeakToStrongArm = (typeof weakToStrongArms)[number]
export const studentArms = ['naive', 'confidence', 'bootstrapping'] as const

/** Mean and sample standard deviation over seeds; sd is 0 for a single seed. */
export interface MeanSd {
  readonly mean: number
  readonly sd: number
}

/** Mean with its two-sided 95% t interval over seeds; lower and upper are null with fewer than two seeds. */
export interface MeanInterval extends MeanSd {
  readonly n: number
  readonly lower: number | null
  readonly upper: number | null
}

export interface StudentSummary {
  readonly name: (typeof studentArms)[number]
  readonly accuracy: MeanInterval
  /** Performance gap recovered, (student - weak) / (ceiling - weak); null where no seed had a gap of at least 0.01. */
  readonly pgr: MeanInterval | null
  /** Share of test examples where student and supervisor predict the same. */
  readonly agreement: MeanInterval
  /** The same where the supervisor is wrong: imitated errors. */
  readonly agreementOnErrors: MeanInterval
  /** Paired over seeds: student accuracy minus weak accuracy. */
  readonly gain: MeanInterval
  readonly seconds: number
}

/** What the experiment found so far; partial while it runs (`seeds` are those complete in every arm). */
export interface WeakToStrongSummary {
  readonly engine: string
  readonly seeds: readonly number[]
  readonly weak: MeanInterval
  readonly ceiling: MeanInterval
  readonly arms: readonly StudentSummary[]
  /** Seeds whose ceiling was within 0.01 of the teacher: PGR is undefined there and they are left out of it. */
  readonly seedsWithoutGap: readonly number[]
  /** Claims of the paper, checked by paired 95% intervals over seeds. */
  readonly claims: readonly ClaimCheck[]
}

export interface ClaimCheck {
  readonly claim: string
  readonly difference: MeanInterval
  /** `holds`: interval on the claimed side of zero; `contradicted`: on the other; `open`: it spans zero or one seed. */
  readonly verdict: 'holds' | 'open' | 'contradicted'
}
