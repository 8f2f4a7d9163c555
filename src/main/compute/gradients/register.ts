import * as tf from '@tensorflow/tfjs-core'
import { binaryGradients, flatGradients, unaryGradients } from './elementwise.ts'
import { einsumGradient } from './einsum.ts'
import { productGradients } from './products.ts'
import { reductionGradients } from './reductions.ts'
import { shapeGradients } from './shapes.ts'

/** Every gradient the bench supplies. */
export const gradients = [
  ...unaryGradients,
  ...binaryGradients,
  ...flatGradients,
  ...reductionGradients,
  ...shapeGradients,
  ...productGradients,
  einsumGradient
]

/**
 * Registers the gradients of all operations. The core package of tfjs leaves them out of the bundle that Node
 * loads, and the files that hold them cannot be loaded by Node, so the bench has its own.
 * Gradients that are there already are kept.
 */
export function registerGradients(): void {
  for (const gradient of gradients) if (!tf.getGradient(gradient.kernelName)) tf.registerGradient(gradient)
}
