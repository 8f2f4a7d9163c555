import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { BenchError } from '../../../shared/contract/errors.ts'
import type { RobustMethodName } from '../../../shared/domain/robust-methods.ts'
import type { Stream } from '../random.ts'

/**
 * One interface for every way of training on noisy labels, so that one training loop runs them all. A method is a
 * record of functions without state of their own; what it remembers of the training set lies in plain typed arrays
 * that `beginEpoch` and `after` change in place and that a checkpoint stores as they are. A loop does, in this order:
 *
 * ```
 * state = method.init(setup)                                   // or restoreState(method, setup, saved)
 * for each epoch:
 *   if method.wantsPredictions?.(epoch):                        // one pass over all training examples, in order
 *     method.beginEpoch?.({ epoch, labels, probabilities: [of network 0, of network 1] }, state)
 *   for each batch:
 *     for each network i of method.networks:                   // ALL of them before any of them is updated
 *       prepared[i] = method.prepare?.(batch, context(i), state) ?? batch
 *     for each network i:
 *       train step with the loss method.loss(logits(prepared[i].inputs), prepared[i], context(i), state)
 *       if method.after: method.after({ network: i, rows: batch.rows, logits: those of that step }, state)
 * ```
 *
 * Each network has its own parameters, drawn from its own stream. `prepare` and `loss` draw random numbers only from
 * `context.stream.child(...)`, so that a step depends on its number alone and a run resumes exactly; the loop passes
 * a stream that is the step's own, such as `stream(seed, 'robust', step)`, the same for all networks.
 * To predict, take network 0, or the mean of the networks' probabilities.
 * Tensors: `prepare` and `loss` are called inside the loop's `tf.tidy`; they free nothing that they were given.
 */
export interface RobustMethod {
  readonly name: RobustMethodName
  readonly networks: 1 | 2
  /** State before the first step. */
  init(setup: MethodSetup): MethodState
  /** Whether {@link beginEpoch} is to be called for this epoch (0, 1, 2, ...). */
  wantsPredictions?(epoch: number): boolean
  /** Learns from predictions for all training examples, made before the epoch's first step; changes the state in place. */
  beginEpoch?(predictions: EpochPredictions, state: MethodState): void
  /** Changes what a network trains on: mixes examples, corrects targets, leaves examples out. */
  prepare?(batch: TrainingBatch, context: PrepareContext, state: MethodState): PreparedBatch
  /**
   * The loss to be minimised, differentiable with respect to the logits [B, K]; reads the state without changing it.
   */
  loss(logits: Tensor2D, batch: PreparedBatch, context: StepContext, state: MethodState): Scalar
  /** Remembers what a step's forward pass gave; changes the state in place. Only for methods that prepare nothing. */
  after?(outcome: StepOutcome, state: MethodState): void
}

/** What a method is told of the training set. */
export interface MethodSetup {
  /** Training examples N; a batch's `rows` are positions 0 .. N - 1 among them. */
  readonly examples: number
  /** Classes K. */
  readonly classes: number
}

/** What a method remembers, by name. Matrices are row-major. */
export type MethodState = Readonly<Record<string, StateArray>>
export type StateArray = Float32Array | Float64Array | Int32Array | Uint8Array

export interface TrainingBatch {
  /** [B, ...] */
  readonly inputs: Tensor
  /** Given labels as probabilities, [B, K] float32; one-hot rows of hard labels. */
  readonly targets: Tensor2D
  /** Positions in the training set, [B]. */
  readonly rows: Int32Array
}

export interface PreparedBatch extends TrainingBatch {
  /** 1 where an example counts as clean, else 0, [B]; for methods that tell them apart. */
  readonly clean?: Tensor1D
}

export interface StepContext {
  /** Which network the call is for. */
  readonly network: number
  readonly epoch: number
  /** Steps made before. */
  readonly step: number
}

export interface PrepareContext extends StepContext {
  /** Belongs to the step. */
  readonly stream: Stream
  /** Logits [B, K] of a network as it is before the step, without gradient. */
  readonly predict: (network: number, inputs: Tensor) => Tensor2D
}

/** Predictions for the whole training set, in its order. */
export interface EpochPredictions {
  readonly epoch: number
  /** Given labels [N]. */
  readonly labels: Int32Array
  /** Of each network, N x K, row-major. */
  readonly probabilities: readonly Float32Array[]
}

/** What a step's forward pass gave. */
export interface StepOutcome {
  readonly network: number
  readonly rows: Int32Array
  /** B x K, row-major, before the update. */
  readonly logits: Float32Array
}

/**
 * Brings a method's state back from a checkpoint, as copies.
 *
 * @throws BenchError `bad-data` when the arrays are not those of this method and training set
 */
export function restoreState(method: RobustMethod, setup: MethodSetup, saved: MethodState): MethodState {
  const wanted = method.init(setup)
  const fits =
    Object.keys(wanted).length === Object.keys(saved).length &&
    Object.entries(wanted).every(([name, array]) => saved[name]?.length === array.length && saved[name].constructor === array.constructor)
  if (!fits) {
    throw new BenchError('bad-data', `The checkpoint's memory does not belong to ${method.name} on ${setup.examples} examples of ${setup.classes} classes.`, {
      hint: 'Start the run again, or resume with the settings and the data set that the checkpoint was made with.'
    })
  }
  return Object.fromEntries(Object.entries(saved).map(([name, array]) => [name, array.slice()]))
}

/** An array of the state. */
export function stateArray(state: MethodState, name: string): StateArray {
  const found = state[name]
  if (!found) throw new RangeError(`The method's state has no ${name}.`)
  return found
}
