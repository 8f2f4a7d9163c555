/** Stock TensorFlow.js on WebAssembly as a peer: its own kernels, gradients, losses and Adam, none of the bench's code. */
import * as tf from '@tensorflow/tfjs-core'
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core'
import { version_wasm } from '@tensorflow/tfjs-backend-wasm'
import type { CaseArray } from './case-file.ts'
import type { Spec } from './cases.ts'
import { converse } from './conversation.ts'
import type { Loader } from './conversation.ts'
import type { Workload } from './protocol.ts'
import { registerStockGradients } from './stock-gradients.ts'
import { stockLogits } from './stock-models.ts'
import { arrayOf, oneAfterAnother, parametersOf, productWorkload, sliceOf, stepping, tensorOf } from './tensors.ts'

const load: Loader = ({ spec, learningRate }, arrays) => {
  if (spec.kind === 'product') return { '': productWorkload(spec, arrays) }
  if (spec.kind !== 'stacked') return { '': training(spec, parametersOf(arrays), arrayOf(arrays, 'x'), arrayOf(arrays, 'y'), learningRate) }
  const { runs, widths, layers, batch } = spec
  const singles = Array.from({ length: runs }, (_, run) => {
    const own = (array: CaseArray): CaseArray => sliceOf(array, run)
    return training({ kind: 'dense', widths, layers, batch }, parametersOf(arrays).map(own), own(arrayOf(arrays, 'x')), own(arrayOf(arrays, 'y')), learningRate)
  })
  return { 'one after another': oneAfterAnother(singles) }
}

function training(
  spec: Exclude<Spec, { kind: 'product' | 'stacked' }>,
  initial: readonly CaseArray[],
  inputs: CaseArray,
  labels: CaseArray,
  learningRate: number
): Workload {
  const classes = spec.kind === 'dense' ? (spec.widths.at(-1) as number) : spec.classes
  const x = tensorOf(inputs)
  const targets = tf.oneHot(tensorOf(labels), classes)
  const variables: Record<string, Variable> = Object.fromEntries(initial.map((array) => [array.name, tf.variable(tensorOf(array))]))
  const list = Object.values(variables)
  let optimizer = tf.train.adam(learningRate)
  const lossOf = (): Scalar => tf.losses.softmaxCrossEntropy(targets, stockLogits(spec, variables, x))
  const step = (): ArrayLike<number> => {
    const loss = optimizer.minimize(lossOf, true, list) as Scalar
    const value = loss.dataSync()
    loss.dispose()
    return value
  }
  const reset = (): void => {
    optimizer.dispose()
    optimizer = tf.train.adam(learningRate)
    tf.tidy(() => initial.forEach((array) => variables[array.name]?.assign(tensorOf(array))))
  }
  return stepping(step, reset, () => {
    optimizer.dispose()
    tf.dispose([x, targets, ...list] as Tensor[])
  })
}

// Standard output is the conversation's.
console.log = console.info = console.error
tf.env().set('PROD', true)
await registerStockGradients()
await tf.setBackend('wasm')
await converse({ version: version_wasm, device: 'CPU, SIMD, 1 thread' }, load)
