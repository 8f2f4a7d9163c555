import { describe, expect, it } from 'vitest'
import * as n from './numbers.ts'

describe('scores', () => {
  it('gives mean and spread the same decimals', () => {
    expect(n.formatMeanSd(0.8734, 0.0061)).toBe('0.873 ± 0.006')
    expect(n.formatMeanSd(0.8734, null)).toBe('0.873')
  })
  it('uses a true minus sign and a plus sign for differences', () => {
    expect(n.formatDifference(0.0449)).toBe('+0.045')
    expect(n.formatDifference(-0.0449)).toBe('−0.045')
    expect(n.formatInterval(-0.01, 0.02)).toBe('[−0.010, 0.020]')
    expect(n.formatInterval(null, null)).toBeNull()
  })
  it('names what is not a number', () => {
    expect(n.formatScore(Number.NaN)).toBe('NaN')
    expect(n.formatQuantity(-Infinity)).toBe('−∞')
  })
  it('keeps four significant digits of any scale', () => {
    expect(n.formatQuantity(0.00012345)).toBe('1.23e-4'.replace('-', '−'))
    expect(n.formatQuantity(1234.567)).toBe('1,235')
    expect(n.formatQuantity(3)).toBe('3')
    expect(n.formatQuantity(0.0314159)).toBe('0.03142')
  })
})

describe('time', () => {
  it('scales durations', () => {
    expect([0.42, 12.4, 59.6, 125, 3780].map(n.formatDuration)).toEqual(['0.4 s', '12 s', '1 min 00 s', '2 min 05 s', '1 h 03 min'])
    expect(n.formatDuration(Number.NaN)).toBe('–')
  })
  it('rounds time left up so that it does not flicker', () => {
    expect([3, 31, 34.9, 130].map(n.formatTimeLeft)).toEqual(['a few seconds left', '35 s left', '35 s left', '2 min left'])
  })
  it('says when', () => {
    const now = Date.parse('2026-11-20T12:00:00')
    expect(n.formatWhen(now - 10_000, now)).toBe('just now')
    expect(n.formatWhen(now - 300_000, now)).toBe('5 min ago')
    expect(n.formatWhen(now - 3 * 3_600_000, now)).toBe('3 h ago')
    expect(n.formatWhen(now - 30 * 86_400_000, now)).toBe('2026-10-21')
  })
})

describe('counts', () => {
  it('never says 100% before the end', () => {
    expect([0, 0.999, 1].map(n.formatPercent)).toEqual(['0%', '99%', '100%'])
  })
  it('formats rates, bytes and plurals', () => {
    expect(n.formatRate(1240.3, 'steps')).toBe('1,240 steps/s')
    expect(n.formatRate(3.42, 'rows')).toBe('3.4 rows/s')
    expect([999, 12_400, 1_500_000_000].map(n.formatBytes)).toEqual(['999 B', '12.4 kB', '1.5 GB'])
    expect(n.formatPlural(1, 'run', 'runs')).toBe('1 run')
  })
})

describe('seeds', () => {
  it('parses lists and ranges and refuses the rest', () => {
    expect(n.parseSeeds('0-3, 7')).toEqual([0, 1, 2, 3, 7])
    for (const bad of ['', 'a', '3-1', '1.5', '0-99999']) expect(n.parseSeeds(bad)).toBeNull()
  })
  it('is the inverse of its formatting', () => {
    for (const seeds of [[0, 1, 2, 3, 4, 5, 6, 7], [1, 2, 5], [4], [0, 2, 3, 4, 9]]) expect(n.parseSeeds(n.formatSeeds(seeds))).toEqual(seeds)
    expect(n.formatSeeds([0, 1, 2, 3])).toBe('0-3')
  })
})
