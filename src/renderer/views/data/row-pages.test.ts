import { beforeEach, describe, expect, it } from 'vitest'
import { createClient } from '../../client.ts'
import { provideClient } from '../../connection.ts'
import { mail } from '../../testing/fake-data.ts'
import { createFakeTransport, fullState, type FakeTransport } from '../../testing/fake-transport.ts'
import { truthOf } from '../../testing/synthetic.ts'
import { imageSize } from './draw-example.ts'
import { labelBy, pageSize, RowPages, type RowQuery, valueOf } from './row-pages.ts'

let transport: FakeTransport
const query: RowQuery = { datasetId: 'mnist', sourceId: 'given', filter: { kind: 'and', parts: [] }, sort: null, sourceIds: ['given', 'me'], columns: [], features: false }
const small: RowQuery = { ...query, datasetId: 'mail', sourceIds: ['given'], columns: [0, 1] }

beforeEach(() => {
  const state = fullState()
  transport = createFakeTransport({ ...state, datasets: [...state.datasets, { ...mail, count: 5000 }] })
  provideClient(createClient(transport))
})

describe('pages of rows', () => {
  it('are read once, as they are needed', async () => {
    const pages = new RowPages()
    await pages.ask(query)
    expect([pages.total.value, pages.at(5)?.row, pages.at(pageSize)]).toEqual([10_000, 5, null])
    await Promise.all([pages.need(150, 250), pages.need(190, 210)])
    const row = pages.at(210)
    expect(row).toMatchObject({ row: 210, split: null })
    expect(row === null ? null : labelBy(row, 'given')).toBe(truthOf(210))
    expect(transport.state.calls).toHaveLength(2)
  })
  it('hold the same object for a place until its page is read again', async () => {
    const pages = new RowPages()
    await pages.ask(query)
    const before = pages.at(7)
    expect(pages.at(7)).toBe(before)
    await pages.refresh()
    expect(pages.at(7)).not.toBe(before)
  })
  it('keep a bounded number of pages', async () => {
    const pages = new RowPages(2)
    await pages.ask(query)
    await pages.need(pageSize, pageSize * 3)
    expect([0, 1, 2, 3].map((page) => pages.at(page * pageSize) !== null).filter(Boolean)).toHaveLength(2)
  })
  it('give up what was scrolled past before it was asked for', async () => {
    const pages = new RowPages()
    await pages.ask(query)
    for (let first = 200; first < 9000; first += 200) void pages.need(first, first + 60)
    await pages.need(9000, 9060)
    expect(pages.at(9010)?.row).toBe(9010)
    // The first page, those two that were on the way, and where the scrolling ended.
    expect(transport.state.calls.length).toBeLessThanOrEqual(5)
  })
  it('drop answers to an older question', async () => {
    const pages = new RowPages()
    const [, last] = [pages.ask(query), pages.ask({ ...query, filter: { kind: 'label', source: null, is: [4] } })]
    await last
    const first = pages.at(0)
    expect(first === null ? null : labelBy(first, 'given')).toBe(4)
  })
  it('show changed labels without moving an example that no longer matches', async () => {
    const pages = new RowPages()
    await pages.ask({ ...query, sourceId: 'me', filter: { kind: 'label', source: null, is: 'none' } })
    await pages.need(0, 20)
    expect(await pages.refreshLabels()).toBe(false)
    transport.state.labels.set(3, 7)
    expect(await pages.refreshLabels()).toBe(true)
    const row = pages.at(3)
    expect([row?.row, row && labelBy(row, 'me')]).toEqual([3, 7])
  })
  it('keep what is shown while more columns of it are read', async () => {
    const pages = new RowPages()
    await pages.ask({ ...small, columns: [0] })
    const asked = pages.ask(small)
    const before = pages.at(4)
    expect([before && valueOf(before, 0), before && valueOf(before, 1)]).toEqual(['minutes', undefined])
    await asked
    const after = pages.at(4)
    expect(after && valueOf(after, 1)).toBe(4)
  })
  it('tell the rows of a range', async () => {
    const pages = new RowPages()
    await pages.ask({ ...query, sort: { by: 'row', descending: true } })
    const rows = await pages.rowsBetween(0, 1199, 1000)
    expect([rows.length, rows[0], rows[999]]).toEqual([1000, 9999, 9000])
  })
  it('report a failure, and recover with the next question', async () => {
    const pages = new RowPages()
    await pages.ask({ ...query, datasetId: 'not an id' })
    expect([pages.failure.value?.code, pages.total.value]).toEqual(['internal', null])
    await pages.ask(query)
    expect([pages.failure.value, pages.total.value]).toEqual([null, 10_000])
  })
})

describe('image shapes', () => {
  it('are grey, colour, or none', () => {
    expect(imageSize([28, 28])).toEqual({ height: 28, width: 28, channels: 1 })
    expect(imageSize([8, 9, 3])).toEqual({ height: 8, width: 9, channels: 3 })
    for (const shape of [[30], [], [2, 2, 5], [1, 2, 3, 4]]) expect(imageSize(shape)).toBeNull()
  })
})
