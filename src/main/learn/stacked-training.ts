import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import { BenchError } from '../../shared/contract/errors.ts'
import { gatherRows } from './loader.ts'
import type { Loader, RowSource } from './loader.ts'
import { crossEntropyRows } from './losses.ts'
import type { StackedModel } from './models/stacked.ts'
import type { Optimizer } from './optimizers.ts'
import { disposeParams, mapParams } from './parameters.ts'
import type { Params } from './parameters.ts'
import type { Schedule } from './schedules.ts'
import { runsOf, stackParams, unstackParams } from './stacked-params.ts'
import { disposeTrainState, startTraining, valueAndGradients } from './train.ts'
import type { StepSettings, TrainState } from './train.ts'

/** Targets of R runs: class indices [R, B] (int32) or class probabilities [R, B, K] (float32). */
export type StackedTargets = Tensor2D | Tensor3D

/**
 * Each run's cross-entropy, mean over its rows: [R]. A run's number is that of {@link crossEntropy} of its slice.
 *
 * @param logits [R, B, K]
 * @param smoothing moves this share of each target to the uniform distribution
 */
export function stackedCrossEntropy(logits: Tensor3D, targets: StackedTargets, smoothing = 0): Tensor1D {
  const [runs, rows, classes] = logits.shape
  return tf.tidy(() => {
    const flat = targets.rank === 3 ? tf.reshape<tf.Rank.R2>(targets, [-1, classes]) : tf.reshape<tf.Rank.R1>(targets, [-1])
    const losses = crossEntropyRows(tf.reshape<tf.Rank.R2>(logits, [runs * rows, classes]), flat, smoothing)
    return tf.mean<Tensor1D>(tf.reshape(losses, [runs, rows]), 1)
  })
}

/**
 * Scales each run's gradients so that its own global norm is at most `maxNorm`, as {@link clipByGlobalNorm} does for a
 * run alone. Returns new tensors; the gradients passed in are not disposed.
 */
export function clipByRunNorm(gradients: Params, maxNorm: number): Params {
  return tf.tidy(() => {
    const runs = runsOf(gradients)
    const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(tf.reshape(gradient, [runs, -1])), 1))
    const norm = tf.sqrt(tf.addN(squares))
    const scale = tf.div(maxNorm, tf.maximum(norm, maxNorm))
    return { ...mapParams(gradients, (gradient) => tf.mul(gradient, tf.reshape(scale, [runs, ...gradient.shape.slice(1).map(() => 1)]))) }
  })
}

/**
 * One training step of all runs of a stack: what {@link trainStep} does, for each run by itself. Optimizers work number
 * by number, so they serve a stack as they are; clipping goes by each run's own norm.
 *
 * @param lossesOf each run's loss [R] of its batch as a function of the stacked parameters
 * @returns the next state and each run's loss before the update
 */
export function trainStackedStep(
  state: TrainState,
  lossesOf: (params: Params) => Tensor1D,
  settings: StepSettings
): { state: TrainState; losses: Float32Array } {
  // A vector's gradients are those of its sum, and no run's loss depends on another run's parameters.
  const { value, gradients } = valueAndGradients(lossesOf, state.params, settings.trainable)
  const losses = Float32Array.from(value.dataSync())
  const clipped = settings.clipNorm === undefined ? gradients : clipByRunNorm(gradients, settings.clipNorm)
  const { params, state: optimizer } = settings.optimizer.update(state.params, clipped, state.optimizer, settings.learningRate)
  if (clipped !== gradients) disposeParams(clipped)
  disposeParams(gradients)
  value.dispose()
  return { state: { params, optimizer, step: state.step + 1 }, losses }
}

/** One run of a stack: where it starts and what it sees. */
export interface StackedRun {
  /** Its initial parameters, of the model alone; they stay the caller's. */
  readonly params: Params
  readonly inputs: RowSource
  /** Class indices [N] (Int32Array) or class probabilities [N, K] (Float32Array). */
  readonly targets: RowSource
  readonly loader: Loader
}

