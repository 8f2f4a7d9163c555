import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'
import { gradientOfComposition, hasFused, runFused, runFusedAll } from './fused.ts'

/** `gelu` is the usual tanh approximation (Hendrycks and Gimpel, 2016). */
export type Activation = 'linear' | 'relu' | 'tanh' | 'gelu'

/** How the kernels of biases name activations; GELU needs its input for its gradient and goes by itself. */
export const activationCodes = { linear: 0, relu: 1, tanh: 2 } as const
export type SlopeOfOutput = keyof typeof activationCodes

/** Applies an activation elementwise. */
export function activate(x: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case 'linear':
      return x
    case 'relu':
      return tf.relu(x)
    case 'tanh':
      return tf.tanh(x)
    case 'gelu':
      return hasFused('BenchGelu') ? runFused('BenchGelu', { x }) : composedGelu(x)
  }
}

/**
 * `activation(x + bias)` with the bias along the last axis; linear and with ReLU in one pass forward and one backward, which
 * sums the bias's gradient on the way.
 */
export function biasActivation(x: Tensor, bias: Tensor, activation: Activation): Tensor {
  if (!hasFused('BenchBiasActivation')) return activate(tf.add(x, bias), activation)
  const inner = activation === 'relu' ? 'relu' : 'linear'
  const y = runFused('BenchBiasActivation', { x, bias }, { activation: inner })
  return inner === activation ? y : activate(y, activation)
}

/**
 * The gradient `dx = dy activation'(y)` and that of the bias: dx summed over all axes but the last, and but `outer`
 * leading ones where each run of a stack has its own bias.
 */
export function biasActivationGradient(dy: Tensor, y: Tensor, activation: SlopeOfOutput, outer = 0): [dx: Tensor, db: Tensor] {
  return runFusedAll('BenchBiasActivationGradient', { dy, y }, { activation, outer }) as [Tensor, Tensor]
}

/** `dy relu'(y)`, in one pass where the engine can. */
export function reluGradient(dy: Tensor, y: Tensor): Tensor {
  return hasFused('BenchReluGradient') ? runFused('BenchReluGradient', { dy, y }) : tf.mul(dy, tf.step(y))
}

function composedGelu(x: Tensor): Tensor {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(x, tf.square(x)), 0.044715)), Math.sqrt(2 / Math.PI))
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1))
}

function composedGeluGradient(dy: Tensor, x: Tensor): Tensor {
  const [linear, cubic] = [Math.sqrt(2 / Math.PI), 0.044715 * Math.sqrt(2 / Math.PI)]
  const square = tf.square(x)
  const t = tf.tanh(tf.mul(x, tf.add(tf.mul(square, cubic), linear)))
  const bent = tf.mul(tf.mul(x, tf.sub(1, tf.square(t))), tf.add(tf.mul(square, 3 * cubic), linear))
  return tf.mul(dy, tf.mul(tf.add(tf.add(t, 1), bent), 0.5))
}

function composedBiasGradient(dy: Tensor, y: Tensor, activation: SlopeOfOutput, outer: number): [Tensor, Tensor] {
  const dx = activation === 'linear' ? dy : tf.mul(dy, activation === 'relu' ? tf.step(y) : tf.sub(1, tf.square(y)))
  const summed = dx.shape.slice(outer, -1).map((_, axis) => outer + axis)
  return [dx, summed.length > 0 ? tf.sum(dx, summed) : dx]
}

/** Gradients of the kernels above. */
export const activationGradients: readonly GradConfig[] = [
  {
    kernelName: 'BenchBiasActivation',
    // Linear and ReLU only, whose gradients take no more than the sign of the output.
    outputsToSave: [true],
    gradFunc: (dy, [y], attributes) => {
      const [dx, db] = biasActivationGradient(dy as Tensor, y as Tensor, attributes['activation'] as SlopeOfOutput)
      return { x: () => dx, bias: () => db }
    }
  },
  gradientOfComposition('BenchBiasActivationGradient', ['dy', 'y'], ([dy, y], { activation, outer }) =>
    composedBiasGradient(dy as Tensor, y as Tensor, activation as SlopeOfOutput, outer as number)
  ),
  gradientOfComposition('BenchReluGradient', ['dy', 'y'], ([dy, y]) => [tf.mul(dy as Tensor, tf.step(y as Tensor))]),
  {
    kernelName: 'BenchGelu',
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => runFused('BenchGeluGradient', { dy: dy as Tensor, x: x as Tensor }) })
  },
  gradientOfComposition('BenchGeluGradient', ['dy', 'x'], ([dy, x]) => [composedGeluGradient(dy as Tensor, x as Tensor)])
]
