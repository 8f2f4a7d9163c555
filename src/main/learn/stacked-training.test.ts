import * as tf from '@tensorflow/tfjs-core'
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../compute/engine.ts'
import { presentEngines } from '../compute/present-engines.ts'
import { clipByGlobalNorm } from './clipping.ts'
import { batches, gatherRows } from './loader.ts'
import { crossEntropy } from './losses.ts'
import { denseNetwork } from './models/dense.ts'
import type { DensePart } from './models/dense.ts'
import { stackedDenseNetwork } from './models/stacked.ts'
import { adam, adamw, momentum, sgd } from './optimizers.ts'
import type { Optimizer } from './optimizers.ts'
import { disposeParams, paramsToArrays } from './parameters.ts'
import type { Params } from './parameters.ts'
import { stream } from './random.ts'
import { schedule } from './schedules.ts'
import { stackParams, stackTrainStates, unstackParams, unstackTrainState } from './stacked-params.ts'
import { clipByRunNorm, gatherStacked, groupsOfShape, stackedCrossEntropy, trainRuns, trainStacked, trainStackedStep } from './stacked-training.ts'
import type { StackedRun } from './stacked-training.ts'
import { disposeTrainState, startTraining, trainStep } from './train.ts'

const [count, features, classes, steps] = [70, 5, 3, 50]
const parts: DensePart[] = [
  { name: 'body', units: [12, 7], activation: 'relu' },
  { name: 'middle', units: [6], activation: 'tanh' },
  { name: 'head', units: [classes], activation: 'linear', init: 'fan-in-uniform' }
]
const alone = denseNetwork(features, parts)
const stacked = stackedDenseNetwork(features, parts)
const rate = schedule({ decay: 'cosine', rate: 0.02, warmupSteps: 5 })
const seeds = [3, 11, 12]

/** A run with data, initial parameters and an order of batches of its own; the last batch of an epoch is smaller. */
function runOf(seed: number): StackedRun {
  const inputs = stream(seed, 'data').normals(count * features)
  const targets = Int32Array.from({ length: count }, (_, row) => ((inputs[row * features] as number) > 0 ? 0 : 1 + (row % 2)))
  return {
    params: alone.init(stream(seed, 'init')),
    inputs: { data: inputs, shape: [count, features] },
    targets: { data: targets, shape: [count] },
    loader: batches({ count, batchSize: 16, shuffle: stream(seed, 'loader') })
  }
}

/** The same training of one run by itself, with what trains single models. */
function trainAlone({ params, inputs, targets, loader }: StackedRun, optimizer: Optimizer, clipNorm: number, smoothing: number): { losses: number[]; params: Params } {
  let state = startTraining(params, optimizer)
  const losses: number[] = []
  for (let step = 0; step < steps; step++) {
    const { rows } = loader.at(step)
    const [x, y] = [gatherRows(inputs, rows), gatherRows(targets, rows) as Tensor1D]
    const lossOf = (p: Params): tf.Scalar => crossEntropy(alone.apply(p, x) as Tensor2D, y, { smoothing })
    const made = trainStep(state, lossOf, { optimizer, learningRate: rate(step, steps), clipNorm })
    state = made.state
    losses.push(made.loss)
  }
  return { losses, params: state.params }
}

/** The largest difference of two parameter sets, relative to the largest number of each parameter. */
function worst(one: Params, other: Params): number {
  const [a, b] = [paramsToArrays(one), paramsToArrays(other)]
  expect(Object.keys(a)).toEqual(Object.keys(b))
  return Object.entries(a).reduce((most, [name, { data, shape }]) => {
    expect(b[name]?.shape).toEqual(shape)
    const scale = data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
    return data.reduce((found, value, i) => Math.max(found, Math.abs(value - (b[name]?.data[i] as number)) / scale), most)
  }, 0)
}

const optimizers: [string, Optimizer][] = [
  ['adam', adam()],
  ['adamw', adamw()],
  ['nesterov', momentum({ nesterov: true, weightDecay: 1e-3 })],
  ['sgd', sgd()]
]

