import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BenchError } from '../../../shared/contract/errors.ts'
import { splits } from '../../../shared/domain/dataset.ts'
import { stream } from '../../learn/random.ts'
import { dealParts, type Parts, splitOfRows } from './splits.ts'

const parts = ['pretrain', 'teacher', 'student', 'test'] as const
const free = (count: number): Int8Array => new Int8Array(count).fill(-1)
const deal = (pinned: Int8Array, teacherLabels = 200, seed = 0): Parts => dealParts(pinned, teacherLabels, stream(seed, 'parts'))
const all = (dealt: Parts): number[] => parts.flatMap((part) => [...dealt[part]])

/** Pins that leave enough rows: up to a tenth of 2000 rows to anything. */
const pins = fc.array(fc.record({ row: fc.nat(1999), split: fc.integer({ min: 0, max: 4 }) }), { maxLength: 200 }).map((chosen) => {
  const pinned = free(2000)
  for (const { row, split } of chosen) pinned[row] = split
  return pinned
})

describe('the four parts of the weak-to-strong experiment', () => {
  it('are 4000, 1000, 2000 and 2000 of 10,000 rows', () => {
    const dealt = deal(free(10_000), 1000)
    expect(parts.map((part) => dealt[part].length)).toEqual([4000, 1000, 2000, 2000])
    expect(parts.map((part) => deal(free(10_000), 2000)[part].length)).toEqual([4000, 2000, 2000, 2000])
  })

  it('never share a row, use rows that exist, and honour every pin', () => {
    fc.assert(
      fc.property(pins, fc.nat(), (pinned, seed) => {
        const dealt = deal(pinned, 200, seed)
        const rows = all(dealt)
        expect(new Set(rows).size).toBe(rows.length)
        expect(rows.every((row) => row >= 0 && row < pinned.length)).toBe(true)
        const splitOf = splitOfRows(dealt, pinned.length)
        pinned.forEach((split, row) => {
          if (split !== -1) expect(splitOf[row]).toBe(split)
        })
        const usable = pinned.filter((split) => split !== 0).length
        expect(dealt.student.length).toBeGreaterThanOrEqual(Math.floor(usable * 0.2))
        expect(dealt.teacher.length).toBeGreaterThanOrEqual(200)
      }),
      { numRuns: 60 }
    )
  })

  it('are decided by the seed, and differ between seeds', () => {
    expect(deal(free(2000), 200, 1)).toEqual(deal(free(2000), 200, 1))
    expect(deal(free(2000), 200, 2).test).not.toEqual(deal(free(2000), 200, 1).test)
  })

  it('keep the other parts when the teacher gets more labels, and the labels it had', () => {
    const [few, many] = [deal(free(10_000), 200), deal(free(10_000), 2000)]
    for (const part of ['pretrain', 'student', 'test'] as const) expect(many[part]).toEqual(few[part])
    expect(many.teacher.slice(0, 200)).toEqual(few.teacher)
  })

  it('take more than their share where a person pinned more', () => {
    const pinned = free(2000)
    pinned.fill(splits.indexOf('test'), 0, 500)
    const dealt = deal(pinned)
    expect(Array.from(dealt.test)).toEqual(Array.from({ length: 500 }, (_, row) => row))
  })

  it('leave out rows pinned to none, and shrink with what is left', () => {
    const pinned = free(2000)
    pinned.fill(splits.indexOf('none'), 0, 500)
    const dealt = deal(pinned)
    expect(all(dealt).every((row) => row >= 500)).toBe(true)
    expect(parts.map((part) => dealt[part].length)).toEqual([600, 200, 300, 300])
    expect(splitOfRows(dealt, 2000).subarray(0, 500).every((split) => split === 0)).toBe(true)
  })

  it.each([
    ['too few rows for the teacher', free(900), 200, 'teacher'],
    ['everything left out', new Int8Array(2000).fill(0), 200, 'teacher'],
    ['everything pinned to pretraining', new Int8Array(2000).fill(splits.indexOf('pretrain')), 200, 'student'],
    ['everything pinned to the teacher', new Int8Array(2000).fill(splits.indexOf('teacher')), 200, 'pretrain'],
    ['no rows', free(0), 200, 'teacher']
  ])('are refused with %s', (_what, pinned, teacherLabels, field) => {
    const refused = (() => {
      try {
        return deal(pinned, teacherLabels)
      } catch (error) {
        return error
      }
    })()
    expect(refused).toBeInstanceOf(BenchError)
    expect((refused as BenchError).payload).toMatchObject({ code: 'bad-data', field })
  })
})
