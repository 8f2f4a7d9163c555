import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TestCore, until } from '../hosts/testing/test-core.ts'
import { stream } from '../learn/random.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

async function finished(core: TestCore, jobId: string | null): Promise<void> {
  const job = await until('the end of the job', async () => {
    const now = await core.job(jobId ?? '')
    return ['done', 'failed', 'cancelled'].includes(now.status) ? now : undefined
  })
  expect(job).toMatchObject({ status: 'done', error: null })
  await until('the jobs after it', async () => (await core.call('jobs.list', {})).every(({ status }) => status !== 'queued' && status !== 'running'))
}

/** Three clouds in the plane, 240 rows, their labels right. */
async function withClouds(): Promise<{ core: TestCore; datasetId: string; given: string }> {
  const folder = temporaryFolder()
  const core = await TestCore.open(folder)
  const random = stream(5, 'clouds')
  const lines = Array.from({ length: 240 }, (_, row) => `${((row % 3) * 4 + random.normal()).toFixed(3)},${((row % 3 === 1 ? 4 : 0) + random.normal()).toFixed(3)},c${row % 3},${row % 2 === 0 ? 'north' : 'south'}`)
  const path = join(folder, 'clouds.csv')
  writeFileSync(path, `u,v,label,site\n${lines.join('\n')}\n`)
  await finished(core, (await core.call('imports.start', { path, name: 'Clouds' })).jobId)
  const [dataset] = await core.call('datasets.list', {})
  const [given] = await core.call('datasets.sources', { datasetId: dataset?.id ?? '' })
  return { core, datasetId: dataset?.id ?? '', given: given?.id ?? '' }
}

