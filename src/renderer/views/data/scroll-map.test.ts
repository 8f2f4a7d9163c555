import { describe, expect, it } from 'vitest'
import { ScrollMap } from './scroll-map.ts'

const mapOf = (count: number, tallest?: number): ScrollMap => {
  const map = new ScrollMap(tallest)
  map.resize({ count, rowHeight: 26, viewport: 520 })
  return map
}

describe('a list that fits', () => {
  it('scrolls pixel by pixel', () => {
    const map = mapOf(1000)
    map.scrolled(5200)
    expect([map.space, map.shift, map.rows(0)]).toEqual([26_000, 0, { first: 200, last: 220 }])
    expect(map.settle()).toBeNull()
  })
  it('reveals rows on either side, and leaves those in view', () => {
    const map = mapOf(1000)
    map.goTo(5200)
    expect([map.reveal(100), map.reveal(205), map.reveal(220)]).toEqual([2600, null, 221 * 26 - 520])
  })
})

describe('a list taller than any element', () => {
  const count = 1_000_000
  it('has a space of bounded height', () => {
    expect(mapOf(count, 1_000_000).space).toBe(1_000_000)
  })
  it('reaches the first and the last row at the ends of the bar', () => {
    const map = mapOf(count, 1_000_000)
    map.scrolled(1_000_000 - 520)
    expect(map.rows(0).last).toBe(count - 1)
    map.scrolled(0)
    expect([map.top, map.rows(0).first]).toEqual([0, 0])
  })
  it('scales jumps, and follows the wheel pixel by pixel', () => {
    const map = mapOf(count, 1_000_000)
    map.scrolled(500_000)
    expect(map.top / map.total).toBeCloseTo(0.5, 2)
    const before = map.top
    map.scrolled(500_100)
    expect(map.top).toBe(before + 100)
  })
  it('keeps rows where they are drawn when the bar is put right at rest', () => {
    const map = mapOf(count, 1_000_000)
    map.scrolled(500_000)
    for (let step = 1; step <= 40; step += 1) map.scrolled(500_000 + step * 100)
    const [top, shown] = [map.top, map.top + map.shift]
    expect(shown).toBe(504_000)
    const settled = map.settle()
    expect(settled).not.toBeNull()
    expect(map.top).toBe(top)
    map.scrolled(settled ?? 0)
    expect(map.top).toBe(top)
  })
  it('finds every row it is sent to', () => {
    const map = mapOf(count, 1_000_000)
    for (const row of [0, 1, 499_999, 777_777, 999_999]) {
      map.goTo(row * 26)
      const { first, last } = map.rows(0)
      expect(row).toBeGreaterThanOrEqual(first)
      expect(row).toBeLessThanOrEqual(last)
    }
  })
  it('stays within the list when it becomes shorter', () => {
    const map = mapOf(count, 1_000_000)
    map.scrolled(900_000)
    map.resize({ count: 10, rowHeight: 26, viewport: 520 })
    expect([map.top, map.rows(2)]).toEqual([0, { first: 0, last: 9 }])
  })
})
