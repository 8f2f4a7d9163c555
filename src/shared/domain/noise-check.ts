import * as v from 'valibot'
import { id, name, seed } from '../contract/fields.ts'
import { engineIds } from './engine.ts'
import { pruningMethods } from './noise.ts'
import { TrainingModel } from './training.ts'

const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))

/** What a detector needs to look at. */
export type DetectorNeed = 'probabilities' | 'features' | 'dynamics'

/** Ways to score given labels, each in [0, 1] a row, lower where the label is more likely wrong. */
export const detectorForms = [
  { name: 'confident-learning', title: 'Confident learning', needs: 'probabilities', explanation: 'Counts how confident predictions disagree with the labels, class by class, and flags as many as that count says.', source: 'Northcutt et al., 2021' },
  { name: 'normalized-margin', title: 'Normalized margin', needs: 'probabilities', explanation: 'Probability of the given label less that of the best other class.', source: 'Northcutt et al., 2021' },
  { name: 'confidence-weighted-entropy', title: 'Confidence-weighted entropy', needs: 'probabilities', explanation: 'Self-confidence in proportion to how undecided the prediction is.', source: 'Kuan and Mueller, 2022' },
  { name: 'data-map', title: 'Data map', needs: 'dynamics', explanation: 'Mean probability of the given label over the epochs of training: hard to learn, often wrong.', source: 'Swayamdipta et al., 2020' },
  { name: 'area-under-margin', title: 'Area under the margin', needs: 'dynamics', explanation: 'Mean margin of the given label over the epochs; wrong labels are outweighed by the examples like them.', source: 'Pleiss et al., 2020' },
  { name: 'early-loss', title: 'Early-learning loss', needs: 'dynamics', explanation: 'Loss in the early epochs, split by a mixture of two components into clean and wrong.', source: 'Arazo et al., 2019; Liu et al., 2020' },
  { name: 'forgetting', title: 'Forgetting events', needs: 'dynamics', explanation: 'How often a label that was learned is unlearned, or never learned at all.', source: 'Toneva et al., 2019' },
  { name: 'neighbour-disagreement', title: 'Neighbour disagreement', needs: 'features', explanation: 'Share of the nearest examples that carry another label.', source: 'Cover and Hart, 1967' },
  { name: 'neighbour-vote', title: 'Neighbour soft vote', needs: 'features', explanation: 'Weight of the given label among the nearest examples, closer ones counting more.', source: 'Bahri et al., 2020' }
] as const satisfies readonly { name: string; title: string; needs: DetectorNeed; explanation: string; source: string }[]
export type DetectorName = (typeof detectorForms)[number]['name']
export const detectorNames = detectorForms.map(({ name: of }) => of) as readonly DetectorName[]

/**
 * The detector that stands for each kind of input in the ensemble: the first of these that ran. Detectors with the same input
 * are near copies, and counting copies would drown what the others see.
 */
export const representatives: Readonly<Record<DetectorNeed, readonly DetectorName[]>> = {
  probabilities: ['normalized-margin', 'confident-learning', 'confidence-weighted-entropy'],
  dynamics: ['area-under-margin', 'early-loss', 'data-map', 'forgetting'],
  features: ['neighbour-vote', 'neighbour-disagreement']
}

/** The rank aggregate of the detectors of a check. */
export const ensembleName = 'ensemble'
/** A column of scores: a detector's, or the ensemble's. */
export type ScoreName = DetectorName | typeof ensembleName

/** The score that ranks rows where a check has several: the ensemble's, else that of the first representative; null for none. */
export const mainScore = (names: readonly ScoreName[]): ScoreName | null =>
  names.includes(ensembleName) ? ensembleName : (Object.values(representatives).flat().find((name) => names.includes(name)) ?? null)

