import { expect, it } from 'vitest'
import { schedule } from './schedules.ts'

it('constant, linear and cosine follow their formulas', () => {
  expect([0, 50, 99].map((step) => schedule({ decay: 'constant', rate: 0.3 })(step, 100))).toEqual([0.3, 0.3, 0.3])
  expect([0, 25, 100].map((step) => schedule({ decay: 'linear', rate: 2 })(step, 100))).toEqual([2, 1.5, 0])
  const cosine = schedule({ decay: 'cosine', rate: 2 })
  expect(cosine(0, 100)).toBe(2)
  expect(cosine(50, 100)).toBeCloseTo(1, 12)
  expect(cosine(25, 100)).toBeCloseTo(1 + Math.SQRT1_2, 12)
  expect(cosine(100, 100)).toBeCloseTo(0, 12)
})

it('rises linearly in the warm-up and decays over the rest', () => {
  for (const decay of ['constant', 'linear', 'cosine'] as const) {
    const rate = schedule({ decay, rate: 1, warmupSteps: 4 })
    expect([0, 1, 2, 3, 4].map((step) => rate(step, 10))).toEqual([0.25, 0.5, 0.75, 1, 1])
  }
  expect(schedule({ decay: 'linear', rate: 1, warmupSteps: 4 })(7, 10)).toBeCloseTo(0.5, 12)
})

it('a warm-up as long as the run still gives finite rates', () => {
  const rate = schedule({ decay: 'cosine', rate: 1, warmupSteps: 10 })
  expect(rate(9, 10)).toBe(1)
  expect(Number.isFinite(rate(10, 10))).toBe(true)
})
