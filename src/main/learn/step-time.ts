import * as tf from '@tensorflow/tfjs-core'
import type { Tensor2D } from '@tensorflow/tfjs-core'
import { crossEntropy } from './losses.ts'
import { denseNetwork } from './models/dense.ts'
import { adam } from './optimizers.ts'
import { stream } from './random.ts'
import { disposeTrainState, startTraining, trainStep } from './train.ts'

/** A dense network and its batch, by which engines are compared. */
export interface StepModel {
  /** Widths from the input to the classes, at least two. */
  readonly widths: readonly number[]
  readonly batch: number
}

/** How it is named to people: `dense 196-128-128-10, batch 64`. */
export const describeStepModel = ({ widths, batch }: StepModel): string => `dense ${widths.join('-')}, batch ${batch}`

export interface StepTimeSettings {
  /** Time spent on steps that are not counted (compilation, caches), in milliseconds. Default 250. */
  readonly warmUp?: number
  /** Time spent on steps that are, in milliseconds. Default 500. */
  readonly measured?: number
}

const leastSteps = 5
const learningRate = 1e-3

/**
 * Median time of a training step (Adam, cross-entropy, reading the loss, as training does) of a model on the engine in
 * use, in milliseconds.
 */
export function stepTime({ widths, batch }: StepModel, { warmUp = 250, measured = 500 }: StepTimeSettings = {}): number {
  const [inputs = 1, ...rest] = widths
  const classes = rest.at(-1) ?? 1
  const model = denseNetwork(inputs, [
    { name: 'body', units: rest.slice(0, -1), activation: 'relu', init: 'fan-in-uniform' },
    { name: 'head', units: [classes], activation: 'linear', init: 'fan-in-uniform' }
  ])
  const optimizer = adam()
  const x = tf.tensor2d(stream(1, 'step-time').normals(batch * inputs), [batch, inputs])
  const y = tf.tensor1d(Int32Array.from({ length: batch }, (_, row) => row % classes), 'int32')
  let state = startTraining(model.init(stream(1, 'step-time', 'init')), optimizer)
  const steps = (duration: number): number[] => {
    const times: number[] = []
    const end = performance.now() + duration
    while (times.length < leastSteps || performance.now() < end) {
      const began = performance.now()
      state = trainStep(state, (params) => crossEntropy(model.apply(params, x) as Tensor2D, y), { optimizer, learningRate }).state
      times.push(performance.now() - began)
    }
    return times
  }
  steps(warmUp)
  const times = steps(measured).sort((a, b) => a - b)
  disposeTrainState(state)
  tf.dispose([x, y])
  return times[Math.floor(times.length / 2)] as number
}
