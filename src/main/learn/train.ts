import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import { clipByGlobalNorm } from './clipping.ts'
import { arraysToState, disposeState, stateToArrays } from './optimizers.ts'
import type { Optimizer, OptimizerState, PlainOptimizerState } from './optimizers.ts'
import { arraysToParams, disposeParams, paramsToArrays } from './parameters.ts'
import type { Params, PlainArrays } from './parameters.ts'

/** A run in progress: everything that a next step depends on besides the data. */
export interface TrainState {
  readonly params: Params
  readonly optimizer: OptimizerState
  /** Steps made so far. */
  readonly step: number
}

/** {@link TrainState} outside the engine, as checkpoints store it. */
export interface Checkpoint {
  readonly params: PlainArrays
  readonly optimizer: PlainOptimizerState
  readonly step: number
}

export interface StepSettings {
  readonly optimizer: Optimizer
  readonly learningRate: number
  /** Scales the gradients down so that their global norm is at most this. */
  readonly clipNorm?: number
  /** Which parameters learn; the others are constants. All by default. */
  readonly trainable?: (name: string) => boolean
}

/** State before the first step. It takes over the parameters: {@link disposeTrainState} frees them. */
export function startTraining(params: Params, optimizer: Optimizer): TrainState {
  return { params, optimizer: optimizer.init(params), step: 0 }
}

/**
 * One training step: loss, gradients, clipping, update. The state passed in is used up (its tensors are
 * replaced); tensors made on the way are freed.
 *
 * @param lossOf the loss of the batch as a function of the parameters
 * @returns the next state and the loss before the update
 */
export function trainStep(state: TrainState, lossOf: (params: Params) => Scalar, settings: StepSettings): { state: TrainState; loss: number } {
  const { value, gradients } = valueAndGradients(lossOf, state.params, settings.trainable)
  const loss = value.dataSync()[0] as number
  const clipped = settings.clipNorm === undefined ? gradients : clipByGlobalNorm(gradients, settings.clipNorm)
  const { params, state: optimizer } = settings.optimizer.update(state.params, clipped, state.optimizer, settings.learningRate)
  if (clipped !== gradients) disposeParams(clipped)
  disposeParams(gradients)
  value.dispose()
  return { state: { params, optimizer, step: state.step + 1 }, loss }
}

/**
 * The value of a loss and its gradients with respect to the parameters, by name. A parameter that the loss
 * does not depend on gets a zero gradient; one that is not trainable gets none. Where the value is not a scalar, the
 * gradients are those of the sum of its elements.
 */
export function valueAndGradients<Value extends Tensor = Scalar>(
  lossOf: (params: Params) => Value,
  params: Params,
  trainable: (name: string) => boolean = () => true
): { value: Value; gradients: Params } {
  const names = Object.keys(params).filter(trainable)
  const inputs = names.map((name) => params[name] as Tensor)
  return tf.tidy(() => {
    const { value, grads } = tf.engine().gradients(() => lossOf(params), inputs, undefined, true)
    const gradients = Object.fromEntries(
      names.map((name, i) => [name, (grads[i] as Tensor | null) ?? tf.zerosLike(inputs[i] as Tensor)])
    )
    return { value: value, gradients }
  })
}

/** Frees the tensors of a run. */
export function disposeTrainState(state: TrainState): void {
  disposeParams(state.params)
  disposeState(state.optimizer)
}

/** Copies a run out of the engine, exactly. */
export function toCheckpoint(state: TrainState): Checkpoint {
  return { params: paramsToArrays(state.params), optimizer: stateToArrays(state.optimizer), step: state.step }
}

/** Brings a run back, bit for bit. */
export function fromCheckpoint(checkpoint: Checkpoint): TrainState {
  return { params: arraysToParams(checkpoint.params), optimizer: arraysToState(checkpoint.optimizer), step: checkpoint.step }
}
