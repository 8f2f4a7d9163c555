import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crossEntropy } from '../../../learn/losses.ts'
import { convolutionalNetwork } from '../../../learn/models/convolutional.ts'
import type { Model } from '../../../learn/models/model.ts'
import { transformer } from '../../../learn/models/transformer.ts'
import { adam } from '../../../learn/optimizers.ts'
import { stream } from '../../../learn/random.ts'
import { disposeTrainState, startTraining, toCheckpoint, trainStep } from '../../../learn/train.ts'
import { useEngine } from '../../engine.ts'
import { softmaxCrossEntropy } from '../../kernels/cross-entropy.ts'
import { multiHeadAttention } from '../../kernels/attention.ts'
import { biasActivation, activate } from '../../kernels/activation.ts'
import { denseLayer } from '../../kernels/dense-layer.ts'
import { layerNormalisation } from '../../kernels/layer-norm.ts'
import { threadCount, useThreads } from './thread-count.ts'

const cores = 8

beforeAll(async () => {
  await useEngine('wasm')
})

afterAll(() => useThreads(1))

function filled(shape: readonly number[], seed: number): Tensor {
  return tf.tensor(Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) => Math.sin(seed + i * 1.7)), [...shape])
}

/** What a computation makes of its tensors and all their gradients, by so many threads. */
function bitsOf(threads: number, shapes: readonly (readonly number[])[], compute: (inputs: readonly Tensor[]) => Tensor): Int32Array[] {
  useThreads(threads, cores)
  return tf.tidy(() => {
    const inputs = shapes.map(filled)
    const output = compute(inputs)
    const weights = filled(output.shape, 9)
    const gradients = tf.grads((...given: Tensor[]) => tf.sum(tf.mul(compute(given), weights)))(inputs)
    return [output, ...gradients].map((tensor) => new Int32Array(tensor.dataSync<'float32'>().slice().buffer))
  })
}

type Case = [name: string, shapes: readonly (readonly number[])[], compute: (inputs: readonly Tensor[]) => Tensor]

const conv = (strides: [number, number]) => ([x, filter]: readonly Tensor[]): Tensor => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, 'same')

