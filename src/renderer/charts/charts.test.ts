import { describe, expect, it } from 'vitest'
import type { MetricSeries } from '../../shared/domain/run.ts'
import { aggregateCurves, nearestIndex, sample } from './aggregate.ts'
import { toCsv } from './csv.ts'
import { limits } from './interval-option.ts'
import { spread } from './curve-option.ts'
import { bandOf, tQuantile } from './intervals.ts'

const series = (steps: number[], values: number[]): MetricSeries => ({ name: 'loss', steps: Int32Array.from(steps), values: Float64Array.from(values) })

describe('bands', () => {
  it('has the sample standard deviation, the range and the t interval', () => {
    const values = [1, 2, 3, 4]
    expect(bandOf(values, 'sd').upper).toBeCloseTo(2.5 + 1.290994, 5)
    expect(bandOf(values, 'range')).toMatchObject({ lower: 1, upper: 4, n: 4 })
    expect(bandOf(values, 'interval').upper).toBeCloseTo(2.5 + (3.182 * 1.290994) / 2, 4)
    expect(bandOf([7], 'interval')).toEqual({ mean: 7, lower: 7, upper: 7, n: 1 })
  })
  it('knows the t quantiles, tabled and beyond', () => {
    expect(tQuantile(7)).toBe(2.365)
    expect(tQuantile(31)).toBeCloseTo(2.0395, 3)
    expect(tQuantile(60)).toBeCloseTo(2.0003, 3)
  })
})

describe('curves over seeds', () => {
  it('interpolates within a run and never beyond it', () => {
    const sampled = sample(series([10, 20], [1, 3]), [5, 10, 15, 20, 25])
    expect([...sampled]).toEqual([Number.NaN, 1, 2, 3, Number.NaN])
  })
  it('counts the runs at each step', () => {
    const curve = aggregateCurves([series([0, 10, 20], [0, 1, 2]), series([0, 10], [2, 3])], 'range')
    expect(curve.steps).toEqual([0, 10, 20])
    expect(curve.bands.map((band) => [band.mean, band.n])).toEqual([[1, 2], [2, 2], [2, 1]])
  })
  it('passes over NaN and empty series', () => {
    expect(aggregateCurves([series([], []), series([1, 2, 3], [1, Number.NaN, 3])], 'sd').bands.map((band) => band.mean)).toEqual([1, 2, 3])
    expect(aggregateCurves([], 'sd').steps).toEqual([])
  })
  it('thins long curves and keeps the last step', () => {
    const steps = Array.from({ length: 1001 }, (_, index) => index)
    const curve = aggregateCurves([series(steps, steps)], 'sd', 100)
    expect(curve.steps.length).toBeLessThanOrEqual(102)
    expect(curve.steps.at(-1)).toBe(1000)
  })
  it('finds the nearest step', () => {
    expect([-5, 4, 6, 100].map((value) => nearestIndex([0, 10, 20], value))).toEqual([0, 0, 1, 2])
    expect(nearestIndex([], 1)).toBe(-1)
  })
})

describe('labels at the ends of curves', () => {
  it('move apart around their middle and keep their order', () => {
    const places = [{ y: 10 }, { y: 50 }, { y: 54 }, { y: 56 }, { y: 120 }]
    spread(places, 12)
    expect(places.map((place) => Math.round(place.y))).toEqual([10, 41, 53, 65, 120])
  })
})

describe('ends of an interval chart', () => {
  const row = (mean: number, lower: number, upper: number) => ({ arm: 'naive', label: 'naive', mean, lower, upper, points: [] })
  it('hold every interval of ordinary width', () => {
    expect(limits([row(0.7, 0.68, 0.72), row(0.8, 0.75, 0.85)], [], { axis: '', shape: 'points', include: [] })).toEqual([0.68, 0.85])
  })
  it('cut intervals that would squeeze the rest', () => {
    const [low, high] = limits([row(0.7, -5, 6), row(0.8, 0.7, 0.9)], [], { axis: '', shape: 'points', include: [] })
    expect(low).toBeCloseTo(0.625)
    expect(high).toBeCloseTo(0.875)
  })
})

describe('csv', () => {
  it('quotes what needs it and keeps full precision', () => {
    expect(toCsv(['a', 'b'], [['x,"y"', 0.1 + 0.2], [null, 1]])).toBe('a,b\r\n"x,""y""",0.30000000000000004\r\n,1\r\n')
  })
  it('keeps spreadsheets from running a text as a formula', () => {
    expect(toCsv(['a'], [['=1+1'], [-2]])).toBe("a\r\n'=1+1\r\n-2\r\n")
  })
})
