import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EngineId } from '../../../shared/domain/engine.ts'
import { useEngine } from '../engine.ts'
import { gradientError } from '../gradient-check.ts'
import { enginesToCompare, presentEngines } from '../present-engines.ts'
import { fusedGradients } from '../gradients/register.ts'
import { wasmKernels } from '../wasm/kernels.ts'
import { activate, biasActivation } from './activation.ts'
import type { Activation } from './activation.ts'
import { multiHeadAttention } from './attention.ts'
import { softmaxCrossEntropy } from './cross-entropy.ts'
import { denseLayer } from './dense-layer.ts'
import { layerNormalisation } from './layer-norm.ts'

interface Case {
  readonly name: string
  readonly shapes: readonly (readonly number[])[]
  readonly f: (...inputs: Tensor[]) => Tensor
}

/** Uneven numbers in [-scale, scale], none near zero, so that no ReLU sits at its kink. */
function filled(shape: readonly number[], seed: number, scale = 1.2): Tensor {
  const size = shape.reduce((product, side) => product * side, 1)
  const values = Float32Array.from({ length: size }, (_, i) => {
    const value = scale * Math.sin(1 + seed * 3.7 + i * 1.7)
    return Math.abs(value) < 0.05 ? value + 0.1 : value
  })
  return tf.tensor(values, [...shape])
}

const activations: readonly Activation[] = ['linear', 'relu', 'tanh', 'gelu']
const labels = (rows: number, classes: number): Tensor => tf.tensor1d(Int32Array.from({ length: rows }, (_, i) => (i * 5) % classes), 'int32')
const causal = (time: number): Tensor => tf.tensor4d(Float32Array.from({ length: time * time }, (_, i) => (i % time > Math.floor(i / time) ? -1e9 : 0)), [1, 1, time, time])

const cases: readonly Case[] = [
  ...[[1, 1, 1], [1, 5, 3], [4, 8, 8], [7, 13, 10], [13, 3, 17]].flatMap(([rows, inner, units]) =>
    activations.map((activation): Case => ({
      name: `dense ${rows} x ${inner} x ${units} ${activation}`,
      shapes: [[rows, inner], [inner, units], [units]] as number[][],
      f: (x, kernel, bias) => denseLayer(x, kernel, bias, activation)
    }))
  ),
  { name: 'dense along the last of three axes', shapes: [[2, 3, 5], [5, 6], [6]], f: (x, k, b) => denseLayer(x, k, b, 'tanh') },
  { name: 'dense layers of three runs', shapes: [[3, 4, 5], [3, 5, 7], [3, 7]], f: (x, k, b) => denseLayer(x, k, b, 'tanh') },
  ...[[1, 2], [3, 10], [5, 3]].flatMap(([rows, classes]) =>
    [0, 0.1].flatMap((smoothing) =>
      [true, false].flatMap((mean): Case[] => [
        {
          name: `cross-entropy ${rows} x ${classes} with labels, smoothing ${smoothing}, ${mean ? 'mean' : 'rows'}`,
          shapes: [[rows, classes]] as number[][],
          f: (z) => softmaxCrossEntropy(z as Tensor2D, labels(rows as number, classes as number), { smoothing, mean })
        },
        {
          name: `cross-entropy ${rows} x ${classes} with probabilities, smoothing ${smoothing}, ${mean ? 'mean' : 'rows'}`,
          shapes: [[rows, classes], [rows, classes]] as number[][],
          f: (z, t) => softmaxCrossEntropy(z as Tensor2D, tf.softmax(t), { smoothing, mean })
        }
      ])
    )
  ),
  ...[[1, 4], [3, 7], [2, 3, 8]].map((shape): Case => ({
    name: `layer norm of [${shape.join(', ')}]`,
    shapes: [shape, [shape.at(-1) as number], [shape.at(-1) as number]],
    f: (x, scale, shift) => layerNormalisation(x, scale, shift)
  })),
  ...([[1, 1, 1, 2], [2, 5, 2, 3], [1, 8, 2, 4]] as const).flatMap(([batch, time, heads, size]): Case[] => [
    { name: `attention ${batch} ${time} ${heads} ${size}`, shapes: [[batch, time, 3 * heads * size]], f: (mixed) => multiHeadAttention(mixed, heads, null) },
    { name: `causal attention ${batch} ${time} ${heads} ${size}`, shapes: [[batch, time, 3 * heads * size]], f: (mixed) => multiHeadAttention(mixed, heads, causal(time)) },
    {
      name: `attention with a barrier a sequence ${batch} ${time} ${heads} ${size}`,
      shapes: [[batch, time, 3 * heads * size], [batch, 1, 1, time]],
      f: (mixed, barrier) => multiHeadAttention(mixed, heads, barrier)
    }
  ]),
  ...activations.flatMap((activation): Case[] => [
    // Biases so small that none moves a number across the kink of ReLU.
    { name: `bias and ${activation} of images`, shapes: [[2, 3, 2, 5], [5]], f: (x, bias) => biasActivation(x, tf.mul(bias, 0.02), activation) },
    { name: `${activation} of three axes`, shapes: [[2, 3, 3]], f: (x) => activate(x, activation) }
  ]),
  { name: 'softmax of four axes', shapes: [[2, 1, 3, 5]], f: (x) => tf.softmax(x) },
  { name: 'sum over the first axes', shapes: [[2, 3, 5]], f: (x) => tf.sum(x, [0, 1]) },
  { name: 'sum over the first axis, kept', shapes: [[4, 3]], f: (x) => tf.sum(x, 0, true) }
]

