import * as tf from '@tensorflow/tfjs-core'
import type { Tensor2D } from '@tensorflow/tfjs-core'
import { batches, gatherRows } from '../../learn/loader.ts'
import { crossEntropy } from '../../learn/losses.ts'
import { denseNetwork } from '../../learn/models/dense.ts'
import type { DenseOptions } from '../../learn/models/dense.ts'
import type { Model } from '../../learn/models/model.ts'
import { adam } from '../../learn/optimizers.ts'
import { arraysToParams, type PlainArrays, paramsToArrays } from '../../learn/parameters.ts'
import { poolImages } from '../../learn/pooling.ts'
import { stream } from '../../learn/random.ts'
import { measureColumns, standardize } from '../../learn/standardize.ts'
import type { StepModel } from '../../learn/step-time.ts'
import { type Checkpoint, disposeTrainState, fromCheckpoint, startTraining, toCheckpoint, trainStep } from '../../learn/train.ts'
import type { TrainingContext } from '../../runs/training-context.ts'
import type { WeakToStrongInput } from './input.ts'
import { type Level, levelOf } from './levels.ts'
import type { StepCounter } from './step-counter.ts'

/** A pretrained body with its head thrown away: frozen, standardised features of every image. */
export interface Body {
  readonly level: Level
  /** count x width, row-major, each column standardised over the pretraining rows. */
  readonly features: Float32Array
}

export interface BodyTask {
  readonly level: Level
  readonly rows: Int32Array
  /** Class (digit or pseudo-class) of every row of the data set; only those of `rows` are read. */
  readonly targets: Int32Array
  readonly versionKey: string
}

const batchSize = 64
const learningRate = 3e-3
const digitClasses = 10

/** Pretrains a body on `task.targets` and returns the features it gives to all images. */
export async function pretrainBody(context: TrainingContext, input: WeakToStrongInput, task: BodyTask, counter: StepCounter): Promise<Body> {
  const { level } = task
  const pixels = standardizedPixels(input, level, task.rows)
  const model = denseNetwork(level.grid ** 2, [
    { name: 'body', units: [level.width, level.width], activation: 'relu', init: 'fan-in-uniform' },
    { name: 'head', units: [classesOf(input.config)], activation: 'linear', init: 'fan-in-uniform' }
  ])
  const params = await trainBody(context, input, task, { pixels, model }, counter)
  const tensors = arraysToParams(params)
  const output = tf.tidy(() => {
    const all = gatherRows({ data: pixels, shape: [input.digits.length, level.grid ** 2] }, Int32Array.from(input.digits.keys()))
    return model.apply(tensors, all, { parts: ['body'] })
  })
  const features = output.dataSync() as Float32Array
  tf.dispose([output, tensors])
  return { level, features: standardize(features, measureColumns(features, level.width, task.rows)) }
}

/** The model that most of an experiment's time goes into, for the choice of an engine: the student's body in pretraining. */
export function largestModel(config: WeakToStrongInput['config']): StepModel {
  const { grid, width } = levelOf(config.studentLevel)
  return { widths: [grid ** 2, width, width, classesOf(config)], batch: batchSize }
}

const classesOf = (config: WeakToStrongInput['config']): number => (config.pretraining === 'unlabelled' ? config.pseudoClasses : digitClasses)

/** The level's view of every image, each pixel standardised over the pretraining rows. */
function standardizedPixels(input: WeakToStrongInput, level: Level, rows: Int32Array): Float32Array {
  const pooled = poolImages(input.images, input.side, level.grid)
  return standardize(pooled, measureColumns(pooled, level.grid ** 2, rows))
}

interface BodyModel {
  readonly pixels: Float32Array
  readonly model: Model<DenseOptions>
}

function trainBody(context: TrainingContext, input: WeakToStrongInput, task: BodyTask, { pixels, model }: BodyModel, counter: StepCounter): Promise<PlainArrays> {
  const { seed, config } = input
  const { level, rows, targets } = task
  const steps = config.pretrainingSteps
  const key = `pretraining/level-${level.level}`
  const random = stream(seed, 'weak-to-strong', 'body', level.level)
  if (context.stages.isDone(key)) counter.skip('body', steps)
  return context.stages.run<PlainArrays, Checkpoint>(key, async (progress) => {
    const run = context.begin({
      key,
      name: `pretraining, level ${level.level}, seed ${seed}`,
      arm: 'pretraining',
      role: 'pretraining',
      seed,
      versionKey: task.versionKey,
      config: { model: { ...level, layers: 2 }, steps, batchSize, optimizer: { name: 'adam', learningRate }, targets: config.pretraining === 'unlabelled' ? 'pseudo-classes' : 'digit labels' }
    })
    const began = performance.now()
    const optimizer = adam()
    const loader = batches({ count: rows.length, batchSize, shuffle: random.child('shuffle') })
    let state = progress.saved === null ? startTraining(model.init(random.child('init')), optimizer) : fromCheckpoint(progress.saved)
    counter.skip('body', state.step)
    let last = Number.NaN
    while (state.step < steps) {
      const chosen = loader.at(state.step).rows.map((index) => rows[index] ?? 0)
      const x = gatherRows({ data: pixels, shape: [input.digits.length, level.grid ** 2] }, chosen)
      const y = tf.tensor1d(chosen.map((row) => targets[row] ?? 0), 'int32')
      const { state: next, loss } = trainStep(state, (params) => crossEntropy(model.apply(params, x) as Tensor2D, y), { optimizer, learningRate })
      tf.dispose([x, y])
      state = next
      last = loss
      run.metric('loss', state.step, loss)
      counter.step('body', `pretraining level ${level.level}`)
      // Not after the last step: the result is saved next, and an attempt resumed there would not know the last loss.
      if (state.step < steps) progress.offer(() => toCheckpoint(state))
      await context.breathe()
    }
    const params = paramsToArrays(state.params)
    disposeTrainState(state)
    run.end({ loss: last, steps, seconds: (performance.now() - began) / 1000 })
    return params
  })
}
