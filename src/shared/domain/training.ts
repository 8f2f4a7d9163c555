import * as v from 'valibot'
import { id, name, seed } from '../contract/fields.ts'
import { engineIds } from './engine.ts'
import { FilterSchema } from './filter.ts'
import { RobustMethodConfig } from './robust-methods.ts'
import type { MeanInterval } from './weak-to-strong.ts'

const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))
const share = (least: number, most: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(most))

/** What maps an example's features to one logit a class. */
export const TrainingModel = v.variant('kind', [
  v.strictObject({ kind: v.literal('linear') }),
  v.strictObject({ kind: v.literal('dense'), hidden: v.optional(v.pipe(v.array(whole(1, 4096)), v.minLength(1), v.maxLength(6)), [128]) }),
  v.strictObject({ kind: v.literal('convolutional'), channels: v.optional(v.strictTuple([whole(1, 128), whole(1, 128)]), [8, 16]), hidden: v.optional(whole(1, 2048), 128) })
])
export type TrainingModel = v.InferOutput<typeof TrainingModel>

/** Where an arm's labels come from: a source of the data set, or what an earlier arm of the experiment predicts. */
export const ArmLabels = v.variant('from', [
  v.strictObject({ from: v.literal('source'), sourceId: id, form: v.optional(v.picklist(['hard', 'soft']), 'hard') }),
  v.strictObject({ from: v.literal('arm'), arm: name, form: v.optional(v.picklist(['hard', 'soft']), 'soft') })
])
export type ArmLabels = v.InferOutput<typeof ArmLabels>

export const armRoles = ['single', 'teacher', 'student', 'ceiling'] as const

/** One way to train within an experiment: its labels, its method, and what it trains on. */
export const TrainingArm = v.strictObject({
  name,
  role: v.optional(v.picklist(armRoles), 'single'),
  labels: ArmLabels,
  /** Examples pinned to this split; `all` takes every example that is neither tested on nor left out. */
  rows: v.optional(v.picklist(['all', 'pretrain', 'teacher', 'student']), 'all'),
  /** Trains on at most so many examples, drawn by the seed with each class's share; 0 takes all. */
  examples: v.optional(whole(0, 100_000_000), 0),
  method: v.optional(RobustMethodConfig, { name: 'cross-entropy' }),
  /** In place of the experiment's model. */
  model: v.optional(v.nullable(TrainingModel), null)
})
export type TrainingArm = v.InferOutput<typeof TrainingArm>

/** Most arms of one experiment. */
export const mostArms = 24

/**
 * Configuration of a training experiment on any data set: every arm is trained with every seed, and all are judged on the same test
 * examples. Shared by the form, the command line and the job.
 */
export const TrainingConfig = v.strictObject({
  datasetId: id,
  arms: v.pipe(
    v.array(TrainingArm),
    v.minLength(1, 'There must be at least one arm.'),
    v.maxLength(mostArms),
    v.check((arms) => new Set(arms.map(({ name: of }) => of)).size === arms.length, 'Each arm needs a name of its own.'),
    v.check((arms) => arms.every(({ labels }, place) => labels.from === 'source' || arms.slice(0, place).some(({ name: of }) => of === labels.arm)), 'An arm can only learn from an arm before it.')
  ),
  /** The labels that test examples are judged by; null: the truth where the data set has it, else the given labels, else those of the first arm. */
  evaluationSourceId: v.optional(v.nullable(id), null),
  /** Only examples that match are trained on. */
  filter: v.optional(v.nullable(FilterSchema), null),
  /** `array`: the training array. `text`: hashed n-grams of the text columns. `auto`: the array where there is one. */
  features: v.optional(v.picklist(['auto', 'array', 'text']), 'auto'),
  /** Columns of hashed text. */
  textWidth: v.optional(whole(16, 65_536), 2048),
  /** Tables: every feature less its mean over its standard deviation, both of the training examples. */
  standardize: v.optional(v.boolean(), true),
  /** Share of the examples to test on where none is pinned to the test split. */
  testShare: v.optional(share(0.01, 0.9), 0.2),
  /** Share of an arm's training examples held back to watch, with that arm's own labels. */
  validationShare: v.optional(share(0, 0.5), 0),
  /** Seed of the test and validation examples: not that of a run, so that runs of all seeds are judged alike. */
  splitSeed: v.optional(seed, 0),
  model: v.optional(TrainingModel, { kind: 'dense' }),
  optimizer: v.optional(v.picklist(['adam', 'adamw', 'sgd', 'momentum', 'nesterov']), 'adam'),
  learningRate: v.optional(share(1e-7, 100), 1e-3),
  weightDecay: v.optional(share(0, 10), 0),
  schedule: v.optional(v.picklist(['constant', 'linear', 'cosine']), 'cosine'),
  /** Share of the steps over which the rate rises. */
  warmUp: v.optional(share(0, 0.9), 0),
  batchSize: v.optional(whole(1, 8192), 128),
  epochs: v.optional(whole(1, 10_000), 20),
  /** Most steps whatever the epochs; 0: no limit. */
  mostSteps: v.optional(whole(0, 10_000_000), 0),
  /** Limit of the global gradient norm; 0: none. */
  clipNorm: v.optional(share(0, 1e6), 0),
  /** `balanced` draws every class equally often. */
  sampler: v.optional(v.picklist(['shuffled', 'balanced']), 'shuffled'),
  /** Stops after so many epochs without a better validation loss and keeps the best parameters; 0: never. Needs a validation share. */
  patience: v.optional(whole(0, 1000), 0),
  seeds: v.optional(v.pipe(v.array(seed), v.minLength(1), v.maxLength(64), v.check((list) => new Set(list).size === list.length, 'Each seed may appear once.')), [0, 1, 2]),
  engine: v.optional(v.picklist(['auto', ...engineIds]), 'auto')
})
export type TrainingConfig = v.InferOutput<typeof TrainingConfig>
/** As a caller writes it, before defaults. */
export type TrainingInput = v.InferInput<typeof TrainingConfig>

/** What one arm reached over its seeds. */
export interface ArmSummary {
  readonly name: string
  readonly role: (typeof armRoles)[number]
  readonly accuracy: MeanInterval
  readonly macroF1: MeanInterval
  readonly ece: MeanInterval
  /** Paired over seeds: accuracy less that of the first arm; null for the first arm itself. */
  readonly gain: MeanInterval | null
  /** Performance gap recovered between the teacher and the ceiling of the experiment; null where there are none, or no gap. */
  readonly pgr: MeanInterval | null
  readonly seconds: number
}

/** What a training experiment has found so far. */
export interface TrainingSummary {
  readonly engine: string
  /** Seeds that are complete in every arm. */
  readonly seeds: readonly number[]
  readonly arms: readonly ArmSummary[]
}

/** What a configuration amounts to on a data set, before anything is trained. */
export interface TrainingPlan {
  readonly arms: readonly { readonly name: string; readonly examples: number | null; readonly steps: number | null; readonly parameters: number }[]
  readonly testExamples: number
  readonly validationExamples: number
  readonly features: string
  readonly evaluatedBy: string
  /** Things to know before starting, one sentence each. */
  readonly warnings: readonly string[]
  readonly engine: string
  /** Estimated from a measured step; null where the model was not measured on this engine. */
  readonly secondsPerSeed: number | null
}
