import type { Tensor } from '@tensorflow/tfjs-core'
import type { Params } from '../parameters.ts'
import type { Stream } from '../random.ts'

/**
 * A model without state: parameters are passed in, so that a method can generate, average or adapt them.
 * `apply` is pure and differentiable with respect to the parameters and, if it is a float, the input.
 */
export interface Model<Options extends object = object> {
  /** Draws fresh parameters; the same stream gives the same parameters. */
  init(stream: Stream): Params
  /** Maps a batch to outputs, logits unless the model says otherwise. */
  apply(params: Params, x: Tensor, options?: Options): Tensor
}
