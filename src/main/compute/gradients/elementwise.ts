import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'
import { reluGradient } from '../kernels/activation.ts'
import { flat, fromInput, fromNothing, fromOutput, fromPair } from './define.ts'

const { add, cast, cos, cosh, div, exp, mul, neg, pow, sigmoid, sin, sinh, sqrt, square, sub } = tf

/** 1 where a condition holds, else 0, as floats. */
const where = (condition: Tensor): Tensor => cast(condition, 'float32')

const seluAlpha = 1.7580993408473768
const seluScale = 1.0507009873554805

/** Gradients of functions of one number. */
export const unaryGradients: readonly GradConfig[] = [
  fromInput('Abs', (dy, x) => mul(dy, tf.sign(x))),
  fromInput('Acos', (dy, x) => neg(div(dy, sqrt(sub(1, square(x)))))),
  fromInput('Acosh', (dy, x) => div(dy, sqrt(sub(square(x), 1)))),
  fromInput('Asin', (dy, x) => div(dy, sqrt(sub(1, square(x))))),
  fromInput('Asinh', (dy, x) => div(dy, sqrt(add(square(x), 1)))),
  fromInput('Atan', (dy, x) => div(dy, add(square(x), 1))),
  fromInput('Atanh', (dy, x) => div(dy, sub(1, square(x)))),
  fromNothing('Cast', (dy) => cast(dy, 'float32')),
  fromInput('ClipByValue', (dy, x, { clipValueMin, clipValueMax }) =>
    mul(dy, where(tf.logicalAnd(tf.greaterEqual(x, clipValueMin as number), tf.lessEqual(x, clipValueMax as number))))
  ),
  fromInput('Cos', (dy, x) => neg(mul(dy, sin(x)))),
  fromInput('Cosh', (dy, x) => mul(dy, sinh(x))),
  // elu(x) is x where positive, else exp(x) - 1, so its slope is 1 or y + 1.
  fromOutput('Elu', (dy, y) => mul(dy, tf.minimum(add(y, 1), 1))),
  fromInput('Erf', (dy, x) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
  fromOutput('Exp', (dy, y) => mul(dy, y)),
  fromOutput('Expm1', (dy, y) => mul(dy, add(y, 1))),
  fromNothing('Identity', (dy) => cast(dy, 'float32')),
  fromInput('LeakyRelu', (dy, x, { alpha }) => tf.where(tf.greater(x, 0), dy, mul(dy, alpha as number))),
  fromInput('Log', (dy, x) => div(dy, x)),
  fromInput('Log1p', (dy, x) => div(dy, add(x, 1))),
  fromNothing('Neg', (dy) => neg(dy)),
  fromOutput('Reciprocal', (dy, y) => neg(mul(dy, square(y)))),
  // Only the sign of the output matters here, whose own slope is zero.
  { kernelName: 'Relu', outputsToSave: [true], gradFunc: (dy, [y]) => ({ x: () => reluGradient(dy as Tensor, y as Tensor) }) },
  fromInput('Relu6', (dy, x) => mul(dy, where(tf.logicalAnd(tf.greater(x, 0), tf.less(x, 6))))),
  fromOutput('Rsqrt', (dy, y) => mul(dy, mul(mul(y, square(y)), -0.5))),
  fromOutput('Selu', (dy, y) => mul(dy, tf.where(tf.greater(y, 0), tf.fill(y.shape, seluScale), add(y, seluAlpha)))),
  fromOutput('Sigmoid', (dy, y) => mul(dy, mul(y, sub(1, y)))),
  fromInput('Sin', (dy, x) => mul(dy, cos(x))),
  fromInput('Sinh', (dy, x) => mul(dy, cosh(x))),
  fromInput('Softplus', (dy, x) => mul(dy, sigmoid(x))),
  fromOutput('Sqrt', (dy, y) => div(mul(dy, 0.5), y)),
  fromInput('Square', (dy, x) => mul(dy, mul(x, 2))),
  fromInput('Tan', (dy, x) => div(dy, square(cos(x)))),
  fromOutput('Tanh', (dy, y) => mul(dy, sub(1, square(y))))
]

/** Gradients of functions of two numbers, with broadcasting. */
export const binaryGradients: readonly GradConfig[] = [
  fromPair('Add', (dy) => dy, (dy) => dy),
  fromPair(
    'Atan2',
    (dy, a, b) => mul(dy, div(b, add(square(a), square(b)))),
    (dy, a, b) => neg(mul(dy, div(a, add(square(a), square(b)))))
  ),
  // At a tie all of the gradient goes to the first operand, as in the rest of the TensorFlow family.
  fromPair('Maximum', (dy, a, b) => mul(dy, where(tf.greaterEqual(a, b))), (dy, a, b) => mul(dy, where(tf.less(a, b)))),
  fromPair('Minimum', (dy, a, b) => mul(dy, where(tf.lessEqual(a, b))), (dy, a, b) => mul(dy, where(tf.greater(a, b)))),
  fromPair('Mod', (dy) => dy, (dy, a, b) => neg(mul(dy, tf.floor(div(a, b))))),
  fromPair('Multiply', (dy, _a, b) => mul(dy, cast(b, 'float32')), (dy, a) => mul(dy, cast(a, 'float32'))),
  fromPair(
    'Pow',
    (dy, a, b) => mul(dy, mul(b, pow(a, sub(b, 1)))),
    // The logarithm of a base that is not positive is left out: the power is not differentiable in its exponent there.
    (dy, a, b) => mul(dy, mul(pow(a, b), tf.where(tf.greater(a, 0), tf.log(tf.maximum(a, 1e-38)), tf.zerosLike(a))))
  ),
  fromPair('RealDiv', (dy, _a, b) => div(dy, b), (dy, a, b) => neg(mul(dy, div(a, square(b))))),
  fromPair('SquaredDifference', (dy, a, b) => mul(dy, mul(sub(a, b), 2)), (dy, a, b) => mul(dy, mul(sub(b, a), 2))),
  fromPair('Sub', (dy) => dy, (dy) => neg(dy))
]

/** Steps, roundings and comparisons, whose slope is zero wherever it exists. */
export const flatGradients: readonly GradConfig[] = [
  ...['Ceil', 'Floor', 'IsFinite', 'IsInf', 'IsNan', 'OnesLike', 'Round', 'Sign', 'Step', 'ZerosLike', 'LogicalNot'].map((name) => flat(name, 'x')),
  ...['Equal', 'FloorDiv', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr', 'NotEqual'].map((name) => flat(name, 'a', 'b')),
  flat('ArgMax', 'x'),
  flat('ArgMin', 'x'),
  flat('OneHot', 'indices')
]
