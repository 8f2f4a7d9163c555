import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinTexts, packTexts } from '../../store/text-chunk.ts'
import { stream } from '../../learn/random.ts'
import { orderOfNumbers, orderOfTexts } from './argsort.ts'

test('numbers ascend, NaN last, equal ones in row order', () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 1, 5e-324), fc.integer())
  fc.assert(
    fc.property(fc.array(number, { maxLength: 300 }), (values) => {
      const expected = values.map((_, row) => row).sort((a, b) => {
        const [x = 0, y = 0] = [values[a], values[b]]
        if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b
        return x === y ? a - b : x < y ? -1 : 1
      })
      expect(Array.from(orderOfNumbers(Float64Array.from(values)))).toEqual(expected)
    })
  )
})

test('texts ascend by code point, missing ones last, equal ones in row order', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 14 }), fc.constantFrom('', 'aaaaaaaab', 'aaaaaaaaa', 'aaaaaaaa', '\0'))
  fc.assert(
    fc.property(fc.array(fc.option(text, { nil: null }), { maxLength: 200 }), (values) => {
      const bytes = values.map((value) => (value === null ? null : Buffer.from(value)))
      const expected = values.map((_, row) => row).sort((a, b) => {
        const [x, y] = [bytes[a] ?? null, bytes[b] ?? null]
        if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b
        return Buffer.compare(x, y) || a - b
      })
      const half = Math.floor(values.length / 2)
      expect(Array.from(orderOfTexts(joinTexts([packTexts(values.slice(0, half)), packTexts(values.slice(half))])))).toEqual(expected)
    })
  )
})

// Few rows are compared, many are sorted by their digits: these are enough for the latter, runs of equal digits included.
test('many numbers that share their upper bits ascend, equal ones in row order', () => {
  const random = stream(1, 'numbers')
  const values = Float64Array.from({ length: 6000 }, () => (random.bernoulli(0.5) ? -1 : 1) * (1 + random.integer(3000) * Number.EPSILON))
  const expected = Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b)
  expect(Array.from(orderOfNumbers(values))).toEqual(expected)
})

test('many texts that begin alike ascend, shorter ones and zero bytes included', () => {
  const random = stream(2, 'texts')
  const letters = ['a', '\0', 'ü', '😀']
  const tail = (): string => Array.from({ length: random.integer(7) }, () => letters[random.integer(4)]).join('')
  const values = Array.from({ length: 8000 }, () => (random.bernoulli(0.1) ? null : (random.bernoulli(0.7) ? 'https://' : '') + tail()))
  const bytes = values.map((value) => Buffer.from(value ?? ''))
  const none = Buffer.alloc(0)
  const expected = Array.from(values.keys()).sort((a, b) => Number(values[a] === null) - Number(values[b] === null) || Buffer.compare(bytes[a] ?? none, bytes[b] ?? none) || a - b)
  expect(Array.from(orderOfTexts(joinTexts([packTexts(values)])))).toEqual(expected)
})
