import * as tf from '@tensorflow/tfjs-core'
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core'
import { denseLayer } from '../../compute/kernels/dense-layer.ts'
import type { Params } from '../parameters.ts'
import type { Stream } from '../random.ts'
import { stackParams } from '../stacked-params.ts'
import { denseNetwork } from './dense.ts'
import type { DenseOptions, DensePart } from './dense.ts'
import { param } from './layers.ts'

/** Several runs of one model as one: every parameter, input and output has a leading run axis. */
export interface StackedModel<Options extends object = object> {
  /** Draws each run's parameters from its own stream, the same numbers as the model alone draws from it. */
  init(streams: readonly Stream[]): Params
  /** Maps each run's batch, [R, B, ...], with its own parameters. No run depends on another. */
  apply(params: Params, x: Tensor, options?: Options): Tensor
}

/**
 * R dense networks of the same widths, each with parameters and inputs of its own: parameters
 * `<part>/<layer>/kernel` [R, in, out] and `<part>/<layer>/bias` [R, out], input [R, B, input], output [R, B, units].
 * Each run computes what {@link denseNetwork} computes of its slice, in one call an operation for all runs, which is
 * what a step on small networks mostly costs.
 */
export function stackedDenseNetwork(input: number, parts: readonly DensePart[]): StackedModel<DenseOptions> {
  const single = denseNetwork(input, parts)
  return {
    init: (streams) => tf.tidy(() => ({ ...stackParams(streams.map((stream) => single.init(stream))) })),
    apply: (params, x, options = {}) => {
      const chosen = options.parts ? parts.filter(({ name }) => options.parts?.includes(name)) : parts
      return tf.tidy(() => chosen.reduce((hidden: Tensor, part) => applyPart(params, part, hidden as Tensor3D), x))
    }
  }
}

function applyPart(params: Params, part: DensePart, x: Tensor3D): Tensor3D {
  return part.units.reduce((hidden: Tensor3D, _, layer) => {
    const name = `${part.name}/${layer}`
    return denseLayer(hidden, param(params, `${name}/kernel`), param(params, `${name}/bias`), part.activation) as Tensor3D
  }, x)
}
