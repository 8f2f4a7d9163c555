import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { TrainingArm, TrainingConfig } from '../../../shared/domain/training.ts'
import { type MethodState, type PrepareContext, type PreparedBatch, restoreState, type RobustMethod, type TrainingBatch } from '../../learn/robust/method.ts'
import { robustMethod } from '../../learn/robust/methods.ts'
import { adam, adamw, momentum, type Optimizer, sgd } from '../../learn/optimizers.ts'
import type { Params } from '../../learn/parameters.ts'
import { stream } from '../../learn/random.ts'
import { type Schedule, schedule } from '../../learn/schedules.ts'
import { type Checkpoint, disposeTrainState, fromCheckpoint, startTraining, toCheckpoint, type TrainState, trainStep } from '../../learn/train.ts'
import type { ExampleFeatures } from './example-features.ts'
import { balancedOrder, type BatchOrder, gatherTargets, shuffledOrder } from './training-batches.ts'
import type { Classifier } from './training-model.ts'
import { stepsOf } from './training-plan.ts'
import type { ArmRows, ArmTargets } from './training-rows.ts'

/** Everything one arm of one seed is trained on. */
export interface ArmInput {
  readonly arm: TrainingArm
  readonly config: TrainingConfig
  readonly seed: number
  readonly classes: number
  readonly model: Classifier
  readonly features: ExampleFeatures
  readonly targets: ArmTargets
  readonly rows: ArmRows
}

/** A trainer outside the engine, as checkpoints store it. */
export interface SavedTrainer {
  readonly networks: readonly Checkpoint[]
  readonly memory: MethodState
}

/** Rows predicted at a time. */
const predictedRows = 2048

/** One arm under way: the networks of its method, the method's memory, and the step that is next. */
export class ArmTrainer {
  readonly steps: number
  readonly order: BatchOrder
  readonly #input: ArmInput
  readonly #method: RobustMethod
  readonly #memory: MethodState
  readonly #optimizer: Optimizer
  readonly #rate: Schedule
  /** Labels of the training examples, in their order. */
  readonly #labels: Int32Array
  #networks: TrainState[]