describe.each(presentEngines)('stacked training on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine)
  })

  it.each(optimizers)('gives every run the numbers it has alone: %s', (_name, optimizer) => {
    const runs = seeds.map(runOf)
    const losses: number[][] = seeds.map(() => [])
    const together = trainStacked(runs, {
      model: stacked,
      optimizer,
      rate,
      steps,
      clipNorm: 0.5,
      smoothing: 0.1,
      onStep: (_step, made) => made.forEach((loss, run) => losses[run]?.push(loss))
    })
    runs.forEach((run, i) => {
      const single = trainAlone(run, optimizer, 0.5, 0.1)
      single.losses.forEach((loss, step) => expect(Math.abs((losses[i]?.[step] as number) - loss)).toBeLessThan(1e-5 * loss))
      expect(worst(single.params, together[i] as Params)).toBeLessThan(1e-5)
    })
    expect(worst(together[0] as Params, together[1] as Params)).toBeGreaterThan(0.1)
  })

  it('leaves the initial parameters to the caller and no tensors behind', () => {
    const runs = seeds.map(runOf)
    const before = tf.memory().numTensors
    const trained = trainStacked(runs, { model: stacked, optimizer: adam(), rate, steps: 3, clipNorm: 1 })
    expect(tf.memory().numTensors).toBe(before + seeds.length * Object.keys(trained[0] as Params).length)
    expect(Number.isFinite(runs[0]?.params['head/0/kernel']?.dataSync()[0])).toBe(true)
    trained.forEach(disposeParams)
    expect(tf.memory().numTensors).toBe(before)
  })

  it('takes runs apart and puts them together in the middle of training', () => {
    const optimizer = adam()
    const x = tf.tensor3d(stream(5, 'x').normals(3 * 8 * features), [3, 8, features])
    const y = tf.tensor2d(Array.from({ length: 24 }, (_, i) => i % classes), [3, 8], 'int32')
    const advance = (interrupted: boolean): Params => {
      let state = startTraining(stacked.init(seeds.map((seed) => stream(seed))), optimizer)
      for (let step = 0; step < 6; step++) {
        if (interrupted && step === 3) state = stackTrainStates(unstackTrainState(state))
        const lossesOf = (params: Params): Tensor1D => stackedCrossEntropy(stacked.apply(params, x) as tf.Tensor3D, y)
        state = trainStackedStep(state, lossesOf, { optimizer, learningRate: 0.01 }).state
      }
      return state.params
    }
    expect(worst(advance(true), advance(false))).toBe(0)
  })

  it('runs some parts only, and trains only what is trainable', () => {
    const params = stacked.init(seeds.map((seed) => stream(seed)))
    const x = tf.tensor3d(stream(5, 'x').normals(3 * 4 * features), [3, 4, features])
    const hidden = stacked.apply(params, x, { parts: ['body', 'middle'] })
    expect(hidden.shape).toEqual([3, 4, 6])
    const [whole, split] = [stacked.apply(params, x), stacked.apply(params, hidden, { parts: ['head'] })]
    expect(Array.from(split.dataSync())).toEqual(Array.from(whole.dataSync()))
    const kept = Array.from(params['body/0/kernel']?.dataSync() ?? [])
    const y = tf.tensor2d(Array.from({ length: 12 }, (_, i) => i % classes), [3, 4], 'int32')
    const lossesOf = (p: Params): Tensor1D => stackedCrossEntropy(stacked.apply(p, x) as tf.Tensor3D, y)
    const settings = { optimizer: sgd(), learningRate: 0.1, clipNorm: 0.1, trainable: (name: string) => name.startsWith('head/') }
    const { state } = trainStackedStep(startTraining(params, settings.optimizer), lossesOf, settings)
    expect(Array.from(state.params['body/0/kernel']?.dataSync() ?? [])).toEqual(kept)
    disposeTrainState(state)
  })

  it('clips each run by its own norm', () => {
    const runs = [0.1, 10].map((size) => ({ a: tf.tensor1d([size, 2 * size]), b: tf.tensor2d([[-size]]) }))
    const clipped = unstackParams(clipByRunNorm(stackParams(runs), 1))
    runs.forEach((run, i) => expect(worst(clipByGlobalNorm(run, 1), clipped[i] as Params)).toBeLessThan(1e-6))
    expect(clipped[0]?.['a']?.dataSync()[0]).toBeCloseTo(0.1, 6)
  })

  it('takes class probabilities as targets', () => {
    const logits = tf.tensor3d(stream(5, 'logits').normals(24), [2, 4, 3])
    const soft = tf.softmax(tf.tensor3d(stream(5, 'soft').normals(24), [2, 4, 3]))
    const losses = stackedCrossEntropy(logits, soft).dataSync()
    tf.unstack(logits).forEach((own, run) => {
      expect(losses[run]).toBeCloseTo(crossEntropy(own as Tensor2D, tf.unstack(soft)[run] as Tensor2D).dataSync()[0] as number, 5)
    })
  })
})