/** Large enough to be cut for three threads, of sizes that divide by nothing. */
const cases: Case[] = [
  ['products of many rows', [[413, 67], [67, 131]], ([a, b]) => tf.matMul(a as Tensor, b as Tensor)],
  ['products of many columns, transposed', [[301, 37], [411, 301]], ([a, b]) => tf.matMul(a as Tensor, b as Tensor, true, true)],
  ['batches of products', [[3, 131, 67], [1, 67, 257]], ([a, b]) => tf.matMul(a as Tensor, b as Tensor)],
  ['dense layers of many rows', [[611, 67], [67, 131], [131]], ([x, kernel, bias]) => denseLayer(x as Tensor, kernel as Tensor, bias as Tensor, 'relu')],
  ['dense layers of many columns', [[37, 301], [301, 515], [515]], ([x, kernel, bias]) => denseLayer(x as Tensor, kernel as Tensor, bias as Tensor, 'tanh')],
  ['stacked dense layers', [[3, 111, 67], [3, 67, 131], [3, 131]], ([x, kernel, bias]) => denseLayer(x as Tensor, kernel as Tensor, bias as Tensor, 'relu')],
  ['biases and ReLU', [[5, 61, 67, 7], [7]], ([x, bias]) => biasActivation(x as Tensor, bias as Tensor, 'relu')],
  ['GELU', [[311, 131]], ([x]) => activate(x as Tensor, 'gelu')],
  ['softmax', [[311, 131]], ([x]) => tf.softmax(x as Tensor)],
  ['cross-entropy', [[611, 61], [611, 61]], ([z, t]) => softmaxCrossEntropy(z as tf.Tensor2D, tf.abs(t as Tensor), { smoothing: 0.1, mean: true })],
  ['layer norm', [[611, 131], [131], [131]], ([x, scale, shift]) => layerNormalisation(x as Tensor, scale as Tensor, shift as Tensor)],
  ['attention', [[13, 29, 3 * 36], [13, 1, 1, 29]], ([mixed, barrier]) => multiHeadAttention(mixed as Tensor, 3, barrier as Tensor)],
  ['convolutions', [[13, 17, 19, 5], [3, 3, 5, 19]], conv([1, 1])],
  ['convolutions with strides', [[13, 37, 39, 5], [5, 3, 5, 19]], conv([2, 3])],
  ['pooling apart', [[13, 34, 32, 9]], ([x]) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')],
  ['overlapping pooling', [[13, 33, 31, 9]], ([x]) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same')]
]

describe('kernels give the same bits by any number of threads', () => {
  it('on memory that threads can share', () => {
    const { wasm } = tf.engine().backend as unknown as { wasm: { asm: { memory: WebAssembly.Memory } } }
    expect(wasm.asm.memory.buffer instanceof SharedArrayBuffer).toBe(availableParallelism() > 1)
  })

  it.each(cases)('%s', (_name, shapes, compute) => {
    const alone = bitsOf(1, shapes, compute)
    for (const threads of [2, 3, 8]) expect(bitsOf(threads, shapes, compute)).toEqual(alone)
  })

  it('in memory that the backend has since been given', () => {
    const compute: Case[2] = ([x]) => activate(x as Tensor, 'gelu')
    const alone = bitsOf(1, [[311, 131]], compute)
    const { wasm } = tf.engine().backend as unknown as { wasm: { HEAPU8: Uint8Array } }
    const before = wasm.HEAPU8.length
    const ballast: Tensor[] = []
    while (wasm.HEAPU8.length < before + 2 ** 26) ballast.push(tf.zeros([2 ** 21]))
    expect(bitsOf(3, [[311, 131]], compute)).toEqual(alone)
    tf.dispose(ballast)
  })
})

describe('training gives the same bits by any number of threads', () => {
  const shape = { vocabulary: 31, length: 16, width: 36, heads: 3, blocks: 1, causal: true, head: { kind: 'classes', classes: 5 } } as const
  const tokens = (): Tensor => tf.tensor2d(Int32Array.from({ length: 29 * 16 }, (_, i) => (i * 7) % 31), [29, 16], 'int32')
  it.each<[string, Model, () => Tensor]>([
    ['a convolutional network', convolutionalNetwork({ image: [16, 20, 3], channels: [12, 17], hidden: 33, classes: 5 }), () => filled([29, 16, 20, 3], 1)],
    ['a transformer', transformer(shape), tokens]
  ])('%s', (_name, model, inputs) => {
    const train = (threads: (step: number) => number): unknown => {
      const [x, y] = [inputs(), tf.tensor1d(Int32Array.from({ length: 29 }, (_, i) => i % 5), 'int32')]
      let state = startTraining(model.init(stream(3)), adam())
      const losses = Array.from({ length: 12 }, (_, step) => {
        useThreads(threads(step), cores)
        const made = trainStep(state, (params) => crossEntropy(model.apply(params, x) as tf.Tensor2D, y), { optimizer: adam(), learningRate: 0.01 })
        state = made.state
        return made.loss
      })
      const checkpoint = toCheckpoint(state)
      disposeTrainState(state)
      tf.dispose([x, y])
      return [losses, checkpoint]
    }
    const alone = train(() => 1)
    expect(train(() => 2)).toEqual(alone)
    expect(train((step) => 1 + (step % 4))).toEqual(alone)
  })
})

describe('the number of threads', () => {
  it('is at least one, and no more than there are cores, or eight', () => {
    for (const [wanted, has, expected] of [[0, 4, 1], [3.7, 8, 3], [6, 4, 4], [64, 64, 8]] as const) {
      useThreads(wanted, has)
      expect(threadCount()).toBe(expected)
    }
  })
})

const sourceOf = (file: string): string => JSON.stringify(fileURLToPath(new URL(file, import.meta.url)))

/** Runs a script in a process of its own: the WebAssembly backend starts once a process. */
async function inFreshProcess(before: string, after = ''): Promise<string[]> {
  const source = `${before}
    const tf = await import('@tensorflow/tfjs-core')
    const { useEngine } = await import(${sourceOf('../../engine.ts')})
    const { useThreads } = await import(${sourceOf('./thread-count.ts')})
    useThreads(2, 8)
    const { id } = await useEngine('wasm')
    const a = tf.tensor(Float32Array.from({ length: 65536 }, (_, i) => Math.sin(i)), [256, 256])
    let sum = 0
    for (let i = 0; i < 20; i++) sum = tf.tidy(() => tf.sum(tf.matMul(a, a)).dataSync()[0])
    console.log([id, tf.engine().backend.wasm.asm.memory.buffer instanceof SharedArrayBuffer, sum].join(' '))
    ${after}`
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], { timeout: 20_000 })
  expect(stderr).toBe('')
  return stdout.trim().split(' ')
}

describe('a process', () => {
  it('ends by itself while its threads wait, and when it is told to', async () => {
    const first = await inFreshProcess('')
    expect(first.slice(0, 2)).toEqual(['wasm', String(availableParallelism() > 1)])
    expect(await inFreshProcess('', 'process.exit(0)')).toEqual(first)
  })

  it.each([
    ['memory cannot be shared', 'const { Memory } = WebAssembly; WebAssembly.Memory = class { constructor(is) { if (is.shared) throw new RangeError(); return new Memory(is) } }', false],
    ['the patched binary cannot be fetched', 'globalThis.fetch = () => Promise.reject(new Error("no"))', false],
    ['no thread can be started', 'const threads = await import("node:worker_threads"); threads.default.Worker = class { constructor() { throw new Error("no") } }; (await import("node:module")).syncBuiltinESMExports()', availableParallelism() > 1]
  ])('computes the same alone where %s', async (_why, before, shares) => {
    const [, , sum] = await inFreshProcess('')
    expect(await inFreshProcess(before)).toEqual(['wasm', String(shares), sum])
  })
})
