import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { InputOf, Procedures } from '../../shared/contract/index.ts'
import type { Job } from '../../shared/domain/job.ts'
import { TestCore, until } from '../hosts/testing/test-core.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

async function ended(core: TestCore, jobId: string): Promise<Job> {
  const job = await until('the end of the job', async () => {
    const now = await core.job(jobId)
    return ['done', 'failed', 'cancelled'].includes(now.status) ? now : undefined
  })
  await until('the jobs after it', async () => (await core.call('jobs.list', {})).every(({ status }) => status !== 'queued' && status !== 'running'))
  return job
}
const wrench = (folder: string, entries: readonly string[], labels = '{"0": "ham", "1": "SPAM"}'): string => {
  const at = join(folder, `wrench-${labels.length}-${entries.length}-${entries.join().length}`)
  mkdirSync(at, { recursive: true })
  writeFileSync(join(at, 'label.json'), labels)
  writeFileSync(join(at, 'train.json'), `{${entries.join(', ')}}`)
  return join(at, 'train.json')
}

const rows = 40
async function withMail() {
  const folder = temporaryFolder()
  const core = await TestCore.open(folder)
  const path = join(folder, 'mail.csv')
  writeFileSync(path, `id,body,label\n${Array.from({ length: rows }, (_, row) => `m${row},message number ${row} about ${row % 2 === 0 ? 'money' : 'meetings'},${row % 2 === 0 ? 'spam' : 'ham'}`).join('\n')}\n`)
  await ended(core, (await core.call('imports.start', { path, name: 'Mail' })).jobId)
  const datasetId = (await core.call('datasets.list', {}))[0]?.id ?? ''
  const names = async (id = datasetId): Promise<string[]> => (await core.call('functions.list', { datasetId: id })).map(({ name, version }) => `${name} v${version}`)
  const imported = async (input: InputOf<Procedures['imports.votes']>): Promise<string | null> => (await ended(core, (await core.call('imports.votes', input)).jobId)).error?.message ?? null
  const exported = async (input: Omit<InputOf<Procedures['exports.votes']>, 'datasetId'> & { datasetId?: string }): Promise<string | null> => (await ended(core, (await core.call('exports.votes', { datasetId, ...input })).jobId)).error?.message ?? null
  return { core, folder, datasetId, names, imported, exported }
}

test('votes of a file become labeling functions and come back from an export; what does not fit leaves nothing', { timeout: 60_000 }, async () => {
  const { core, folder, datasetId, names, imported, exported } = await withMail()
  const csv = join(folder, 'votes.csv')
  // In another order, and without the last ten examples.
  writeFileSync(csv, `id,money,all ham\n${Array.from({ length: rows - 10 }, (_, line) => rows - 11 - line).map((row) => `m${row},${row % 2 === 0 ? 1 : -1},0`).join('\n')}\n`)
  expect(await imported({ path: csv, datasetId })).toBeNull()
  expect(await names()).toEqual(['money v1', 'all ham v1'])
  const [given] = await core.call('datasets.sources', { datasetId })
  const table = await core.call('functions.table', { datasetId, truthSourceId: given?.id ?? '' })
  expect(table.functions.map(({ name, polarity, coverage, empiricalAccuracy }) => [name, polarity, coverage, empiricalAccuracy])).toEqual([['money', [1], 15 / 40, 1], ['all ham', [0], 30 / 40, 0.5]])
  const functions = await core.call('functions.list', { datasetId })
  expect(functions[0]?.definition).toEqual({ kind: 'imported', file: 'votes.csv', column: 'money' })
  expect(await core.reply('functions.apply', { datasetId, functionIds: [functions[0]?.id ?? ''] })).toMatchObject({ ok: false, error: { code: 'conflict' } })
  expect(await core.call('functions.apply', { datasetId })).toEqual({ jobId: null })

  const out = join(folder, 'exported', 'train.json')
  mkdirSync(join(folder, 'exported'))
  expect(await exported({ path: out, format: 'wrench', truthSourceId: given?.id ?? null })).toBeNull()
  const written = JSON.parse(readFileSync(out, 'utf8')) as Record<string, unknown>
  expect(written['m4']).toEqual({ label: 1, weak_labels: [1, 0], data: { text: 'message number 4 about money' } })
  expect(written['m39']).toMatchObject({ label: 0, weak_labels: [-1, -1] })
  expect(JSON.parse(readFileSync(join(folder, 'exported', 'label.json'), 'utf8'))).toEqual({ 0: 'ham', 1: 'spam' })

  // The same file makes a data set of its own, with the same votes and labels.
  expect(await imported({ path: out, datasetId: null, name: 'Again' })).toBeNull()
  const again = (await core.call('datasets.list', {})).find(({ name }) => name === 'Again')
  expect(again).toMatchObject({ kind: 'text', count: rows, classes: [{ name: 'ham' }, { name: 'spam' }] })
  const id = again?.id ?? ''
  expect(await names(id)).toEqual(['lf0 v1', 'lf1 v1'])
  expect((await core.call('datasets.columns', { datasetId: id })).map(({ name, role }) => [name, role])).toEqual([['id', 'id'], ['text', 'text']])
  const truth = (await core.call('datasets.sources', { datasetId: id })).find(({ kind }) => kind === 'truth')
  expect(truth?.labelled).toBe(rows)
  expect((await core.call('functions.table', { datasetId: id, truthSourceId: truth?.id ?? '' })).functions.map(({ coverage, empiricalAccuracy }) => [coverage, empiricalAccuracy])).toEqual([[15 / 40, 1], [30 / 40, 0.5]])

  const back = join(folder, 'back.csv')
  expect(await exported({ datasetId: id, path: back, format: 'csv' })).toBeNull()
  expect(readFileSync(back, 'utf8').split('\n').slice(0, 3)).toEqual(['id,lf0,lf1', 'm0,1,0', 'm1,-1,0'])
  // WRENCH votes for an existing data set, classes found by name; a second import is the next version.
  expect(await imported({ path: wrench(folder, ['"m1": {"label": 1, "weak_labels": [0, 1]}']), datasetId: id })).toBeNull()
  expect(await names(id)).toEqual(['lf0 v2', 'lf1 v2'])
  expect((await core.call('datasets.sources', { datasetId: id })).find(({ name }) => name === 'lf1 v2')?.labelled).toBe(1)

  const before = [await names(), (await core.call('datasets.sources', { datasetId })).length, (await core.call('datasets.list', {})).length]
  writeFileSync(csv, 'a,b\n0,1\n1,1\n')
  expect(await imported({ path: csv, datasetId })).toBe('votes.csv has 2 rows, "Mail" has 40 examples.')
  expect(await imported({ path: csv, datasetId: null })).toContain('holds no examples')
  expect(await imported({ path: wrench(folder, ['"a": {"label": 0, "weak_labels": [0], "data": {"text": "half \\ud800 a character"}}']), datasetId: null })).toContain('row 1: The text holds half a character')
  expect(await imported({ path: wrench(folder, ['"a": {"label": 0, "weak_labels": [0]}']), datasetId: null })).toContain('Nothing is left to learn from')
  expect([await names(), (await core.call('datasets.sources', { datasetId })).length, (await core.call('datasets.list', {})).length]).toEqual(before)
  // Class names of other files in a folder stay what they are.
  expect(await exported({ path: wrench(folder, [], '{"0": "x", "1": "y"}'), format: 'wrench' })).toContain('names other classes')
  await core.close()
})
