import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import { RobustMethodConfig, robustMethodForms, robustMethodNames } from '../../../shared/domain/robust-methods.ts'
import { useEngine } from '../../compute/engine.ts'
import { accuracy, predictedClasses } from '../evaluators.ts'
import { batches, gatherRows } from '../loader.ts'
import { denseClassifier } from '../models/dense.ts'
import { momentum } from '../optimizers.ts'
import type { Params } from '../parameters.ts'
import { stream } from '../random.ts'
import { disposeTrainState, startTraining, trainStep } from '../train.ts'
import type { TrainState } from '../train.ts'
import { restoreState } from './method.ts'
import type { MethodState, PrepareContext, RobustMethod, TrainingBatch } from './method.ts'
import { robustMethod } from './methods.ts'

/** Three blobs in eight dimensions, 40% of the labels replaced by another class. */
const [train, test, width, classes] = [240, 240, 8, 3]
const truth = Int32Array.from({ length: train + test }, (_, i) => i % classes)
const inputs = stream(1, 'data').normals((train + test) * width).map((value, at) => value + (at % width === (truth[Math.floor(at / width)] as number) ? 2.5 : 0))
const noise = stream(1, 'noise')
const given = Int32Array.from(truth.subarray(0, train), (label) => (noise.bernoulli(0.4) ? (label + 1 + noise.integer(classes - 1)) % classes : label))
const model = denseClassifier(width, [32], classes)
const loader = batches({ count: train, batchSize: 80, shuffle: stream(1, 'loader') })
const optimizer = momentum()

interface Run {
  readonly networks: TrainState[]
  readonly memory: MethodState
}

const logitsOf = (params: Params, x: tf.Tensor): Tensor2D => model.apply(params, x) as Tensor2D
function probabilitiesOf(params: Params, from: number, count: number): Float32Array {
  const p = tf.tidy(() => tf.softmax(logitsOf(params, tf.tensor2d(inputs.subarray(from * width, (from + count) * width), [count, width]))))
  const numbers = p.dataSync() as Float32Array
  p.dispose()
  return numbers
}

/** The loop that `method.ts` describes, in its smallest form. */
function advance(method: RobustMethod, { networks, memory }: Run, first: number, last: number): void {
  for (let step = first; step < last; step++) {
    const { epoch, index, rows } = loader.at(step)
    if (index === 0 && method.wantsPredictions?.(epoch)) {
      method.beginEpoch?.({ epoch, labels: given, probabilities: networks.map(({ params }) => probabilitiesOf(params, 0, train)) }, memory)
    }
    tf.tidy(() => {
      const labels = gatherRows({ data: given, shape: [train] }, rows)
      const batch: TrainingBatch = { inputs: gatherRows({ data: inputs, shape: [train + test, width] }, rows), targets: tf.oneHot(labels, classes, 1, 0, 'float32') as Tensor2D, rows }
      const contextOf = (network: number): PrepareContext => ({
        network,
        epoch,
        step,
        stream: stream(1, 'robust', step),
        predict: (i, x) => logitsOf((networks[i] as TrainState).params, x)
      })
      const prepared = networks.map((_, i) => method.prepare?.(batch, contextOf(i), memory) ?? batch)
      const next = prepared.map((ready, i) => {
        let logits: Float32Array = new Float32Array()
        const lossOf = (params: Params): Scalar => {
          const z = logitsOf(params, ready.inputs)
          if (method.after) logits = z.dataSync() as Float32Array
          return method.loss(z, ready, contextOf(i), memory)
        }
        const { state, loss } = trainStep(networks[i] as TrainState, lossOf, { optimizer, learningRate: 0.2 })
        expect(Number.isFinite(loss)).toBe(true)
        method.after?.({ network: i, rows, logits }, memory)
        return state
      })
      // What the tidy must not free.
      next.forEach((state, i) => {
        Object.values(state.params).forEach((tensor) => tf.keep(tensor))
        Object.values(state.optimizer.slots).forEach((slot) => Object.values(slot).forEach((tensor) => tf.keep(tensor)))
        networks[i] = state
      })
    })
  }
}

function begin(method: RobustMethod): Run {
  const networks = Array.from({ length: method.networks }, (_, i) => startTraining(model.init(stream(1, 'init', i)), optimizer))
  return { networks, memory: method.init({ examples: train, classes }) }
}

