import { expect, it } from 'vitest'
import { cases } from './cases.ts'
import { operationsOf } from './operations.ts'

const operations = (name: string): number => {
  const found = cases.find((candidate) => candidate.name === name)
  return operationsOf(found!.spec)
}

it('counts two operations a multiply-add of a product, transposed or not', () => {
  expect(operations('product-128x784x256-nn')).toBe(2 * 128 * 784 * 256)
  expect(operations('product-128x784x256-tt')).toBe(51_380_224)
})

it('counts forward, parameter and input gradients of a dense network, without the gradient of its input', () => {
  // Forward 52,035,584; parameters the same; inputs of the head only: 2 * 128 * 256 * 10.
  expect(operations('mlp-256')).toBe(52_035_584 + 52_035_584 + 655_360)
  // Layers of 205,520,896, 268,435,456 and 2,621,440.
  expect(operations('mlp-1024')).toBe(2 * 205_520_896 + 3 * (268_435_456 + 2_621_440))
})

it('counts every run of a stack', () => {
  expect(operations('seeds-16')).toBe(16 * operations('mlp-small'))
  expect(operations('mlp-small')).toBe(2 * 40_960 + 3 * 20_480)
})

it('counts convolutions at their own resolution', () => {
  // 28 x 28 with 9 numbers a filter and 16 filters; 14 x 14 with 144 and 32; dense 1568-128-10.
  expect(operations('cnn')).toBe(2 * 14_450_688 + 3 * (115_605_504 + 25_690_112 + 163_840))
})

it('counts projections, attention and head of a transformer', () => {
  // 1024 tokens: 12 maps of 64 x 64, two products of 32 tokens with 64 numbers each; the head on 32 means.
  expect(operations('transformer')).toBe(3 * (2 * (100_663_296 + 8_388_608) + 40_960))
})
