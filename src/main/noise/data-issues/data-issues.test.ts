import { describe, expect, it } from 'vitest'
import { testStream } from '../testing/reference-cases.ts'
import { confusedPairs } from './ambiguous-pairs.ts'
import { classImbalance } from './class-imbalance.ts'
import { leakageOf } from './leakage.ts'
import { normalUpperTail } from './normal-tail.ts'
import { outliersOf } from './outliers.ts'
import { testRowOrder } from './row-order.ts'
import { holm, weakSlices } from './weak-slices.ts'

describe('class imbalance', () => {
  it('measures', () => {
    expect(classImbalance([50, 50])).toEqual({ counts: [50, 50], shares: [0.5, 0.5], ratio: 1, balance: 1, rare: [] })
    const { ratio, rare, balance } = classImbalance([900, 2, 98, 0])
    expect([ratio, rare]).toEqual([Infinity, [3, 1]])
    expect(balance).toBeCloseTo(-(0.9 * Math.log(0.9) + 0.002 * Math.log(0.002) + 0.098 * Math.log(0.098)) / Math.log(4), 12)
  })
})

describe('ambiguous classes', () => {
  it('are confused both ways, not one way', () => {
    const joint = Float64Array.of(900, 60, 40, 70, 930, 0, 1, 0, 999)
    const pairs = confusedPairs(joint, [1000, 1000, 1000])
    expect(pairs.map(({ first, second, ambiguous }) => [first, second, ambiguous])).toEqual([[0, 1, true], [0, 2, false]])
    expect(pairs[0]).toMatchObject({ firstIsSecond: 60, secondIsFirst: 70, rates: [0.06, 0.07] })
    expect(pairs[0]!.intervals[0][0]).toBeCloseTo(0.0469, 3)
  })
})

describe('outliers', () => {
  const random = testStream('outliers')
  const distances = Float64Array.from({ length: 300 }, () => 1 + 0.1 * random.normal())
  distances.fill(4, 30, 33)
  distances.fill(9, 60, 63)

  it('flags the far ones, farthest first, whatever the unit', () => {
    const { rows, scores } = outliersOf(distances, 3)
    expect([...rows].slice(0, 2)).toEqual([20, 10])
    expect(rows.length).toBeLessThan(6)
    expect([...scores.keys()].toSorted((a, b) => scores[a]! - scores[b]!).slice(0, 2)).toEqual([20, 10])
    const millimetres = outliersOf(distances.map((d) => d * 1024), 3)
    expect(millimetres.rows).toEqual(rows)
    expect(millimetres.scores).toEqual(scores)
  })

  it('flags nothing where all are alike, and what stands out from copies', () => {
    expect(outliersOf([1, 1, 1, 1], 1)).toEqual({ scores: Float64Array.of(0.5, 0.5, 0.5, 0.5), rows: new Int32Array(0) })
    expect([...outliersOf([0, 0, 0, 0, 0, 0, 0, 0, 5], 1).rows]).toEqual([8])
    expect([...outliersOf([0, 0, 5], 1).scores]).toEqual([1, 1, 0])
  })

  it('refuses what is no distance', () => {
    expect(() => outliersOf([1, 2, Number.NaN, 1], 2)).toThrow('Row 2: NaN is no distance.')
    expect(() => outliersOf([1, 2, 3], 2)).toThrow('3 distances are not 2 for each example.')
  })
})

describe('leakage', () => {
  it('names groups across splits and counts the rows', () => {
    const groups = [{ rows: [0, 1, 5], similarity: 1 }, { rows: [2, 3], similarity: 0.9 }, { rows: [4, 9], similarity: 1 }]
    const { leaks, affected } = leakageOf(groups, (row) => (row === 9 ? null : row < 5 ? 'train' : 'test'))
    expect(leaks).toEqual([{ group: groups[0], rows: new Map([['train', [0, 1]], ['test', [5]]]) }])
    expect(affected).toEqual(new Map([['train', 2], ['test', 1]]))
  })
})

describe('order of the rows', () => {
  const [n, k] = [300, 4]
  const near = Int32Array.from({ length: n * k }, (_, at) => {
    const [i, step] = [Math.floor(at / k), 1 + (at % k)]
    return i + step < n ? i + step : i - step
  })

  it('is not random where neighbours follow each other', () => {
    const { p, statistic, nearness } = testRowOrder(near, k)
    expect(p).toBe(1 / 200)
    expect(statistic).toBeGreaterThan(0.9)
    expect(nearness).toBeCloseTo((2.5 * 3) / (n + 1), 4)
  })

  it('is random where the same rows are shuffled: p-values are spread over 0 to 1', () => {
    const ps = Array.from({ length: 40 }, (_, seed) => {
      const order = testStream('shuffle', String(seed)).permutation(n)
      const shuffled = new Int32Array(n * k)
      for (let i = 0; i < n; i++) for (let s = 0; s < k; s++) shuffled[order[i]! * k + s] = order[near[i * k + s]!]!
      return testRowOrder(shuffled, k, seed, 39).p
    })
    expect(ps.filter((p) => p <= 0.1).length).toBeLessThan(12)
    expect(ps.filter((p) => p > 0.5).length).toBeGreaterThan(10)
  })

  it('refuses what is no neighbour', () => {
    expect(() => testRowOrder([1, 0, 3], 1)).toThrow('Row 3: 3 is no neighbour.')
    expect(() => testRowOrder([0, 2, 1], 1)).toThrow('Row 1: 0 is no neighbour.')
  })
})

