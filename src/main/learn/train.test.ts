import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../compute/engine.ts'
import { presentEngines } from '../compute/present-engines.ts'
import { batches, gatherRows } from './loader.ts'
import { crossEntropy } from './losses.ts'
import { denseClassifier } from './models/dense.ts'
import { adam } from './optimizers.ts'
import type { Params } from './parameters.ts'
import { stream } from './random.ts'
import { schedule } from './schedules.ts'
import { disposeTrainState, fromCheckpoint, startTraining, toCheckpoint, trainStep, valueAndGradients } from './train.ts'
import type { Checkpoint, TrainState } from './train.ts'

const count = 90
const steps = 40
const model = denseClassifier(6, [12], 3)
const labels = Int32Array.from({ length: count }, (_, i) => i % 3)
const inputs = stream(1, 'data').normals(count * 6).map((value, i) => value + (i % 6 === (Math.floor(i / 6) % 3) ? 2 : 0))
const rate = schedule({ decay: 'cosine', rate: 0.02, warmupSteps: 5 })
const optimizer = adam()

function advance(state: TrainState, until: number): { state: TrainState; loss: number } {
  const loader = batches({ count, batchSize: 16, shuffle: stream(1, 'loader') })
  let loss = Number.NaN
  while (state.step < until) {
    const { rows } = loader.at(state.step)
    const x = gatherRows({ data: inputs, shape: [count, 6] }, rows)
    const y = gatherRows({ data: labels, shape: [count] }, rows) as Tensor1D
    const lossOf = (params: Params): Scalar => crossEntropy(model.apply(params, x) as Tensor2D, y)
    ;({ state, loss } = trainStep(state, lossOf, { optimizer, learningRate: rate(state.step, steps), clipNorm: 1 }))
    tf.dispose([x, y])
  }
  return { state, loss }
}

const begin = (): TrainState => startTraining(model.init(stream(1, 'init')), optimizer)
const bytesOf = (checkpoint: Checkpoint): string =>
  JSON.stringify(checkpoint, (_key, value: unknown) => (value instanceof Float32Array ? Buffer.from(value.buffer).toString('hex') : value))

describe.each(presentEngines)('training on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine)
  })

  it('learns', () => {
    const first = advance(begin(), 1).loss
    expect(advance(begin(), steps).loss).toBeLessThan(0.6 * first)
  })

  it('gives the same bytes from the same seed', () => {
    expect(bytesOf(toCheckpoint(advance(begin(), steps).state))).toBe(bytesOf(toCheckpoint(advance(begin(), steps).state)))
  })

  it.each([1, 17, 39])('resumes from a checkpoint after step %i to exactly the same weights', (at) => {
    const whole = toCheckpoint(advance(begin(), steps).state)
    const saved = structuredClone(toCheckpoint(advance(begin(), at).state))
    expect(saved.step).toBe(at)
    expect(bytesOf(toCheckpoint(advance(fromCheckpoint(saved), steps).state))).toBe(bytesOf(whole))
  })

  it('leaves no tensors behind', () => {
    const before = tf.memory().numTensors
    disposeTrainState(advance(begin(), 5).state)
    expect(tf.memory().numTensors).toBe(before)
  })

  it('trains only what is trainable', () => {
    const start = begin()
    const kept = Array.from(start.params['body/0/kernel']?.dataSync() ?? [])
    const head = Array.from(start.params['head/0/kernel']?.dataSync() ?? [])
    const x = tf.tensor2d(inputs, [count, 6])
    const lossOf = (params: Params): Scalar => crossEntropy(model.apply(params, x) as Tensor2D, tf.tensor1d(labels, 'int32'))
    const { state } = trainStep(start, lossOf, { optimizer, learningRate: 0.1, trainable: (name) => name.startsWith('head/') })
    expect(Array.from(state.params['body/0/kernel']?.dataSync() ?? [])).toEqual(kept)
    expect(Array.from(state.params['head/0/kernel']?.dataSync() ?? [])).not.toEqual(head)
  })

  it('gives a zero gradient to a parameter that the loss does not use', () => {
    const params = { used: tf.scalar(2), idle: tf.tensor1d([1, 2]) }
    const { value, gradients } = valueAndGradients((p) => tf.square(p['used'] as Scalar), params)
    expect(value.dataSync()[0]).toBe(4)
    expect(gradients['used']?.dataSync()[0]).toBe(4)
    expect([...(gradients['idle']?.dataSync() ?? [])]).toEqual([0, 0])
  })
})
