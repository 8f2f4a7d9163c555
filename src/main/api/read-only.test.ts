import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { NoiseCheckRequest, type NoiseReport } from '../../shared/domain/noise-check.ts'
import { TestCore } from '../hosts/testing/test-core.ts'
import { procedureNames } from '../../shared/contract/procedures.ts'
import { openBench } from '../store/bench.ts'
import { addDataset, addRun, weakToStrongDefaults } from '../store/fixtures/sample-bench.ts'
import { contentsOf, temporaryFolder } from '../store/fixtures/temporary-folder.ts'

const emptyReport: NoiseReport = {
  rows: 8, classes: 2, detectors: [], estimate: null, trueTransition: null, trueRate: null, agreement: [], probabilities: null,
  issues: { imbalance: null, ambiguous: [], outliers: null, orderPValue: null, leaks: null, weakSlices: [] }, seconds: 1
}

/** A file in a folder of its own, with one of everything that can be changed. */
function prepare() {
  const folder = temporaryFolder()
  const path = join(folder, 'test.weakbench')
  const bench = openBench(path, { create: true })
  const datasetId = addDataset(bench).id
  const sourceId = bench.labels.ensureSource(datasetId, 'given', 'given').id
  const otherId = bench.labels.ensureSource(datasetId, 'annotator', 'me').id
  bench.labels.append(otherId, [0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 0, 1, 0, 1, 0, 1])
  const experimentId = bench.experiments.insert('weak-to-strong', 'first', weakToStrongDefaults).id
  const run = addRun(bench, experimentId)
  const versionId = bench.versions.ensure({ datasetId, name: 'all', labelSourceId: sourceId, rows: Int32Array.of(0), splits: Uint8Array.of(4), labels: Int32Array.of(-1) }).id
  const checkId = bench.noiseChecks.insert({ datasetId, sourceId: otherId, name: 'first', request: v.parse(NoiseCheckRequest, { datasetId, sourceId: otherId }), report: emptyReport })
  bench.noiseChecks.complete(checkId)
  bench.jobs.end(run.jobId ?? '', 'interrupted', null)
  bench.close()
  return { folder, path, datasetId, sourceId, otherId, versionId, checkId, experimentId, runId: run.id, jobId: run.jobId ?? '' }
}

