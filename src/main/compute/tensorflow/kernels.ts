import * as tf from '@tensorflow/tfjs-core'
import type { KernelConfig, KernelFunc, NamedTensorInfoMap, Tensor } from '@tensorflow/tfjs-core'
import { paddedConvolutions } from './padded-convolution.ts'

/**
 * The package's kernels that differ from the other engines', put right. Call it once, after the package has registered its own,
 * and register what it returns in their place.
 */
export function tensorflowKernels(): readonly KernelConfig[] {
  return [prelu, einsum(packageKernel('Einsum')), unsortedSegmentSum(packageKernel('UnsortedSegmentSum')), ...paddedConvolutions(packageKernel)]
}

/** `max(x, 0) + alpha min(x, 0)`; the package's kernel calls methods of tensors that the core alone does not have. */
const prelu: KernelConfig = {
  kernelName: 'Prelu',
  backendName: 'tensorflow',
  kernelFunc: ({ inputs }) => {
    const { x, alpha } = inputs as Record<'x' | 'alpha', Tensor>
    return tf.tidy(() => tf.add(tf.relu(x), tf.mul(alpha, tf.minimum(x, 0))))
  }
}

/** TensorFlow takes no spaces in an equation, and repeated letters that the other engines refuse. */
function einsum(run: KernelFunc): KernelConfig {
  return {
    kernelName: 'Einsum',
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const operands = Object.values(inputs) as Tensor[]
      const equation = (attrs?.['equation'] as string).replace(/\s/g, '')
      const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, operands.length)
      tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, operands)
      // The package's kernel takes a list where the type speaks of names.
      return run({ inputs: operands as unknown as NamedTensorInfoMap, attrs: { equation }, backend })
    }
  }
}

/** On the CPU TensorFlow refuses segments beyond the last, which it drops on GPUs and which all other engines drop. */
function unsortedSegmentSum(run: KernelFunc): KernelConfig {
  return {
    kernelName: 'UnsortedSegmentSum',
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, segmentIds } = inputs as Record<'x' | 'segmentIds', Tensor>
      const segments = attrs?.['numSegments'] as number
      return tf.tidy(() => {
        const inside = tf.where(tf.less(segmentIds, tf.scalar(segments, 'int32')), segmentIds, tf.scalar(-1, 'int32'))
        return run({ inputs: { x, segmentIds: inside }, attrs: { numSegments: segments }, backend }) as Tensor
      })
    }
  }
}

function packageKernel(name: string): KernelFunc {
  const kernel = tf.getKernel(name, 'tensorflow')
  if (!kernel) throw new Error(`The package has no kernel ${name}.`)
  return kernel.kernelFunc
}
