import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { nodeFork } from '../hosts/node-fork.ts'
import { benchWithSample, isAlive, longConfig, TestCore, until } from '../hosts/testing/test-core.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

/** Longest time from the click to the stop, in milliseconds; a second is promised, the rest is for a crowded machine. */
const longest = 1500

async function cancelAndMeasure(core: TestCore, experimentId: string): Promise<number> {
  const began = performance.now()
  await core.call('experiments.cancel', { experimentId })
  expect((await core.settled(experimentId)).status).toBe('cancelled')
  return performance.now() - began
}

test('cancelling an experiment stops its running jobs within a second and its waiting ones at once; the runs remain', { timeout: 60_000 }, async () => {
  const folder = temporaryFolder()
  const core = await TestCore.open(folder, { benchPath: await benchWithSample(folder), limits: { workers: 1 } })
  const { id: experimentId, jobIds } = await core.call('experiments.start-weak-to-strong', { config: { ...longConfig, seeds: [0, 1, 2] } })
  await until('a run with a curve', async () => {
    const [run] = await core.call('runs.list', { experimentId })
    return run !== undefined && ((await core.call('runs.metrics', { runIds: [run.id] }))[0]?.series[0]?.steps.length ?? 0) > 10
  })
  const worker = (await core.job(jobIds[0] ?? '')).pid ?? 0
  const took = await cancelAndMeasure(core, experimentId)
  console.info(`cancelled in the middle of training: ${took.toFixed(0)} ms`)
  expect(took).toBeLessThan(longest)
  expect(isAlive(worker)).toBe(false)
  expect((await core.call('jobs.list', {})).filter((job) => jobIds.includes(job.id)).map((job) => [job.status, job.attempts])).toEqual([['cancelled', 0], ['cancelled', 0], ['cancelled', 1]])
  expect(await core.call('runs.list', { experimentId })).toMatchObject([{ status: 'cancelled', statusReason: 'Cancelled.', key: 'pretraining/level-1' }])
  expect(core.core.runningJobs()).toBe(0)
})

test('a worker deep in a computation is stopped within a second too', { timeout: 60_000 }, async () => {
  const folder = temporaryFolder()
  const deaf = nodeFork(fileURLToPath(new URL('../hosts/testing/deaf-worker.ts', import.meta.url)))
  const core = await TestCore.open(folder, { benchPath: await benchWithSample(folder), fork: deaf, limits: { workers: 1 } })
  const { id: experimentId } = await core.call('experiments.start-weak-to-strong', { config: { seeds: [0], engine: 'wasm' } })
  await until('its run', async () => (await core.call('runs.list', { experimentId })).length === 1)
  const took = await cancelAndMeasure(core, experimentId)
  console.info(`cancelled deep in a computation: ${took.toFixed(0)} ms`)
  expect(took).toBeLessThan(longest)
  expect(await core.call('runs.list', { experimentId })).toMatchObject([{ status: 'cancelled', key: 'deep' }])
})

const remains = (core: TestCore) =>
  core.inspect(({ connection }) => ['dataset', 'dataset_class', 'feature_chunk', 'label_source', 'label_batch', 'column_chunk'].map((table) => connection.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n))

test.each(['cancelled', 'killed'])('an import that is %s leaves nothing behind', { timeout: 60_000 }, async (how) => {
  const core = await TestCore.open(temporaryFolder())
  const { jobId } = await core.call('datasets.add-sample', { sample: 'mnist-10k' })
  const id = jobId ?? ''
  await until('the first features', () => core.inspect(({ connection }) => (connection.get<{ n: number }>('SELECT count(*) AS n FROM feature_chunk')?.n ?? 0) > 0))
  if (how === 'cancelled') await core.call('jobs.cancel', { jobId: id })
  else await core.killWorker(id)
  const job = await until('its end', async () => {
    const now = await core.job(id)
    return now.pid === null ? now : undefined
  })
  expect(job.status).toBe(how === 'cancelled' ? 'cancelled' : 'failed')
  expect(remains(core)).toEqual([0, 0, 0, 0, 0, 0])
  expect(await core.call('datasets.list', {})).toEqual([])
  await core.call('datasets.add-sample', { sample: 'mnist-10k' })
  await until('the data set', async () => (await core.call('datasets.list', {})).length === 1)
  expect((await core.job(id)).attempts).toBe(2)
  expect(remains(core)).toEqual([1, 10, 10, 1, 1, 0])
})
