import * as tf from '@tensorflow/tfjs-core'
import * as v from 'valibot'
import { beforeAll, describe, expect, it } from 'vitest'
import { TrainingConfig, type TrainingInput } from '../../../shared/domain/training.ts'
import { type Engine, useEngine } from '../../compute/engine.ts'
import { stream } from '../../learn/random.ts'
import type { Bench } from '../../store/bench.ts'
import { addDataset, temporaryBench } from '../../store/fixtures/sample-bench.ts'
import { fingerprint, Killed, record, type Recording } from '../testing/recording-context.ts'
import { trainArms } from './train-arms.ts'
import { TrainingData } from './training-data.ts'

const count = 400
let engine: Engine
beforeAll(async () => {
  engine = await useEngine('wasm')
})

/** Two clouds of points in the plane; of the given labels 30% of one class are wrong, the soft labels know which are doubtful. */
function clouds(bench: Bench): { datasetId: string; given: string; truth: string; soft: string } {
  const dataset = bench.datasets.insert({ name: 'clouds', kind: 'table', shape: [2], dtype: 'float32', count, classes: [0, 1].map((position) => ({ position, name: `c${position}`, color: '#000000', key: '' })), featureHash: 'b'.repeat(64), source: '', license: '' })
  const random = stream(3, 'clouds')
  const classes = Int32Array.from({ length: count }, (_, row) => row % 2)
  bench.datasets.appendFeatures(dataset.id, 0, count, Float32Array.from({ length: 2 * count }, (_, index) => 100 + random.normal() + ((classes[index >> 1] ?? 0) === 1 ? 3 : 0)))
  bench.datasets.complete(dataset.id)
  const noisy = classes.map((label) => (label === 1 && random.bernoulli(0.3) ? 0 : label))
  const source = (kind: 'given' | 'truth' | 'aggregate', labels: Int32Array): string => {
    const { id } = bench.labels.ensureSource(dataset.id, kind, kind)
    bench.labels.appendBatch(id, 0, labels)
    return id
  }
  const [given, truth, soft] = [source('given', noisy), source('truth', classes), source('aggregate', noisy)]
  bench.labels.setSoft(soft, 0, 2, Float32Array.from({ length: 2 * count }, (_, index) => ((noisy[index >> 1] ?? 0) === (index & 1) ? 0.7 : 0.3)))
  return { datasetId: dataset.id, given, truth, soft }
}

/** Methods that remember something between steps, or draw. */
const methods = [{ name: 'mixup' }, { name: 'co-teaching', dropEpochs: 2 }, { name: 'early-learning-regularization' }, { name: 'small-loss-selection', warmUpEpochs: 1, networks: 2 }, { name: 'forward-correction', warmUpEpochs: 1 }] as const

async function train(bench: Bench, input: TrainingInput, seed = 0, killAt = Infinity, earlier?: Recording): Promise<Recording> {
  const config = v.parse(TrainingConfig, input)
  const recording = record(engine, killAt, earlier)
  await trainArms(recording.context, new TrainingData(bench, config), config, seed).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error
  })
  return recording
}

