import { expect, test } from 'vitest'
import { KillableCore } from '../hosts/testing/killable-core.ts'
import { benchWithSample, isAlive, longConfig, quickConfig, TestCore, until } from '../hosts/testing/test-core.ts'
import { openBench } from '../store/bench.ts'
import { temporaryFolder } from '../store/fixtures/temporary-folder.ts'

test('a killed worker fails its own job with the reason, and the job can be resumed', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder()
  const core = await TestCore.open(folder, { benchPath: await benchWithSample(folder), limits: { workers: 2 } })
  const { id: experimentId, jobIds } = await core.call('experiments.start-weak-to-strong', { config: { ...quickConfig, headSteps: 150, seeds: [0, 1] } })
  const [victim = '', other = ''] = jobIds
  await until('runs of both jobs', () => core.inspect((bench) => [victim, other].every((jobId) => bench.runs.list({ jobId, status: ['running'] }).length > 0)))
  await core.killWorker(victim)
  const failed = await until('the failure', async () => ((await core.job(victim)).status === 'failed' ? core.job(victim) : undefined))

  expect(failed.error).toMatchObject({ code: 'worker-died', engine: 'wasm', message: 'The worker process was killed (SIGKILL), by someone or by the system when memory ran out.' })
  expect(failed).toMatchObject({ resumable: true, pid: null })
  const runs = core.inspect((bench) => bench.runs.list({ jobId: victim }))
  expect(runs.filter((run) => run.status !== 'done')).toMatchObject([{ status: 'failed', statusReason: failed.error?.message }])
  expect(['running', 'done']).toContain((await core.job(other)).status)

  await core.call('experiments.resume', { experimentId })
  expect((await core.settled(experimentId)).status).toBe('done')
  expect(await core.job(victim)).toMatchObject({ status: 'done', attempts: 2, error: null })
  expect(await core.job(other)).toMatchObject({ status: 'done', attempts: 1 })
  expect((await core.call('runs.list', { experimentId })).map((run) => run.status)).toEqual(Array<string>(18).fill('done'))
  expect((await core.call('experiments.get', { experimentId })).summary?.seeds).toEqual([0, 1])
})

test('a killed main leaves a sound file with its jobs and runs interrupted, and its workers end by themselves', { timeout: 120_000 }, async () => {
  const path = await benchWithSample(temporaryFolder())
  const main = await KillableCore.open(path, { workers: 2, checkpointInterval: 1000 })
  const { id: experimentId, jobIds } = await main.call('experiments.start-weak-to-strong', { config: { ...longConfig, seeds: [0, 1, 2] } })
  await until('two running jobs', () => main.reported.length > 0 && new Set(main.reported.map((report) => report.id)).size === 2)
  const workers = [...main.jobs.values()].flatMap((job) => job.pid ?? [])
  await main.kill()
  const killedAt = performance.now()
  await until('the end of the workers', () => workers.every((pid) => !isAlive(pid)), 10_000)
  expect(workers).toHaveLength(2)
  expect(performance.now() - killedAt).toBeLessThan(4000)

  const bench = openBench(path)
  try {
    expect(bench.check()).toEqual([])
  } finally {
    bench.close()
  }
  const core = await TestCore.open(temporaryFolder(), { benchPath: path })
  expect((await core.call('bench.info', {})).interrupted).toBe(3)
  expect((await core.call('jobs.list', {})).filter((job) => jobIds.includes(job.id)).map((job) => [job.status, job.resumable])).toEqual(Array(3).fill(['interrupted', true]))
  const runs = await core.call('runs.list', { experimentId })
  expect(runs.map((run) => run.status)).toEqual(['interrupted', 'interrupted'])
  expect(runs[0]?.statusReason).toBe('The bench was closed or ended before this run did.')
  expect((await core.call('experiments.get', { experimentId })).status).toBe('interrupted')

  await core.call('experiments.resume', { experimentId })
  expect((await core.call('bench.info', {})).interrupted).toBe(0)
  expect((await core.call('experiments.get', { experimentId })).status).toBe('running')
})

test('a run that was deleted while its job was interrupted does not stand in the way of resuming', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder()
  const core = await TestCore.open(folder, { benchPath: await benchWithSample(folder), limits: { workers: 1, checkpointInterval: 20 } })
  const { id: experimentId } = await core.call('experiments.start-weak-to-strong', { config: { ...quickConfig, headSteps: 300 } })
  const weak = await until('the teacher', async () => (await core.call('runs.list', { experimentId })).find((run) => run.key === 'weak' && run.status === 'done'))
  await core.call('experiments.cancel', { experimentId })
  expect((await core.settled(experimentId)).status).toBe('cancelled')
  await core.call('runs.set-deleted', { runIds: [weak.id], deleted: true })
  await core.call('experiments.resume', { experimentId })
  expect((await core.settled(experimentId)).status).toBe('done')
  expect((await core.call('experiments.get', { experimentId })).summary).toBeNull()
  await core.call('journal.undo', {})
  expect((await core.call('experiments.get', { experimentId })).summary?.seeds).toEqual([0])
})
