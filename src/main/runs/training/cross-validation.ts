import type { TrainingConfig } from '../../../shared/domain/training.ts'
import { stratifiedSplits } from '../../datasets/stratified-splits.ts'
import type { TrainingContext } from '../training-context.ts'
import { type ArmInput, ArmTrainer } from './arm-trainer.ts'
import type { TrainingData } from './training-data.ts'
import { classifierOf } from './training-model.ts'
import type { ArmTargets } from './training-rows.ts'

/** Rows with the labels they are to be checked against, and how a network is trained on them. */
export interface LabelledRows {
  readonly data: TrainingData
  readonly config: TrainingConfig
  readonly targets: ArmTargets
  /** Data set rows, ascending. */
  readonly rows: Int32Array
  readonly seed: number
}

/**
 * Class probabilities of every row by a network that was not trained on it: rows are dealt into folds with each class's share, and
 * each fold is predicted by a network trained on the others. A killed job goes on with the fold that was under way.
 *
 * @param stepDone called after every training step
 * @returns rows x classes, row-major
 */
export async function crossValidatedProbabilities(context: TrainingContext, labelled: LabelledRows, folds: number, stepDone: () => void): Promise<Float32Array> {
  const { data, rows, targets, seed } = labelled
  const { classes } = data
  const fold = stratifiedSplits(rows.map((row) => targets.labels[row] ?? 0), Array.from({ length: folds }, () => 1 / folds), seed)
  const out = new Float32Array(rows.length * classes)
  for (let held = 0; held < folds; held++) {
    // What rounding left undealt goes to the first fold.
    const isHeld = (place: number): boolean => Math.max(0, fold[place] ?? 0) === held
    const places = Int32Array.from(rows.keys()).filter(isHeld)
    const train = rows.filter((_, place) => !isHeld(place))
    const probabilities = await context.stages.run<Float32Array>(`fold ${held + 1}`, async () => {
      const trainer = new ArmTrainer(inputOf(labelled, train), null)
      try {
        await trainThrough(context, trainer, stepDone)
        return await trainer.predict(places.map((place) => rows[place] ?? 0), () => context.breathe())
      } finally {
        trainer.dispose()
      }
    })
    places.forEach((place, index) => out.set(probabilities.subarray(index * classes, (index + 1) * classes), place * classes))
  }
  return out
}

/**
 * Trains one network on all the rows and hands on what each step's forward pass gave.
 *
 * @param watch the epoch, the positions among `rows`, and their logits, row-major
 */
export async function watchTraining(context: TrainingContext, labelled: LabelledRows, watch: (epoch: number, positions: Int32Array, logits: Float32Array) => void, stepDone: () => void): Promise<void> {
  const trainer = new ArmTrainer(inputOf(labelled, labelled.rows), null)
  try {
    await trainThrough(context, trainer, stepDone, watch)
  } finally {
    trainer.dispose()
  }
}

function inputOf({ data, config, targets, seed }: LabelledRows, train: Int32Array): ArmInput {
  const [arm] = config.arms
  if (arm === undefined) throw new Error('A configuration has at least one arm.')
  const features = data.featuresFor(train)
  return { arm, config, seed, classes: data.classes, model: classifierOf(config.model, features.shape, data.classes), features, targets, rows: { train, validation: new Int32Array(0) } }
}

async function trainThrough(context: TrainingContext, trainer: ArmTrainer, stepDone: () => void, watch?: (epoch: number, positions: Int32Array, logits: Float32Array) => void): Promise<void> {
  while (trainer.step < trainer.steps) {
    const { epoch } = trainer
    trainer.next(watch === undefined ? undefined : (positions, logits) => watch(epoch, positions, logits))
    stepDone()
    await context.breathe()
  }
}
