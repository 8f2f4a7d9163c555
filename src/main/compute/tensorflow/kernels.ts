import * as tf from '@tensorflow/tfjs-core'
import type { KernelConfig, Tensor } from '@tensorflow/tfjs-core'

/** Kernels of the package that do not work with the core alone, done anew from operations that do. */
export const tensorflowKernels: readonly KernelConfig[] = [
  {
    kernelName: 'Prelu',
    backendName: 'tensorflow',
    // max(x, 0) + alpha min(x, 0)
    kernelFunc: ({ inputs }) => {
      const { x, alpha } = inputs as Record<'x' | 'alpha', Tensor>
      return tf.tidy(() => tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0))))
    }
  }
]
