import { describe, expect, it } from 'vitest'
import { parseSplits, splitDraft } from './split-shares.ts'

const withShares = (shares: Partial<(typeof splitDraft)['shares']>, seed = '7') => parseSplits({ seed, shares: { pretrain: '', teacher: '', student: '', test: '', ...shares } })

describe('shares of splits', () => {
  it('are read as percent, the rest left to the seeds', () => {
    expect(withShares({ teacher: '20', test: ' 12.5 ' })).toEqual({ seed: 7, shares: { pretrain: 0, teacher: 0.2, student: 0, test: 0.125 }, rest: 0.675 })
    expect(parseSplits(splitDraft)).toMatchObject({ seed: 0, rest: 0 })
  })
  it('are refused where they make no sense', () => {
    expect(withShares({ teacher: '60', student: '50' })).toMatch('more than 100%')
    expect(withShares({})).toMatch('At least one')
    expect(withShares({ test: 'x' })).toMatch('number from 0 to 100')
    expect(withShares({ test: '-1' })).toMatch('number from 0 to 100')
    expect(withShares({ test: '10' }, '1.5')).toMatch('whole number')
    expect(withShares({ test: '10' }, '99999999999')).toMatch('whole number')
  })
})
