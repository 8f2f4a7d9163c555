import { BenchError } from '../../../shared/contract/errors.ts'
import type { TrainingArm, TrainingConfig, TrainingPlan } from '../../../shared/domain/training.ts'
import { robustMethod } from '../../learn/robust/methods.ts'
import type { TrainingData } from './training-data.ts'
import { classifierOf } from './training-model.ts'
import { armRows, testRows } from './training-rows.ts'

/** A plan before anything is known of engines, with what a step's time is looked up by. */
export interface TrainingOutline {
  readonly plan: Omit<TrainingPlan, 'engine' | 'secondsPerSeed'>
  /** Widths of each arm's network, null where it is not a dense one. */
  readonly widths: readonly (readonly number[] | null)[]
}

/** Steps of an arm: whole epochs, up to the limit of steps. */
export function stepsOf(examples: number, { batchSize, epochs, mostSteps }: Pick<TrainingConfig, 'batchSize' | 'epochs' | 'mostSteps'>): number {
  const steps = epochs * Math.max(1, Math.ceil(examples / batchSize))
  return mostSteps === 0 ? steps : Math.min(steps, mostSteps)
}

/** Fewer test examples than these make an accuracy with a wide interval. */
const fewTests = 100

/**
 * What a configuration amounts to: examples and steps of each arm, test examples, and what should be known before it starts.
 *
 * @throws BenchError for everything that would stop the first seed: no examples, no soft labels, a model that does not fit
 */
export function outlineTraining(data: TrainingData, config: TrainingConfig): TrainingOutline {
  const test = testRows(data.facts, config)
  const isTest = maskOf(data.dataset.count, test)
  const warnings: string[] = []
  let validationExamples = 0
  const arms = config.arms.map((arm) => {
    refuseRepeats(arm, config)
    const { parameters, widths } = classifierOf(arm.model ?? config.model, data.shape, data.classes)
    // What an earlier arm will predict is not known yet, but every example gets a prediction.
    const targets = arm.labels.from === 'source' ? data.targetsOf(arm.labels.sourceId, arm.labels.form) : { labels: new Int32Array(data.dataset.count), probabilities: null }
    const { train, validation } = armRows(data.facts, isTest, arm, targets, config, config.seeds[0] ?? 0)
    validationExamples = Math.max(validationExamples, validation.length)
    if (arm.labels.from === 'source') warnings.push(...warningsOf(arm.name, train, targets.labels, data.classes))
    return { name: arm.name, examples: train.length, steps: stepsOf(train.length, config), parameters, widths }
  })
  if (test.length < fewTests) warnings.push(`There are only ${test.length} test examples: differences between arms will be uncertain.`)
  if (data.evaluation.kind !== 'truth' && data.evaluation.kind !== 'annotator') warnings.push(`Test examples are judged by "${data.evaluation.name}", whose labels may be wrong themselves.`)
  if (config.patience > 0 && validationExamples === 0) warnings.push('Early stopping needs validation examples; without them every epoch is trained.')
  return {
    plan: {
      arms: arms.map(({ name, examples, steps, parameters }) => ({ name, examples, steps, parameters })),
      testExamples: test.length,
      validationExamples,
      features: `${data.featureKind}, ${data.shape.join(' x ')}`,
      evaluatedBy: data.evaluation.name,
      warnings
    },
    widths: arms.map(({ widths }) => widths)
  }
}

/** Drawing with replacement repeats examples within a batch, whose memory can be moved only once a step. */
function refuseRepeats({ name, method }: TrainingArm, { sampler }: TrainingConfig): void {
  if (sampler !== 'balanced' || robustMethod(method).after === undefined) return
  throw new BenchError('invalid-input', `"${name}" remembers every example, so no example may be drawn twice in a batch, as the balanced sampler does.`, { field: 'sampler', hint: 'Choose the shuffled sampler, or another method.' })
}

function warningsOf(arm: string, train: Int32Array, labels: Int32Array, classes: number): string[] {
  const counts = new Int32Array(classes)
  for (const row of train) counts[labels[row] ?? 0] = (counts[labels[row] ?? 0] ?? 0) + 1
  const present = counts.filter((count) => count > 0).length
  return present < 2 ? [`"${arm}" sees only one class: it will predict nothing else.`] : []
}

export function maskOf(count: number, rows: Int32Array): Uint8Array {
  const mask = new Uint8Array(count)
  for (const row of rows) mask[row] = 1
  return mask
}
