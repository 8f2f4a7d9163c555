import { describe, expect, it } from 'vitest'
import { Gain } from './gain.ts'

/** The share of rounds that are done together where a round takes so long either way. */
function shareTogether(gain: Gain, together: number, alone: number, rounds = 20_000): number {
  let count = 0
  for (let i = 0; i < rounds; i++) {
    if (gain.together) count++
    gain.learn(gain.together ? together : alone)
  }
  return count / rounds
}

describe('the gain of several threads', () => {
  it('is taken where there is one, and tested now and then', () => {
    const share = shareTogether(new Gain(), 0.5, 1)
    expect(share).toBeGreaterThan(0.97)
    expect(share).toBeLessThan(1)
  })

  it('is not looked for for long where there is none', () => {
    expect(shareTogether(new Gain(), 1.2, 1)).toBeLessThan(0.15)
    expect(shareTogether(new Gain(), 1, 1)).toBeLessThan(0.15)
    expect(shareTogether(new Gain(), 3, 1, 2000)).toBeLessThan(0.2)
  })

  it('is found again when the cores are free again', () => {
    const gain = new Gain()
    expect(shareTogether(gain, 3, 1)).toBeLessThan(0.15)
    expect(shareTogether(gain, 0.5, 1)).toBeGreaterThan(0.9)
    expect(shareTogether(gain, 3, 1)).toBeLessThan(0.5)
  })
})