describe('a stack', () => {
  it('survives being taken apart', () => {
    const runs = [1, 2].map((first) => ({ a: tf.tensor2d([[first, 3]]), b: tf.tensor1d([-first]) }))
    const back = unstackParams(stackParams(runs))
    expect(back.map((run) => [Array.from(run['a']?.dataSync() ?? []), Array.from(run['b']?.dataSync() ?? [])])).toEqual([[[1, 3], [-1]], [[2, 3], [-2]]])
    expect(back[0]?.['a']?.shape).toEqual([1, 2])
  })

  it.each([
    ['shape', () => ({ a: tf.tensor1d([1, 2]) }), /parameter a of run 2 is \[2\]; run 1 has \[3\]/],
    ['name', () => ({ b: tf.tensor1d([1, 2, 3]) }), /parameter a of run 2 is missing/]
  ])('refuses runs that differ in a %s', (_what, other, said) => {
    expect(() => stackParams([{ a: tf.tensor1d([1, 2, 3]) }, other()])).toThrow(said)
  })

  it('refuses runs at different steps and batches of different sizes', () => {
    const state = startTraining({ a: tf.tensor1d([1]) }, sgd())
    expect(() => stackTrainStates([state, { ...state, step: 4 }])).toThrow(/Run 2 has made 4 steps and run 1 0/)
    const source = { data: Float32Array.of(1, 2), shape: [2] }
    expect(() => gatherStacked([source, source], [Int32Array.of(0, 1), Int32Array.of(0)])).toThrow(/batch of run 2 has 1 examples/)
  })
})

describe('runs of a sweep', () => {
  beforeAll(async () => void (await useEngine('wasm')))

  it('train together where their shapes agree, and come back in their order', () => {
    const wider = denseNetwork(features, [{ name: 'body', units: [20, 7], activation: 'relu' }, ...parts.slice(1)])
    const odd = { ...runOf(5), params: wider.init(stream(5, 'init')) }
    const fewer = { ...runOf(6), loader: batches({ count: count - 9, batchSize: 16, shuffle: stream(6, 'loader') }) }
    const runs = [runOf(3), odd, runOf(11), fewer]
    expect(groupsOfShape(runs)).toEqual([[0, 2], [1], [3]])
    const seen = new Map<number, number>()
    const settings = { model: stacked, optimizer: adam(), rate, steps: 10 }
    const together = trainRuns(runs, { ...settings, onStep: (members) => members.forEach((run) => seen.set(run, (seen.get(run) ?? 0) + 1)) })
    expect([...seen].toSorted(([a], [b]) => a - b)).toEqual([[0, 10], [1, 10], [2, 10], [3, 10]])
    runs.forEach((run, place) => {
      const [alone] = trainStacked([run], settings)
      for (const [name, values] of Object.entries(paramsToArrays(alone ?? {}))) {
        const own = paramsToArrays(together[place] ?? {})[name]
        expect(Array.from(own?.data ?? [])).toEqual(Array.from(values.data, (value) => expect.closeTo(value, 4) as number))
      }
      disposeParams(alone ?? {})
    })
    together.forEach(disposeParams)
    runs.forEach(({ params }) => disposeParams(params))
  })
})
