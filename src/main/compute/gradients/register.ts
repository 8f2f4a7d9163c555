import * as tf from '@tensorflow/tfjs-core'
import { activationGradients } from '../kernels/activation.ts'
import { attentionGradients } from '../kernels/attention.ts'
import { crossEntropyGradients } from '../kernels/cross-entropy.ts'
import { denseLayerGradient } from '../kernels/dense-layer.ts'
import { layerNormGradients } from '../kernels/layer-norm.ts'
import { softmaxGradientGradient } from '../kernels/softmax.ts'
import { binaryGradients, flatGradients, unaryGradients } from './elementwise.ts'
import { einsumGradient } from './einsum.ts'
import { productGradients } from './products.ts'
import { reductionGradients } from './reductions.ts'
import { shapeGradients } from './shapes.ts'

/** Gradients of tfjs's operations. */
export const gradients = [
  ...unaryGradients,
  ...binaryGradients,
  ...flatGradients,
  ...reductionGradients,
  ...shapeGradients,
  ...productGradients,
  einsumGradient
]

/** Gradients of the bench's fused kernels. */
export const fusedGradients = [
  ...activationGradients,
  ...crossEntropyGradients,
  ...layerNormGradients,
  ...attentionGradients,
  denseLayerGradient,
  softmaxGradientGradient
]

/**
 * Registers the gradients of all operations. The core package of tfjs leaves them out of the bundle that Node
 * loads, and the files that hold them cannot be loaded by Node, so the bench has its own.
 * Gradients that are there already are kept.
 */
export function registerGradients(): void {
  for (const gradient of [...gradients, ...fusedGradients]) if (!tf.getGradient(gradient.kernelName)) tf.registerGradient(gradient)
}
