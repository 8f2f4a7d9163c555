import * as tf from '@tensorflow/tfjs-core'
import type { KernelConfig } from '@tensorflow/tfjs-core'

/** Registers kernels under their names, replacing what an engine brings along. Registering twice changes nothing. */
export function registerKernels(kernels: readonly KernelConfig[]): void {
  for (const kernel of kernels) {
    const present = tf.getKernel(kernel.kernelName, kernel.backendName)
    if (present === kernel) continue
    if (present) tf.unregisterKernel(kernel.kernelName, kernel.backendName)
    tf.registerKernel(kernel)
  }
}
