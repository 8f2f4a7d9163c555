import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../../compute/engine.ts'
import { gradientError } from '../../compute/gradient-check.ts'
import { enginesToCompare, presentEngines } from '../../compute/present-engines.ts'
import { crossEntropy } from '../losses.ts'
import { adam } from '../optimizers.ts'
import { arraysToParams, paramsToArrays } from '../parameters.ts'
import type { Params, PlainArrays } from '../parameters.ts'
import { stream } from '../random.ts'
import { disposeTrainState, startTraining, trainStep, valueAndGradients } from '../train.ts'
import { convolutionalNetwork } from './convolutional.ts'
import { denseClassifier, denseNetwork } from './dense.ts'
import { transformer } from './transformer.ts'
import type { TransformerShape } from './transformer.ts'
import type { Model } from './model.ts'

const rows = 6
const floats = (...shape: number[]): Tensor => tf.tensor(stream(3, 'x', shape.length).normals(shape.reduce((a, b) => a * b, 1)), shape)
const tokens = (): Tensor => tf.tensor2d(Array.from({ length: rows * 5 }, (_, i) => (i * 7) % 11), [rows, 5], 'int32')
const labels = (): Tensor1D => tf.tensor1d([0, 1, 2, 2, 1, 0], 'int32')
const small: TransformerShape = { vocabulary: 11, length: 6, width: 8, heads: 2, blocks: 2, causal: false, head: { kind: 'classes', classes: 3 } }

interface Kind {
  readonly model: Model
  readonly x: () => Tensor
  readonly loss: (outputs: Tensor) => tf.Scalar
}
const classify = (outputs: Tensor): tf.Scalar => crossEntropy(outputs as Tensor2D, labels())
const predictNext = (outputs: Tensor): tf.Scalar => {
  const next = tf.reshape<tf.Rank.R1>(tf.slice(tokens(), [0, 1], [rows, 4]), [-1])
  return crossEntropy(tf.reshape<tf.Rank.R2>(tf.slice(outputs, [0, 0, 0], [rows, 4, 11]), [-1, 11]), next)
}
const kinds: Record<string, Kind> = {
  dense: { model: denseClassifier(7, [9, 8], 3), x: () => floats(rows, 7), loss: classify },
  convolutional: { model: convolutionalNetwork({ image: [8, 8, 2], channels: [3, 4], hidden: 6, classes: 3 }), x: () => floats(rows, 8, 8, 2), loss: classify },
  'transformer classifier': { model: transformer(small), x: tokens, loss: classify },
  'transformer language model': { model: transformer({ ...small, causal: true, head: { kind: 'language' } }), x: tokens, loss: predictNext }
}

describe.each(Object.entries(kinds))('%s', (_name, { model, x, loss }) => {
  it.each(presentEngines)('has gradients on %s that agree with finite differences', async (engine) => {
    await useEngine(engine)
    const params = model.init(stream(1, 'init'))
    const [names, input] = [Object.keys(params), x()]
    // Uneven biases move units off their kinks and make every parameter matter.
    const values = Object.values(params).map((tensor, i) => tf.add(tensor, tf.tensor(stream(2, i).normals(tensor.size).map((v) => 0.1 * v), tensor.shape)))
    const f = (...tensors: Tensor[]): Tensor => loss(model.apply(Object.fromEntries(names.map((name, i) => [name, tensors[i] as Tensor])), input))
    expect(gradientError(f, values, { epsilon: 3e-3, coordinates: 5 })).toBeLessThan(3e-3)
  })

  it.each(enginesToCompare)('gives the same loss and gradients on %s as on the reference', async (compared) => {
    const results: { loss: number; gradients: PlainArrays }[] = []
    for (const engine of [compared, 'cpu'] as const) {
      await useEngine(engine)
      const params = model.init(stream(1, 'init'))
      const { value, gradients } = valueAndGradients((p) => loss(model.apply(p, x())), params)
      results.push({ loss: value.dataSync()[0] as number, gradients: paramsToArrays(gradients) })
    }
    const [own, reference] = results as [(typeof results)[0], (typeof results)[0]]
    expect(Math.abs(own.loss - reference.loss)).toBeLessThan(1e-4 * reference.loss)
    for (const [name, { data }] of Object.entries(reference.gradients)) {
      const scale = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
      data.forEach((value, i) => {
        expect(Math.abs((own.gradients[name]?.data[i] as number) - value)).toBeLessThan(1e-4 * scale)
      })
    }
  })

  it.each(enginesToCompare)('learns on %s: same seed, same bytes, no tensors left', async (engine) => {
    await useEngine(engine)
    const input = x()
    const run = (): { last: number; first: number; params: PlainArrays } => {
      const optimizer = adam()
      let state = startTraining(model.init(stream(1, 'init')), optimizer)
      const losses: number[] = []
      for (let step = 0; step < 30; step++) {
        const made = trainStep(state, (p) => loss(model.apply(p, input)), { optimizer, learningRate: 0.02, clipNorm: 5 })
        state = made.state
        losses.push(made.loss)
      }
      const params = paramsToArrays(state.params)
      disposeTrainState(state)
      return { first: losses[0] as number, last: losses.at(-1) as number, params }
    }
    run()
    const before = tf.memory().numTensors
    const [one, two] = [run(), run()]
    // Losses build their targets anew each step inside the step's own scope, so nothing may remain.
    expect(tf.memory().numTensors).toBe(before)
    expect(one.last).toBeLessThan(0.5 * one.first)
    for (const [name, { data }] of Object.entries(one.params)) {
      expect(new Uint8Array(data.buffer), name).toEqual(new Uint8Array((two.params[name]?.data as Float32Array).buffer))
    }
  })

  it('says which parameter is missing', () => {
    const all = model.init(stream(1))
    const name = Object.keys(all).at(-1) as string
    const params = Object.fromEntries(Object.entries(all).filter(([other]) => other !== name))
    expect(() => model.apply(params, x())).toThrow(`lack ${name}`)
  })
})

