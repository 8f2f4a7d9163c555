import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'

export interface GradientCheckSettings {
  /** Half the distance of the two evaluations. Default 1e-2, near the optimum for float32. */
  readonly epsilon?: number
  /** How many coordinates of each input are checked, spread evenly. Default 24. */
  readonly coordinates?: number
}

/**
 * Test oracle: compares gradients with central finite differences. The function's output is weighted by fixed,
 * uneven weights and summed, so that every output element matters and no two errors cancel; the sum of the
 * evaluations is made in double precision.
 *
 * @param f a pure function of float32 tensors
 * @param inputs where to check, away from kinks
 * @returns the largest `|analytic - numeric| / (1 + |numeric|)`
 */
export function gradientError(f: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[], settings: GradientCheckSettings = {}): number {
  const { epsilon = 1e-2, coordinates = 24 } = settings
  const weightsFor = (size: number): Float32Array => Float32Array.from({ length: size }, (_, i) => Math.sin(1.3 + 2.7 * i) + 0.2)
  const weighted = (...xs: Tensor[]): Scalar => {
    const y = f(...xs)
    return tf.sum(tf.mul(y, tf.tensor(weightsFor(y.size), y.shape)))
  }
  const value = (values: readonly Float32Array[]): number =>
    tf.tidy(() => {
      const y = f(...values.map((data, i) => tf.tensor(data, (inputs[i] as Tensor).shape))).dataSync()
      return weightsFor(y.length).reduce((sum, weight, i) => sum + weight * (y[i] as number), 0)
    })
  const analytic = tf.tidy(() => tf.grads(weighted)([...inputs]).map((gradient) => Float32Array.from(gradient.dataSync())))
  const points = inputs.map((input) => Float32Array.from(input.dataSync()))
  let worst = 0
  points.forEach((point, which) => {
    const stride = Math.max(1, Math.floor(point.length / coordinates))
    for (let i = 0; i < point.length; i += stride) {
      const centre = point[i] as number
      // The distance that float32 really makes of the wanted one.
      const [above, below] = [Math.fround(centre + epsilon), Math.fround(centre - epsilon)]
      point[i] = above
      const high = value(points)
      point[i] = below
      const low = value(points)
      point[i] = centre
      const numeric = (high - low) / (above - below)
      const error = Math.abs((analytic[which]?.[i] as number) - numeric) / (1 + Math.abs(numeric))
      worst = Math.max(worst, Number.isNaN(error) ? Infinity : error)
    }
  })
  return worst
}