export interface StackedSettings {
  readonly model: StackedModel
  readonly optimizer: Optimizer
  readonly rate: Schedule
  readonly steps: number
  /** Limit of each run's global gradient norm. */
  readonly clipNorm?: number
  readonly smoothing?: number
  readonly trainable?: (name: string) => boolean
  /** After every step: each run's loss before the update. */
  readonly onStep?: (step: number, losses: Float32Array) => void
}

/**
 * Trains several runs of one configuration (its seeds, say) together: every run ends with the parameters it would have
 * after training alone with {@link trainStep} on the same batches, up to rounding, in far less time where networks are
 * small.
 *
 * @returns each run's parameters, the caller's to dispose
 * @throws BenchError `bad-data` when the runs' parameters differ in shape or their batches in size
 */
export function trainStacked(runs: readonly StackedRun[], settings: StackedSettings): Params[] {
  const { model, optimizer, rate, steps, smoothing, onStep, ...rest } = settings
  let state = startTraining(stackParams(runs.map(({ params }) => params)), optimizer)
  for (let step = 0; step < steps; step++) {
    const rows = runs.map(({ loader }) => loader.at(step).rows)
    const x = gatherStacked(runs.map(({ inputs }) => inputs), rows)
    const y = gatherStacked(runs.map(({ targets }) => targets), rows) as StackedTargets
    const lossesOf = (params: Params): Tensor1D => stackedCrossEntropy(model.apply(params, x) as Tensor3D, y, smoothing)
    const made = trainStackedStep(state, lossesOf, { ...rest, optimizer, learningRate: rate(step, steps) })
    tf.dispose([x, y])
    state = made.state
    onStep?.(step, made.losses)
  }
  const trained = unstackParams(state.params)
  disposeTrainState(state)
  return trained
}

/** Settings of runs that may differ in shape: as of one stack, with the runs that a step was of. */
export interface RunSettings extends Omit<StackedSettings, 'onStep'> {
  /** After every step of some runs: their places among `runs`, and each one's loss before the update. */
  readonly onStep?: (members: readonly number[], step: number, losses: Float32Array) => void
}

/**
 * Trains runs as few stacks as their shapes allow: what a sweep over seeds and settings calls. Runs whose parameters and batches
 * agree in shape train together, each other one by itself as a stack of one.
 *
 * @returns each run's parameters in the order of `runs`, the caller's to dispose
 */
export function trainRuns(runs: readonly StackedRun[], { onStep, ...settings }: RunSettings): Params[] {
  const trained = new Array<Params>(runs.length)
  for (const members of groupsOfShape(runs)) {
    const group = members.map((run) => runs[run] as StackedRun)
    const stacked = onStep === undefined ? settings : { ...settings, onStep: (step: number, losses: Float32Array) => onStep(members, step, losses) }
    trainStacked(group, stacked).forEach((params, place) => (trained[members[place] ?? 0] = params))
  }
  return trained
}

/** Places of the runs that can train as one stack, group by group in the order of their first runs. */
export function groupsOfShape(runs: readonly StackedRun[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>()
  runs.forEach(({ params, inputs, targets, loader }, run) => {
    const shapes = Object.entries(params).map(([name, { shape }]) => [name, shape])
    const sizes = Array.from({ length: loader.batchesPerEpoch }, (_, step) => loader.at(step).rows.length)
    const key = JSON.stringify([shapes, inputs.shape.slice(1), targets.shape.slice(1), sizes])
    const own = groups.get(key)
    if (own === undefined) groups.set(key, [run])
    else own.push(run)
  })
  return [...groups.values()]
}

/** Gathers each run's rows of its own source into one batch [R, B, ...]; see {@link gatherRows}. */
export function gatherStacked(sources: readonly RowSource[], rows: readonly Int32Array[]): Tensor {
  const odd = rows.findIndex(({ length }) => length !== rows[0]?.length)
  if (odd >= 0) {
    throw new BenchError('bad-data', `The batch of run ${odd + 1} has ${rows[odd]?.length ?? 0} examples and that of run 1 ${rows[0]?.length ?? 0}.`, {
      hint: 'Runs that train as one need batches of the same size.'
    })
  }
  return tf.tidy(() => tf.stack(sources.map((source, run) => gatherRows(source, rows[run] as Int32Array)), 0))
}
