import { expect, test } from 'vitest'
import { addRun, temporaryBench, weakToStrongDefaults } from './fixtures/sample-bench.ts'

test('a run begins, ends and comes back as it was', () => {
  const bench = temporaryBench()
  const run = addRun(bench)
  expect(run).toMatchObject({ key: 'naive', status: 'running', seed: 3, config: { rate: 0.01 }, summary: {}, tags: [], notes: '', endedAt: null, deletedAt: null })
  bench.runs.end(run.id, 'done', null, { accuracy: 0.5, auroc: Number.NaN, loss: Infinity })
  bench.runs.rename(run.id, 'renamed')
  bench.runs.setNotes(run.id, 'a note')
  bench.runs.setTags(run.id, ['a', 'b'])
  const ended = bench.runs.get(run.id)
  expect(ended).toMatchObject({ status: 'done', name: 'renamed', notes: 'a note', tags: ['a', 'b'], summary: { accuracy: 0.5, auroc: Number.NaN, loss: Infinity } })
  expect(ended?.endedAt).toBeGreaterThanOrEqual(run.createdAt)
  expect(bench.runs.get('none')).toBeUndefined()
})

test('a run of the same job and key goes on under its id', () => {
  const bench = temporaryBench()
  const first = addRun(bench)
  bench.runs.appendMetrics(first.id, [{ name: 'loss', steps: Int32Array.of(1), values: Float64Array.of(2) }])
  bench.runs.endUnfinished(first.jobId ?? '', 'interrupted', 'The bench was closed.')
  expect(bench.runs.get(first.id)).toMatchObject({ status: 'interrupted', statusReason: 'The bench was closed.' })
  const { key, name, arm, role, seed, config } = first
  const again = bench.runs.begin({ key, name, arm, role, seed, config, engine: 'cpu', codeVersion: '2' }, { jobId: first.jobId ?? '', experimentId: null, datasetVersionId: null, parentId: null })
  expect(again).toMatchObject({ id: first.id, status: 'running', statusReason: null, endedAt: null, engine: 'cpu', startedAt: first.startedAt })
  expect(bench.runs.metrics([first.id])[0]?.series[0]?.values).toEqual(Float64Array.of(2))
  expect(bench.runs.list()).toHaveLength(1)
})

test('runs that ended are not ended again with their job', () => {
  const bench = temporaryBench()
  const run = addRun(bench)
  bench.runs.end(run.id, 'done', null)
  expect(bench.runs.endUnfinished(run.jobId ?? '', 'cancelled', 'Cancelled.')).toEqual([])
  expect(bench.runs.get(run.id)?.status).toBe('done')
})

test('lists filter by experiment, job and status, in order, by page', () => {
  const bench = temporaryBench()
  const experiment = bench.experiments.insert('weak-to-strong', 'one', weakToStrongDefaults)
  const runs = [addRun(bench), addRun(bench, experiment.id), addRun(bench, experiment.id)]
  const [first, second, third] = runs.map((run) => run.id)
  bench.runs.end(third ?? '', 'done', null)
  const idsOf = (filter: Parameters<typeof bench.runs.list>[0]): string[] => bench.runs.list(filter).map((run) => run.id)
  expect(idsOf({})).toEqual([first, second, third])
  expect(idsOf({ experimentId: experiment.id })).toEqual([second, third])
  expect(idsOf({ status: ['done', 'failed'] })).toEqual([third])
  expect(idsOf({ status: [] })).toEqual([])
  expect(idsOf({ jobId: runs[1]?.jobId ?? '' })).toEqual([second])
  expect(idsOf({ limit: 1, offset: 1 })).toEqual([second])
})

test('deleted runs, and those of a deleted experiment, are hidden and come back', () => {
  const bench = temporaryBench()
  const experiment = bench.experiments.insert('weak-to-strong', 'one', weakToStrongDefaults)
  const loose = addRun(bench)
  const bound = addRun(bench, experiment.id)
  const shown = (): string[] => bench.runs.list().map((run) => run.id)
  bench.runs.setDeleted([loose.id], 7)
  expect(shown()).toEqual([bound.id])
  expect(bench.runs.get(loose.id)?.deletedAt).toBe(7)
  bench.experiments.setDeleted(experiment.id, 8)
  expect(shown()).toEqual([])
  expect(bench.info().counts).toMatchObject({ runs: 0, experiments: 0 })
  expect(bench.runs.list({ experimentId: experiment.id })).toHaveLength(1)
  bench.experiments.setDeleted(experiment.id, null)
  bench.runs.setDeleted([loose.id], null)
  expect(shown()).toEqual([loose.id, bound.id])
})

test('predictions and artifacts come back bit by bit, empty ones too, and are replaced when stored again', () => {
  const bench = temporaryBench()
  const { id } = addRun(bench)
  const predictions = { split: 'test', classes: 2, rows: Int32Array.of(7, 3), probabilities: Float32Array.of(0.1, 0.9, Number.NaN, Infinity) }
  bench.runs.storePredictions(id, { ...predictions, rows: Int32Array.of(1) })
  bench.runs.storePredictions(id, predictions)
  bench.runs.storePredictions(id, { split: 'empty', classes: 3, rows: new Int32Array(0), probabilities: new Float32Array(0) })
  expect(bench.runs.predictions(id, 'test')).toEqual(predictions)
  expect(bench.runs.predictions(id, 'empty')).toEqual({ split: 'empty', classes: 3, rows: new Int32Array(0), probabilities: new Float32Array(0) })
  expect(bench.runs.predictions(id, 'none')).toBeUndefined()
  bench.runs.storeArtifact(id, 'log', 'text/plain', Uint8Array.of(1, 2, 3).subarray(1))
  bench.runs.storeArtifact(id, 'empty', 'text/plain', new Uint8Array(0))
  expect(bench.runs.artifact(id, 'log')).toEqual(Uint8Array.of(2, 3))
  expect(bench.runs.artifact(id, 'empty')).toEqual(new Uint8Array(0))
  expect(bench.runs.artifact(id, 'none')).toBeUndefined()
})

test('what refers to nothing is refused', () => {
  const bench = temporaryBench()
  const { id } = addRun(bench)
  expect(() => bench.runs.storeArtifact('none', 'a', 'b', new Uint8Array(1))).toThrow(/FOREIGN KEY/)
  expect(() => bench.runs.begin({ key: 'k', name: 'n', arm: 'a', role: 'single', seed: 0, config: {}, engine: 'cpu', codeVersion: '1' }, { jobId: 'none', experimentId: null, datasetVersionId: null, parentId: null })).toThrow(/FOREIGN KEY/)
  bench.connection.run('DELETE FROM run WHERE id = ?', id)
  expect(bench.check()).toEqual([])
})
