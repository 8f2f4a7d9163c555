import type { KernelConfig } from '@tensorflow/tfjs-core'
import { activationKernels } from './activation.ts'
import { attentionKernels } from './attention.ts'
import { convolutionKernel } from './convolution.ts'
import { crossEntropyKernels } from './cross-entropy.ts'
import { denseLayerKernel } from './dense-layer.ts'
import { filterGradientKernel } from './filter-gradient.ts'
import { gatherKernel } from './gather.ts'
import { identityKernel } from './identity.ts'
import { inputGradientKernel } from './input-gradient.ts'
import { layerNormKernels } from './layer-norm.ts'
import { matrixProductKernel } from './matrix-product.ts'
import { maxPoolGradientKernel, maxPoolKernel } from './max-pool.ts'
import { oneHotKernel } from './one-hot.ts'
import { segmentSumKernel } from './segment-sum.ts'
import { softmaxKernels } from './softmax.ts'
import { sumKernel } from './sum.ts'
import { transpositionKernel } from './transposition.ts'

/** Kernels that the WebAssembly backend lacks or is slow at. */
export const wasmKernels: readonly KernelConfig[] = [
  matrixProductKernel,
  denseLayerKernel,
  ...activationKernels,
  ...crossEntropyKernels,
  ...softmaxKernels,
  ...layerNormKernels,
  ...attentionKernels,
  convolutionKernel,
  filterGradientKernel,
  inputGradientKernel,
  maxPoolKernel,
  maxPoolGradientKernel,
  sumKernel,
  gatherKernel,
  segmentSumKernel,
  identityKernel,
  transpositionKernel,
  oneHotKernel
]