describe('training arms on a data set', () => {
  it('trains, judges by the truth, and stores what every example is predicted to be', async () => {
    const bench = temporaryBench()
    const { datasetId, given, truth } = clouds(bench)
    const before = tf.memory().numTensors
    const { runs, versions } = await train(bench, {
      datasetId,
      model: { kind: 'linear' },
      learningRate: 0.05,
      epochs: 15,
      batchSize: 32,
      validationShare: 0.1,
      arms: [{ name: 'noisy', labels: { from: 'source', sourceId: given } }, { name: 'true', role: 'ceiling', labels: { from: 'source', sourceId: truth } }]
    })
    expect(tf.memory().numTensors).toBe(before)
    const [noisy, top] = [runs.get('noisy'), runs.get('true')]
    expect(top?.summary?.['testAccuracy']).toBeGreaterThan(0.95)
    expect(noisy?.predictions.get('test')?.rows.length).toBe(80)
    const stored = [...(noisy?.predictions.values() ?? [])].flatMap(({ rows }) => [...rows])
    expect(stored.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, row) => row))
    expect([...(noisy?.predictions.keys() ?? [])].sort()).toEqual(['test', 'train', 'validation'])
    // Noisy labels on the test examples are not what it is judged by, but what it agrees with less.
    expect(noisy?.summary?.['agreementWithLabels']).toBeLessThan(noisy?.summary?.['testAccuracy'] ?? 0)
    expect([...(noisy?.metrics.keys() ?? [])].sort()).toEqual(['learningRate', 'loss', 'testAccuracy', 'validationAccuracy', 'validationLoss'])
    expect(versions.map(({ key, rows }) => [key, rows.length])).toEqual([['noisy', count], ['true', count]])
  })

  it('lets a student learn from the predictions of its teacher', async () => {
    const bench = temporaryBench()
    const { datasetId, truth } = clouds(bench)
    bench.splits.set(datasetId, Array.from({ length: count }, (_, row) => row), Array.from({ length: count }, (_, row) => (row < 40 ? 'teacher' : row < 80 ? 'test' : 'student')))
    const { runs } = await train(bench, {
      datasetId,
      epochs: 20,
      learningRate: 0.02,
      arms: [
        { name: 'weak', role: 'teacher', rows: 'teacher', labels: { from: 'source', sourceId: truth }, model: { kind: 'linear' } },
        { name: 'strong', role: 'student', rows: 'student', labels: { from: 'arm', arm: 'weak', form: 'soft' } }
      ]
    })
    expect(runs.get('weak')?.description.config['examples']).toBe(40)
    expect(runs.get('strong')?.description).toMatchObject({ parentKey: 'weak', role: 'student' })
    expect(runs.get('strong')?.description.config['examples']).toBe(320)
    expect(runs.get('strong')?.summary?.['testAccuracy']).toBeGreaterThan(0.9)
  })

  it('ends with the same bits when it is killed and goes on, for every kind of memory a method has', async () => {
    const bench = temporaryBench()
    const { datasetId, soft } = clouds(bench)
    const input = {
      datasetId,
      epochs: 4,
      validationShare: 0.2,
      patience: 2,
      clipNorm: 1,
      model: { kind: 'dense', hidden: [8] },
      arms: [
        { name: 'soft', labels: { from: 'source', sourceId: soft, form: 'soft' } },
        ...methods.map((method) => ({ name: method.name, labels: { from: 'source' as const, sourceId: soft }, method }))
      ]
    } satisfies TrainingInput
    const undisturbed = await train(bench, input)
    for (const killAt of [2, 9, 100, 190, 230]) {
      const resumed = await train(bench, input, 0, Infinity, await train(bench, input, 0, killAt))
      for (const arm of ['soft', ...methods.map(({ name }) => name)]) expect(fingerprint(resumed.runs.get(arm)), `killed at breath ${killAt}`).toBe(fingerprint(undisturbed.runs.get(arm)))
    }
    const balanced = { ...input, sampler: 'balanced', arms: input.arms.slice(0, 1) } satisfies TrainingInput
    const drawn = fingerprint((await train(bench, balanced)).runs.get('soft'))
    expect(fingerprint((await train(bench, balanced, 0, Infinity, await train(bench, balanced, 0, 13))).runs.get('soft'))).toBe(drawn)
    expect(drawn).not.toBe(fingerprint(undisturbed.runs.get('soft')))
    expect(fingerprint((await train(bench, input, 1)).runs.get('soft'))).not.toBe(fingerprint(undisturbed.runs.get('soft')))
  })

  it('refuses what it cannot train on, naming it', async () => {
    const bench = temporaryBench()
    const { datasetId, given } = clouds(bench)
    const arm = { name: 'one', labels: { from: 'source', sourceId: given, form: 'soft' } } as const
    await expect(train(bench, { datasetId, arms: [arm] })).rejects.toThrow(/"given" has no soft labels/)
    await expect(train(bench, { datasetId, arms: [{ ...arm, labels: { ...arm.labels, form: 'hard' } }], model: { kind: 'convolutional' } })).rejects.toThrow(/needs images/)
    await expect(train(bench, { datasetId, arms: [{ ...arm, labels: { ...arm.labels, form: 'hard' } }], features: 'text' })).rejects.toThrow(/no text columns/)
    await expect(train(bench, { datasetId: addDataset(bench, { classes: [] }).id, arms: [arm] })).rejects.toThrow(/no classes/)
    expect(() => v.parse(TrainingConfig, { datasetId, arms: [{ name: 'a', labels: { from: 'arm', arm: 'b' } }, arm] })).toThrow(/only learn from an arm before it/)
  })
})
