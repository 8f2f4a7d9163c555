import * as tf from '@tensorflow/tfjs-core'
import type { KernelConfig, Tensor } from '@tensorflow/tfjs-core'
import { hostEngines } from '../heap.ts'

/**
 * Einstein summation of one or two operands, such as `bij,bjk->bik`, which the WebAssembly backend lacks
 * and the plain JavaScript and WebGPU backends get wrong for some outer products (`ij,k->ki`).
 * Letters that only one operand has and the output lacks are summed first; the rest is one batched matrix
 * product [shared, left, summed] x [shared, summed, right].
 */
export const einsumKernels: readonly KernelConfig[] = [...hostEngines, 'webgpu'].map((backendName) => ({
  kernelName: 'Einsum',
  backendName,
  kernelFunc: ({ inputs, attrs }) => {
    const operands = Object.values(inputs) as Tensor[]
    const equation = attrs?.['equation'] as string
    // Refuses repeated letters, ellipses and more than two operands with tfjs's own messages.
    const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, operands.length)
    tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, operands)
    const { terms, output } = parseEquation(equation)
    return tf.tidy(() => {
      const [a, b] = operands as [Tensor, Tensor | undefined]
      const [left, right] = terms as [string, string | undefined]
      return b && right !== undefined ? contract({ tensor: a, letters: left }, { tensor: b, letters: right }, output) : arrange(a, left, output)
    })
  }
}))

/** The letters of each operand and of the output. */
export function parseEquation(equation: string): { terms: string[]; output: string } {
  const [inputs = '', output = ''] = equation.replace(/\s/g, '').split('->')
  return { terms: inputs.split(','), output }
}

interface Lettered {
  readonly tensor: Tensor
  readonly letters: string
}

function contract(a: Lettered, b: Lettered, output: string): Tensor {
  const left = only(a, (letter) => b.letters.includes(letter) || output.includes(letter))
  const right = only(b, (letter) => a.letters.includes(letter) || output.includes(letter))
  const shared = Array.from(left.letters).filter((letter) => right.letters.includes(letter) && output.includes(letter)).join('')
  const summed = Array.from(left.letters).filter((letter) => right.letters.includes(letter) && !output.includes(letter)).join('')
  const freeLeft = Array.from(left.letters).filter((letter) => !right.letters.includes(letter)).join('')
  const freeRight = Array.from(right.letters).filter((letter) => !left.letters.includes(letter)).join('')
  const sizes = new Map([left, right].flatMap(({ tensor, letters }) => Array.from(letters).map((letter, i) => [letter, tensor.shape[i] as number])))
  const size = (letters: string): number => Array.from(letters).reduce((product, letter) => product * (sizes.get(letter) as number), 1)
  const x = tf.reshape(arrange(left.tensor, left.letters, shared + freeLeft + summed), [size(shared), size(freeLeft), size(summed)])
  const y = tf.reshape(arrange(right.tensor, right.letters, shared + summed + freeRight), [size(shared), size(summed), size(freeRight)])
  const letters = shared + freeLeft + freeRight
  const product = tf.reshape(tf.matMul(x, y), Array.from(letters).map((letter) => sizes.get(letter) as number))
  return arrange(product, letters, output)
}

/** Sums away the letters that nobody else needs. */
function only({ tensor, letters }: Lettered, needed: (letter: string) => boolean): Lettered {
  const kept = Array.from(letters).filter(needed).join('')
  return { tensor: arrange(tensor, letters, kept), letters: kept }
}

/** Sums the letters missing in `wanted` and brings the others into its order. */
function arrange(tensor: Tensor, letters: string, wanted: string): Tensor {
  const gone = Array.from(letters).flatMap((letter, axis) => (wanted.includes(letter) ? [] : [axis]))
  const summed = gone.length > 0 ? tf.sum(tensor, gone) : tensor
  const kept = Array.from(letters).filter((letter) => wanted.includes(letter)).join('')
  return kept === wanted ? tf.clone(summed) : tf.transpose(summed, Array.from(wanted).map((letter) => kept.indexOf(letter)))
}
