import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { CaseArray } from './case-file.ts'
import type { ProductSpec } from './cases.ts'
import type { Workload } from './protocol.ts'

/** The tensor of an array on the engine in use. */
export function tensorOf({ shape, values }: CaseArray): Tensor {
  return tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32')
}

/** The array of a name; its absence is an error of the benchmark. */
export function arrayOf(arrays: ReadonlyMap<string, CaseArray>, name: string): CaseArray {
  const found = arrays.get(name)
  if (!found) throw new Error(`The case has no array "${name}".`)
  return found
}

/** Every array but the batch. */
export function parametersOf(arrays: ReadonlyMap<string, CaseArray>): CaseArray[] {
  return [...arrays.values()].filter(({ name }) => name !== 'x' && name !== 'y')
}

/** A matrix product on the engine in use, the same for the bench's kernels and the stock ones. */
export function productWorkload({ transposeA, transposeB }: ProductSpec, arrays: ReadonlyMap<string, CaseArray>): Workload {
  const [a, b] = [tensorOf(arrayOf(arrays, 'a')), tensorOf(arrayOf(arrays, 'b'))]
  const product = (): Tensor => tf.matMul(a, b, transposeA, transposeB)
  return {
    reset: () => undefined,
    values: () => sampleOf(product()),
    run: (steps) => {
      for (let step = 1; step < steps; step++) product().dispose()
      // Reading one number waits for engines that compute beside this process.
      const last = product()
      const corner = tf.slice(last, [0, 0], [1, 1])
      corner.dataSync()
      tf.dispose([last, corner])
    },
    dispose: () => tf.dispose([a, b])
  }
}

/** What products are compared by: their four corners. */
function sampleOf(product: Tensor): number[] {
  const [rows, columns] = product.shape as [number, number]
  const values = product.dataSync()
  product.dispose()
  return [0, columns - 1, (rows - 1) * columns, rows * columns - 1].map((i) => values[i] as number)
}

/** A workload of which one step gives losses. */
export function stepping(step: () => ArrayLike<number>, reset: () => void, dispose: () => void): Workload {
  return {
    reset,
    dispose,
    values: (steps) => Array.from({ length: steps }, () => Array.from(step())).flat(),
    run: (steps) => {
      for (let made = 0; made < steps; made++) step()
    }
  }
}

/** Several trainings, a step of each in turn. */
export function oneAfterAnother(workloads: readonly Workload[]): Workload {
  return {
    reset: () => workloads.forEach((workload) => workload.reset()),
    values: (steps) => Array.from({ length: steps }, () => workloads.flatMap((workload) => workload.values(1))).flat(),
    run: (steps) => workloads.forEach((workload) => workload.run(steps)),
    dispose: () => workloads.forEach((workload) => workload.dispose())
  }
}

/** One run of an array with a leading run axis. */
export function sliceOf({ name, shape, values }: CaseArray, run: number): CaseArray {
  const size = values.length / (shape[0] as number)
  return { name, shape: shape.slice(1), values: values.slice(run * size, (run + 1) * size) }
}
