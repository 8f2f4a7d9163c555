import * as v from 'valibot'
import type { Experiment } from '../domain/experiment.ts'
import { TrainingConfig, type TrainingPlan } from '../domain/training.ts'
import { procedure } from './define.ts'
import * as f from './fields.ts'

/** Training on a data set of the person's own. */
export const trainingProcedures = {
  /** What a configuration amounts to (examples, steps, time) and what stands in its way; nothing is stored. With `measure`, steps that were never timed are (seconds). */
  'training.plan': procedure<TrainingPlan>()(v.strictObject({ config: TrainingConfig, measure: v.optional(v.boolean(), false) })),
  /** One job a seed; every arm is a run. */
  'training.start': procedure<Experiment>()(v.strictObject({ name: v.optional(f.name), config: TrainingConfig })),
  /** Makes a label source of kind `model` from what a run predicts, with its probabilities as soft labels. */
  'training.label-with-run': procedure<{ readonly jobId: string }>()(v.strictObject({ runId: f.id, name: v.optional(f.name) }))
} as const
