import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Spec, TransformerSpec } from './cases.ts'

type Parameters = Readonly<Record<string, Tensor>>

/** The logits of a case in plain TensorFlow.js operations, as its documentation would write them. */
export function stockLogits(spec: Exclude<Spec, { kind: 'product' | 'stacked' }>, params: Parameters, x: Tensor): Tensor {
  switch (spec.kind) {
    case 'dense':
      return dense(params, x as Tensor2D, spec.layers)
    case 'convolutional': {
      const mapped = ['conv/0', 'conv/1'].reduce((hidden, name) => convolution(params, name, hidden), x as Tensor4D)
      return dense(params, tf.reshape<tf.Rank.R2>(mapped, [spec.batch, -1]), ['body/0', 'head/0'])
    }
    case 'transformer':
      return transformer(spec, params, x as Tensor2D)
  }
}

const parameter = (params: Parameters, name: string): Tensor => {
  const found = params[name]
  if (!found) throw new Error(`The case has no parameter "${name}".`)
  return found
}

function dense(params: Parameters, x: Tensor2D, layers: readonly string[]): Tensor2D {
  return layers.reduce((hidden: Tensor2D, name, i) => {
    const sum = tf.add<Tensor2D>(tf.matMul(hidden, parameter(params, `${name}/kernel`)), parameter(params, `${name}/bias`))
    return i + 1 < layers.length ? tf.relu(sum) : sum
  }, x)
}

function convolution(params: Parameters, name: string, x: Tensor4D): Tensor4D {
  const convolved = tf.conv2d(x, parameter(params, `${name}/kernel`) as Tensor4D, 1, 'same')
  return tf.maxPool(tf.relu<Tensor4D>(tf.add(convolved, parameter(params, `${name}/bias`))), 2, 2, 'valid')
}

function transformer(spec: TransformerSpec, params: Parameters, tokens: Tensor2D): Tensor {
  const { blocks } = spec
  let hidden = tf.add<Tensor3D>(tf.gather(parameter(params, 'embedding/token'), tokens), parameter(params, 'embedding/position'))
  for (let i = 0; i < blocks; i++) {
    const name = `block/${i}`
    hidden = tf.add(hidden, attention(spec, params, `${name}/attention`, norm(params, `${name}/norm1`, hidden)))
    const inner = gelu(linear(params, `${name}/feedforward/in`, norm(params, `${name}/norm2`, hidden)))
    hidden = tf.add(hidden, linear(params, `${name}/feedforward/out`, inner))
  }
  return dense(params, tf.mean<Tensor2D>(norm(params, 'norm', hidden), 1), ['head'])
}

function attention({ batch, length, width, heads }: TransformerSpec, params: Parameters, name: string, x: Tensor): Tensor {
  const size = width / heads
  const mixed = tf.reshape(linear(params, `${name}/in`, x), [batch, length, 3, heads, size])
  const [query, key, value] = tf.unstack(tf.transpose(mixed, [2, 0, 3, 1, 4])) as [Tensor, Tensor, Tensor]
  const weights = tf.softmax(tf.div(tf.matMul(query, key, false, true), Math.sqrt(size)))
  const seen = tf.transpose(tf.matMul(weights, value), [0, 2, 1, 3])
  return linear(params, `${name}/out`, tf.reshape(seen, [batch, length, width]))
}

function linear(params: Parameters, name: string, x: Tensor): Tensor {
  const kernel = parameter(params, `${name}/kernel`) as Tensor2D
  const rows = tf.matMul(tf.reshape<tf.Rank.R2>(x, [-1, kernel.shape[0]]), kernel)
  return tf.add(tf.reshape(rows, [...x.shape.slice(0, -1), kernel.shape[1]]), parameter(params, `${name}/bias`))
}

function norm(params: Parameters, name: string, x: Tensor): Tensor {
  const { mean, variance } = tf.moments(x, -1, true)
  const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)))
  return tf.add(tf.mul(normal, parameter(params, `${name}/scale`)), parameter(params, `${name}/shift`))
}

function gelu(x: Tensor): Tensor {
  const inner = tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI))
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1))
}
