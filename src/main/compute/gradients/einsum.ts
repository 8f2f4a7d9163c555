import * as tf from '@tensorflow/tfjs-core'
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core'
import { parseEquation } from '../kernels/einsum.ts'

/**
 * Gradient of an Einstein summation of one or two operands: the summation of the output's gradient with the
 * other operand onto this one's letters, repeated along letters that were summed within this operand alone.
 */
export const einsumGradient: GradConfig = {
  kernelName: 'Einsum',
  saveAllInputs: true,
  gradFunc: (dy, saved, { equation }) => {
    const { terms, output } = parseEquation(equation as string)
    return Object.fromEntries(
      saved.map((operand, i) => {
        const own = terms[i] as string
        const others = saved.flatMap((tensor, j) => (j === i ? [] : [{ tensor, letters: terms[j] as string }]))
        return [i, () => onto(operand, own, [{ tensor: dy as Tensor, letters: output }, ...others])]
      })
    )
  }
}

function onto(operand: Tensor, own: string, factors: readonly { tensor: Tensor; letters: string }[]): Tensor {
  const known = Array.from(own).filter((letter) => factors.some(({ letters }) => letters.includes(letter))).join('')
  const equation = `${factors.map(({ letters }) => letters).join(',')}->${known}`
  const partial = tf.einsum(equation, ...factors.map(({ tensor }) => tensor))
  const shape = Array.from(own).map((letter, axis) => (known.includes(letter) ? (operand.shape[axis] as number) : 1))
  return tf.mul(tf.reshape(partial, shape), tf.ones(operand.shape))
}
