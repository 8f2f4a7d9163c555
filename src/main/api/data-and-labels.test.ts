import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TestCore, until } from '../hosts/testing/test-core.ts'
import type { InputOf, Procedures } from '../../shared/contract/index.ts'
import type { Filter } from '../../shared/domain/filter.ts'
import type { LabelModelReport } from '../../shared/domain/weak-labels.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

const everything: Filter = { kind: 'and', parts: [] }

async function finished(core: TestCore, jobId: string | null): Promise<void> {
  const job = await until('the end of the job', async () => {
    const now = await core.job(jobId ?? '')
    return ['done', 'failed', 'cancelled'].includes(now.status) ? now : undefined
  })
  expect(job).toMatchObject({ status: 'done', error: null })
  await until('the jobs after it', async () => (await core.call('jobs.list', {})).every(({ status }) => status !== 'queued' && status !== 'running'))
}

/** 200 messages: those that mention money are spam, as are half of the others in capitals. */
async function withMessages(): Promise<{ core: TestCore; datasetId: string; given: string; folder: string }> {
  const folder = temporaryFolder()
  const core = await TestCore.open(folder)
  const rows = Array.from({ length: 200 }, (_, row) => {
    const spam = row % 4 === 0
    const words = spam ? `win free money today, offer number ${row} for you` : `see you at the meeting number ${row} tomorrow`
    return `${row},${spam && row % 8 === 0 ? words.toUpperCase() : words},${row % 10},${spam ? 'spam' : 'ham'}`
  })
  const path = join(folder, 'messages.csv')
  writeFileSync(path, `id,body,length,label\n${rows.map((row) => row.replace(/,(.*),(\d+),(spam|ham)$/, ',"$1",$2,$3')).join('\n')}\n`)
  const preview = await core.call('imports.inspect', { path })
  expect(preview).toMatchObject({ format: 'delimited', name: 'messages', rejected: [], classes: [{ name: 'ham' }, { name: 'spam' }] })
  expect(preview.columns.map(({ name, role }) => [name, role])).toEqual([['id', 'id'], ['body', 'text'], ['length', 'feature'], ['label', 'label']])
  await finished(core, (await core.call('imports.start', { path, name: 'Messages' })).jobId)
  const [dataset] = await core.call('datasets.list', {})
  const datasetId = dataset?.id ?? ''
  const [given] = await core.call('datasets.sources', { datasetId })
  return { core, datasetId, given: given?.id ?? '', folder }
}