describe('particulars', () => {
  beforeAll(async () => {
    await useEngine('wasm')
  })

  it('a dense network runs by parts, and a head of zeros gives even logits', () => {
    const model = denseNetwork(4, [
      { name: 'body', units: [6, 5], activation: 'relu' },
      { name: 'head', units: [3], activation: 'linear', init: 'zero' }
    ])
    const params = model.init(stream(1))
    expect(Object.keys(params)).toEqual(['body/0/kernel', 'body/0/bias', 'body/1/kernel', 'body/1/bias', 'head/0/kernel', 'head/0/bias'])
    const features = model.apply(params, floats(2, 4), { parts: ['body'] })
    expect(features.shape).toEqual([2, 5])
    const logits = model.apply(params, features, { parts: ['head'] })
    expect([...logits.dataSync()]).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('He initialisation has variance 2 / inputs', () => {
    const kernel = denseClassifier(200, [300], 2).init(stream(1))['body/0/kernel'] as Tensor
    expect(tf.mean(tf.square(kernel)).dataSync()[0]).toBeCloseTo(0.01, 3)
  })

  it('a causal transformer does not look ahead, another one does', () => {
    const changedLast = tf.concat([tf.slice(tokens(), [0, 0], [rows, 4]), tf.fill([rows, 1], 3, 'int32')], 1)
    const firstOutputs = (causal: boolean, x: Tensor): number[] => {
      const model = transformer({ ...small, causal, head: { kind: 'language' } })
      return Array.from(tf.slice(model.apply(model.init(stream(1)), x), [0, 0, 0], [rows, 4, 11]).dataSync())
    }
    expect(firstOutputs(true, changedLast)).toEqual(firstOutputs(true, tokens()))
    expect(firstOutputs(false, changedLast)).not.toEqual(firstOutputs(false, tokens()))
  })

  it('masked tokens change nothing', () => {
    const model = transformer(small)
    const params = model.init(stream(1))
    const mask = tf.tensor2d(Array.from({ length: rows * 5 }, (_, i) => (i % 5 < 3 ? 1 : 0)), [rows, 5])
    const other = tf.concat([tf.slice(tokens(), [0, 0], [rows, 3]), tf.fill([rows, 2], 9, 'int32')], 1)
    const apply = (x: Tensor): number[] => Array.from(tf.mul(model.apply(params, x, { mask }), 1).dataSync())
    expect(apply(other)).toEqual(apply(tokens()))
  })

  it('refuses shapes it cannot compute', () => {
    expect(() => convolutionalNetwork({ image: [10, 8, 1], channels: [2, 2], hidden: 4, classes: 2 })).toThrow(RangeError)
    expect(() => transformer({ ...small, heads: 3 })).toThrow(RangeError)
    const model = transformer({ ...small, length: 4 })
    expect(() => model.apply(model.init(stream(1)), tokens())).toThrow(/5 tokens/)
  })

  it('computes the same from parameters that were stored and brought back', () => {
    const model = denseClassifier(4, [6], 3)
    const params: Params = model.init(stream(1))
    const back = arraysToParams(paramsToArrays(params))
    expect([...model.apply(back, floats(2, 4)).dataSync()]).toEqual([...model.apply(params, floats(2, 4)).dataSync()])
  })
})
