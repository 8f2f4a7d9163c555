import { expect, test } from 'vitest'
import { TestCore, until } from '../hosts/testing/test-core.ts'
import { openBench } from '../store/bench.ts'
import { stream } from '../learn/random.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'
import { join } from 'node:path'

const count = 300

/** Images of 4 x 4 whose brighter half tells the class; truth, and an aggregate with soft labels for most rows. */
async function withImages(): Promise<{ core: TestCore; datasetId: string; truth: string; soft: string }> {
  const folder = temporaryFolder()
  const bench = openBench(join(folder, 'test.weakbench'), { create: true })
  const dataset = bench.datasets.insert({ name: 'halves', kind: 'image', shape: [4, 4], dtype: 'uint8', count, classes: [0, 1].map((position) => ({ position, name: position === 0 ? 'left' : 'right', color: '#000000', key: '' })), featureHash: 'c'.repeat(64), source: '', license: '' })
  const random = stream(1, 'halves')
  const classes = Int32Array.from({ length: count }, () => random.integer(2))
  bench.datasets.appendFeatures(dataset.id, 0, count, Uint8Array.from({ length: 16 * count }, (_, index) => Math.floor(100 * random.uniform()) + ((index % 4 >= 2 ? 1 : 0) === classes[Math.floor(index / 16)] ? 120 : 0)))
  bench.datasets.complete(dataset.id)
  const truth = bench.labels.ensureSource(dataset.id, 'truth', 'truth').id
  bench.labels.appendBatch(truth, 0, classes)
  const soft = bench.labels.ensureSource(dataset.id, 'aggregate', 'votes').id
  const said = classes.map((label, row) => (row % 5 === 0 ? -1 : row % 7 === 0 ? 1 - label : label))
  bench.labels.appendBatch(soft, 0, said)
  bench.labels.setSoft(soft, 0, 2, Float32Array.from({ length: 2 * count }, (_, index) => (said[index >> 1] === -1 ? 0.5 : said[index >> 1] === (index & 1) ? 0.8 : 0.2)))
  bench.close()
  return { core: await TestCore.open(folder), datasetId: dataset.id, truth, soft }
}

test('a model is planned, trained on soft labels over seeds, compared, and labels the data set itself', { timeout: 60_000 }, async () => {
  const { core, datasetId, truth, soft } = await withImages()
  const config = {
    datasetId,
    epochs: 8,
    batchSize: 32,
    learningRate: 0.02,
    model: { kind: 'dense' as const, hidden: [8] },
    seeds: [1, 2],
    arms: [
      { name: 'soft', labels: { from: 'source' as const, sourceId: soft, form: 'soft' as const } },
      { name: 'hard', labels: { from: 'source' as const, sourceId: soft } },
      { name: 'ceiling', role: 'ceiling' as const, labels: { from: 'source' as const, sourceId: truth }, model: { kind: 'convolutional' as const, channels: [2, 2] as [number, number], hidden: 8 } }
    ]
  }
  const plan = await core.call('training.plan', { config })
  expect(plan).toMatchObject({ testExamples: 60, features: 'image, 4 x 4', evaluatedBy: 'truth' })
  // Rows without a vote are not trained on, though their soft labels say one half each.
  expect(plan.arms.map(({ name }) => name)).toEqual(['soft', 'hard', 'ceiling'])
  expect(plan.arms[0]?.examples).toBe(plan.arms[1]?.examples)
  expect(plan.arms[0]?.examples).toBeLessThan(plan.arms[2]?.examples ?? 0)
  expect(plan.arms[0]?.parameters).toBe(17 * 8 + 9 * 2)

  const { id } = await core.call('training.start', { config, name: 'halves by votes' })
  const ended = await core.settled(id)
  expect(ended).toMatchObject({ kind: 'training', status: 'done', name: 'halves by votes', runCount: 6, summary: { seeds: [1, 2] } })
  if (ended.kind !== 'training') throw new Error('It is a training experiment.')
  expect(ended.summary?.arms.map(({ name }) => name)).toEqual(['soft', 'hard', 'ceiling'])
  expect(ended.summary?.arms[0]?.accuracy.mean).toBeGreaterThan(0.9)

  const [run] = await core.call('runs.list', { experimentId: id })
  const { jobId } = await core.call('training.label-with-run', { runId: run?.id ?? '', name: 'student' })
  await until('the labels', async () => (await core.job(jobId)).status === 'done')
  const made = (await core.call('datasets.sources', { datasetId })).find(({ kind }) => kind === 'model')
  expect(made).toMatchObject({ name: 'student', labelled: count })
  expect(core.inspect((bench) => bench.labels.soft(made?.id ?? '')?.probabilities.length)).toBe(2 * count)
})

test('what cannot be trained is refused before a job is made', { timeout: 30_000 }, async () => {
  const { core, datasetId, truth } = await withImages()
  const config = { datasetId, arms: [{ name: 'one', rows: 'teacher' as const, labels: { from: 'source' as const, sourceId: truth } }] }
  expect(await core.reply('training.start', { config })).toMatchObject({ ok: false, error: { code: 'bad-data', field: 'arms.one', message: expect.stringContaining('none in the teacher split') as string } })
  expect(await core.reply('training.start', { config: { ...config, epochs: 0 } })).toMatchObject({ ok: false, error: { code: 'invalid-input', field: 'config.epochs' } })
  expect(await core.call('jobs.list', {})).toEqual([])
})
