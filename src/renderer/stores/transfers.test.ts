import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Job } from '../../shared/domain/job.ts'
import type { ImportRequest } from '../../shared/domain/import.ts'
import { createClient } from '../client.ts'
import { provideClient } from '../connection.ts'
import { currentPlace, goTo } from '../location.ts'
import { mail } from '../testing/fake-data.ts'
import { createFakeTransport, fullState, type FakeTransport } from '../testing/fake-transport.ts'
import { useNotices } from './notices.ts'
import { synchronise } from './synchronise.ts'
import { useTransfers } from './transfers.ts'

let transport: FakeTransport
let sync: ReturnType<typeof synchronise>
const request: ImportRequest = { path: '/data/mail.csv', name: 'Mail', options: {}, columns: null, classes: null, badShare: 0.05, source: '', license: '' }
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30))
const messages = (): string[] => useNotices().all.map((notice) => notice.message)

/** The job ends, and its data set is there, as main says it. */
async function end(jobId: string, fields: Partial<Job>): Promise<void> {
  transport.state.jobs = transport.state.jobs.map((job) => (job.id === jobId ? { ...job, ...fields } : job))
  if (fields.status === 'done') transport.state.datasets = [...transport.state.datasets, { ...mail, count: 2990 }]
  transport.send({ topic: 'jobs.changed', payload: { jobs: transport.state.jobs.filter((job) => job.id === jobId) } })
  await settle()
}

beforeEach(async () => {
  setActivePinia(createPinia())
  vi.stubGlobal('document', { hidden: true })
  vi.stubGlobal('history', { pushState: () => undefined, replaceState: () => undefined })
  transport = createFakeTransport(fullState())
  provideClient(createClient(transport))
  sync = synchronise()
  await sync.ready
  goTo('home', null)
})
afterEach(() => {
  sync.stop()
  vi.unstubAllGlobals()
})

describe('an import', () => {
  it('that is watched opens its data set at its end, which is announced once', async () => {
    const transfers = useTransfers()
    const jobId = await transfers.startImport(request)
    expect([transfers.watched, transfers.followed.length]).toEqual([jobId, 1])
    await end(jobId, { status: 'done' })
    expect(currentPlace.value).toMatchObject({ view: 'data', id: 'mail' })
    expect(messages().filter((message) => message.startsWith('Imported'))).toEqual(['Imported 2,990 rows into \u201cMail\u201d; 250 rows left out, see its import report'])
    transport.send({ topic: 'jobs.changed', payload: { jobs: transport.state.jobs } })
    await settle()
    expect(messages().filter((message) => message.startsWith('Imported'))).toHaveLength(1)
    expect([transfers.watched, transfers.followed.length]).toEqual([null, 0])
  })
  it('in the background takes nobody elsewhere', async () => {
    const transfers = useTransfers()
    const jobId = await transfers.startImport(request)
    transfers.watched = null
    await end(jobId, { status: 'done' })
    expect(currentPlace.value.view).toBe('home')
    expect(messages().some((message) => message.startsWith('Imported'))).toBe(true)
  })
  it('that fails is told by the dialog that watches it, else by a notice', async () => {
    const transfers = useTransfers()
    const error = { code: 'bad-data', message: 'Too many rows do not fit.', field: 'badShare' } as const
    const watched = await transfers.startImport(request)
    await end(watched, { status: 'failed', error })
    expect([transfers.failureOf(watched)?.field, messages()]).toEqual(['badShare', []])
    const unwatched = await transfers.startImport(request)
    transfers.watched = null
    await end(unwatched, { status: 'failed', error })
    expect(messages()).toEqual(['Too many rows do not fit.'])
  })
  it('that is cancelled says so', async () => {
    const transfers = useTransfers()
    await end(await transfers.startImport(request), { status: 'cancelled' })
    expect([transfers.watched, messages()]).toEqual([null, ['Cancelled: Mail; nothing was left behind']])
  })
})
