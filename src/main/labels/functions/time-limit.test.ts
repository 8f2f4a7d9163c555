import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BenchError } from '../../../shared/contract/errors.ts'
import { defaultLimits } from './compiled-function.ts'
import { LimitedRows, TooHeavy, withinTime } from './time-limit.ts'

const rowsOf = (count: number): Int32Array => Int32Array.from({ length: count }, (_, index) => 100 + index)
const limited = (limits: Partial<typeof defaultLimits> = {}): LimitedRows => new LimitedRows({ ...defaultLimits, ...limits })

describe('a time limit', () => {
  it('returns what the work returns, or throws what it throws', () => {
    expect(withinTime(1000, () => 7)).toBe(7)
    expect(withinTime(1000, () => undefined)).toBeUndefined()
    expect(() => withinTime(1000, () => { throw new RangeError('mine') })).toThrow(new RangeError('mine'))
    expect(withinTime(1000, () => withinTime(500, () => 1) + 1)).toBe(2)
  })

  it('ends a loop and a regular expression that never end', () => {
    const loop = (): number => {
      for (let n = 0; ; n++) if (n < 0) return n
    }
    expect(() => withinTime(30, loop)).toThrow(TooHeavy)
    expect(() => withinTime(30, () => /^(a+)+$/u.test(`${'a'.repeat(60)}b`))).toThrow(TooHeavy)
    expect(withinTime(1000, () => 'still works')).toBe('still works')
  })
})

describe('rows under limits', () => {
  it('work on every row, and blame the one that is too heavy alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 100 }), fc.option(fc.nat(299), { nil: null }), async (count, step, heavy) => {
        const done = new Set<number>()
        const run = (from: number, to: number): void => {
          if (heavy !== null && from <= heavy && heavy < to) throw new TooHeavy('memory')
          for (let index = from; index < to; index++) done.add(index)
        }
        const outcome = limited().over(rowsOf(count), (from) => from + step, run)
        if (heavy === null || heavy >= count) {
          await outcome
          expect(done.size).toBe(count)
        } else {
          await expect(outcome).rejects.toMatchObject({ payload: { code: 'bad-data', field: `row ${100 + heavy}` } })
          expect(done.size).toBe(heavy)
        }
      })
    )
  })

  it('may be too heavy together and still be done', async () => {
    const done: number[] = []
    await limited().over(rowsOf(20), () => 20, (from, to) => {
      if (to - from > 2) throw new TooHeavy('memory')
      for (let index = from; index < to; index++) done.push(index)
    })
    expect(done).toEqual(Array.from({ length: 20 }, (_, index) => index))
  })

  it('stop when all of them together take too long', async () => {
    const rows = limited({ totalMilliseconds: 40 })
    const wait = async (): Promise<void> => { await new Promise((resolve) => setTimeout(resolve, 15)) }
    await expect(rows.over(rowsOf(100), (from) => from + 1, wait)).rejects.toThrow(/stopped after 0.04 s in all/u)
  })

  it('get more time where the process waited for a processor, and no more where it was slow', async () => {
    const given: number[] = []
    const waitAndFail = async (_from: number, _to: number, milliseconds: number): Promise<void> => {
      given.push(milliseconds)
      await new Promise((resolve) => setTimeout(resolve, 2))
      if (milliseconds < 400) throw new TooHeavy('time')
    }
    await limited({ rowMilliseconds: 100 }).over(rowsOf(1), () => 1, waitAndFail)
    expect(given).toEqual([100, 200, 400])

    const burn = (_from: number, _to: number, milliseconds: number): void => {
      given.push(milliseconds)
      const before = process.cpuUsage()
      for (let used = 0; used < 60_000; ) used = process.cpuUsage(before).user + process.cpuUsage(before).system
      throw new TooHeavy('time')
    }
    given.length = 0
    await expect(limited({ rowMilliseconds: 100 }).over(rowsOf(1), () => 1, burn)).rejects.toMatchObject({ payload: { field: 'row 100' } })
    expect(given).toEqual([100])
  })

  it('give up at last on a row that never gets a processor', async () => {
    const wait = (): void => { throw new TooHeavy('time') }
    await expect(limited({ rowMilliseconds: 1000 }).over(rowsOf(2), () => 2, wait)).rejects.toMatchObject({ payload: { field: 'row 100' } })
  })

  it('pass on any other error', async () => {
    const fail = (): void => { throw new BenchError('internal', 'Other.') }
    await expect(limited().over(rowsOf(3), () => 3, fail)).rejects.toThrow('Other.')
  })
})