  /** @param saved where an interrupted attempt had got to, or null */
  constructor(input: ArmInput, saved: SavedTrainer | null) {
    const { arm, config, rows, targets, classes, model, seed } = input
    this.#input = input
    this.steps = stepsOf(rows.train.length, config)
    this.#labels = rows.train.map((row) => targets.labels[row] ?? 0)
    const shuffle = stream(seed, 'training', 'batches')
    this.order = config.sampler === 'balanced' ? balancedOrder(this.#labels, config.batchSize, shuffle) : shuffledOrder(rows.train.length, config.batchSize, shuffle)
    this.#method = robustMethod(arm.method)
    const setup = { examples: rows.train.length, classes }
    this.#memory = saved === null ? this.#method.init(setup) : restoreState(this.#method, setup, saved.memory)
    this.#optimizer = optimizerOf(config)
    this.#rate = schedule({ decay: config.schedule, rate: config.learningRate, warmupSteps: Math.round(config.warmUp * this.steps) })
    // Arms of a seed start from the same parameters where their models are the same, so that they differ by labels and method alone.
    this.#networks = Array.from({ length: this.#method.networks }, (_, network) =>
      saved === null ? startTraining(model.init(stream(seed, 'training', 'network', network)), this.#optimizer) : fromCheckpoint(saved.networks[network] as Checkpoint)
    )
  }

  /** Steps made so far. */
  get step(): number {
    return this.#networks[0]?.step ?? 0
  }

  get epoch(): number {
    return Math.floor(this.step / this.order.batchesPerEpoch)
  }

  /** The learning rate of a step. */
  rateAt(step: number): number {
    return this.#rate(step, this.steps)
  }

  /** Whether the epoch that begins now needs predictions of all training examples first. */
  get wantsPredictions(): boolean {
    return this.step % this.order.batchesPerEpoch === 0 && this.#method.wantsPredictions?.(this.epoch) === true
  }

  /** Hands the method every network's predictions; see {@link wantsPredictions}. */
  async beginEpoch(breathe: () => Promise<void>): Promise<void> {
    const probabilities: Float32Array[] = []
    for (const { params } of this.#networks) probabilities.push(await this.#predictWith([params], this.#input.rows.train, breathe))
    this.#method.beginEpoch?.({ epoch: this.epoch, labels: this.#labels, probabilities }, this.#memory)
  }

  /**
   * Trains one step of every network.
   *
   * @param watch is given the first network's logits of the batch, B x K, before the update, and the examples' positions
   * @returns the mean of the networks' losses before the update
   */
  next(watch?: (positions: Int32Array, logits: Float32Array) => void): number {
    const { config, features, targets, rows, classes, seed } = this.#input
    const [step, epoch] = [this.step, this.epoch]
    const positions = this.order.at(step).rows
    const chosen = positions.map((position) => rows.train[position] ?? 0)
    const batch: TrainingBatch = { inputs: features.gather(chosen), targets: gatherTargets(targets, chosen, classes), rows: positions }
    const contextOf = (network: number): PrepareContext => ({
      network,
      epoch,
      step,
      stream: stream(seed, 'training', 'method', step),
      predict: (other, inputs) => this.#input.model.apply(this.#networks[other]?.params ?? {}, inputs)
    })
    // All are prepared before any is updated: networks that select for each other must not see the other's update.
    const prepared: PreparedBatch[] = []
    for (const network of this.#networks.keys()) tf.tidy(() => void prepared.push(keepAll(this.#method.prepare?.(batch, contextOf(network), this.#memory) ?? batch)))
    const settings = { optimizer: this.#optimizer, learningRate: this.rateAt(step), ...(config.clipNorm > 0 ? { clipNorm: config.clipNorm } : {}) }
    let sum = 0
    this.#networks = this.#networks.map((network, index) => {
      const own = prepared[index] ?? batch
      let seen: Tensor2D | undefined
      const lossOf = (params: Params): Scalar => {
        const logits = this.#input.model.apply(params, own.inputs)
        if (this.#method.after !== undefined || (watch !== undefined && index === 0)) seen = tf.keep(tf.clone(logits))
        return this.#method.loss(logits, own, contextOf(index), this.#memory)
      }
      const { state, loss } = trainStep(network, lossOf, settings)
      if (seen !== undefined) {
        const logits = Float32Array.from(seen.dataSync())
        this.#method.after?.({ network: index, rows: own.rows, logits }, this.#memory)
        if (index === 0) watch?.(own.rows, logits)
        seen.dispose()
      }
      sum += loss
      return state
    })
    tf.dispose([batch.inputs, batch.targets])
    for (const own of prepared) tf.dispose(tensorsOf(own))
    return sum / this.#networks.length
  }

  /** Class probabilities of data set rows, rows x classes, the mean over the networks. */
  predict(rows: Int32Array, breathe: () => Promise<void>): Promise<Float32Array> {
    return this.#predictWith(this.#networks.map(({ params }) => params), rows, breathe)
  }

  async #predictWith(networks: readonly Params[], rows: Int32Array, breathe: () => Promise<void>): Promise<Float32Array> {
    const { model, features, classes } = this.#input
    const out = new Float32Array(rows.length * classes)
    for (let start = 0; start < rows.length; start += predictedRows) {
      const x = features.gather(rows.subarray(start, start + predictedRows))
      const p = tf.tidy(() => networks.map((params) => tf.softmax(model.apply(params, x))).reduce((sum: Tensor, each) => tf.add(sum, each), tf.scalar(0)))
      out.set(p.dataSync().map((sum) => sum / networks.length), start * classes)
      tf.dispose([x, p])
      await breathe()
    }
    return out
  }

  save(): SavedTrainer {
    return { networks: this.#networks.map(toCheckpoint), memory: Object.fromEntries(Object.entries(this.#memory).map(([name, array]) => [name, array.slice()])) }
  }

  /** Frees the engine's memory. */
  dispose(): void {
    this.#networks.forEach(disposeTrainState)
    this.#networks = []
  }
}

function optimizerOf({ optimizer, weightDecay }: Pick<TrainingConfig, 'optimizer' | 'weightDecay'>): Optimizer {
  switch (optimizer) {
    case 'adam':
      return adam({ weightDecay })
    case 'adamw':
      return adamw({ weightDecay })
    case 'sgd':
      return sgd({ weightDecay })
    case 'momentum':
      return momentum({ weightDecay })
    case 'nesterov':
      return momentum({ weightDecay, nesterov: true })
  }
}

const tensorsOf = (batch: PreparedBatch): Tensor[] => [batch.inputs, batch.targets, ...(batch.clean === undefined ? [] : [batch.clean])]

/** Clones that outlive the tidy, so that a batch prepared anew and one passed on are freed alike. */
function keepAll(batch: PreparedBatch): PreparedBatch {
  const kept = { ...batch, inputs: tf.keep(tf.clone(batch.inputs)), targets: tf.keep(tf.clone(batch.targets)) }
  return batch.clean === undefined ? kept : { ...kept, clean: tf.keep(tf.clone(batch.clean)) }
}
