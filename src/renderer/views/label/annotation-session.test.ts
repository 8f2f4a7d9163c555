import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { BenchError, type Reply } from '../../../shared/contract/index.ts'
import { everything } from '../../../shared/domain/filter.ts'
import { createClient } from '../../client.ts'
import { provideClient, useClient } from '../../connection.ts'
import { createFakeTransport, fullState, type FakeTransport } from '../../testing/fake-transport.ts'
import { AnnotationSession, type AnnotationSetup } from './annotation-session.ts'

let transport: FakeTransport
/** Answers in the place of the bench, where a test gives one. */
let instead: ((procedure: string) => Promise<Reply> | null) | null
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))
const setup: AnnotationSetup = {
  datasetId: 'mnist', annotator: 'me', order: 'row', orderSources: [], filter: everything, filterSource: 'given', seed: 0, ownId: 'me', suggestionId: 'teacher', columns: [], features: true
}
async function started(fields: Partial<AnnotationSetup> = {}, before: AnnotationSession | null = null): Promise<AnnotationSession> {
  const session = new AnnotationSession({ ...setup, ...fields }, before)
  await session.start()
  await settle()
  return session
}

beforeEach(() => {
  setActivePinia(createPinia())
  transport = createFakeTransport(fullState())
  instead = null
  provideClient(createClient({ ...transport, invoke: (id, procedure, input) => instead?.(procedure) ?? transport.invoke(id, procedure, input) }))
})

describe('the queue', () => {
  it('begins with the first example that has no label, and counts', async () => {
    transport.state.labels.set(0, 3)
    const session = await started()
    expect(session.row).toBe(1)
    expect(session.example.value?.row).toBe(1)
    expect(session.total.value).toBe(10_000)
    expect(session.waiting.value).toBe(9999)
  })

  it('has the next examples before they are needed, in few requests', async () => {
    const session = await started()
    for (let press = 0; press < 100; press += 1) {
      session.label(press % 10)
      expect(session.example.value?.row, `after press ${press}`).toBe(press + 1)
      if (press % 10 === 9) await settle()
    }
    await session.settled()
    expect(transport.state.labels.size).toBe(100)
    expect(transport.state.calls.filter((call) => call === 'datasets.view').length).toBeLessThanOrEqual(15)
  })

  it('is asked for again before it ends, without repeating what was seen', async () => {
    const session = await started()
    const seen = new Set<number | null>()
    for (let press = 0; press < 450; press += 1) {
      seen.add(session.row)
      if (press % 3 === 0) session.skip()
      else session.label(1)
      if (press % 20 === 19) await settle()
    }
    expect(seen.size).toBe(450)
    expect(seen.has(null)).toBe(false)
    expect(session.skipped).toBe(150)
    expect(transport.state.calls.filter((call) => call === 'annotation.queue').length).toBeGreaterThan(1)
  })

  it('ends, and shows what was skipped once more', async () => {
    transport.state.datasets = transport.state.datasets.map((one) => ({ ...one, count: 3 }))
    const session = await started()
    session.label(1)
    session.skip()
    session.label(2)
    expect([session.row, session.atEnd, session.skipped]).toEqual([null, true, 1])
    session.revisit()
    expect([session.row, session.atEnd]).toEqual([1, false])
    session.label(4)
    expect([session.atEnd, session.skipped, session.waiting.value]).toEqual([true, 0, 0])
  })
})

describe('suggestions', () => {
  it('come with the confidence of their source, and are accepted', async () => {
    const session = await started()
    expect(session.example.value?.suggestion).toMatchObject({ confidence: expect.closeTo(0.71, 6) as number })
    const suggested = session.example.value?.suggestion?.label
    expect(session.accept()).toBe(true)
    await session.settled()
    expect(transport.state.labels.get(0)).toBe(suggested)
    expect(session.row).toBe(1)
  })
  it('are not accepted where there is none', async () => {
    const session = await started({ suggestionId: null })
    expect(session.accept()).toBe(false)
    expect(session.row).toBe(0)
  })
})

describe('labels', () => {
  it('are taken at once and stored in the order of the keys', async () => {
    const session = await started()
    session.label(3)
    session.label(5)
    expect([session.labelOf(0), session.labelOf(1), session.waiting.value]).toEqual([3, 5, 9998])
    expect(transport.state.labels.size).toBe(0)
    await session.settled()
    expect([...transport.state.labels]).toEqual([[0, 3], [1, 5]])
    expect([session.changeOf(3), session.changeOf(5), session.changeOf(1)]).toEqual([1, 1, 0])
  })

  it('come back with the reason when they are refused', async () => {
    const session = await started()
    instead = (procedure) => (procedure === 'datasets.set-labels' ? Promise.resolve({ ok: false, error: new BenchError('bench-full', 'The disk is full.').payload }) : null)
    session.label(3)
    expect(session.row).toBe(1)
    await session.settled()
    expect(session.refused.value).toMatchObject({ row: 0, error: { code: 'bench-full' } })
    expect([session.row, session.labelOf(0), session.waiting.value, session.changeOf(3), session.canUndo]).toEqual([0, null, 10_000, 0, false])
    instead = null
    session.label(3)
    expect(session.refused.value).toBeNull()
    await session.settled()
    expect(transport.state.labels.get(0)).toBe(3)
  })

  it('are withdrawn without leaving the example', async () => {
    const session = await started()
    session.label(3)
    session.move(-1)
    session.label(null)
    await session.settled()
    expect([session.row, session.labelOf(0), transport.state.labels.get(0)]).toEqual([0, null, null])
  })
})

describe('undo', () => {
  it('goes back to the example and its label before', async () => {
    const session = await started()
    session.label(3)
    session.label(5)
    session.move(-1)
    session.label(6)
    await session.settled()
    session.follow(await useClient().call('journal.undo', {}))
    expect([session.row, session.labelOf(1)]).toEqual([1, 5])
    session.follow(await useClient().call('journal.undo', {}))
    expect([session.row, session.labelOf(1)]).toEqual([1, null])
    session.follow(await useClient().call('journal.undo', {}))
    expect([session.row, session.labelOf(0), session.canUndo, session.waiting.value]).toEqual([0, null, false, 10_000])
  })

  it('leaves the queue alone when something else was taken back', async () => {
    const session = await started()
    session.label(3)
    await session.settled()
    await useClient().call('datasets.rename', { datasetId: 'mnist', name: 'renamed' })
    session.follow(await useClient().call('journal.undo', {}))
    expect([session.row, session.labelOf(0)]).toEqual([1, 3])
  })

  it('leads back across a change of the queue', async () => {
    const first = await started()
    first.label(3)
    await first.settled()
    const second = await started({ suggestionId: null }, first)
    expect(second.row).toBe(1)
    second.follow(await useClient().call('journal.undo', {}))
    expect([second.row, second.labelOf(0), second.waiting.value]).toEqual([0, null, 10_000])
    second.move(1)
    expect(second.row).toBe(1)
  })

  it('follows redo by reading the labels again', async () => {
    const session = await started()
    session.label(3)
    await session.settled()
    session.follow(await useClient().call('journal.undo', {}))
    await useClient().call('journal.redo', {})
    await session.reread()
    expect(session.labelOf(0)).toBe(3)
  })
})
