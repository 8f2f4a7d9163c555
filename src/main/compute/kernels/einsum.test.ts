import * as tf from '@tensorflow/tfjs-core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '../engine.ts'
import { presentEngines } from '../present-engines.ts'
import { parseEquation } from './einsum.ts'

const equations: [string, number[][]][] = [
  ['ij,jk->ik', [[2, 3], [3, 4]]],
  ['bij,bjk->bik', [[2, 3, 4], [2, 4, 2]]],
  ['bhqd,bhkd->bhqk', [[2, 2, 3, 4], [2, 2, 5, 4]]],
  ['i,j->ij', [[3], [4]]],
  ['i,i->', [[3], [3]]],
  ['bi,bi->b', [[2, 3], [2, 3]]],
  ['ij->ji', [[2, 3]]],
  ['ijk->ik', [[2, 3, 4]]],
  ['ij,k->ki', [[2, 3], [4]]],
  ['ij, jk -> ki', [[2, 3], [3, 2]]]
]

function filled(shape: readonly number[], seed: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1)
  return tf.tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(seed + i * 1.7)), [...shape])
}

/** Sums over every assignment of numbers to letters. */
function oracle(equation: string, operands: readonly Tensor[]): number[] {
  const { terms, output } = parseEquation(equation)
  const sizes = new Map(terms.flatMap((term, i) => Array.from(term).map((letter, axis) => [letter, operands[i]?.shape[axis] as number])))
  const letters = [...sizes.keys()]
  const values = operands.map((operand) => operand.dataSync())
  const offset = (term: string, at: Map<string, number>): number =>
    Array.from(term).reduce((position, letter) => position * (sizes.get(letter) as number) + (at.get(letter) as number), 0)
  const result = new Array<number>(Array.from(output).reduce((product, letter) => product * (sizes.get(letter) as number), 1)).fill(0)
  const visit = (depth: number, at: Map<string, number>): void => {
    const letter = letters[depth]
    if (letter === undefined) {
      const product = terms.reduce((factor, term, i) => factor * (values[i]?.[offset(term, at)] as number), 1)
      const cell = offset(output, at)
      result[cell] = (result[cell] as number) + product
      return
    }
    for (let i = 0; i < (sizes.get(letter) as number); i++) visit(depth + 1, new Map(at).set(letter, i))
  }
  visit(0, new Map())
  return result
}

describe.each(presentEngines)('Einstein summation on %s', (engine) => {
  beforeAll(async () => {
    await useEngine(engine)
  })

  it.each(equations)('%s', (equation, shapes) => {
    const operands = shapes.map((shape, i) => filled(shape, i))
    const before = tf.memory().numTensors
    const result = tf.einsum(equation, ...operands)
    expect(tf.memory().numTensors).toBe(before + 1)
    const wanted = oracle(equation, operands)
    expect(result.size).toBe(wanted.length)
    result.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i] as number, 5)
    })
  })

  it('refuses repeated letters and sizes that do not match', () => {
    expect(() => tf.einsum('ii->i', filled([2, 2], 1))).toThrow(/duplicate/i)
    expect(() => tf.einsum('ij,jk->ik', filled([2, 3], 1), filled([4, 2], 1))).toThrow(/dimension/i)
  })
})
