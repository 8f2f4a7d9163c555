import { beforeEach, describe, expect, it } from 'vitest'
import { createClient } from '../../client.ts'
import { provideClient } from '../../connection.ts'
import { createFakeTransport, type FakeTransport } from '../../testing/fake-transport.ts'
import { truthOf } from '../../testing/synthetic.ts'
import { imageSize } from './draw-example.ts'
import { ExamplePages, pageSize } from './example-pages.ts'

let transport: FakeTransport
const query = { datasetId: 'mnist', sourceId: 'given', label: null }

beforeEach(() => {
  transport = createFakeTransport()
  provideClient(createClient(transport))
})

describe('pages of examples', () => {
  it('are read once, as they are needed', async () => {
    const pages = new ExamplePages()
    await pages.ask(query)
    expect([pages.total.value, pages.at(5)?.row, pages.at(pageSize)]).toEqual([10_000, 5, null])
    await Promise.all([pages.need(150, 250), pages.need(190, 210)])
    expect(pages.at(210)).toMatchObject({ row: 210, label: truthOf(210), split: null })
    expect(transport.state.calls).toHaveLength(2)
  })
  it('keep a bounded number of pages', async () => {
    const pages = new ExamplePages(2)
    await pages.ask(query)
    await pages.need(pageSize, pageSize * 3)
    expect([0, 1, 2, 3].map((page) => pages.at(page * pageSize) !== null).filter(Boolean)).toHaveLength(2)
  })
  it('show changed labels after a refresh and drop answers to an older question', async () => {
    const pages = new ExamplePages()
    await pages.ask({ ...query, sourceId: 'me' })
    expect(pages.at(3)?.label).toBe(-1)
    transport.state.labels.set(3, 7)
    await pages.refresh()
    expect(pages.at(3)?.label).toBe(7)
    const [, last] = [pages.ask(query), pages.ask({ ...query, label: 4 })]
    await last
    expect(pages.at(0)?.label).toBe(4)
  })
  it('report a failure', async () => {
    const pages = new ExamplePages()
    await pages.ask({ ...query, datasetId: 'not an id' })
    expect(pages.failure.value?.code).toBe('internal')
    expect(pages.total.value).toBeNull()
  })
})

describe('image shapes', () => {
  it('are grey, colour, or none', () => {
    expect(imageSize([28, 28])).toEqual({ height: 28, width: 28, channels: 1 })
    expect(imageSize([8, 9, 3])).toEqual({ height: 8, width: 9, channels: 3 })
    for (const shape of [[30], [], [2, 2, 5], [1, 2, 3, 4]]) expect(imageSize(shape)).toBeNull()
  })
})