test('noise is added with the truth kept aside, found again, and its scores can be filtered and sorted by', { timeout: 60_000 }, async () => {
  const { core, datasetId, given } = await withClouds()
  await finished(core, (await core.call('noise.inject', { injection: { datasetId, sourceId: given, name: 'noisy', noise: { type: 'symmetric', rate: 0.2 }, seed: 4 } })).jobId)
  expect(await core.reply('noise.inject', { injection: { datasetId, sourceId: given, name: 'noisy', noise: { type: 'pair', rate: 0.2 } } })).toMatchObject({ ok: false, error: { code: 'conflict', field: 'injection.name' } })
  const sources = await core.call('datasets.sources', { datasetId })
  const noisy = sources.find(({ name }) => name === 'noisy')?.id ?? ''
  expect(sources.find(({ kind }) => kind === 'truth')).toMatchObject({ labelled: 240 })

  const request = { datasetId, sourceId: noisy, detectors: ['confident-learning' as const, 'area-under-margin' as const, 'neighbour-vote' as const, 'early-loss' as const], probabilities: { from: 'cross-validation' as const, folds: 4, epochs: 15, batchSize: 32, learningRate: 0.03, model: { kind: 'dense' as const, hidden: [16] } } }
  await finished(core, (await core.call('noise.start-check', { request })).jobId)
  const [check] = await core.call('noise.checks', { datasetId })
  const report = check?.report
  expect(report).toMatchObject({ rows: 240, classes: 3, issues: { imbalance: null, leaks: null } })
  expect(report?.trueRate).toBeGreaterThan(0.1)
  expect(report?.estimate?.rate.value).toBeCloseTo(report?.trueRate ?? 0, 1)
  expect(report?.detectors.map(({ name }) => name)).toEqual(['confident-learning', 'area-under-margin', 'neighbour-vote', 'early-loss', 'ensemble'])
  for (const { name, quality, flagged } of report?.detectors ?? []) {
    expect(quality?.averagePrecision, name).toBeGreaterThan(0.6)
    expect(flagged, name).toBeGreaterThan(10)
  }
  // Rows of a transition matrix are distributions.
  for (let row = 0; row < 3; row++) expect(report?.estimate?.transition.slice(3 * row, 3 * row + 3).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6)

  const checkId = check?.id ?? ''
  const scores = await core.call('noise.scores', { checkId })
  expect([scores.names.at(-1), scores.scores.length, scores.suggested.length]).toEqual(['ensemble', 5, 240])
  const filter = { kind: 'number' as const, column: 'noise', comparison: '>' as const, value: 0.8 }
  const view = await core.call('datasets.view', { datasetId, sourceId: noisy, filter, sort: { by: 'column', column: 'noise', descending: true }, sourceIds: [noisy] })
  expect(view.total).toBeGreaterThan(5)
  const top = scores.scores.at(-1)?.reduce((best, score, row, all) => (score < (all[best] ?? 1) ? row : best), 0)
  const suspects = await core.call('noise.suspects', { checkId, rows: [view.rows[0] ?? 0] })
  expect(1 - (suspects[0]?.scores.at(-1) ?? 0)).toBeCloseTo(1 - (scores.scores.at(-1)?.[top ?? 0] ?? 0), 5)
  expect(suspects[0]).toMatchObject({ flagged: true, truth: suspects[0]?.suggested })
  expect([suspects[0]?.probabilities?.length, suspects[0]?.neighbours.length, suspects[0]?.dynamics.length]).toEqual([3, 10, 15])

  // What a map and a threshold need of every row, and many decisions as one step of undo.
  expect([scores.given.length, scores.truth?.length, scores.pinned.length]).toEqual([240, 240, 240])
  expect(scores.given.filter((label, row) => label !== scores.truth?.[row]).length / 240).toBeCloseTo(report?.trueRate ?? 0, 6)
  const map = await core.call('noise.data-map', { checkId })
  const [confidence = 0, variability = 0] = [map?.confidence[view.rows[0] ?? 0], map?.variability[view.rows[0] ?? 0]]
  const watched = suspects[0]?.dynamics ?? []
  const mean = watched.reduce((sum, value) => sum + value, 0) / watched.length
  expect(confidence).toBeCloseTo(mean, 5)
  expect(variability).toBeCloseTo(Math.sqrt(watched.reduce((sum, value) => sum + (value - mean) ** 2, 0) / watched.length), 4)
  const worst = [...view.rows.slice(0, 5)]
  const before = (await core.call('journal.state', {})).undo.depth
  expect((await core.call('noise.decide', { checkId, rows: worst, label: 'suggested' })).undo).toEqual({ depth: before + 1, title: 'Accept the suggestion for 5 examples' })
  const mine = (await core.call('datasets.sources', { datasetId })).find(({ kind }) => kind === 'annotator')?.id ?? ''
  const labelsOf = async () => (await core.call('datasets.view', { datasetId, filter: { kind: 'label', source: 'annotator:me', is: 'any' }, sourceIds: [mine] })).labels[0]
  expect(Array.from((await labelsOf()) ?? [])).toEqual(worst.toSorted((a, b) => a - b).map((row) => scores.suggested[row]))
  await core.call('noise.decide', { checkId, rows: worst, label: 'given' })
  expect(Array.from((await labelsOf()) ?? [])).toEqual(worst.toSorted((a, b) => a - b).map((row) => scores.given[row]))
  await core.call('journal.undo', {})
  await core.call('journal.undo', {})
  expect((await labelsOf())?.length).toBe(0)

  // The probabilities are kept as a source that another check can use.
  const made = (await core.call('datasets.sources', { datasetId })).find(({ name }) => name === 'out-of-sample noisy')?.id ?? ''
  await finished(core, (await core.call('noise.start-check', { request: { ...request, detectors: ['confident-learning', 'neighbour-disagreement'], neighbours: 200, probabilities: { from: 'source', sourceId: made } } })).jobId)
  const [again] = await core.call('noise.checks', { datasetId })
  expect(again?.report.estimate?.numLabelIssues).toBe(report?.estimate?.numLabelIssues)
  expect((await core.call('datasets.columns', { datasetId })).filter(({ role }) => role === 'score').map(({ name }) => name)).toEqual(['noise', 'noise-confident-learning', 'noise-neighbour-disagreement'])
  // Most suspicious first in the annotation queue; a correction makes a source of its own to train on.
  const queue = await core.call('annotation.queue', { datasetId, filter: { kind: 'and', parts: [] }, annotator: 'me', order: 'noise' })
  expect(queue.waiting).toBe(240)
  const [first] = await core.call('noise.suspects', { checkId: again?.id ?? '', rows: [queue.rows[0] ?? 0] })
  expect(first?.flagged).toBe(true)
  await core.call('datasets.set-labels', { datasetId, rows: [queue.rows[0] ?? 0], label: first?.suggested ?? 0 })
  await finished(core, (await core.call('noise.merge-corrections', { datasetId, sourceId: noisy })).jobId)
  const corrected = (await core.call('datasets.sources', { datasetId })).find(({ name }) => name === 'noisy, corrected')
  expect(JSON.parse(corrected?.detail ?? '{}')).toMatchObject({ corrected: 1 })
  await core.call('noise.delete-check', { checkId })
  expect((await core.call('noise.checks', { datasetId })).length).toBe(1)
})

test('probabilities of examples that a run was trained on are refused; the other detectors still run', { timeout: 60_000 }, async () => {
  const { core, datasetId, given } = await withClouds()
  const { id } = await core.call('training.start', { config: { datasetId, epochs: 3, seeds: [0], model: { kind: 'linear' }, arms: [{ name: 'one', labels: { from: 'source', sourceId: given } }] } })
  await core.settled(id)
  const [run] = await core.call('runs.list', { experimentId: id })
  const base = { datasetId, sourceId: given, probabilities: { from: 'run' as const, runId: run?.id ?? '' } }
  await finished(core, (await core.call('noise.start-check', { request: { ...base, detectors: ['confident-learning', 'neighbour-vote'] } })).jobId)
  const [check] = await core.call('noise.checks', { datasetId })
  expect(check?.report.detectors).toMatchObject([{ name: 'confident-learning', unavailable: expect.stringContaining('192 of the labelled examples were trained on') as string }, { name: 'neighbour-vote', unavailable: null }])

  const { jobId } = await core.call('noise.start-check', { request: { ...base, detectors: ['confident-learning'] } })
  const failed = await until('the failure', async () => {
    const job = await core.job(jobId)
    return job.status === 'failed' ? job : undefined
  })
  expect(failed.error).toMatchObject({ code: 'bad-data', message: 'None of the detectors could run.', hint: expect.stringContaining('trained on') as string })
})