const inputsOf = ({ shapes }: Case): Tensor[] => shapes.map((shape, i) => filled(shape, i))
const lossOf = ({ f }: Case) => (...xs: Tensor[]): Scalar => {
  const y = f(...xs)
  return tf.sum(tf.mul(tf.square(tf.add(y, 0.7)), filled(y.shape, 9)))
}

/** Values and gradients of a case on an engine. */
async function results(engine: EngineId, one: Case): Promise<number[][]> {
  await useEngine(engine)
  return tf.tidy(() => {
    const inputs = inputsOf(one)
    return [one.f(...inputs), ...tf.grads(lossOf(one))(inputs)].map((tensor) => Array.from(tensor.dataSync()))
  })
}

function expectClose(own: number[][], reference: number[][], tolerance: number): void {
  reference.forEach((values, which) => {
    const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-2)
    values.forEach((value, i) => {
      expect(Math.abs((own[which]?.[i] as number) - value)).toBeLessThan(tolerance * scale)
    })
  })
}

describe.each(presentEngines)('fused operations on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine)
  })

  it.each(cases.map((one) => [one.name, one] as const))('%s: gradients agree with finite differences, no tensors are left', (_name, one) => {
    const inputs = inputsOf(one)
    const before = tf.memory().numTensors
    tf.dispose(tf.grads(lossOf(one))(inputs))
    expect(tf.memory().numTensors).toBe(before)
    expect(gradientError((...xs) => tf.square(tf.add(one.f(...xs), 0.7)), inputs, { epsilon: 4e-3, coordinates: 12 })).toBeLessThan(5e-3)
    tf.dispose(inputs)
  })

  it('refuses shapes that do not fit', () => {
    expect(() => denseLayer(filled([2, 3], 1), filled([4, 5], 2), filled([5], 3))).toThrow()
  })
})

