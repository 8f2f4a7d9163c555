import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { BenchError } from '../../shared/contract/errors.ts'

/** The parameters of a model by flat name, such as `body/0/kernel`. */
export type Params = Readonly<Record<string, Tensor>>

/** A tensor outside the engine, as checkpoints store it. */
export interface PlainArray {
  readonly shape: readonly number[]
  readonly data: Float32Array
}
export type PlainArrays = Readonly<Record<string, PlainArray>>

/** Applies a function to every parameter, keeping names and order. */
export function mapParams(params: Params, change: (tensor: Tensor, name: string) => Tensor): Params {
  return Object.fromEntries(Object.entries(params).map(([name, tensor]) => [name, change(tensor, name)]))
}

/** Copies parameters out of the engine, exactly, for a checkpoint. */
export function paramsToArrays(params: Params): PlainArrays {
  return Object.fromEntries(
    Object.entries(params).map(([name, tensor]) => [name, { shape: [...tensor.shape], data: Float32Array.from(tensor.dataSync()) }])
  )
}

/**
 * Brings parameters of a checkpoint back, bit for bit.
 *
 * @throws BenchError `bad-data` when an array's length does not match its shape
 */
export function arraysToParams(arrays: PlainArrays): Params {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => {
      const size = shape.reduce((product, side) => product * side, 1)
      if (size !== data.length) {
        throw new BenchError('bad-data', `The checkpoint's parameter ${name} has ${data.length} numbers where its shape needs ${size}.`, {
          hint: 'Start the run again, or resume from another checkpoint.'
        })
      }
      return [name, tf.tensor(data.slice(), [...shape], 'float32')]
    })
  )
}

/** Independent copies of parameters, for a teacher or a pretrained state that must survive the student's training. */
export function cloneParams(params: Params): Params {
  return mapParams(params, (tensor) => tf.clone(tensor))
}

/** Frees the tensors of parameters. */
export function disposeParams(params: Params): void {
  tf.dispose(Object.values(params))
}

/** The parameters whose names begin with `part + '/'`: `partOf(params, 'body')`. */
export function partOf(params: Params, part: string): Params {
  return Object.fromEntries(Object.entries(params).filter(([name]) => name.startsWith(`${part}/`)))
}

/** How many numbers the parameters hold together. */
export function countParams(params: Params): number {
  return Object.values(params).reduce((sum, tensor) => sum + tensor.size, 0)
}