test('a view is filtered, sorted and searched; bulk actions take all that matches as one step of undo', { timeout: 60_000 }, async () => {
  const { core, datasetId, given } = await withMessages()
  const money: Filter = { kind: 'search', query: '"free money"' }
  const view = await core.call('datasets.view', { datasetId, sourceId: given, filter: money, sort: { by: 'column', column: 'id', descending: true }, limit: 3, sourceIds: [given], columns: [0, 1] })
  expect(view).toMatchObject({ total: 50, rows: Int32Array.of(196, 192, 188), labels: [Int32Array.of(1, 1, 1)] })
  expect(view.columns[0]).toEqual({ type: 'number', values: Float64Array.of(196, 192, 188) })
  expect(await core.call('datasets.position', { datasetId, filter: money, sort: { by: 'column', column: 'id', descending: true }, row: 188 })).toBe(2)
  expect(await core.call('datasets.count', { datasetId, sourceId: given, filter: { kind: 'label', source: null, is: [1], negated: true } })).toBe(150)
  expect(await core.reply('datasets.count', { datasetId, filter: { kind: 'number', column: 'nope', comparison: '<', value: 1 } })).toMatchObject({ ok: false, error: { code: 'invalid-input', message: expect.stringContaining('"nope"') as string } })

  const labelled = async (): Promise<number> => (await core.call('datasets.sources', { datasetId })).find(({ kind }) => kind === 'annotator')?.labelled ?? 0
  expect(await core.call('datasets.label-matching', { datasetId, sourceId: given, filter: money, label: 1 })).toMatchObject({ undo: { depth: 1, title: 'Label 50 examples as spam' } })
  expect(await labelled()).toBe(50)
  await core.call('datasets.set-labels', { datasetId, rows: [0, 1], label: 0 })
  await core.call('datasets.split-matching', { datasetId, filter: { kind: 'rows', from: 0, to: 49 }, split: 'test' })
  expect((await core.call('datasets.balance', { datasetId, sourceId: given, filter: everything })).bySplit.map((counts) => counts[4])).toEqual([37, 13])
  for (let step = 0; step < 3; step++) await core.call('journal.undo', {})
  expect([await labelled(), await core.call('datasets.count', { datasetId, filter: { kind: 'split', split: 'test' } })]).toEqual([0, 0])
  for (let step = 0; step < 3; step++) await core.call('journal.redo', {})
  expect([await labelled(), await core.call('datasets.count', { datasetId, filter: { kind: 'split', split: 'test' } })]).toEqual([51, 50])
  expect((await core.call('datasets.label-history', { datasetId, row: 0 })).filter(({ sourceName }) => sourceName === 'me').map(({ label }) => label)).toEqual([0, 1, null, 1, 0, 1])

  // A range of the list in its order: ids 199 to 190.
  await core.call('datasets.label-matching', { datasetId, filter: everything, sort: { by: 'column', column: 'id', descending: true }, range: { offset: 0, count: 10 }, annotator: 'range', label: 0 })
  const ranged = (await core.call('datasets.sources', { datasetId })).find(({ name }) => name === 'range')?.id ?? ''
  expect(Array.from((await core.call('datasets.view', { datasetId, sourceId: ranged, filter: { kind: 'label', source: null, is: 'any' } })).rows)).toEqual(Array.from({ length: 10 }, (_, place) => 190 + place))
  const suggestions = await core.call('annotation.suggestions', { datasetId, sourceId: ranged, rows: [195, 3] })
  expect([Array.from(suggestions.labels), Array.from(suggestions.confidences)]).toEqual([[0, -1], [Number.NaN, Number.NaN]])
  await core.call('journal.undo', {})

  const before = await core.call('datasets.create-version', { datasetId, name: 'before', sourceId: given })
  await core.call('datasets.make-splits', { datasetId, sourceId: given, shares: { teacher: 0.2, test: 0.3 }, seed: 4 })
  const after = await core.call('datasets.create-version', { datasetId, name: 'after', sourceId: given })
  expect(after.counts).toMatchObject({ teacher: 40, test: 60, student: 100 })
  expect(await core.call('datasets.version-difference', { datasetId, before: before.id, after: after.id })).toMatchObject({ added: { count: 0 }, relabelled: { count: 0 }, moved: { count: expect.any(Number) as number } })

  const saved = await core.call('filters.save', { datasetId, name: 'Money', filter: money })
  expect(await core.call('filters.list', { datasetId })).toEqual([saved])
  await core.call('filters.delete', { filterId: saved.id })
  expect(await core.call('filters.list', { datasetId })).toEqual([])
  await core.call('journal.undo', {})
  expect(await core.call('filters.list', { datasetId })).toEqual([saved])

  const dataset = await core.call('datasets.get', { datasetId })
  expect(await core.reply('datasets.set-classes', { datasetId, classes: dataset.classes.slice(0, 1) })).toMatchObject({ ok: false, error: { code: 'conflict', message: expect.stringContaining('"spam" still has labels') as string } })
  await core.call('datasets.set-classes', { datasetId, classes: dataset.classes.map((each) => ({ ...each, name: each.name.toUpperCase() })) })
  expect((await core.call('datasets.get', { datasetId })).classes.map(({ name }) => name)).toEqual(['HAM', 'SPAM'])
  await core.close()
})

