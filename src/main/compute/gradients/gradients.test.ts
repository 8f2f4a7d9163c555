import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../engine.ts'
import { gradientError } from '../gradient-check.ts'
import { presentEngines } from '../present-engines.ts'
import { flatGradients } from './elementwise.ts'
import { gradients } from './register.ts'

interface Case {
  readonly shapes: readonly (readonly number[])[]
  readonly f: (...inputs: Tensor[]) => Tensor
  /** Where to draw the inputs: uniform in this range. */
  readonly range?: readonly [number, number]
}

const vector = [[7]]
const unary = (f: (x: Tensor) => Tensor, range: [number, number] = [-1.5, 1.5]): Case[] => [{ shapes: vector, f, range }]
const broadcast = (f: (a: Tensor, b: Tensor) => Tensor, range: [number, number] = [-1.5, 1.5]): Case[] =>
  [[[2, 3], [2, 3]], [[2, 3], [3]], [[1, 3], [2, 1]], [[], [4]]].map((shapes) => ({ shapes, f, range }))
const indices = (): tf.Tensor1D => tf.tensor1d([2, 0, 2, 1], 'int32')

const cases: Record<string, readonly Case[]> = {
  Abs: unary(tf.abs, [0.2, 2]),
  Acos: unary(tf.acos, [-0.8, 0.8]),
  Acosh: unary(tf.acosh, [1.5, 3]),
  Asin: unary(tf.asin, [-0.8, 0.8]),
  Asinh: unary(tf.asinh),
  Atan: unary(tf.atan),
  Atanh: unary(tf.atanh, [-0.7, 0.7]),
  Cast: unary((x) => tf.mul(tf.cast(x, 'float32'), 2)),
  ClipByValue: [...unary((x) => tf.clipByValue(x, -1, 1), [-0.9, 0.9]), ...unary((x) => tf.clipByValue(x, -1, 1), [1.1, 2])],
  Cos: unary(tf.cos),
  Cosh: unary(tf.cosh),
  Elu: [...unary(tf.elu, [0.1, 2]), ...unary(tf.elu, [-2, -0.1])],
  Erf: unary(tf.erf),
  Exp: unary(tf.exp),
  Expm1: unary(tf.expm1),
  Identity: unary((x) => tf.clone(x)),
  LeakyRelu: [...unary((x) => tf.leakyRelu(x, 0.3), [0.1, 2]), ...unary((x) => tf.leakyRelu(x, 0.3), [-2, -0.1])],
  Log: unary(tf.log, [0.5, 3]),
  Log1p: unary(tf.log1p, [-0.5, 3]),
  Neg: unary(tf.neg),
  Reciprocal: unary(tf.reciprocal, [0.5, 2]),
  Relu: [...unary(tf.relu, [0.1, 2]), ...unary(tf.relu, [-2, -0.1])],
  Relu6: [...unary(tf.relu6, [0.1, 5.9]), ...unary(tf.relu6, [6.1, 9]), ...unary(tf.relu6, [-2, -0.1])],
  Rsqrt: unary(tf.rsqrt, [0.5, 2]),
  Selu: [...unary(tf.selu, [0.1, 2]), ...unary(tf.selu, [-2, -0.1])],
  Sigmoid: unary(tf.sigmoid),
  Sin: unary(tf.sin),
  Sinh: unary(tf.sinh),
  Softplus: unary(tf.softplus),
  Sqrt: unary(tf.sqrt, [0.5, 2]),
  Square: unary(tf.square),
  Tan: unary(tf.tan, [-1, 1]),
  Tanh: unary(tf.tanh),
  Add: broadcast(tf.add),
  Atan2: broadcast(tf.atan2, [0.5, 2]),
  Maximum: broadcast((a, b) => tf.maximum(a, tf.add(b, 9))).concat(broadcast((a, b) => tf.maximum(tf.add(a, 9), b))),
  Minimum: broadcast((a, b) => tf.minimum(a, tf.add(b, 9))).concat(broadcast((a, b) => tf.minimum(tf.add(a, 9), b))),
  Mod: broadcast((a, b) => tf.mod(tf.add(a, 2.5), tf.add(b, 2)), [0.1, 0.3]),
  Multiply: broadcast(tf.mul),
  Pow: broadcast(tf.pow, [0.5, 2]),
  RealDiv: broadcast(tf.div, [0.5, 2]),
  SquaredDifference: broadcast(tf.squaredDifference),
  Sub: broadcast(tf.sub),
  Sum: [
    { shapes: [[2, 3, 4]], f: (x) => tf.sum(x, 1) },
    { shapes: [[2, 3, 4]], f: (x) => tf.sum(x, [0, 2], true) },
    { shapes: [[5]], f: (x) => tf.sum(x) }
  ],
  Mean: [
    { shapes: [[2, 3, 4]], f: (x) => tf.mean(x, -1, true) },
    { shapes: [[2, 3, 4]], f: (x) => tf.mean(x, [0, 1]) },
    { shapes: [[5]], f: (x) => tf.mean(x) }
  ],
  Max: [
    { shapes: [[3, 4]], f: (x) => tf.max(x, 1) },
    { shapes: [[3, 4]], f: (x) => tf.max(x, 0, true) }
  ],
  Min: [{ shapes: [[3, 4]], f: (x) => tf.min(x, 0) }],
  Softmax: [{ shapes: [[3, 4]], f: (x) => tf.softmax(x) }],
  Cumsum: [
    { shapes: [[3, 4]], f: (x) => tf.cumsum(x, 1) },
    { shapes: [[3, 4]], f: (x) => tf.cumsum(x, 0, true, true) }
  ],
  Reshape: [{ shapes: [[3, 4]], f: (x) => tf.reshape(x, [2, 6]) }],
  ExpandDims: [{ shapes: [[3, 4]], f: (x) => tf.expandDims(x, 1) }],
  Transpose: [{ shapes: [[2, 3, 4]], f: (x) => tf.transpose(x, [2, 0, 1]) }],
  Reverse: [{ shapes: [[3, 4]], f: (x) => tf.reverse(x, [1]) }],
  Slice: [{ shapes: [[4, 5]], f: (x) => tf.slice(x, [1, 2], [2, -1]) }],
  PadV2: [{ shapes: [[2, 3]], f: (x) => tf.pad(x, [[1, 0], [2, 1]]) }],
  Tile: [{ shapes: [[2, 3]], f: (x) => tf.tile(x, [2, 3]) }],
  Concat: [{ shapes: [[2, 3], [2, 1], [2, 2]], f: (...parts) => tf.concat(parts, 1) }],
  SplitV: [
    {
      shapes: [[2, 5]],
      f: (x) => {
        const [a, b] = tf.split(x, [2, 3], 1) as [Tensor, Tensor]
        return tf.concat([tf.square(b), a], 1)
      }
    }
  ],
  Pack: [{ shapes: [[2, 3], [2, 3]], f: (...parts) => tf.stack(parts, 1) }],
  Unpack: [
    {
      shapes: [[3, 2, 2]],
      f: (x) => {
        const [a, , c] = tf.unstack(x) as [Tensor, Tensor, Tensor]
        return tf.mul(a, c)
      }
    }
  ],
  AddN: [{ shapes: [[4], [4], [4]], f: (...parts) => tf.addN(parts) }],
  Select: [{ shapes: [[4], [4]], f: (a, b) => tf.where(tf.tensor1d([1, 0, 0, 1], 'bool'), a, b) }],
  GatherV2: [
    { shapes: [[3, 4]], f: (x) => tf.gather(x, indices()) },
    { shapes: [[2, 3, 4]], f: (x) => tf.gather(x, indices(), 1) },
    { shapes: [[3, 4]], f: (x) => tf.gather(x, tf.tensor2d([2, 0, 2, 1], [2, 2], 'int32')) }
  ],
  UnsortedSegmentSum: [
    { shapes: [[4, 3]], f: (x) => tf.unsortedSegmentSum(x, indices(), 3) },
    { shapes: [[4]], f: (x) => tf.unsortedSegmentSum(x, indices(), 5) }
  ],
  BatchMatMul: [false, true].flatMap((ta) =>
    [false, true].flatMap((tb) => [
      { shapes: [ta ? [3, 2] : [2, 3], tb ? [4, 3] : [3, 4]], f: (a: Tensor, b: Tensor) => tf.matMul(a, b, ta, tb) },
      { shapes: [ta ? [2, 3, 2] : [2, 2, 3], tb ? [1, 4, 3] : [1, 3, 4]], f: (a: Tensor, b: Tensor) => tf.matMul(a, b, ta, tb) }
    ])
  ),
  Conv2D: (['same', 'valid'] as const).flatMap((pad) =>
    [1, 2].map((stride) => ({
      shapes: [[2, 5, 4, 2], [3, 2, 2, 3]],
      f: (x: Tensor, w: Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad)
    }))
  ),
  Conv2DBackpropInput: [
    {
      shapes: [[1, 3, 3, 2], [3, 3, 2, 2]],
      f: (dy, filter) => tf.conv2dTranspose(dy as tf.Tensor4D, filter as tf.Tensor4D, [1, 6, 6, 2], 2, 'same')
    }
  ],
  Conv2DBackpropFilter: [
    {
      shapes: [[2, 4, 4, 2], [2, 4, 4, 3]],
      f: (x, dy) =>
        tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 2, 3] })
    }
  ],
  MaxPool: [
    { shapes: [[2, 4, 4, 3]], f: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid') },
    { shapes: [[2, 5, 6, 1]], f: (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'valid') },
    { shapes: [[2, 5, 6, 3]], f: (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same') }
  ],
  AvgPool: [
    { shapes: [[2, 4, 4, 3]], f: (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid') },
    { shapes: [[2, 5, 5, 1]], f: (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same') }
  ],
  Einsum: [
    { shapes: [[2, 3], [3, 4]], f: (a, b) => tf.einsum('ij,jk->ik', a, b) },
    { shapes: [[2, 3, 2], [2, 4, 2]], f: (a, b) => tf.einsum('bid,bjd->bji', a, b) },
    { shapes: [[3], [3]], f: (a, b) => tf.einsum('i,i->', a, b) },
    { shapes: [[2, 3], [4]], f: (a, b) => tf.einsum('ij,k->ki', a, b) },
    { shapes: [[2, 3]], f: (a) => tf.einsum('ij->ji', a) },
    { shapes: [[2, 3]], f: (a) => tf.einsum('ij->j', a) }
  ]
}

/** Distinct, well separated numbers of a range, so that no maximum is tied. */
function inputOf(shape: readonly number[], [low, high]: readonly [number, number], which: number): Tensor {
  const size = shape.reduce((product, side) => product * side, 1)
  const values = Float32Array.from({ length: size }, (_, i) => low + (high - low) * ((0.5 + (i + which * 5 + 1) * 0.6180339887) % 1))
  return tf.tensor(values, [...shape])
}

describe.each(presentEngines)('gradients on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine)
  })

  it.each(Object.entries(cases))('%s agrees with finite differences', (_name, list) => {
    for (const { shapes, f, range = [-1.5, 1.5] } of list) {
      const inputs = shapes.map((shape, i) => inputOf(shape, range as [number, number], i))
      // The outer square makes the upstream gradient depend on the point.
      const error = gradientError((...xs) => tf.square(tf.add(f(...xs), 0.7)), inputs, { epsilon: 4e-3 })
      expect(error).toBeLessThan(4e-3)
      tf.dispose(inputs)
    }
  })

  it('is zero for steps, roundings, comparisons and indices', () => {
    const x = tf.tensor1d([-1.4, 0.3, 2.2])
    const zero = tf.grad((v: Tensor) =>
      tf.addN([tf.sign(v), tf.floor(v), tf.round(v), tf.step(v), tf.cast(tf.greater(v, 0.5), 'float32'), tf.mul(v, 0)])
    )(x)
    expect([...zero.dataSync()].map(Math.abs)).toEqual([0, 0, 0])
    const hard = tf.grad((v: Tensor) => tf.mul(v, tf.oneHot(tf.argMax(v), 3, 1, 0, 'float32')))(x)
    expect([...hard.dataSync()].map(Math.abs)).toEqual([0, 0, 1])
  })

  // The gradients of pooling have none themselves, which tfjs says in an error.
  const twice = Object.entries(cases).filter(([name]) => !['MaxPool', 'AvgPool'].includes(name))
  // The rules are the same on every engine; on a GPU's driver for the CPU they take minutes.
  it.skipIf(engine === 'webgpu').each(twice)('%s has second derivatives that agree with finite differences', (_name, list) => {
    for (const { shapes, f, range = [-1.5, 1.5] } of list) {
      const inputs = shapes.map((shape, i) => inputOf(shape, range as [number, number], i))
      const loss = (...xs: Tensor[]): Tensor => tf.sum(tf.square(tf.add(f(...xs), 0.7)))
      const slope = (...xs: Tensor[]): Tensor => tf.grad((x: Tensor) => loss(x, ...xs.slice(1)))(xs[0] as Tensor)
      expect(gradientError(slope, inputs, { epsilon: 4e-3, coordinates: 3 })).toBeLessThan(2e-2)
      tf.dispose(inputs)
    }
  })

  it('passes second derivatives through', () => {
    const third = tf.grad((x: Tensor) => tf.sum(tf.grad((y: Tensor) => tf.pow(y, tf.scalar(3)))(x)))
    expect(third(tf.tensor1d([1, 2])).dataSync()[1]).toBeCloseTo(12, 4)
  })
})

it('checks every gradient there is', () => {
  const flat = new Set(flatGradients.map(({ kernelName }) => kernelName))
  expect(gradients.map(({ kernelName }) => kernelName).filter((name) => !flat.has(name)).sort()).toEqual(Object.keys(cases).sort())
})