function testAccuracy({ networks }: Run): number {
  const all = networks.map(({ params }) => probabilitiesOf(params, train, test))
  const mean = (all[0] as Float32Array).map((_, at) => all.reduce((sum, p) => sum + (p[at] as number), 0) / all.length)
  return accuracy(predictedClasses(mean, classes), truth.subarray(train))
}

function trained(name: string, steps: number, settings: object = {}): { run: Run; method: RobustMethod } {
  const method = robustMethod(v.parse(RobustMethodConfig, { name, ...settings }))
  const run = begin(method)
  advance(method, run, 0, steps)
  return { run, method }
}

const fingerprint = ({ networks, memory }: Run): string =>
  JSON.stringify([networks.map(({ params }) => Object.values(params).map((tensor) => Array.from(tensor.dataSync()))), Object.values(memory).map((array) => Array.from(array))])

describe('ways of training on noisy labels', () => {
  beforeAll(async () => {
    await useEngine('wasm')
  })

  it('are described field by field as the schema takes them', () => {
    for (const form of robustMethodForms) {
      const parsed = v.parse(RobustMethodConfig, { name: form.name }) as Record<string, unknown>
      expect(Object.keys(parsed)).toEqual(['name', ...form.fields.map(({ key }) => key)])
      for (const field of form.fields) {
        expect(parsed[field.key]).toBe(field.default)
        if (field.kind !== 'number') continue
        for (const edge of [field.minimum, field.maximum]) expect(v.safeParse(RobustMethodConfig, { name: form.name, [field.key]: edge }).success).toBe(true)
        for (const beyond of [field.minimum - 0.5, field.maximum + 0.5, Number.NaN]) {
          expect(v.safeParse(RobustMethodConfig, { name: form.name, [field.key]: beyond }).success).toBe(false)
        }
      }
    }
  })

  it('refuse matrices that are none', () => {
    const accepts = (matrix: unknown): boolean => v.safeParse(RobustMethodConfig, { name: 'forward-correction', matrix }).success
    expect(accepts([[0.9, 0.1], [0.2, 0.8]])).toBe(true)
    for (const wrong of [[[0.9, 0.2], [0.2, 0.8]], [[0.5, 0.25, 0.25], [0.2, 0.8, 0]], [[1.5, -0.5], [0, 1]], [[1]]]) expect(accepts(wrong)).toBe(false)
  })

  it.each(robustMethodNames)('%s trains, the same way twice, and resumes exactly', (name) => {
    const settings = name === 'small-loss-selection' ? { networks: 2, warmUpEpochs: 1 } : name.endsWith('correction') ? { warmUpEpochs: 1 } : {}
    const whole = trained(name, 15, settings).run
    const { run, method } = trained(name, 8, settings)
    const resumed: Run = { networks: run.networks, memory: restoreState(method, { examples: train, classes }, structuredClone(run.memory)) }
    advance(method, resumed, 8, 15)
    expect(fingerprint(resumed)).toBe(fingerprint(whole))
    for (const state of [...whole.networks, ...run.networks]) disposeTrainState(state)
  })

  it('keep up with or beat cross-entropy after it has begun to memorize', () => {
    const steps = 120
    const plain = testAccuracy(trained('cross-entropy', steps).run)
    expect(plain).toBeLessThan(0.8)
    const gain = (name: string, settings: object = {}): number => testAccuracy(trained(name, steps, settings).run) - plain
    const gains = {
      gce: gain('generalized-cross-entropy'),
      elr: gain('early-learning-regularization'),
      coTeaching: gain('co-teaching', { noiseRate: 0.4 }),
      selection: gain('small-loss-selection')
    }
    for (const [name, value] of Object.entries(gains)) expect(value, name).toBeGreaterThan(0.02)
  })

  it('leave no tensors behind', () => {
    const before = tf.memory().numTensors
    for (const name of robustMethodNames) trained(name, 2).run.networks.forEach(disposeTrainState)
    expect(tf.memory().numTensors).toBe(before)
  })

  it('refuse a memory that belongs to another training set or method', () => {
    const method = robustMethod(v.parse(RobustMethodConfig, { name: 'early-learning-regularization' }))
    const saved = method.init({ examples: 10, classes })
    expect(() => restoreState(method, { examples: 11, classes }, saved)).toThrow(/does not belong/)
    expect(() => restoreState(method, { examples: 10, classes }, {})).toThrow(/does not belong/)
  })
})