test('labeling functions are previewed, saved in versions and applied; label models turn their votes into soft labels', { timeout: 90_000 }, async () => {
  const { core, datasetId, given } = await withMessages()
  const money: InputOf<Procedures['functions.save']>['definition'] & { kind: 'keywords' } = { kind: 'keywords', columns: ['body'], words: ['free money'], label: 1 }
  const preview = await core.call('functions.preview', { datasetId, definition: money, truthSourceId: given })
  expect(preview).toMatchObject({ rows: 200, coverage: 0.25, dev: { accuracy: 1 } })
  expect(preview.hits[0]?.match).not.toBeNull()
  expect(await core.reply('functions.preview', { datasetId, definition: { kind: 'pattern', columns: ['body'], pattern: '(', label: 1 } })).toMatchObject({ ok: false, error: { code: 'invalid-input' } })

  await core.call('functions.save', { datasetId, name: 'money', definition: { ...money, words: ['nothing of the kind'] } })
  const second = await core.call('functions.save', { datasetId, name: 'money', definition: money })
  expect(second.version).toBe(2)
  await core.call('functions.save', { datasetId, name: 'meeting', definition: { kind: 'pattern', columns: ['body'], pattern: 'meeting', label: 0 } })
  await core.call('functions.save', { datasetId, name: 'shouting', definition: { kind: 'javascript', code: 'return example.body === example.body.toUpperCase() ? "spam" : null' } })
  await core.call('functions.save', { datasetId, name: 'short', definition: { kind: 'interval', column: 'length', from: null, to: 2, label: 0 } })
  expect((await core.call('functions.list', { datasetId })).map(({ name, version }) => [name, version])).toEqual([['money', 2], ['meeting', 1], ['shouting', 1], ['short', 1]])
  await finished(core, (await core.call('functions.apply', { datasetId })).jobId)
  const table = await core.call('functions.table', { datasetId, truthSourceId: given })
  expect(table.functions.map(({ name, polarity, coverage, empiricalAccuracy }) => [name, polarity, coverage, empiricalAccuracy])).toEqual([
    ['money', [1], 0.25, 1],
    ['meeting', [0], 0.75, 1],
    ['shouting', [1], 0.125, 1],
    ['short', [0], 0.3, expect.closeTo(2 / 3, 1)]
  ])
  expect(await core.call('functions.apply', { datasetId })).toEqual({ jobId: null })

  for (const method of ['majority', 'dawid-skene', 'correlated'] as const) await finished(core, (await core.call('label-models.run', { datasetId, method, name: method, truthSourceId: given })).jobId)
  const sources = await core.call('datasets.sources', { datasetId })
  for (const method of ['majority', 'dawid-skene', 'correlated']) {
    const source = sources.find(({ kind, name }) => kind === 'aggregate' && name === method)
    expect(source?.labelled).toBe(200)
    const report = JSON.parse(source?.detail ?? '') as LabelModelReport
    expect(report).toMatchObject({ method, coverage: 1, accuracy: { n: 200 } })
    expect(report.functions.map(({ name }) => name)).toEqual(['money v2', 'meeting v1', 'shouting v1', 'short v1'])
    expect(report.accuracy?.model).toBeGreaterThan(0.7)
  }

  const votes = sources.filter(({ kind }) => kind === 'labeling-function').map(({ id }) => id)
  const queue = await core.call('annotation.queue', { datasetId, filter: everything, annotator: 'ann', order: 'disagreement', sourceIds: votes, limit: 5 })
  expect(queue).toMatchObject({ waiting: 200, total: 200 })
  expect(queue.rows).toHaveLength(5)
  await core.call('datasets.set-labels', { datasetId, annotator: 'ann', rows: Array.from({ length: 40 }, (_, row) => row), label: 1 })
  const ann = (await core.call('datasets.sources', { datasetId })).find(({ name }) => name === 'ann')?.id ?? ''
  expect(await core.call('annotation.agreement', { datasetId, sourceIds: [given, ann] })).toMatchObject({ shared: 40, conflictCount: 30, pairs: [{ both: 40, agree: 10 }] })
  const meeting = (await core.call('functions.list', { datasetId })).find(({ name }) => name === 'meeting')
  await core.call('functions.set-enabled', { functionId: meeting?.id ?? '', enabled: false })
  // Judged on what is pinned to the teacher split.
  await core.call('datasets.split-matching', { datasetId, filter: everything, split: 'teacher' })
  const suggested = await core.call('functions.suggest', { datasetId, truthSourceId: given })
  expect(suggested.uncovered).toBeGreaterThan(50)
  expect(suggested.terms.map(({ text, label }) => [text, label])).toContainEqual(['meeting', 0])
  await core.call('functions.set-deleted', { datasetId, name: 'money', deleted: true })
  expect(await core.call('functions.list', { datasetId })).toHaveLength(3)
  await core.call('journal.undo', {})
  expect(await core.call('functions.list', { datasetId })).toHaveLength(4)
  await core.close()
})

test('a labeling function that never ends fails its job with the row, and leaves no votes', { timeout: 60_000 }, async () => {
  const { core, datasetId } = await withMessages()
  const { id } = await core.call('functions.save', { datasetId, name: 'loop', definition: { kind: 'javascript', code: 'if (example.row === 3) for (;;) {}' } })
  const { jobId } = await core.call('functions.apply', { datasetId, functionIds: [id] })
  const job = await until('its end', async () => {
    const now = await core.job(jobId ?? '')
    return now.status === 'failed' ? now : undefined
  })
  expect(job.error).toMatchObject({ code: 'bad-data', message: expect.stringMatching(/^Labeling function "loop": .*row 3/) as string })
  expect((await core.call('datasets.sources', { datasetId })).filter(({ kind }) => kind === 'labeling-function')).toEqual([])
  await core.close()
})