/** Where the class probabilities that detectors compare with the labels come from. */
export const ProbabilitySource = v.variant('from', [
  v.strictObject({
    from: v.literal('cross-validation'),
    folds: v.optional(whole(2, 20), 5),
    seed: v.optional(seed, 0),
    model: v.optional(TrainingModel, { kind: 'dense' }),
    epochs: v.optional(whole(1, 200), 10),
    batchSize: v.optional(whole(1, 8192), 128),
    learningRate: v.optional(v.pipe(v.number(), v.minValue(1e-7), v.maxValue(100)), 1e-3)
  }),
  /** Soft labels of a source of the data set: a model's, or imported. */
  v.strictObject({ from: v.literal('source'), sourceId: id }),
  /** What a run predicts of examples it was not trained on. */
  v.strictObject({ from: v.literal('run'), runId: id })
])
export type ProbabilitySource = v.InferOutput<typeof ProbabilitySource>

export const NoiseCheckRequest = v.strictObject({
  datasetId: id,
  /** The labels to be checked. */
  sourceId: id,
  name: v.optional(v.nullable(name), null),
  detectors: v.optional(v.pipe(v.array(v.picklist(detectorNames)), v.minLength(1), v.maxLength(detectorNames.length)), ['normalized-margin', 'area-under-margin', 'neighbour-vote']),
  probabilities: v.optional(ProbabilitySource, { from: 'cross-validation' }),
  /** Labels known to be true, to be judged by; null: the truth source where the data set has one. */
  truthSourceId: v.optional(v.nullable(id), null),
  pruning: v.optional(v.picklist(pruningMethods), 'prune-by-noise-rate'),
  /** Adjusts probabilities by each class's mean before confident learning looks at them. */
  adjust: v.optional(v.boolean(), false),
  /** Nearest examples that are asked. */
  neighbours: v.optional(whole(1, 200), 10),
  /** The space in which they are near: features as they are, their principal components, or what the cross-validated network learned. */
  space: v.optional(v.picklist(['features', 'components']), 'features'),
  engine: v.optional(v.picklist(['auto', ...engineIds]), 'auto')
})
export type NoiseCheckRequest = v.InferOutput<typeof NoiseCheckRequest>

/** The number column that says how likely each label is wrong, by the newest check; each detector has one of its own, `noise-NAME`. */
export const noiseColumn = 'noise'

/** The model source that keeps the cross-validated probabilities of a label source. */
export const outOfSampleName = (source: string): string => `out-of-sample ${source}`

/** The aggregate source that holds a source's labels with a person's corrections. */
export const correctedName = (source: string): string => `${source}, corrected`

/** How well scores find the labels that are really wrong. */
export interface DetectionQuality {
  /** Share of the labels that are wrong. */
  readonly wrong: number
  readonly averagePrecision: number
  /** Of the flagged ones. */
  readonly precision: number
  readonly recall: number
  /** Share of wrong ones among the k most suspicious, k = number of wrong labels. */
  readonly precisionAtWrong: number
}

export interface DetectorReport {
  readonly name: ScoreName
  /** Rows flagged; 0 where it could not run. */
  readonly flagged: number
  /** Why it could not run: what it needs and lacks. Null where it ran. */
  readonly unavailable: string | null
  /** Rows in each of equally wide bars of the score from 0 to 1. */
  readonly histogram: readonly number[]
  /** Null without truth. */
  readonly quality: DetectionQuality | null
}

/** Share with its 95% interval (Wilson). */
export interface EstimatedShare {
  readonly value: number
  readonly lower: number
  readonly upper: number
  readonly n: number
}

/** What is estimated of the noise from the confident joint; matrices are classes x classes, row-major. */
export interface NoiseEstimate {
  readonly rate: EstimatedShare
  /** By given class: share of its labels that are wrong. */
  readonly byClass: readonly EstimatedShare[]
  /** P(given | true): row is the true class, each row sums to 1. */
  readonly transition: readonly number[]
  readonly prior: readonly number[]
  readonly confidentJoint: readonly number[]
  readonly numLabelIssues: number
}

