import { describe, expect, it } from 'vitest'
import { deviants, gigaflops, median, speedup, summarize } from './statistics.ts'

it('takes the middle of a sample, whatever its order', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 3, 100])).toBe(3.5)
  expect(median([])).toBeNaN()
})

it('summarizes rounds by their medians, so that one bad round does not move the number', () => {
  expect(summarize([[1, 2, 3], [2, 2, 2], [50, 60, 70]])).toEqual({ ms: 2, least: 2, most: 60 })
})

it('turns operations and milliseconds into GFLOP/s and times into ratios', () => {
  expect(gigaflops(51_380_224, 2)).toBeCloseTo(25.690112, 9)
  expect(speedup(2, 8)).toBe(4)
  expect(speedup(8, 2)).toBe(0.25)
})

describe('deviants', () => {
  it('are those that differ from the others', () => {
    expect(deviants([[2, 1], [2.0001, 1], [2.1, 1]], 1e-3)).toEqual([false, false, true])
    expect(deviants([[2, 1], [2, 1.0005]], 1e-3)).toEqual([false, false])
  })

  it('are those that lack a number or have none', () => {
    expect(deviants([[2, 1], [2], [2, Number.NaN], [2, 1]], 1e-3)).toEqual([false, true, true, false])
  })

  it('are both of two that disagree', () => {
    expect(deviants([[1], [2]], 1e-3)).toEqual([true, true])
  })
})
