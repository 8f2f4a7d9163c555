import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stream } from './random.ts'

describe('golden numbers: a change here changes every stored run', () => {
  it('uniform, integers and normals', () => {
    const s = stream(7, 'student', 'init')
    expect([s.uniform(), s.uniform(), s.uniform()]).toEqual([0.8396630158867949, 0.28810342459524896, 0.5769478455618396])
    expect([s.integer(10), s.integer(10), s.integer(10), s.integer(1_000_000)]).toEqual([7, 7, 2, 456177])
    expect([s.normal(), s.normal(), s.normal()]).toEqual([0.9916417613487258, 0.3381264212211652, -1.09286023412908])
  })

  it('permutations and normal arrays', () => {
    expect([...stream(7).permutation(10)]).toEqual([3, 6, 5, 1, 7, 9, 4, 2, 8, 0])
    expect([...stream(-3, 'a', 5).normals(3)]).toEqual([1.1134223937988281, -0.2397460639476776, 0.8193097710609436])
  })
})

describe('names', () => {
  it('a child depends on seed and path only, not on what was drawn before', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 4 }), fc.nat(20), (seed, path, draws) => {
        const parent = stream(seed)
        for (let i = 0; i < draws; i++) parent.normal()
        expect(parent.child(...path).uniform()).toBe(stream(seed, ...path).uniform())
        const stepwise = path.reduce((s, name) => s.child(name), stream(seed))
        expect(stepwise.uniform()).toBe(stream(seed, ...path).uniform())
      }),
      { numRuns: 100, seed: 1 }
    )
  })

  it('tells numbers from words and joined words from paths', () => {
    const firsts = [stream(7, 'a', 1), stream(7, 'a', '1'), stream(7, 'a1'), stream(7, 'a'), stream(8, 'a', 1), stream(7, 1, 'a')].map((s) => s.uniform())
    expect(new Set(firsts).size).toBe(firsts.length)
  })

  it('refuses seeds and numbers that are not whole', () => {
    expect(() => stream(0.5)).toThrow(RangeError)
    expect(() => stream(1, Number.NaN)).toThrow(RangeError)
    expect(() => stream(1).integer(0)).toThrow(RangeError)
    expect(() => stream(1).integer(2 ** 33)).toThrow(RangeError)
  })
})

describe('statistics', () => {
  const count = 40_000

  it('uniform numbers have the right moments and fill every bin evenly', () => {
    const s = stream(1, 'uniform')
    const bins = new Float64Array(64)
    let sum = 0
    for (let i = 0; i < count; i++) {
      const u = s.uniform()
      expect(u >= 0 && u < 1).toBe(true)
      sum += u
      bins[Math.floor(u * 64)]! += 1
    }
    expect(Math.abs(sum / count - 0.5)).toBeLessThan(0.006)
    // Chi-squared with 63 degrees of freedom: mean 63, standard deviation 11.2.
    const chi = bins.reduce((total, n) => total + (n - count / 64) ** 2 / (count / 64), 0)
    expect(chi).toBeGreaterThan(25)
    expect(chi).toBeLessThan(110)
  })

  it('normal numbers have the moments and tails of the normal distribution', () => {
    const numbers = stream(1, 'normal').normals(count)
    const moment = (power: number): number => numbers.reduce((sum, x) => sum + x ** power, 0) / count
    expect(Math.abs(moment(1))).toBeLessThan(0.02)
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.03)
    expect(Math.abs(moment(3))).toBeLessThan(0.08)
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2)
    expect(numbers.filter((x) => x > 1.96).length / count).toBeCloseTo(0.025, 2)
  })

  it('siblings and neighbouring seeds are uncorrelated', () => {
    const pairs = [
      [stream(5, 'client', 0), stream(5, 'client', 1)],
      [stream(5), stream(6)],
      [stream(5), stream(5).child('x')]
    ] as const
    for (const [a, b] of pairs) {
      const [x, y] = [a.normals(count), b.normals(count)]
      const correlation = x.reduce((sum, value, i) => sum + value * y[i]!, 0) / count
      expect(Math.abs(correlation)).toBeLessThan(0.02)
    }
  })

  it('integers are even, also where the range does not divide 2^32', () => {
    const s = stream(2, 'integers')
    const counts = new Float64Array(6)
    for (let i = 0; i < count; i++) counts[s.integer(6)]! += 1
    for (const n of counts) expect(Math.abs(n / count - 1 / 6)).toBeLessThan(0.01)
    expect(s.integer(1)).toBe(0)
    expect(s.integer(4294967296)).toBeLessThan(4294967296)
  })

  it('Bernoulli draws have their probability', () => {
    const s = stream(3)
    const hits = Array.from({ length: count }, () => s.bernoulli(0.3)).filter(Boolean).length
    expect(hits / count).toBeCloseTo(0.3, 1)
    expect([s.bernoulli(0), s.bernoulli(1)]).toEqual([false, true])
  })
})

it('permutations hold every number once and favour no place', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.integer(), (n, seed) => {
      expect([...stream(seed).permutation(n)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
    }),
    { numRuns: 50, seed: 2 }
  )
  const s = stream(4)
  const firsts = new Float64Array(5)
  for (let i = 0; i < 10_000; i++) firsts[s.permutation(5)[0]!]! += 1
  for (const n of firsts) expect(Math.abs(n / 10_000 - 0.2)).toBeLessThan(0.02)
})