test('a file that is open read-only keeps every byte: what would write is refused, the rest answers', { timeout: 30_000 }, async () => {
  const { folder, path, datasetId, sourceId, otherId, versionId, checkId, experimentId, runId, jobId } = prepare()
  const before = contentsOf(folder)
  const elsewhere = temporaryFolder()
  const table = join(elsewhere, 'table.csv')
  writeFileSync(table, 'x,label\n1,a\n2,b\n')
  const filter = { kind: 'and', parts: [] } as const
  const training = { datasetId, arms: [{ name: 'one', labels: { from: 'source', sourceId: otherId } }] } as const
  const core = await TestCore.open(elsewhere, { benchPath: path, readOnly: true })
  const writes: Readonly<Record<string, unknown>> = {
    'bench.check': {},
    'datasets.rename': { datasetId, name: 'new' },
    'datasets.set-deleted': { datasetId, deleted: false },
    'datasets.set-labels': { datasetId, rows: [1], label: 1 },
    'datasets.set-split': { datasetId, rows: [1], split: 'test' },
    'datasets.add-sample': { sample: 'mnist-10k' },
    'datasets.label-matching': { datasetId, filter, label: 1 },
    'datasets.split-matching': { datasetId, filter, split: 'test' },
    'datasets.make-splits': { datasetId, sourceId, shares: { test: 0.5 }, seed: 0 },
    'datasets.set-classes': { datasetId, classes: [{ position: 0, name: 'a', color: '#000000', key: '' }] },
    'datasets.find-duplicates': { datasetId },
    'datasets.create-version': { datasetId, name: 'frozen', sourceId },
    'filters.save': { datasetId, name: 'all', filter },
    'filters.delete': { filterId: 'none' },
    'imports.start': { path, name: 'new' },
    'imports.votes': { datasetId: null, path },
    'exports.votes': { datasetId, path: join(elsewhere, 'votes.csv'), format: 'csv' },
    'exports.start': { datasetId, filter, path: join(elsewhere, 'out.csv'), format: 'csv', contents: ['labels'] },
    'functions.save': { datasetId, name: 'rule', definition: { kind: 'interval', column: 'x', from: 0, to: null, label: 0 } },
    'functions.set-enabled': { functionId: 'none', enabled: false },
    'functions.set-deleted': { datasetId, name: 'rule', deleted: true },
    'functions.apply': { datasetId },
    'label-models.run': { datasetId, method: 'majority', name: 'votes' },
    'training.start': { config: training },
    'training.label-with-run': { runId },
    'noise.start-check': { request: { datasetId, sourceId: otherId } },
    'noise.delete-check': { checkId: 'none' },
    'noise.decide': { checkId, rows: [0], label: 'given' },
    'noise.start-projection': { datasetId, method: 'pca' },
    'noise.merge-corrections': { datasetId, sourceId, annotator: 'me' },
    'noise.inject': { injection: { datasetId, sourceId: otherId, name: 'noisy', noise: { type: 'symmetric', rate: 0.2 } } },
    'experiments.start-weak-to-strong': {},
    'experiments.cancel': { experimentId },
    'experiments.resume': { experimentId },
    'experiments.rename': { experimentId, name: 'new' },
    'experiments.set-notes': { experimentId, notes: 'new' },
    'experiments.set-deleted': { experimentId, deleted: false },
    'runs.rename': { runId, name: 'new' },
    'runs.set-notes': { runId, notes: 'new' },
    'runs.set-tags': { runId, tags: [] },
    'runs.set-deleted': { runIds: [runId], deleted: false },
    'jobs.cancel': { jobId },
    'jobs.resume': { jobId },
    'jobs.discard': { jobId },
    'journal.undo': {},
    'journal.redo': {}
  }
  const reads: Readonly<Record<string, unknown>> = {
    'app.info': {},
    'app.choose-bench': { mode: 'open' },
    'bench.info': {},
    'bench.recent': {},
    'bench.open': { path, readOnly: true },
    'bench.backup': { path: join(elsewhere, 'copy.weakbench') },
    'bench.forget': { path },
    'datasets.list': {},
    'datasets.sources': { datasetId },
    'datasets.versions': { datasetId },
    'datasets.label-history': { datasetId, row: 0 },
    'datasets.get': { datasetId },
    'datasets.columns': { datasetId },
    'datasets.view': { datasetId, filter, sourceIds: [sourceId] },
    'datasets.position': { datasetId, filter, row: 1 },
    'datasets.count': { datasetId, filter },
    'datasets.balance': { datasetId, sourceId, filter },
    'datasets.quarantine': { datasetId },
    'datasets.report': { datasetId, kind: 'import' },
    'datasets.version-difference': { datasetId, before: versionId, after: versionId },
    'filters.list': { datasetId },
    'imports.choose': { mode: 'file' },
    'imports.inspect': { path: table },
    'annotation.queue': { datasetId, filter, annotator: 'me', order: 'row' },
    'annotation.suggestions': { datasetId, sourceId, rows: [0] },
    'annotation.agreement': { datasetId, sourceIds: [sourceId, otherId] },
    'functions.list': { datasetId },
    'functions.versions': { datasetId, name: 'rule' },
    'functions.preview': { datasetId, definition: { kind: 'nearest-prototype', prototypes: [{ row: 0, label: 0 }], radius: null } },
    'functions.table': { datasetId, truthSourceId: sourceId },
    'functions.suggest': { datasetId },
    'training.plan': { config: training },
    'noise.checks': { datasetId },
    'noise.scores': { checkId },
    'noise.suspects': { checkId, rows: [0] },
    'noise.data-map': { checkId },
    'noise.projection': { datasetId },
    'experiments.list': {},
    'experiments.get': { experimentId },
    'runs.list': {},
    'runs.get': { runId },
    'runs.metrics': { runIds: [runId] },
    'runs.config-differences': { runIds: [runId, runId] },
    'jobs.list': {},
    'jobs.log': { jobId },
    'engines.list': {},
    'engines.measure': {},
    'journal.state': {},
    'journal.list': {},
    'settings.get': { key: 'sidebar' },
    'settings.set': { key: 'sidebar', value: '200' }
  }
  // Creating goes over to another file, which this test is not about.
  expect([...Object.keys(writes), ...Object.keys(reads), 'bench.create'].toSorted()).toEqual([...procedureNames].toSorted())
  for (const [procedure, input] of Object.entries(writes)) expect(await core.reply(procedure, input), procedure).toMatchObject({ ok: false, error: { code: 'read-only' } })
  for (const [procedure, input] of Object.entries(reads)) expect(await core.reply(procedure, input), procedure).toMatchObject({ ok: true })
  expect(await core.call('settings.get', { key: 'sidebar' })).toBeNull()
  expect(await core.call('bench.info', {})).toMatchObject({ readOnly: true, interrupted: 1 })
  await core.close()
  expect(contentsOf(folder)).toEqual(before)
})
