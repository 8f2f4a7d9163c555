import { expect, test } from 'vitest'
import { KillableCore } from '../hosts/testing/killable-core.ts'
import { benchWithSample, quickConfig, TestCore, until } from '../hosts/testing/test-core.ts'
import { openBench } from '../store/bench.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

const config = { ...quickConfig, pretrainingSteps: 5, headSteps: 5, seeds: [0, 1] }

async function startAndFindImport(core: TestCore): Promise<{ readonly experimentId: string; readonly importId: string }> {
  const { id: experimentId } = await core.call('experiments.start-weak-to-strong', { config })
  const importId = (await core.call('jobs.list', {})).find((job) => job.kind === 'import-sample')?.id ?? ''
  return { experimentId, importId }
}

const seedsOf = async (core: TestCore, experimentId: string) => (await core.call('jobs.list', {})).filter((job) => job.experimentId === experimentId)

test.each(['killed', 'cancelled'])('seeds whose import was %s fail saying so, and one resume brings back all of it', { timeout: 120_000 }, async (how) => {
  const core = await TestCore.open(temporaryFolder(), { limits: { workers: 2 } })
  const { experimentId, importId } = await startAndFindImport(core)
  const pid = await until('the import', async () => (await core.job(importId)).pid ?? undefined)
  expect((await seedsOf(core, experimentId)).map((job) => job.status)).toEqual(['queued', 'queued'])
  if (how === 'killed') process.kill(pid, 'SIGKILL')
  else await core.call('jobs.cancel', { jobId: importId })
  expect((await core.settled(experimentId)).status).toBe('failed')
  expect((await core.job(importId)).status).toBe(how === 'killed' ? 'failed' : 'cancelled')
  for (const job of await seedsOf(core, experimentId)) {
    expect(job.error).toEqual({ code: 'conflict', message: `"${job.name}" needs the result of "Import MNIST 10k", which did not finish.`, hint: 'Resume it: "Import MNIST 10k" is then resumed first.' })
    expect(job.attempts).toBe(0)
  }

  await core.call('experiments.resume', { experimentId })
  expect((await core.job(importId)).status).toBe('running')
  expect((await core.settled(experimentId)).status).toBe('done')
  expect((await core.call('datasets.list', {})).map((dataset) => dataset.name)).toEqual(['MNIST 10k'])
})

test('a waiting import that is cancelled fails the seeds at once; one seed resumed by itself brings the import back', { timeout: 120_000 }, async () => {
  // No worker at all, so that everything waits.
  const core = await TestCore.open(temporaryFolder(), { limits: { workers: 0 } })
  const { experimentId, importId } = await startAndFindImport(core)
  await core.call('jobs.cancel', { jobId: importId })
  expect((await core.call('experiments.get', { experimentId })).status).toBe('failed')
  const [second, first] = await seedsOf(core, experimentId)
  await core.call('jobs.resume', { jobId: first?.id ?? '' })
  expect([(await core.job(importId)).status, (await core.job(first?.id ?? '')).status, (await core.job(second?.id ?? '')).status]).toEqual(['queued', 'queued', 'failed'])
  expect((await core.reply('jobs.resume', { jobId: first?.id })).ok).toBe(false)
})

test('an import cut off by a crash is resumed with the experiment', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder()
  const path = `${folder}/test.weakbench`
  const main = await KillableCore.open(path, { workers: 1, checkpointInterval: 1000 })
  const { id: experimentId } = await main.call('experiments.start-weak-to-strong', { config })
  await main.kill()
  const core = await TestCore.open(folder)
  expect((await core.call('jobs.list', {})).map((job) => job.status)).toEqual(['interrupted', 'interrupted', 'interrupted'])
  expect(core.inspect(({ connection }) => connection.get('SELECT count(*) AS n FROM dataset'))).toEqual({ n: 0 })
  await core.call('experiments.resume', { experimentId })
  expect((await core.settled(experimentId)).status).toBe('done')
  expect((await core.call('jobs.list', {})).map((job) => job.status)).toEqual(['done', 'done', 'done'])
})

test('an import whose process died after its last word has nothing left to do when resumed', { timeout: 60_000 }, async () => {
  const path = await benchWithSample(temporaryFolder())
  const bench = openBench(path)
  const [done] = bench.jobs.withStatus('done')
  const id = done?.id ?? ''
  bench.jobs.end(id, 'interrupted', null)
  bench.close()
  const core = await TestCore.open(temporaryFolder(), { benchPath: path })
  await core.call('jobs.resume', { jobId: id })
  await until('its end', async () => (await core.job(id)).status === 'done')
  expect(await core.call('datasets.list', {})).toHaveLength(1)
})