describe('weak slices', () => {
  const random = testStream('slices')
  const n = 4000
  const group = Int32Array.from({ length: n }, () => random.integer(5))
  const quality = Float64Array.from(group, (g) => (random.bernoulli(g === 3 ? 0.8 : 0.9) ? 1 : 0))
  const rowsOf = (g: number): number[] => [...group.keys()].filter((row) => group[row] === g)
  const slices = Array.from({ length: 5 }, (_, g) => ({ name: `g${g}`, rows: rowsOf(g) }))

  it('finds the weak one, with size, mean and interval', () => {
    const [first, ...others] = weakSlices(quality, slices)
    expect(first).toMatchObject({ name: 'g3', size: rowsOf(3).length, weak: true })
    expect(first!.interval[0]).toBeLessThan(0.8)
    expect(first!.interval[1]).toBeGreaterThan(0.8)
    expect(first!.p).toBeLessThan(1e-6)
    expect(others.some(({ weak }) => weak)).toBe(false)
  })

  it('says the same whatever the order of rows and slices, and the same means for every row repeated', () => {
    const scores = Float64Array.from(quality, (q) => 0.3 + 0.7 * q * random.uniform())
    const order = random.permutation(n)
    const moved = new Float64Array(n)
    for (let row = 0; row < n; row++) moved[order[row]!] = scores[row]!
    const shuffled = slices.toReversed().map(({ name, rows }) => ({ name, rows: rows.map((row) => order[row]!).toReversed() }))
    expect(weakSlices(moved, shuffled)).toEqual(weakSlices(scores, slices))
    const twice = weakSlices(Float64Array.from({ length: 2 * n }, (_, row) => scores[row % n]!), slices.map(({ name, rows }) => ({ name, rows: [...rows, ...rows.map((row) => row + n)] })))
    const means = (results: typeof twice): Map<string, number> => new Map(results.map(({ name, mean }) => [name, Number(mean.toPrecision(12))]))
    expect(means(twice)).toEqual(means(weakSlices(scores, slices)))
    expect(twice.find(({ name }) => name === 'g3')!.p).toBeLessThan(weakSlices(scores, slices).find(({ name }) => name === 'g3')!.p!)
  })

  it('rarely flags where nothing is weak', () => {
    const flagged = Array.from({ length: 60 }, () => {
      const even = Float64Array.from({ length: n }, () => (random.bernoulli(0.9) ? 1 : 0))
      return weakSlices(even, slices).some(({ weak }) => weak)
    }).filter(Boolean).length
    expect(flagged).toBeLessThan(10)
  })

  it('is the test of two proportions', () => {
    // 10 of 40 against 40 of 60: pooled 0.5, z = (2/3 - 1/4) / sqrt(0.25 (1/40 + 1/60)).
    const values = Float64Array.from({ length: 100 }, (_, i) => (i < 10 || (i >= 40 && i < 80) ? 1 : 0))
    const [result] = weakSlices(values, [{ name: 'a', rows: Array.from({ length: 40 }, (_, i) => i) }])
    expect(result!.p).toBeCloseTo(normalUpperTail((2 / 3 - 1 / 4) / Math.sqrt(0.25 * (1 / 40 + 1 / 60))), 14)
  })

  it('tests neither small slices nor everything, and refuses unsound input', () => {
    const all = { name: 'all', rows: Int32Array.from({ length: n }, (_, i) => i) }
    expect(weakSlices(quality, [all, { name: 'few', rows: [1, 2, 3] }, { name: 'none', rows: [] }]).map(({ p, weak }) => [p, weak])).toEqual([[null, false], [null, false], [null, false]])
    expect(() => weakSlices([0.5, 2], [])).toThrow('Row 2: 2 is no quality from 0 to 1.')
    expect(() => weakSlices([0.5, 1], [{ name: 'a', rows: [1, 1] }])).toThrow('The slice a names row 2 twice.')
    expect(() => weakSlices([0.5, 1], [{ name: 'a', rows: [2] }])).toThrow('The slice a names row 3, which is not there.')
  })

  it('adjusts by Holm', () => expect(holm([0.01, null, 0.04, 0.03])).toEqual([0.03, null, 0.06, 0.06]))
})

it('knows the tail of the normal distribution', () => {
  // Values of SciPy's norm.sf.
  for (const [z, p] of [[0, 0.5], [1, 0.15865525393145707], [1.959963984540054, 0.025], [3, 0.0013498980316300957], [6, 9.865876450376981e-10], [-2, 0.9772498680518208], [20, 2.7536241186061556e-89]] as const) {
    expect(Math.abs(normalUpperTail(z) / p - 1)).toBeLessThan(1e-12)
  }
})