/** What else is wrong with the data, beside labels. */
export interface DataIssues {
  readonly imbalance: { readonly smallest: number; readonly share: number; readonly expected: number } | null
  /** Class pairs taken for each other both ways, most confused first. */
  readonly ambiguous: readonly { readonly a: number; readonly b: number; readonly share: number }[]
  /** Examples far from all others; null where no detector looked at features. */
  readonly outliers: number | null
  /** p-value that rows near each other in the file are alike by chance; null likewise. */
  readonly orderPValue: number | null
  /** Groups of duplicates with members in several splits; null where duplicates were not looked for yet. */
  readonly leaks: number | null
  /** Groups (values of columns, classes) whose labels are worse than the rest, worst first. */
  readonly weakSlices: readonly { readonly name: string; readonly size: number; readonly quality: number; readonly rest: number; readonly lower: number; readonly upper: number; readonly p: number }[]
}

export interface NoiseReport {
  /** Labelled rows that were checked. */
  readonly rows: number
  readonly classes: number
  readonly detectors: readonly DetectorReport[]
  readonly estimate: NoiseEstimate | null
  /** P(given | true) counted from the truth; null without. */
  readonly trueTransition: readonly number[] | null
  readonly trueRate: number | null
  /** Share of flagged rows that two detectors have in common (Jaccard), detectors x detectors. */
  readonly agreement: readonly number[]
  /** Accuracy of the probabilities against the labels that were checked, and against the truth. */
  readonly probabilities: { readonly from: string; readonly accuracy: number; readonly accuracyOfTruth: number | null } | null
  readonly issues: DataIssues
  readonly seconds: number
}

export interface NoiseCheck {
  readonly id: string
  readonly datasetId: string
  readonly sourceId: string
  readonly name: string
  readonly request: NoiseCheckRequest
  readonly report: NoiseReport
  readonly createdAt: number
}

/** One check's numbers a row; rows without a label have NaN scores. */
export interface NoiseScores {
  /** Detectors in the order of the arrays, the ensemble last where there are several. */
  readonly names: readonly ScoreName[]
  /** A Float32Array a detector. */
  readonly scores: readonly Float32Array[]
  /** 1 where the detector flags the row. */
  readonly flagged: readonly Uint8Array[]
  /** The class that probabilities (or neighbours) suggest, -1 where there is none. */
  readonly suggested: Int32Array
  /** The labels that were checked, as they are now, -1 where there is none. */
  readonly given: Int32Array
  /** The labels it was judged by, null without. */
  readonly truth: Int32Array | null
  /** Pinned split: index into `splits`, -1 where seeds decide. */
  readonly pinned: Int8Array
}

/** Mean and standard deviation, over the epochs of training, of the probability of each row's given label; NaN for rows not watched. */
export interface NoiseDataMap {
  readonly confidence: Float32Array
  readonly variability: Float32Array
}

/** One row of the ranked list. */
export interface SuspectRow {
  readonly row: number
  readonly given: number
  readonly suggested: number
  readonly scores: readonly number[]
  readonly flagged: boolean
  /** Class probabilities where there are any. */
  readonly probabilities: readonly number[] | null
  /** Rows of its nearest examples where neighbours were looked at. */
  readonly neighbours: readonly number[]
  /** Probability of the given label by epoch, where training was watched. */
  readonly dynamics: readonly number[]
  readonly truth: number | null
}

/** Seeded noise on labels that are right, to practise on; the truth is kept aside. */
export const NoiseInjection = v.strictObject({
  datasetId: id,
  /** The labels that are taken for true. */
  sourceId: id,
  name,
  noise: v.variant('type', [
    v.strictObject({ type: v.literal('symmetric'), rate: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) }),
    v.strictObject({ type: v.literal('pair'), rate: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) }),
    v.strictObject({ type: v.literal('matrix'), matrix: v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1))), v.minLength(4), v.maxLength(65_536)) }),
    v.strictObject({ type: v.literal('instance'), rate: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) }),
    v.strictObject({ type: v.literal('model'), sourceId: id, rate: v.optional(v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1))), null) }),
    v.strictObject({ type: v.literal('annotator'), confusion: v.pipe(v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1e9))), v.minLength(4), v.maxLength(65_536)) })
  ]),
  seed: v.optional(seed, 0)
})
export type NoiseInjection = v.InferOutput<typeof NoiseInjection>
