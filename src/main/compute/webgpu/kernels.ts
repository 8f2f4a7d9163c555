import * as tf from '@tensorflow/tfjs-core'
import type { KernelConfig, KernelFunc, NamedTensorInfoMap, Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { segmentSumKernel } from './segment-sum.ts'

/**
 * The package's kernels that are wrong, or that give other bits each time, put right. Call it once, after the package has
 * registered its own, and register what it returns in their place.
 */
export function webgpuKernels(): readonly KernelConfig[] {
  return [segmentSumKernel, cumulativeSum, sumOfMany(packageKernel('AddN')), ...['BatchMatMul', '_FusedMatMul'].map((name) => inOrder(name, packageKernel(name)))]
}

/** Fewest storage buffers of a program that every device has; one is the output. */
const inputsOfAProgram = 7

/** The package binds all tensors at once, and a device takes only so many. */
function sumOfMany(run: KernelFunc): KernelConfig {
  return {
    kernelName: 'AddN',
    backendName: 'webgpu',
    kernelFunc: ({ inputs, attrs, backend }) => {
      // The package's kernel takes a list where the type speaks of names.
      const terms = Object.values(inputs) as Tensor[]
      const add = (some: Tensor[]): Tensor => run({ inputs: some as unknown as NamedTensorInfoMap, attrs: attrs ?? {}, backend }) as Tensor
      if (terms.length <= inputsOfAProgram) return add(terms)
      return tf.tidy(() => {
        const sums: Tensor[] = []
        for (let first = 0; first < terms.length; first += inputsOfAProgram) sums.push(tf.addN(terms.slice(first, first + inputsOfAProgram)))
        return tf.addN(sums)
      })
    }
  }
}

/** Products with a long inner dimension are otherwise summed atomically, in whatever order threads come. */
const longInner = 2000
const packedProgram = 3

/** A matrix product whose sums are always made in the same order. */
function inOrder(kernelName: string, run: KernelFunc): KernelConfig {
  return {
    kernelName,
    backendName: 'webgpu',
    kernelFunc: (call) => {
      const { a } = call.inputs as Record<'a', Tensor>
      const inner = a.shape[a.shape.length - (call.attrs?.['transposeA'] === true ? 2 : 1)] ?? 0
      if (inner < longInner) return run(call)
      const flag = 'WEBGPU_MATMUL_PROGRAM_TYPE'
      const before = tf.env().get(flag)
      tf.env().set(flag, packedProgram)
      try {
        return run(call)
      } finally {
        tf.env().set(flag, before)
      }
    }
  }
}

/**
 * Sum of all elements up to each one along an axis, as a product with a triangle of ones. The package's kernel steps by
 * `i32(pow(2, k))`, which drivers round down.
 */
const cumulativeSum: KernelConfig = {
  kernelName: 'Cumsum',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, attrs }) => {
    const { x } = inputs as Record<'x', Tensor>
    const { axis, exclusive, reverse } = attrs as unknown as { axis: number; exclusive: boolean; reverse: boolean }
    const length = x.shape[axis] ?? 1
    return tf.tidy(() => {
      const last = x.rank - 1
      const order = Array.from(x.shape.keys(), (dimension) => (dimension === axis ? last : dimension === last ? axis : dimension))
      const rows = tf.transpose(x, order)
      const product = tf.matMul(tf.reshape<tf.Rank.R2>(tf.cast(rows, 'float32'), [-1, length]), triangle(length, exclusive, reverse))
      return tf.cast(tf.transpose(tf.reshape(product, rows.shape), order), x.dtype)
    })
  }
}

/** [n, n]: 1 where element i counts towards sum j. */
function triangle(n: number, exclusive: boolean, reverse: boolean): Tensor2D {
  const counts = (i: number, j: number): boolean => (i === j ? !exclusive : reverse ? i > j : i < j)
  return tf.tensor2d(Float32Array.from({ length: n * n }, (_, at) => (counts(Math.floor(at / n), at % n) ? 1 : 0)), [n, n])
}

function packageKernel(name: string): KernelFunc {
  const kernel = tf.getKernel(name, 'webgpu')
  if (!kernel) throw new Error(`The package has no kernel ${name}.`)
  return kernel.kernelFunc
}
