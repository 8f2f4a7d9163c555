import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

/**
 * A clone that shares its source's memory, counted by reference, as reshaping does. The WebAssembly backend copies
 * instead, and since every operation's inputs are cloned for the backward pass, a training step copied all of them.
 * Sharing is safe because tensors never change.
 */
export const identityKernel: KernelConfig = {
  kernelName: 'Identity',
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend }) => {
    const x = inputs['x'] as TensorInfo
    const memory = backend as unknown as Pick<BackendWasm, 'incRef'>
    memory.incRef(x.dataId)
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
  }
}