// GPUs promise nothing about NaN, and second derivatives take minutes on their drivers for the CPU.
describe.each(['wasm', 'cpu'] as const)('fused operations in this process on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine)
  })

  const smooth = cases.filter(({ name }) => !name.includes('relu') && !name.includes('causal'))
  it.each(smooth.map((one) => [one.name, one] as const))('%s: second derivatives agree with finite differences', (_name, one) => {
    const inputs = inputsOf(one)
    const slope = (...xs: Tensor[]): Tensor => tf.grad((x: Tensor) => lossOf(one)(x, ...xs.slice(1)))(xs[0] as Tensor)
    expect(gradientError(slope, inputs, { epsilon: 4e-3, coordinates: 4 })).toBeLessThan(2e-2)
    tf.dispose(inputs)
  })

  it.each(activations)('NaN stays NaN through a dense %s layer, its neighbours stay numbers', (activation) => {
    const x = tf.tensor2d([[1, NaN, 2], [0.5, 1, -1]])
    const [kernel, bias] = [filled([3, 5], 1), filled([5], 2)]
    const [y, dx] = tf.tidy(() => {
      const gradient = tf.grad((v: Tensor) => tf.sum(denseLayer(v, kernel, bias, activation)))(x)
      return [denseLayer(x, kernel, bias, activation).dataSync(), gradient.dataSync()]
    })
    expect([...(y as Float32Array)].map(Number.isNaN)).toEqual([true, true, true, true, true, false, false, false, false, false])
    expect([...(dx as Float32Array)].slice(3).every(Number.isFinite)).toBe(true)
    if (activation !== 'linear') expect([...(dx as Float32Array)].slice(0, 3).every(Number.isNaN)).toBe(true)
  })

  it('NaN in a row of logits, scores or activations is NaN in that row alone', () => {
    const z = tf.tensor2d([[1, NaN, 2], [0.5, 1, -1]])
    const targets = labels(2, 3)
    const rows = softmaxCrossEntropy(z, targets, { smoothing: 0, mean: false }).dataSync()
    expect([...rows].map(Number.isNaN)).toEqual([true, false])
    const slope = tf.grad((v: Tensor) => tf.sum(softmaxCrossEntropy(v as Tensor2D, targets, { smoothing: 0, mean: false })))(z).dataSync()
    for (const values of [slope, tf.softmax(z).dataSync(), layerNormalisation(z, tf.ones([3]), tf.zeros([3])).dataSync()]) {
      expect([...values].map(Number.isNaN)).toEqual([true, true, true, false, false, false])
    }
    for (const activation of activations) expect([...activate(z, activation).dataSync()].map(Number.isNaN)).toEqual([false, true, false, false, false, false])
  })

  it('labels out of range have no target, as their one-hot rows have none', () => {
    const [z, targets] = [filled([3, 4], 1) as Tensor2D, tf.tensor1d([-1, 4, 2], 'int32')]
    const rows = softmaxCrossEntropy(z, targets, { smoothing: 0, mean: false }).dataSync()
    expect([...rows].slice(0, 2).map(Math.abs)).toEqual([0, 0])
    expect(rows[2]).toBeGreaterThan(0)
    const slope = tf.grad((v: Tensor) => softmaxCrossEntropy(v as Tensor2D, targets, { smoothing: 0, mean: true }) as Scalar)(z).dataSync()
    expect([...slope].slice(0, 8).map(Math.abs)).toEqual(new Array(8).fill(0))
  })

  it('saturates without overflow at numbers of any size', () => {
    const x = tf.tensor1d([-1e30, -200, -89, -20, 0, 20, 89, 200, 1e30])
    for (const activation of ['tanh', 'gelu'] as const) {
      const y = Array.from(denseLayer(tf.reshape(x, [9, 1]), tf.ones([1, 1]), tf.zeros([1]), activation).dataSync())
      const wanted = Array.from(x.dataSync()).map((v) => (activation === 'tanh' ? Math.tanh(v) : v > 0 ? v : 0))
      y.forEach((value, i) => {
        expect(Math.abs(value - (wanted[i] as number))).toBeLessThanOrEqual(1e-6 * Math.abs(wanted[i] as number))
      })
    }
    expect([...tf.softmax(tf.tensor1d([-1e9, 0, 0])).dataSync()]).toEqual([0, 0.5, 0.5])
  })
})

describe.each(enginesToCompare)('fused operations on %s against the reference', (engine) => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    expectClose(await results(engine, one), await results('cpu', one), 1e-4)
  })
})

it('every kernel of the bench that takes part in training has a gradient', () => {
  const own = wasmKernels.map(({ kernelName }) => kernelName).filter((name) => name.startsWith('Bench'))
  expect([...own].sort()).toEqual(fusedGradients.map(({ kernelName }) => kernelName).sort())
})
