import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import { registerGradients } from '../gradients/register.ts'
import { registerTensorflow } from './binding.ts'

/**
 * A process of its own that proves a compiled binding: `node prove.ts <binding>` loads it, trains a small network with a
 * convolution on it and prints one line of JSON, `{ version, gpu, firstLoss, lastLoss, milliseconds }` or `{ error }`.
 */
export interface Proof {
  readonly version: string
  readonly gpu: boolean
  readonly firstLoss: number
  readonly lastLoss: number
  /** Of one training step, the first one left out. */
  readonly milliseconds: number
}

const steps = 60
const rate = 0.2

/** Uneven but repeatable numbers between -1 and 1. */
const wave = (shape: number[], phase: number): Tensor =>
  tf.tensor(Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, (_, i) => Math.sin(phase + 12.9898 * (i + 1) ** 1.1)), shape)

/** Regression of the mean brightness of the middle of 6 x 6 images by a convolution, a ReLU and a linear layer. */
async function prove(file: string): Promise<Proof> {
  const binding = registerTensorflow(file)
  tf.env().set('PROD', true)
  registerGradients()
  await tf.setBackend('tensorflow')
  const images = wave([32, 6, 6, 1], 1) as Tensor4D
  const wanted = tf.mean<Tensor2D>(tf.slice(images, [0, 2, 2, 0], [32, 2, 2, 1]), [1, 2])
  let parameters = [tf.mul(wave([3, 3, 1, 8], 2), 0.3), tf.mul(wave([8 * 36, 1], 3), 0.05)]
  const lossOf = (filter: Tensor, kernel: Tensor): Scalar => {
    const hidden = tf.relu(tf.conv2d(images, filter as Tensor4D, 1, 'same'))
    return tf.mean(tf.squaredDifference(tf.matMul(tf.reshape<tf.Rank.R2>(hidden, [32, -1]), kernel as Tensor2D), wanted))
  }
  const losses: number[] = []
  let begun = 0
  for (let step = 0; step < steps; step++) {
    if (step === 1) begun = performance.now()
    parameters = tf.tidy(() => {
      const { value, grads } = tf.valueAndGrads(lossOf)(parameters)
      losses.push(value.dataSync()[0] as number)
      return parameters.map((parameter, i) => tf.sub(parameter, tf.mul(grads[i] as Tensor, rate)))
    })
  }
  const milliseconds = (performance.now() - begun) / (steps - 1)
  return { version: binding.TF_Version, gpu: binding.isUsingGpuDevice(), firstLoss: losses[0] as number, lastLoss: losses.at(-1) as number, milliseconds }
}

try {
  console.log(JSON.stringify(await prove(process.argv[2] as string)))
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
  process.exitCode = 1
}
